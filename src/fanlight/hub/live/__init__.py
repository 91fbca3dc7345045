"""Live viewing, footage and talk for members who are away from home, through any relay.

In:     pictures of all cameras as they arrive, painted already; the journal; members' sealed questions.
Out:    sealed pictures, encrypted once for all who see them; sealed footage; sound to cameras.
Holds:  L4 nobody watches whom the household's book does not let, and never unseen by its members (R52).
        L5 the relay gets ciphertext only (R03).
        L6 recording never waits for who watches.
Absent: the connection's other end (`fanlight.server.relay`) and the browser's part (web/core/live).
Why:    docs/design/live.md, docs/spec/live.md
"""

from fanlight.hub.live.errors import BadAsk, BadMessage, LiveError, RelayAway
from fanlight.hub.live.link import Link
from fanlight.hub.live.people import Person, people
from fanlight.hub.live.room import House, Live

__all__ = ["BadAsk", "BadMessage", "House", "Link", "Live", "LiveError", "Person", "RelayAway", "people"]
