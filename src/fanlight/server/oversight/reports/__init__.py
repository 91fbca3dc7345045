"""Yearly reports, made from the record alone. Pure.

In:     the Record at one size, a year.
Out:    Report; None for a year of which the record tells nothing.
Holds:  a report depends on the entries and on nothing else, so that whoever has them makes the same bytes.
        A figure that is 0 is told. No figure counts residents.
Absent: its files (reports.files), an ordinance's own fields (reports.fields), reading a mirror (cli.report).
Why:    R45; docs/design/reports.md
"""

from fanlight.server.oversight.record import Record
from fanlight.server.oversight.reports import counting
from fanlight.server.oversight.reports.days import Days
from fanlight.server.oversight.reports.model import Figure, Report, Section, last_day

__all__ = ["Figure", "Report", "Section", "report", "years"]


def years(record: Record) -> list[str]:
    """Return the years that a report can be made of, the latest first."""
    return Days.of(record.entries).years


def report(record: Record, year: str) -> Report | None:
    """Return the report of a year, or None if the record tells nothing of it."""
    days = Days.of(record.entries)
    if year not in days.years:
        return None
    through = min(days.through, last_day(year))
    return Report(
        origin=record.log.origin,
        size=record.log.size,
        root=record.log.root,
        town=record.town.name if record.town else "",
        year=year,
        through=through,
        sections=counting.sections(counting.Year.of(record, days, year, through)),
    )
