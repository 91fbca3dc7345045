"""The encrypted files of version 0.1, word for word."""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fanlight.hub.journal.errors import JournalUnreadable

_NONCE_BYTES = 12
_KEY_BYTES = 32
OVERHEAD_BYTES = _NONCE_BYTES + 16


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file, readable by its owner only; it and its name are durable on return.

    Raises:
        OSError: it could not be written or synced; nothing is left of it, as far as the disk allows.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except BaseException:
        # After a failed fsync the kernel may have dropped the pages: the file cannot be trusted.
        with contextlib.suppress(OSError):
            path.unlink()
        raise


class Vault:
    """The folder of encrypted fragments and the folder of their keys."""

    def __init__(self, segments: Path, keys: Path) -> None:
        """Make both folders if they are missing; raises OSError."""
        self.segments, self._keys = segments, keys
        segments.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known: dict[str, ChaCha20Poly1305] = {}

    def put(self, name: str, day: str, fragment: bytes) -> int:
        """Write one fragment durably; return the file's size in bytes. Raises OSError, JournalUnreadable."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher(day, make=True).encrypt(nonce, fragment, name.encode())
        write_synced(self.segments / name, sealed)
        return len(sealed)

    def get(self, name: str, day: str) -> bytes | None:
        """Return a fragment, or None if its file is missing or not what was written."""
        try:
            sealed = (self.segments / name).read_bytes()
            return self._cipher(day, make=False).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode()
            )
        except (OSError, InvalidTag, ValueError):
            return None

    def remove(self, name: str) -> None:
        """Remove a fragment's file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            (self.segments / name).unlink()

    def forget_day(self, day: str) -> None:
        """Destroy the key of a day of which nothing is kept any more."""
        self._known.pop(day, None)
        with contextlib.suppress(FileNotFoundError):
            self._path(day).unlink()

    def days(self) -> set[str]:
        """Return the days that have a key."""
        return {path.name[4:-4] for path in self._keys.glob("day-*.key")}

    def _path(self, day: str) -> Path:
        return self._keys / f"day-{day}.key"

    def _cipher(self, day: str, *, make: bool) -> ChaCha20Poly1305:
        if day not in self._known:
            path = self._path(day)
            if make and not path.exists():
                pending = path.with_suffix(".new")
                pending.unlink(missing_ok=True)
                write_synced(pending, secrets.token_bytes(_KEY_BYTES))
                pending.rename(path)
                sync_folder(self._keys)
            key = path.read_bytes()
            if len(key) != _KEY_BYTES:
                raise JournalUnreadable(
                    "The key of a day is damaged.",
                    kept="The encrypted recording of that day is kept.",
                    do="Restore keys/ of the hub from a backup, or remove that key file to record anew.",
                )
            self._known[day] = ChaCha20Poly1305(key)
        return self._known[day]
