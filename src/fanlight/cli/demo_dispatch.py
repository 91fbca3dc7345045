"""The demo's dispatches: a day of the town's real extract of April 2020, told as the last 24 hours.

In:     the demo's operator, the extract in the package, the present.
Out:    a source, begun once through the API, and an upload at each start.
Holds:  what the server takes in is what any centre's export would be: only listed types, a place and a time.
Absent: a month's base rate: that spring was no normal one.
"""

import asyncio
import contextlib
import csv
import gzip
import io
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import msgspec

from fanlight.cli import cad
from fanlight.cli.people import Person
from fanlight.demo import load_town
from fanlight.hub.uplink import Refused
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.server.incidents.rules import Settings
from fanlight.store.files import write_private
from fanlight.wire import b64

TYPES = {
    "Alarms": "fire-alarm",
    "Outside Fire": "fire",
    "Structure Fire": "fire",
    "Vehicle Fire": "fire",
    "Traffic Collision": "collision",
    "Gas Leak (Natural and LP Gases)": "gas",
    "Smoke Investigation (Outside)": "smoke",
    "Electrical Hazard": "electrical",
    "Elevator / Escalator Rescue": "rescue",
    "Water Rescue": "rescue",
    "Fuel Spill": "hazard",
}
_DAYS = 20  # of the extract
_SHOWN = timedelta(hours=23)


def ensure(folder: Path, server: str, operator: Person) -> None:
    """Begin the demo's source if there is none yet, and hand in a day.

    Args:
        folder: where the source's key and number are kept.
        server: address of the server.
        operator: who begins it.
    """
    key, known = folder / "dispatch.key", folder / "dispatch-source"
    if not key.exists():
        cad.new_key(key)
    signing = cad.read_key(key)
    with contextlib.suppress(FanlightError, Refused):  # a town whose agreement is over has no dispatches
        if not known.exists():
            said = _settings(b64.encode(signing.public))
            write_private(known, asyncio.run(cad.begin(server, operator.seed, said)).encode())
        asyncio.run(cad.send(server, known.read_text("ascii").strip(), signing, export(clock.now())))


def _settings(public: str) -> Settings:
    mapping = {
        "v": 1,
        "form": "csv",
        "zone": "UTC",
        "key": ["number"],
        "kind": ["type"],
        "began": {"columns": ["began"], "form": "%Y-%m-%d %H:%M"},
        "place": {"columns": ["lon", "lat"], "order": "lon lat"},
    }
    value = {
        "agency": load_town().agency["ori"],
        "name": "Fire dispatch (demo)",
        "mapping": mapping,
        "types": TYPES,
        "delay_min": 30,
        "key": public,
    }
    return msgspec.convert(value, Settings).check()


def export(now: datetime) -> bytes:
    """Return a day of the extract as an export whose last row is an hour old; another day each day."""
    packed = resources.files("fanlight.demo").joinpath("town/dispatch.csv.gz").read_bytes()
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))
    days = sorted({row["day"] for row in rows})
    day = days[now.toordinal() % min(len(days), _DAYS)]
    out = io.StringIO()
    made = csv.writer(out)
    made.writerow(["number", "type", "began", "lon", "lat"])
    midnight = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    for number, row in enumerate(rows):
        if row["day"] != day:
            continue
        began = now - _SHOWN + (datetime.fromisoformat(f"{day}T{row['time']}:00+00:00") - midnight)
        if began < now - timedelta(hours=1):
            moment = began.strftime("%Y-%m-%d %H:%M")
            made.writerow([f"{now.date()}-{number}", row["type"], moment, row["lon"], row["lat"]])
    return out.getvalue().encode()
