"""Who watched what, and since when, and who opened whose clips: told to every member, kept at home.

In:     viewings that begin and end; clips that members' devices say they opened.
Out:    those under way and the latest that ended, the newest first.
Holds:  each viewing is written down before its first picture leaves (R52); a hub that was switched off ends
        what was under way. At most MOST, and none that ended DAYS ago. Who stops and begins again within
        SAME goes on watching: nobody pushes their own viewing out of the list by beginning many. Openings
        are lines of their own, MOST_OPENED for each person: however many, they push out nobody else's.
Absent: names (the household's book has them). It is nobody's business but the members'.
"""

import contextlib
import secrets
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from fanlight.model import clock
from fanlight.store.files import write_private

MOST, DAYS = 200, 30
SAME = timedelta(minutes=10)
MOST_IN_BOX, IN_BOX = 24, 12  # of those that are over, in the status box
MOST_OPENED, CLIPS_A_LINE = 50, 100
OPENED_IN_BOX = 12
What = Literal["live", "footage", "talk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """Somebody watches, or watched, a camera. `until` is None while it lasts."""

    id: str
    account: str
    camera: str
    what: What
    since: datetime
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as members are told of it."""
        return {
            "account": self.account,
            "camera": self.camera,
            "what": self.what,
            "since": clock.to_text(self.since),
            "until": None if self.until is None else clock.to_text(self.until),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Somebody opened clips of a camera, one shortly after the other."""

    account: str
    camera: str
    clips: tuple[str, ...]
    since: datetime
    until: datetime

    def to_json(self) -> dict[str, Any]:
        """Return it as members are told of it."""
        return {
            "account": self.account,
            "camera": self.camera,
            "clips": len(self.clips),
            "since": clock.to_text(self.since),
            "until": clock.to_text(self.until),
        }


class Viewings:
    """The list, in memory and in one file (0600). Blocks for a sync at each change."""

    def __init__(self, folder: Path) -> None:
        """Take up what was; what was under way ended when the hub did, at the latest now."""
        self._path = folder / "viewings.json"
        self._opened_path = folder / "openings.json"
        self._all: list[Viewing] = []
        self._opened: list[Opened] = []
        self._changing = threading.Lock()
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            kept = msgspec.json.decode(self._path.read_bytes(), type=list[Viewing])
            now = clock.now()
            self._all = [one if one.until else replace(one, until=now) for one in kept]
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._opened = msgspec.json.decode(self._opened_path.read_bytes(), type=list[Opened])

    def begin(self, account: str, camera: str, what: What) -> str:
        """Write down that somebody begins; return its id. Raises OSError: then nothing may be shown."""
        now = clock.now()
        with self._changing:
            for one in self._all:
                same = (one.account, one.camera, one.what) == (account, camera, what)
                if same and one.until is not None and one.until > now - SAME:
                    again = replace(one, until=None)
                    self._change([again, *(other for other in self._all if other.id != one.id)])
                    return one.id
            made = Viewing(id=secrets.token_hex(8), account=account, camera=camera, what=what, since=now)
            self._change([made, *self._all])
            return made.id

    def end(self, viewing: str) -> None:
        """Write down that it is over."""
        now = clock.now()
        with self._changing, contextlib.suppress(OSError):  # it counts as under way until the next change
            self._change(
                [
                    replace(one, until=now) if one.id == viewing and one.until is None else one
                    for one in self._all
                ]
            )

    def open(self, account: str, camera: str, clip: str, at: datetime) -> None:
        """Write down that a clip was opened, at a time that a device says. Raises OSError."""
        now = clock.now()
        at = max(min(at, now), now - timedelta(days=DAYS))
        with self._changing:
            for one in self._opened:
                near = one.since - SAME <= at <= one.until + SAME and len(one.clips) < CLIPS_A_LINE
                if (one.account, one.camera) == (account, camera) and (near or clip in one.clips):
                    if clip in one.clips:
                        return
                    since, until = min(one.since, at), max(one.until, at)
                    more = replace(one, clips=(*one.clips, clip), since=since, until=until)
                    self._change_opened([more, *(other for other in self._opened if other is not one)])
                    return
            made = Opened(account=account, camera=camera, clips=(clip,), since=at, until=at)
            self._change_opened([made, *self._opened])

    @property
    def opened(self) -> list[Opened]:
        """Who opened which clips, the newest first."""
        return sorted(self._opened, key=lambda one: one.until, reverse=True)

    @property
    def current(self) -> list[Viewing]:
        """Those under way."""
        return [one for one in self._all if one.until is None]

    @property
    def lately(self) -> list[Viewing]:
        """All that are remembered, the newest first."""
        return list(self._all)

    def for_box(self) -> list[dict[str, Any]]:
        """Return what the status box tells: those under way, and the last that are over."""
        over = [one for one in self._all if one.until is not None][:IN_BOX]
        return [one.to_json() for one in [*self.current[:MOST_IN_BOX], *over]]

    def opened_for_box(self) -> list[dict[str, Any]]:
        """Return what the status box tells of clips that were opened."""
        return [one.to_json() for one in self.opened[:OPENED_IN_BOX]]

    def _change_opened(self, found: list[Opened]) -> None:
        oldest = clock.now() - timedelta(days=DAYS)
        counts: dict[str, int] = {}
        kept = []
        for one in found:
            counts[one.account] = counts.get(one.account, 0) + 1
            if one.until > oldest and counts[one.account] <= MOST_OPENED:
                kept.append(one)
        write_private(self._opened_path, msgspec.json.encode(kept))
        self._opened = kept

    def _change(self, found: list[Viewing]) -> None:
        oldest = clock.now() - timedelta(days=DAYS)
        kept = [one for one in found if one.until is None or one.until > oldest][:MOST]
        write_private(self._path, msgspec.json.encode(kept))
        self._all = kept
