"""Room: neighbors. Posts, comments, corrections; reports, moderators' decisions and appeals.

In:     what members write, each thing under a secret of its own; what readers report; what moderators decide.
Out:    pages that everybody reads without an account; entries of the record for each act of a moderator.
Holds:  no row joins an account to a post; nothing comes out before a delay drawn at random; no act without
        a rule, a reason and an entry; what is taken back is destroyed.
Absent: media, which postmedia alone decodes and gives out; dispatch data (`incidents`).
Why:    docs/design/posts.md
"""

from fanlight.server.neighbors.clockwork import replay, run

__all__ = ["replay", "run"]
