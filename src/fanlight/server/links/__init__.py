"""Room: links. Keeps what a member gave out under a link's own key, and hands it to whoever has the link.

In:     sealed parts from a member; a link's random id from anybody.
Out:    the same bytes, so often and so long as the member said.
Holds:  no key comes here: it stands behind `#` of the link's address. An opening is a number that goes up
        by one; who opened and when is written nowhere. Any member of the household ends a link at once.
        A link for support lasts an hour at most; its end is in memory only.
Absent: what is in it; who it was given to.
"""

from fanlight.server.links.clockwork import replay, run

__all__ = ["replay", "run"]
