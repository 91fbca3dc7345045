"""The shred list: what must not come back when an older database or older blobs are restored.

In:     ids of clips that were erased; up to which day a household's clips expired; marks of kept clips; ids
        of accounts, households and passkeys that were deleted, and of links that are over; households' keys
        whose secret was destroyed, by number.
Out:    the same after any restart, for vault and accounts to do again before the server serves.
Holds:  a line is on the disk before `note` returns; the file lies outside database and blobs, so that
        restoring either leaves it alone; it is rewritten in alphabetical order at each start, and its
        time is the day's.
Absent: when anything was erased, by whom, and whose clip it was. A line's place tells an order until the
        next start only.
Why:    docs/design/vault.md
"""

import datetime as dt
import re
import threading
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from fanlight.model.ids import is_id
from fanlight.store.files import show_day, sync, write_private

ERASED, EXPIRED, KEPT, LOOSE, GONE, SECRET = "erased", "expired", "kept", "loose", "gone", "secret"

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class ShredList:
    """The list in `folder`. Lines that cannot be read (a write that power cut short) are passed over."""

    def __init__(self, folder: Path) -> None:
        """Read the list, making it if there is none, and put it in order; raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path, self._lock = folder / "list", threading.Lock()
        self.erased: set[str] = set()
        self.expired: dict[str, date] = {}
        self.kept: set[str] = set()
        self.gone: set[str] = set()
        self.secrets: set[tuple[str, int]] = set()
        if self._path.exists():
            for line in self._path.read_text("ascii", errors="replace").splitlines():
                self._take(line)
        write_private(self._path, "".join(f"{line}\n" for line in self.lines()).encode())
        self._hide_time()

    def lines(self) -> list[str]:
        """Return what the list says, in order."""
        expired = [f"{EXPIRED} {household} {day}" for household, day in self.expired.items()]
        erased = [f"{ERASED} {clip}" for clip in self.erased]
        gone = [f"{GONE} {name}" for name in self.gone]
        secrets = [f"{SECRET} {household} {number}" for household, number in self.secrets]
        return sorted([*erased, *expired, *gone, *secrets, *(f"{KEPT} {clip}" for clip in self.kept)])

    def note_erased(self, clips: Iterable[str]) -> None:
        """Write down that clips were erased; raises OSError."""
        self._note([f"{ERASED} {clip}" for clip in clips if clip not in self.erased])

    def note_gone(self, names: Iterable[str]) -> None:
        """Write down that accounts, households or passkeys were deleted, or links ended; raises OSError."""
        self._note([f"{GONE} {name}" for name in names if name not in self.gone])

    def note_secret(self, household: str, number: int) -> None:
        """Write down that the secret of a household's key was destroyed; raises OSError."""
        self._note([f"{SECRET} {household} {number}"] if (household, number) not in self.secrets else [])

    def note_expired(self, household: str, day: date) -> None:
        """Write down that a household's clips of `day` and before expired; raises OSError."""
        if day > self.expired.get(household, date.min):
            self._note([f"{EXPIRED} {household} {day}"])

    def note_mark(self, clip: str, *, kept: bool) -> None:
        """Write down that a member keeps a clip, or no more; raises OSError."""
        if kept != (clip in self.kept) and clip not in self.erased:
            self._note([f"{KEPT if kept else LOOSE} {clip}"])

    def _note(self, lines: list[str]) -> None:
        if not lines:
            return
        with self._lock:
            with self._path.open("a", encoding="ascii") as file:
                file.writelines(f"{line}\n" for line in lines)
            sync(self._path)
            for line in lines:
                self._take(line)
            self._hide_time()

    def _take(self, line: str) -> None:
        match line.split(" "):
            case ["erased", clip] if is_id(clip):
                self.erased.add(clip)
                self.kept.discard(clip)
            case ["kept", clip] if is_id(clip) and clip not in self.erased:
                self.kept.add(clip)
            case ["loose", clip] if is_id(clip):
                self.kept.discard(clip)
            case ["gone", name] if is_id(name):
                self.gone.add(name)
            case ["secret", household, number] if is_id(household) and _NUMBER.fullmatch(number):
                self.secrets.add((household, int(number)))
            case ["expired", household, day] if is_id(household):
                try:
                    until = date.fromisoformat(day)
                except ValueError:
                    return
                self.expired[household] = max(until, self.expired.get(household, date.min))
            case _:
                pass

    def _hide_time(self) -> None:
        show_day((self._path, self._path.parent), dt.datetime.now(dt.UTC).date())
