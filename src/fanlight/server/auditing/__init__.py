"""Room: the auditor of an agency, appointed by the body that voted; reads everything of it, and is seen to.

In:     an auditor's own keys, a clerk's signature; the agency's entries with their openings.
Out:    to the auditor: the whole request log with names and reasons; to everybody: that somebody looked.
Holds:  no appointment without a clerk's signature; no look without its entry; one auditor reads one agency.
Absent: footage, and keys of cases; the three auditors of sealed slots (server.sealed).
Why:    docs/design/auditing.md
"""
