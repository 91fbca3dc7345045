"""A behest: what a member asks of their hubs for one browser. Signed by the member, sealed to the hubs.

In:     an age file as the server passes it on, and the keys of those who are members now.
Out:    a Behest that one of them signed.
Holds:  who is no member of the household's book asks nothing; a behest for another household, or one that is
        not newer than what is known, changes nothing (`room` compares).
Absent: endpoints. A subscription holds a ticket, which only the server can turn into one.
Source: docs/spec/push.md
"""

import base64
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Literal

import h3
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Meta

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal import keys, sealing
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64, jcs

BEHEST_BYTES = 8 * 1024
CONTEXT = "push"
_ZEROS = re.compile(r"0*\Z")
_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
_Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")]
_Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
_Url64 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+\Z", max_length=1_500)]

Kind = Literal["doorbell", "person", "package", "vehicle", "animal", "trouble"]
When = Literal["always", "away", "never"]
Mode = Literal["home", "away", "off"]


class BehestRefused(FanlightError):
    """A behest that this hub does not follow."""

    code = "hub.behest_refused"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Subscription(_Part, frozen=True, kw_only=True):
    """How a browser is reached: the server's ticket, and the keys that encrypt for it (base64url)."""

    ticket: _Url64
    p256dh: _Url64
    auth: _Url64

    def keys(self) -> tuple[bytes, bytes]:
        """Return the browser's public point (65 bytes) and its secret (16); raises BehestRefused."""
        try:
            point, auth = (
                base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in (self.p256dh, self.auth)
            )
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as error:
            raise refused("its browser's keys are none") from error
        if len(auth) != 16 or len(point) != 65:  # noqa: PLR2004 - RFC 8291
            raise refused("its browser's keys are none")
        return point, auth


class Quiet(_Part, frozen=True, kw_only=True):
    """Hours of the home's day in which only the bell, or nothing, is told."""

    start: _Hour
    end: _Hour

    def holds(self, at: time) -> bool:
        """Tell whether a local time is within; the end is not. Equal ends are never."""
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        return start <= at < end if start <= end else at >= start or at < end


class Near(_Part, frozen=True, kw_only=True):
    """Of what dispatch reports: classes, and H3 cells of the part of town; none: all of it.

    `through`: in quiet hours too.
    """

    classes: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=40)]
    cells: Annotated[tuple[Annotated[str, Meta(pattern=r"^[0-9a-f]{15}\Z")], ...], Meta(max_length=64)] = ()
    through: bool = True


class Choices(_Part, frozen=True, kw_only=True):
    """What this browser is told of. `cameras` holds what differs for one of them; `rest_s` in seconds."""

    pace: Literal["now", "even"] = "now"
    even_at: _Hour = "18:30"
    quiet: Quiet | None = None
    bell_through: bool = True
    rest_s: Annotated[int, Meta(ge=0, le=86_400)] = 120
    picture: bool = True
    kinds: dict[Kind, When] = {}
    cameras: Annotated[dict[_Id, dict[Kind, When]], Meta(max_length=64)] = {}
    near: Near | None = None


class Turn(_Part, frozen=True, kw_only=True):
    """At this hour of these days (0 is Monday) the mode changes."""

    days: Annotated[tuple[Annotated[int, Meta(ge=0, le=6)], ...], Meta(min_length=1, max_length=7)]
    at: _Hour
    set: Mode


class ModeBehest(_Part, frozen=True, kw_only=True):
    """The household's mode, set at `at`, and its timetable."""

    at: _Time
    set: Mode
    tz: Annotated[str, Meta(max_length=64)]
    turns: Annotated[tuple[Turn, ...], Meta(max_length=28)] = ()


class Behest(_Part, frozen=True, kw_only=True):
    """All that a member asks for one browser. `at` orders a browser's behests; `test` asks for a push."""

    v: Literal[1] = 1
    type: Literal["push"] = "push"
    household: _Id
    by: str
    device: _Id
    at: _Time
    tz: Annotated[str, Meta(max_length=64)]
    subscription: Subscription | None
    choices: Choices
    test: _Time | None = None
    mode: ModeBehest | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A behest, and the very text that was signed."""

    behest: Behest
    text: str
    sig: str


def make_behest(behest: Behest, key: SigningKey, recipients: Sequence[str]) -> bytes:
    """Return the age file of a behest for the household's hubs and its own author.

    Raises:
        BehestRefused: it does not fit.
    """
    text = jcs.dumps(msgspec.to_builtins(behest))
    box = {"pad": "", "sig": b64.encode(key.sign(CONTEXT, text)), "behest": text.decode()}
    spare = BEHEST_BYTES - len(jcs.dumps(box))
    if spare < 0:
        raise refused("it says more than one behest holds")
    return sealing.seal(jcs.dumps(box | {"pad": "0" * spare}), recipients)


def read_behest(plain: bytes, *, household: str, members: Collection[bytes]) -> Signed:
    """Return a behest after checking all that makes it one.

    Args:
        plain: what the age file held.
        household: this hub's.
        members: the signing keys of those who may ask now.

    Raises:
        BehestRefused: another form, another household's, or nobody's who may ask.
    """
    try:
        box = msgspec.convert(jcs.loads(plain), _Box, strict=True)
        if len(plain) != BEHEST_BYTES or not _ZEROS.match(box.pad):
            raise refused("it has another size")
        return check_signed(box.behest, box.sig, household=household, members=members)
    except (msgspec.ValidationError, FanlightError) as error:
        if isinstance(error, BehestRefused):
            raise
        raise refused("it has another form") from error


def check_signed(text: str, sig: str, *, household: str, members: Collection[bytes]) -> Signed:
    """Return a signed text as a behest, on arrival and whenever it is followed; raises BehestRefused."""
    try:
        behest = msgspec.convert(jcs.loads(text), Behest, strict=True)
        by = b64.decode(behest.by)
        if behest.household != household:
            raise refused("it is for another household")
        if by not in members:
            raise refused("who signed it is no member of this household")
        keys.verify(by, CONTEXT, text.encode(), b64.decode(sig))
        times = (behest.at, behest.test, behest.mode.at if behest.mode else None)
        for one in times:
            if one is not None:
                clock.from_text(one)
        if behest.subscription is not None:
            behest.subscription.keys()
        if behest.choices.near is not None and not all(map(h3.is_valid_cell, behest.choices.near.cells)):
            raise refused("it names a place that is none")
    except (msgspec.ValidationError, UnicodeError, FanlightError) as error:
        if isinstance(error, BehestRefused):
            raise
        raise refused("it has another form, or its signature does not hold") from error
    return Signed(behest, text, sig)


def time_of(text: str) -> datetime:
    """Return a time of a behest that was checked."""
    return clock.from_text(text)


class _Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pad: str
    sig: str
    behest: str


def refused(why: str) -> BehestRefused:
    """Return the error for a behest that is not followed."""
    return BehestRefused(
        f"What a browser asks of this hub's alerts is not followed: {why}.",
        kept="Alerts go on as they were chosen before.",
        do="Open Alerts in the app on that browser and save them again.",
    )
