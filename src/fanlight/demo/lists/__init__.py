"""Lists that ship: the agencies of the United States, and the doorbell partnerships of 2018 to 2020.

In:     package data, one source and licence a file; see CREDITS.md.
Out:    the files' places, with what `fanlight import` asks about each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class Shipped:
    """A list: its file, where it was found, whom to name, how old it is."""

    file: Traversable
    source: str
    credit: str
    as_of: date


_HERE = resources.files("fanlight.demo.lists")

LISTS: Mapping[str, Shipped] = {
    "agencies": Shipped(
        _HERE / "agencies.csv.gz",
        "FBI Crime Data API, list of agencies, collected by ericjohannes/fbi_data_downloader",
        "FBI Crime Data (public domain)",
        date(2018, 9, 1),
    ),
    "agreements": Shipped(
        _HERE / "partnerships.csv.gz",
        "Atlas of Surveillance of 2020-10-07, rows Ring/Neighbors Partnership; ORIs joined afterwards",
        "Atlas of Surveillance, EFF and Reynolds School of Journalism (CC BY)",
        date(2020, 10, 7),
    ),
}
