"""Room: wishes. Somebody in a picture asks the homes around, without an account, to erase or blur them.

In:     a cell, and sealed words with place and time.
Out:    `sent`, and nothing else ever; one file a cell, the same bytes for everybody.
Holds:  no row says who wished, which home was reached, what matched or what came of it; a wish lasts a month.
Absent: matching. Hubs do that at home (`hub.wishes`).
"""

from fanlight.server.wishes.clockwork import run

__all__ = ["run"]
