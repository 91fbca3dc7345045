"""The notes to an epoch: names, guests' cameras, mandated cameras, and why there is a new epoch.

In:     what an owner's client knows, or the opened age file `private` of an epoch.
Out:    padded JCS bytes, or notes that speak only of people of the roll.
Holds:  the size tells little: 4 KiB or the next power of two.
Absent: sealing and opening (`book`, `reading`).
Why:    docs/spec/seal.md, "The notes"
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.errors import malformed
from fanlight.seal.roll import MAX_MEMBERS, Roll
from fanlight.wire import jcs

Why = Literal["founded", "month", "joined", "left", "removed", "changed", "hub", "recovered"]
MINIMUM_BYTES = 4 * 1024
MAX_CAMERAS = 64

_ZEROS = re.compile(r"0*")
_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
_Name = Annotated[str, Meta(min_length=1, max_length=100)]
_Cameras = Annotated[list[_Id], Meta(max_length=MAX_CAMERAS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """What a guest may see: these cameras (None: all), until `until` (aware, UTC)."""

    cameras: frozenset[str] | None
    until: datetime

    def sees(self, camera: str, now: datetime) -> bool:
        """Tell whether a clip that a camera makes now is for this guest."""
        return now < self.until and (self.cameras is None or camera in self.cameras)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What members, guests and hubs may know of each other beyond keys. Names by account."""

    why: Why
    names: dict[str, str] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    mandated: frozenset[str] = frozenset()

    def to_bytes(self, roll: Roll) -> bytes:
        """Return the padded bytes that are sealed; raises Malformed if they speak of somebody else."""
        _check(self, roll)
        fields: dict[str, Any] = {
            "names": self.names,
            "guests": {
                account: {
                    "cameras": None if guest.cameras is None else sorted(guest.cameras),
                    "until": clock.to_text(guest.until),
                }
                for account, guest in self.guests.items()
            },
            "mandated": sorted(self.mandated),
            "why": self.why,
            "pad": "",
        }
        bare = len(jcs.dumps(fields))
        return jcs.dumps(fields | {"pad": "0" * (_padded(bare) - bare)})


def read_notes(data: bytes, roll: Roll) -> Notes:
    """Read opened notes; raises Malformed unless they are what `Notes.to_bytes` writes for this roll."""
    try:
        wire = msgspec.convert(jcs.loads(data), _NotesWire, strict=True)
        guests = {
            account: Guest(
                cameras=None if guest.cameras is None else frozenset(guest.cameras),
                until=clock.from_text(guest.until),
            )
            for account, guest in wire.guests.items()
        }
    except (msgspec.ValidationError, FanlightError) as error:
        raise malformed("it is not the notes to a household key") from error
    if not _ZEROS.fullmatch(wire.pad) or len(data) != _padded(len(data) - len(wire.pad)):
        raise malformed("the notes to a household key have another size than their content asks")
    notes = Notes(why=wire.why, names=wire.names, guests=guests, mandated=frozenset(wire.mandated))
    _check(notes, roll)
    return notes


def _check(notes: Notes, roll: Roll) -> None:
    if any(roll.member(account) is None for account in notes.names):
        raise malformed("it names somebody who is not of the household")
    guests = {member.account for member in roll.members if member.role == "guest"}
    if set(notes.guests) - guests:
        raise malformed("it lets somebody see cameras who is no guest")


def _padded(bare: int) -> int:
    return max(MINIMUM_BYTES, 1 << (bare - 1).bit_length())


class _GuestWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    cameras: _Cameras | None
    until: str


class _NotesWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    names: Annotated[dict[_Id, _Name], Meta(max_length=MAX_MEMBERS)]
    guests: Annotated[dict[_Id, _GuestWire], Meta(max_length=MAX_MEMBERS)]
    mandated: _Cameras
    why: Why
    pad: str
