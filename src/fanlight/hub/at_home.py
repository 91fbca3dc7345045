"""Whether somebody is home, as the household says it: by the hub's page, MQTT or HTTP.

Holds:  somebody is home until somebody says otherwise: indoor cameras are off by default (R51).
        What was said outlives a restart.
"""

import contextlib
from pathlib import Path

from fanlight.store.files import write_private

_AWAY = b"away\n"


class AtHome:
    """The switch, kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Read what was said last; what cannot be read is 'home'."""
        self._path = folder / "home"
        self.trouble = ""
        try:
            self.is_home = self._path.read_bytes() != _AWAY
        except OSError:
            self.is_home = True

    def say(self, *, is_home: bool) -> None:
        """Keep what is said. It holds for this run even if the disk refuses, which `trouble` then says."""
        self.is_home = is_home
        try:
            write_private(self._path, b"home\n" if is_home else _AWAY)
            self.trouble = ""
        except OSError:
            self.trouble = "Whether somebody is home could not be written down; after a restart it is 'home'."
            with contextlib.suppress(OSError):  # what was said before must not come back as 'away'
                self._path.unlink(missing_ok=True)
