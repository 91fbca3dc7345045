"""What a hub keeps of its household's alerts: `push.json` in its folder (0600).

Holds:  the behests as they were signed, so that they are checked again whenever the book of members changes;
        whole or as before. A file that cannot be read is put aside and named: then browsers ask anew.
"""

import contextlib
from pathlib import Path

import msgspec

from fanlight.hub.push.behests import ModeBehest
from fanlight.hub.push.near import Open
from fanlight.store.files import write_private

FILE = "push.json"


class Device(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A browser: its behest as signed, and how its pushes went.

    Attributes:
        n: pushes sent to it so far; each carries its number.
        sent: when the last one was; empty before the first.
        state: `ok`; `gone`, the subscription has ended; `away`, the last push did not get through; `refused`.
        tested: the test that was last asked for.
        counts: what a browser of one alert a day was not told yet, by kind.
        near: what it was told of town and not yet that it is over, by incident.
        base: from when the next daily alert, or the next check, counts: by the hub's clock.
    """

    text: str
    sig: str
    base: str
    n: int = 0
    sent: str = ""
    state: str = "ok"
    tested: str = ""
    counts: dict[str, int] = {}
    near: dict[str, Open] = {}


class State(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Everything. `turned` is up to when the timetable was followed."""

    devices: dict[str, Device] = {}
    mode: ModeBehest | None = None
    off: bool = False
    turned: str = ""


class Kept:
    """The file in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Read it; `trouble` says if that failed."""
        self._path, self.trouble = folder / FILE, ""
        self.state = State()
        try:
            self.state = msgspec.json.decode(self._path.read_bytes(), type=State)
        except FileNotFoundError:
            pass
        except (OSError, msgspec.MsgspecError, RecursionError):
            self.trouble = (
                f"The alerts that were chosen cannot be read; {FILE}.damaged keeps what was there. Open"
                " Alerts in the app on each phone and computer."
            )
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(f"{FILE}.damaged"))

    def save(self) -> None:
        """Write it; what cannot be written holds for this run, and `trouble` says so."""
        try:
            write_private(self._path, msgspec.json.encode(self.state))
        except OSError:
            self.trouble = (
                "The alerts that were chosen could not be written down. Make room on the hub's disk."
            )
