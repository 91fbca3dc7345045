"""From a notice on the board to what may be told of it: once for each event and label, no flicker of cameras.

Holds:  a camera that is away counts only after BAD_FOR: one that comes back by itself is no news.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fanlight.hub.notices import CameraTold, EventBegan, EventEnded, Notice, Pressed, StorageTold
from fanlight.hub.push import rules
from fanlight.hub.push.behests import Kind

BAD_FOR = timedelta(minutes=5)
_BAD = frozenset({"away", "refused", "unreadable", "unkept"})
_REMEMBERED = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that a browser may be told of. `camera` is empty for the hub itself; `thumb` may be."""

    kind: Kind
    camera: str
    at: datetime
    clip: str = ""
    change: str = ""
    state: str = ""
    thumb: bytes = b""


class Reader:
    """Reads notices; remembers what was told, and which cameras are in trouble since when."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[tuple[str, str], None] = {}
        self._bad: dict[str, tuple[datetime, str]] = {}
        self._told_bad: set[str] = set()

    def read(self, notice: Notice, now: datetime) -> News | None:
        """Return what to tell of a notice, None if nothing new happened."""
        match notice:
            case Pressed():
                return News(kind="doorbell", camera=notice.camera, at=notice.at, clip=notice.clip)
            case EventBegan() | EventEnded():
                return self._event(notice)
            case CameraTold():
                if notice.state in _BAD:
                    self._bad.setdefault(notice.camera, (now, notice.state))
                else:
                    self._bad.pop(notice.camera, None)
                    self._told_bad.discard(notice.camera)
                return None
            case StorageTold():
                fine = notice.state in {"ok", "slow"}
                return None if fine else News(kind="trouble", camera="", at=now, state="storage")

    def late(self, now: datetime) -> Iterator[News]:
        """Yield what has been wrong for so long that it is news; each once."""
        for camera, (since, how) in self._bad.items():
            if now - since >= BAD_FOR and camera not in self._told_bad:
                self._told_bad.add(camera)
                yield News(kind="trouble", camera=camera, at=now, state=how)

    def _event(self, notice: EventBegan | EventEnded) -> News | None:
        # Also at its end: what began as a vehicle may turn out to be a person.
        name = (notice.event, notice.label)
        if name in self._known or notice.label not in rules.DEFAULTS:
            return None
        self._known[name] = None
        while len(self._known) > _REMEMBERED:
            self._known.pop(next(iter(self._known)))
        return News(
            kind=notice.label,
            camera=notice.camera,
            at=notice.start,
            clip=notice.clip,
            change=notice.change or "",
            thumb=notice.thumb,
        )
