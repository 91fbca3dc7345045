"""The keys that the recording is encrypted under, one a day.

In:     a day (UTC), and once there is one the public half of the household's epoch.
Out:    a cipher for that day, or None where this hub has forgotten its key.
Holds:  J5 a key counts only after it is durable; this hub's own copy of a day's key goes with the day's last
        footage, and after FORGET_S where, and only where, a copy sealed to the epoch exists.
Absent: any key that opens the sealed copy. A chip (TPM) to keep the own copy in: it lies in a file (0600).
Why:    docs/design/journal.md, "What the encryption is worth"
"""

import contextlib
import itertools
import re
import secrets
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.hub.journal.disk import Disk

FORGET_S = 72 * 3600.0
_KEY_BYTES = 32
_NAME = re.compile(r"^day-(\d{4}-\d\d-\d\d(?:\.\d+)?)\.(key|age)$")


class DayKeys:
    """The folder of day keys: `day-DAY.key` is this hub's own copy, `day-DAY.age` the epoch's.

    Any thread may use it.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        """Make the folder if it is missing; raises OSError."""
        self._folder, self._disk = folder, disk
        self._lock = threading.Lock()
        self._known: dict[str, ChaCha20Poly1305] = {}
        self._lent: dict[str, ChaCha20Poly1305] = {}
        self._recipients: tuple[str, ...] = ()
        if not folder.is_dir():
            disk.make_folder(folder)
            disk.sync_folder(folder.parent)

    def make(self, day: str) -> tuple[str, ChaCha20Poly1305]:
        """Return the name and the cipher of the key to write a day's footage under, making it where needed.

        The name is the day, or the day and a number where the clock came back to a day whose key is forgotten
        or damaged: what was written under that one stays readable with the epoch's copy. Raises OSError.
        """
        with self._lock:
            for number in itertools.count(1):
                name = day if number == 1 else f"{day}.{number}"
                if (found := self._load(name)) is not None:
                    return name, found
                if not self._path(name).exists() and not self._path(name, "age").exists():
                    break
            key = secrets.token_bytes(_KEY_BYTES)
            # The sealed copy first: there is no moment with footage that only this hub could open.
            self._seal(name, key)
            self._disk.write_whole(self._path(name), key)
            self._known[name] = ChaCha20Poly1305(key)
            return name, self._known[name]

    def find(self, day: str) -> ChaCha20Poly1305 | None:
        """Return the cipher of a day, None if this hub has no key for it."""
        with self._lock:
            with contextlib.suppress(OSError):
                return self._load(day) or self._lent.get(day)
            return self._lent.get(day)

    def lend(self, day: str, key: bytes) -> None:
        """Use a key that a member opened, until the hub stops; ValueError if it is none."""
        with self._lock:
            self._lent[day] = ChaCha20Poly1305(key)

    def sealed(self, day: str) -> dict[str, bytes]:
        """Return the age files with the keys of a day, by the keys' names; raises OSError."""
        return {
            name: self._path(name, "age").read_bytes() for name in self.days("age") if name.startswith(day)
        }

    def seal_to(self, recipients: Sequence[str], today: str) -> None:
        """Seal to the epoch the keys that are not sealed yet; and today's, where the epoch is another one.

        Raises:
            OSError: the disk refuses. BadKey: a recipient is none.
        """
        with self._lock:
            changed = tuple(recipients) != self._recipients
            self._recipients = tuple(recipients)
            for day in sorted(self.days("key")):
                if (changed and day.startswith(today)) or not self._path(day, "age").exists():
                    key = self._path(day).read_bytes()
                    if len(key) == _KEY_BYTES:
                        self._seal(day, key)

    def forget(self, day: str) -> None:
        """Destroy this hub's own copy of a key; raises OSError."""
        self._drop(day, "key")

    def open_to_others(self) -> list[Path]:
        """Return the keys that not only their owner may read."""
        own = (self._path(day) for day in sorted(self.days("key")))
        return [path for path in own if path.stat().st_mode & 0o077]

    def close_to_others(self, path: Path) -> None:
        """Let only its owner read a key; raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            path.chmod(0o600)

    def destroy(self, day: str) -> None:
        """Destroy both copies of a day's key: nothing is kept of it any more. Raises OSError."""
        with self._lock:
            self._lent.pop(day, None)
        self._drop(day, "key")
        self._drop(day, "age")

    def days(self, kind: str = "") -> set[str]:
        """Return the days that have a key here: of `kind` "key" or "age", or of any."""
        found = [_NAME.match(path.name) for path in self._folder.iterdir()]
        return {match[1] for match in found if match and kind in ("", match[2])}

    def _drop(self, day: str, kind: str) -> None:
        with self._lock:
            if kind == "key":
                self._known.pop(day, None)
            self._disk.remove(self._path(day, kind))
            self._disk.sync_folder(self._folder)

    def _path(self, day: str, kind: str = "key") -> Path:
        return self._folder / f"day-{day}.{kind}"

    def _load(self, day: str) -> ChaCha20Poly1305 | None:
        if day not in self._known:
            try:
                key = self._path(day).read_bytes()
            except FileNotFoundError:
                return None
            if len(key) != _KEY_BYTES:
                return None
            self._known[day] = ChaCha20Poly1305(key)
        return self._known[day]

    def _seal(self, day: str, key: bytes) -> None:
        if self._recipients:
            self._disk.write_whole(self._path(day, "age"), seal_day_key(key, self._recipients))


def cipher_of(key: bytes) -> ChaCha20Poly1305:
    """Return the cipher of a day's key; ValueError if it is none."""
    return ChaCha20Poly1305(key)


def seal_day_key(key: bytes, recipients: Sequence[str]) -> bytes:
    """Return an age file with the 32 bytes of a day's key; raises BadKey."""
    from fanlight.seal import sealing  # noqa: PLC0415 - a hub without a household never needs it

    return sealing.seal(key, recipients)


def is_old(day: str, now: datetime) -> bool:
    """Tell whether a day ended FORGET_S before `now`."""
    with contextlib.suppress(ValueError, OverflowError):
        begin = datetime.combine(date.fromisoformat(day[:10]), time(), UTC)
        return begin + timedelta(days=1, seconds=FORGET_S) <= now
    return False
