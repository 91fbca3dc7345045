"""The pages and files of yearly reports behind /record/reports. Pure.

In:     the parts of a path, the Record.
Out:    a view's template and values; a file; None where there is none.
Absent: HTML (the templates), the figures (reports.counting).
Why:    R45; docs/design/reports.md
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fanlight.server.oversight import reports
from fanlight.server.oversight.record import Record
from fanlight.server.oversight.reports import fields, files
from fanlight.server.oversight.reports.model import Report

Fill = Callable[[str, Mapping[str, Any]], bytes]


def find(rest: Sequence[str], record: Record) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page of reports, or None."""
    match list(rest):
        case []:
            return "reports.html.jinja", {"reports": _all(record)}
        case [year, *more]:
            report = reports.report(record, year)
            return _of_year(report, more, record) if report else None
        case _:
            return None


def find_file(rest: Sequence[str], form: str, record: Record, fill: Fill) -> bytes | None:
    """Return the bytes of a report as JSON or as a page that stands alone, or None.

    Args:
        rest: the path behind /record/reports without its ending, such as `2026` or `2026/as/oakland-9-64`.
        form: `json` or `html`.
        record: the record.
        fill: makes a template's bytes.
    """
    match list(rest):
        case [year]:
            report, answered = reports.report(record, year), None
        case [year, "as", pack]:
            report = reports.report(record, year)
            answered = fields.answer(record, report, pack) if report else None
            report = report if answered else None
        case _:
            return None
    if report is None:
        return None
    return files.as_json(report, answered) if form == "json" else files.as_page(fill, report, answered)


def rows(rest: Sequence[str], record: Record) -> list[dict[str, Any]] | None:
    """Return a year's figures for a spreadsheet, or None."""
    report = reports.report(record, rest[0]) if len(rest) == 1 else None
    return files.rows(report) if report else None


def paths(record: Record) -> list[str]:
    """Return the path of each page and file of reports, behind /record."""
    found = ["/reports"]
    for report in _all(record):
        base = f"/reports/{report.year}"
        found += [base, *(f"{base}.{form}" for form in ("csv", "json", "html"))]
        found += [f"{base}/figures/{figure.id}" for figure in report.figures if figure.entries]
        for pack in fields.packs(record):
            found += [f"{base}/as/{pack}", f"{base}/as/{pack}.json", f"{base}/as/{pack}.html"]
    return found


def _all(record: Record) -> list[Report]:
    made = [reports.report(record, year) for year in reports.years(record)]
    return [report for report in made if report]


def _of_year(report: Report, more: Sequence[str], record: Record) -> tuple[str, dict[str, Any]] | None:
    values: dict[str, Any] = {"report": report, "answered": None, "ordinances": fields.packs(record)}
    match list(more):
        case []:
            return "report.html.jinja", {**values, "title": f"The year {report.year}"}
        case ["as", pack]:
            answered = fields.answer(record, report, pack)
            title = f"{answered.title}: {report.year}" if answered else ""
            return (
                ("report.html.jinja", {**values, "answered": answered, "title": title}) if answered else None
            )
        case ["figures", name]:
            figure = report.figure(name)
            if figure is None or not figure.entries:
                return None
            wanted = set(figure.entries)
            listed = [entry for entry in reversed(record.entries) if entry.index in wanted]
            return "figure.html.jinja", {"report": report, "figure": figure, "rows": listed}
        case _:
            return None
