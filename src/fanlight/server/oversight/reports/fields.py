"""A report in an ordinance's own fields: what the law asks to be told each year, and what the record tells.

In:     Report, the ordinances that the record names, the papers that agencies handed in.
Out:    Answered: each field with its figures and the papers in which an agency says the rest.
Holds:  a field that the record cannot tell says so; nothing is filled in.
Absent: whether a report came in time or is complete (the ordinance's clauses `report.*`, policy).
Why:    R45; docs/design/reports.md, `policy/data/report-fields.json`
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from fanlight.server.oversight.record import OrdinanceFile, Record
from fanlight.server.oversight.reports.days import Days
from fanlight.server.oversight.reports.model import Figure, Report, last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What an ordinance asks to be told.

    Attributes:
        section: of the law.
        asks: what, in a sentence.
        is_read: the law's own text was read; otherwise a summary of it.
        figures: beginnings of the figures' ids that tell it.
        rest: what the record does not tell of it, or nothing.
    """

    section: str
    asks: str
    is_read: bool
    figures: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A yearly report that an agency handed in: `entry`, its own words' SHA-256."""

    entry: int
    agency: str
    title: str
    author: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A report in an ordinance's own fields; `pack`: the ordinance's id, `sha256`: of its latest text."""

    pack: str
    title: str
    sha256: str
    fields: tuple[tuple[Field, tuple[Figure, ...]], ...]
    papers: tuple[Paper, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "id": self.pack,
            "title": self.title,
            "sha256": self.sha256,
            "fields": [
                {
                    "section": field.section,
                    "asks": field.asks,
                    "text_was_read": field.is_read,
                    "figures": [figure.id for figure in figures],
                    "not_in_the_record": field.rest,
                }
                for field, figures in self.fields
            ],
            "papers": [
                {
                    "entry": paper.entry,
                    "agency": paper.agency,
                    "title": paper.title,
                    "author": paper.author,
                    "sha256": paper.sha256,
                }
                for paper in self.papers
            ],
        }


@cache
def known() -> dict[str, tuple[Field, ...]]:
    """Return what ordinances ask to be told each year, by an ordinance's id."""
    raw = json.loads(
        resources.files("fanlight.policy").joinpath("data/report-fields.json").read_text("utf-8")
    )
    return {
        pack: tuple(
            Field(
                section=one["section"],
                asks=one["asks"],
                is_read=one["read"],
                figures=tuple(one["figures"]),
                rest=one["rest"],
            )
            for one in fields
        )
        for pack, fields in raw["packs"].items()
    }


def packs(record: Record) -> dict[str, OrdinanceFile]:
    """Return the ordinances in the record whose own fields are known, by id; the latest text of each."""
    return {file.pack.pack: file for file in record.ordinances.values() if file.pack.pack in known()}


def answer(record: Record, report: Report, pack: str) -> Answered | None:
    """Return a report in an ordinance's own fields, or None if the record has no such ordinance."""
    ordinance = packs(record).get(pack)
    if ordinance is None:
        return None
    figures = list(report.figures)
    return Answered(
        pack=pack,
        title=ordinance.pack.title,
        sha256=ordinance.pack.sha256,
        fields=tuple((field, _told(field, figures)) for field in known()[pack]),
        papers=tuple(_papers(record, report)),
    )


def _told(field: Field, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    wanted = tuple((begin, f"{begin}.") for begin in field.figures)
    return tuple(
        figure
        for begin, dotted in wanted
        for figure in figures
        if figure.id == begin or figure.id.startswith(dotted)
    )


def _papers(record: Record, report: Report) -> list[Paper]:
    """Return the yearly reports on this year: those of the year after it, or of it where it is not over."""
    after = str(int(report.year) + 1)
    days = Days.of(record.entries).by_entry
    wanted = {after} if report.through == last_day(report.year) else {report.year, after}
    return [
        Paper(
            entry=entry.index,
            agency=str(entry.pub.get("agency")),
            title=str(entry.pub.get("title")),
            author=str(entry.pub.get("author")),
            sha256=str(entry.pub.get("sha256")),
        )
        for entry in record.entries
        if entry.type == "agreement-document"
        and entry.pub.get("kind") == "yearly-report"
        and days.get(entry.index, "")[:4] in wanted
    ]
