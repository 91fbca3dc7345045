"""A report as files: data for a program, rows for a spreadsheet, a page that stands alone.

In:     Report, and an ordinance's own form of it.
Out:    bytes; the same report gives the same bytes.
Holds:  no cell of a CSV can start a formula; every word of the page is escaped, and it fetches nothing.
Absent: pages within the record (oversight.pages).
Why:    R45; docs/spec/reports.md
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fanlight.server.oversight.reports.fields import Answered
from fanlight.server.oversight.reports.model import Report

VERSION = 1
SHOWN = 40  # entries of a figure that the page alone names; the data has all


def as_json(report: Report, answered: Answered | None = None) -> bytes:
    """Return a report as data; `answered`: in an ordinance's own fields."""
    value: dict[str, Any] = {
        "v": VERSION,
        "type": "fanlight-report",
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "town": report.town,
        "year": report.year,
        "through": report.through,
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "note": section.note,
                "figures": [
                    {
                        "id": one.id,
                        "label": one.label,
                        "value": one.value,
                        "entries": list(one.entries),
                    }
                    for one in section.figures
                ],
            }
            for section in report.sections
        ],
    }
    if answered is not None:
        value |= {"ordinance": answered.as_json()}
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def rows(report: Report) -> list[dict[str, Any]]:
    """Return a report's figures for a spreadsheet."""
    return [
        {
            "year": report.year,
            "through": report.through,
            "section": section.title,
            "figure": one.id,
            "label": one.label,
            "value": one.value,
            "entries": list(one.entries),
        }
        for section in report.sections
        for one in section.figures
    ]


def as_page(
    fill: Callable[[str, Mapping[str, Any]], bytes], report: Report, answered: Answered | None
) -> bytes:
    """Return a report as a page that stands alone."""
    return fill("report_file.html.jinja", {"report": report, "answered": answered, "shown": SHOWN})
