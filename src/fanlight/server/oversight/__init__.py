"""The public record as pages: who asked, under which clause, what came of it. Highest room of the server.

In:     published leaves, checkpoint and cosignatures, openings and packs that are public.
Out:    `render(path, record) -> Page`, the same at the server and at a mirror; `paths(record)` lists all.
Holds:  reads nothing that is not published; nothing opens before its time; figures link to entries.
Absent: tables, keys, accounts. The auditor's view is in `requests`.
Why:    docs/design/oversight.md
"""

from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.pages import Page, paths, render
from fanlight.server.oversight.record import Beside, LogState, Record

__all__ = ["Beside", "Entry", "LogState", "Page", "Record", "paths", "render"]
