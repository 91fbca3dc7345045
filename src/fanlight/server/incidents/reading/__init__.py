"""Read what a dispatch centre hands in: CSV and JSON exports, CAP alerts, EIDO documents. Pure.

In:     bytes of outside, and the source's mapping.
Out:    Read: reports of incidents, and how many of what was read were dropped, by reason.
Holds:  only what a mapping or the two standards' lists name is ever looked at; nothing of the rest gets out
        of here, also not in an error. BadExport is the only error.
Absent: what may be shown (`rules`), rows.
Why:    docs/design/incidents.md
"""

from collections.abc import Callable
from datetime import datetime

from fanlight.server.incidents.mapping import Mapping
from fanlight.server.incidents.reading import cap, eido, table
from fanlight.server.incidents.reading.report import BadExport, Read, Report

__all__ = ["BadExport", "Read", "Report", "read"]

_READERS: dict[str, Callable[[bytes, Mapping, datetime], Read]] = {
    "csv": table.read_csv,
    "json": table.read_json,
    "cap": cap.read,
    "eido": eido.read,
}


def read(data: bytes, mapping: Mapping, sent: datetime) -> Read:
    """Read one upload.

    Args:
        data: as it came.
        mapping: how this source writes.
        sent: when it was signed; what says nothing of its own last change changed then.

    Raises:
        BadExport: the whole of it cannot be read. A row that cannot be is dropped and counted.
    """
    return _READERS[mapping.form](data, mapping, sent)
