"""Room: incidents. What a dispatch centre (CAD) reports, made coarse and late before a row is written.

In:     signed uploads of a source that is on the record, under an agreement with a clause for it.
Out:    one file of the town's incidents of the last day, the same bytes for everybody; the sources with what
        they may send; how much was taken and dropped.
Holds:  no caller, call-back number, person, free text or medical call is kept: they are never read. No point,
        no address; nothing of an incident is left a day after it, but how many there were of its class.
Absent: households; who reads.
Why:    docs/design/incidents.md
"""

from fanlight.server.incidents.clockwork import run

__all__ = ["run"]
