"""Room: sealed clips. Takes them once, keeps them by day, hands them to the household's members.

In:     card, sealed manifest, header and payload from a hub.
Out:    the same bytes to members of that household.
Holds:  a clip is listed only when its payload is whole and has the root its hub signed; a row tells the
        day and nothing finer; what was erased does not come back.
Absent: keys, names, times, labels. They are inside the sealed manifest.
"""

from fanlight.server.vault.rules import blob_of, check_room
from fanlight.server.vault.store import ClipRow, lock_room
from fanlight.server.vault.store import get as clip_of
from fanlight.server.vault.store import get_held as held_clip_of

__all__ = ["ClipRow", "blob_of", "check_room", "clip_of", "held_clip_of", "lock_room"]
