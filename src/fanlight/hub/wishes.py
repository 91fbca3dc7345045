"""Wishes of people who are in a picture, compared at home with this hub's clips. Nobody else learns of it.

In:     the cell's wishes (the same bytes for everyone), the cell's key, this hub's place and clips.
Out:    the wishes near this place, and which clips fall into their time.
Holds:  a wish that cannot be opened or read counts for nothing and disturbs no other; a household is shown
        MOST of them at most, so that nobody fills its box.
Absent: who wishes; what the household does. Members see it in their app and answer nobody.
Why:    docs/design/sharing.md
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from fanlight.hub.sealer import Kept
from fanlight.hub.settings import Pairing
from fanlight.hub.status import Match
from fanlight.hub.uplink import Uplink, member
from fanlight.model.clock import from_text
from fanlight.model.errors import FanlightError
from fanlight.seal import keys, opening
from fanlight.wire import b64, jcs

NEAR_M = 150.0
LONGEST = timedelta(hours=12)
MOST, MOST_CLIPS = 8, 8
NOT_MODIFIED = 304
_EARTH_M = 6_371_000.0


class WishesRefused(FanlightError):
    """The cell's wishes are no list of this cell."""

    code = "hub.wishes_refused"


class _Entry(msgspec.Struct, frozen=True):
    wish: Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{26}$")]
    sealed: Annotated[str, msgspec.Meta(max_length=12_000)]


class _File(msgspec.Struct, frozen=True):
    v: Literal[1]
    type: Literal["cell-wishes"]
    cell: str
    wishes: Annotated[list[_Entry], msgspec.Meta(max_length=1_000)]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: Literal[1]
    type: Literal["wish"]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    start: str
    end: str
    want: Literal["erase", "blur"]
    words: Annotated[str, msgspec.Meta(max_length=300)]
    pad: Annotated[str, msgspec.Meta(pattern="^0*$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A wish as it was opened; `want` is erase or blur."""

    wish: str
    lon: float
    lat: float
    start: datetime
    end: datetime
    want: str
    words: str


def read_wishes(raw: bytes, *, cell: str, identity: str) -> tuple[Wish, ...]:
    """Open a cell's file; raises WishesRefused if it is none, and leaves out what does not open."""
    try:
        file = msgspec.convert(jcs.loads(raw), _File)
    except (msgspec.ValidationError, FanlightError) as error:
        raise _refused("It cannot be read") from error
    if file.cell != cell:
        raise _refused("It is another area's")
    found = (_read(entry, identity) for entry in file.wishes)
    return tuple(wish for wish in found if wish is not None)


def _read(entry: _Entry, identity: str) -> Wish | None:
    try:
        plain = opening.open_age(b64.decode(entry.sealed), [identity])
        said = msgspec.convert(jcs.loads(plain), _Words)
        start, end = from_text(said.start), from_text(said.end)
    except (msgspec.ValidationError, FanlightError):
        return None  # anybody may send anything
    if not timedelta(0) < end - start <= LONGEST:
        return None
    return Wish(
        wish=entry.wish, lon=said.lon, lat=said.lat, start=start, end=end, want=said.want, words=said.words
    )


def find_wishes(wishes: Sequence[Wish], clips: Sequence[Kept], lon: float, lat: float) -> list[Match]:
    """Return for each wish near this place the clips of its time, none where there are none."""
    found = []
    for one in wishes:
        if distance_m(one.lon, one.lat, lon, lat) <= NEAR_M:
            inside = [clip.clip for clip in clips if clip.start < one.end and clip.end > one.start]
            if inside:
                found.append(Match(request=one.wish, clips=tuple(inside[-MOST_CLIPS:])))
    return found[:MOST]


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return metres between two points that are near each other."""
    east = math.radians(other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return _EARTH_M * math.hypot(east, math.radians(other_lat - lat))


class Wishes:
    """What this hub knows of its cell's wishes."""

    def __init__(self, pairing: Pairing) -> None:
        """Know none yet."""
        self._pairing = pairing
        self._identity: str | None = None
        self._etag = ""
        self.known: tuple[Wish, ...] = ()

    async def refresh(self, uplink: Uplink) -> None:
        """Fetch the cell's wishes, as every hub of the cell does.

        Raises:
            WishesRefused: it is no such list; those known before stay. UplinkError, FanlightError: no answer.
        """
        cell = self._pairing.cell
        headers = {"If-None-Match": self._etag} if self._etag else {}
        answer = await uplink.public("GET", f"/v1/cells/{cell}/wishes", headers=headers)
        if answer.status_code == NOT_MODIFIED:
            return
        if self._identity is None:
            identity = str(member(await uplink.call("GET", f"/v1/cells/{cell}/key"), "identity"))
            keys.identity_bytes(identity)
            self._identity = identity
        self.known = read_wishes(answer.content, cell=cell, identity=self._identity)
        self._etag = answer.headers.get("ETag", "")

    @property
    def oldest(self) -> datetime | None:
        """When the earliest of them begins."""
        return min((one.start for one in self.known), default=None)

    def matches(self, clips: Sequence[Kept]) -> list[Match]:
        """Return the clips here that wishes concern."""
        return find_wishes(self.known, clips, self._pairing.lon, self._pairing.lat)


def _refused(why: str) -> WishesRefused:
    return WishesRefused(
        f"The list of wishes does not hold: {why}.",
        kept="Those that were known before are still shown.",
        do="It is fetched again by itself.",
    )
