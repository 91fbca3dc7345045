"""What changes hands between a company, an agency, a town and residents: the entries, field by field.

In:     the public fields of `gift`, `gift-void`, `raffle`, `raffle-closed`, `raffle-drawn` and `raffle-void`.
Out:    typed values, and the same fields again.
Holds:  residents are never named; money is whole numbers of a currency's smallest unit.
Absent: whether something may be entered (server.gifts), the draw (proof.raffle), how it reads (oversight).
Why:    docs/spec/gifts.md
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

GiftKind = Literal["device", "discount", "subsidy", "credit", "staff-time", "event", "other"]
Role = Literal["company", "operator", "agency", "town", "organisation", "residents"]
Side = Literal["agency", "operator", "clerk"]
Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Money = Annotated[int, Meta(ge=0, le=10**12)]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(min_length=1, max_length=2_000)]
Ticket = Annotated[str, Meta(pattern=r"^[0-9a-f]{24}\Z")]

MOST_TICKETS = 2_000  # their list stands in one entry, of 65,535 bytes at most


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who gave or got something; `name` is null for residents, and for nobody else."""

    role: Role
    name: Annotated[str, Meta(min_length=2, max_length=120)] | None


class Gift(msgspec.Struct, frozen=True, kw_only=True):
    """Something of value that changed hands, or was promised.

    Attributes:
        gift: its id.
        day: when it was entered; `on`: when it was given, or agreed.
        kind, what: of which kind, and in words.
        units: how many of it.
        list_price: what all of them cost everybody else; `paid`: what the recipient paid; both in the
            smallest unit of `currency` (ISO 4217).
        minutes: of staff time, or null.
        terms: under which it was given. `no_duty`: they say that it obliges nobody to share footage.
        appropriation, vote: the budget line and the vote that it rests on, or null.
        eligibility: who could get it, where residents did, or null.
        agency, agreement: of which it is a part, or null.
        corrects: the entry of a gift that this one takes the place of, or null.
        side: who entered it.
    """

    gift: Id
    day: Day
    on: Day
    kind: GiftKind
    what: Line
    donor: Party
    recipient: Party
    units: Annotated[int, Meta(ge=1, le=10**6)]
    list_price: Money
    paid: Money
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    minutes: Annotated[int, Meta(ge=1, le=10**8)] | None
    terms: Words
    no_duty: bool
    appropriation: Line | None
    vote: Line | None
    eligibility: Words | None
    agency: str | None
    agreement: Id | None
    corrects: Id | None
    side: Side

    @property
    def value(self) -> int:
        """What it was worth to the recipient, in the currency's smallest unit."""
        return self.list_price - self.paid

    def pub(self) -> dict[str, Any]:
        """Return the entry's public fields."""
        return fields_of(self)


class GiftVoid(msgspec.Struct, frozen=True, kw_only=True):
    """A gift did not happen, or was entered in error."""

    gift: Id
    day: Day
    reason: Words


class Randomness(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a draw is made by: something that somebody else publishes at a known time.

    Attributes:
        who: publishes it; `what`: which of it, such as a round or a drawing.
        at: when, to the minute, as `2026-12-05T22:59:00.000Z`.
        form: `hex`, or `numbers`; `length`: how many hexadecimal digits or numbers it has.
        most: the highest number there can be, or null for `hex`.
    """

    who: Line
    what: Line
    at: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:00\.000Z\Z")]
    form: Literal["hex", "numbers"]
    length: Annotated[int, Meta(ge=1, le=128)]
    most: Annotated[int, Meta(ge=2, le=10_000)] | None


class Raffle(msgspec.Struct, frozen=True, kw_only=True):
    """A raffle is announced: of which gift, who can enter it, and by what it will be drawn."""

    raffle: Id
    gift: Id
    day: Day
    prizes: Annotated[int, Meta(ge=1, le=MOST_TICKETS)]
    eligibility: Words
    randomness: Randomness
    side: Side


class RaffleClosed(msgspec.Struct, frozen=True, kw_only=True):
    """No ticket comes to it any more; these are all of them, in ascending order."""

    raffle: Id
    day: Day
    tickets: Annotated[list[Ticket], Meta(min_length=1, max_length=MOST_TICKETS)]


class RaffleDrawn(msgspec.Struct, frozen=True, kw_only=True):
    """It was drawn by what was published; `winners`: tickets, first prize first."""

    raffle: Id
    day: Day
    randomness: Annotated[str, Meta(min_length=1, max_length=700)]
    winners: list[Ticket]


class RaffleVoid(msgspec.Struct, frozen=True, kw_only=True):
    """It was not held."""

    raffle: Id
    day: Day
    reason: Words


Known = Gift | GiftVoid | Raffle | RaffleClosed | RaffleDrawn | RaffleVoid
KINDS: dict[str, type[Known]] = {
    "gift": Gift,
    "gift-void": GiftVoid,
    "raffle": Raffle,
    "raffle-closed": RaffleClosed,
    "raffle-drawn": RaffleDrawn,
    "raffle-void": RaffleVoid,
}


def fields_of(known: Known) -> dict[str, Any]:
    """Return an entry's public fields."""
    made: dict[str, Any] = msgspec.to_builtins(known)
    return made


def read(kind: str, pub: dict[str, Any]) -> Known | None:
    """Return what such an entry says, or None where it is of another kind or form."""
    of = KINDS.get(kind)
    try:
        return msgspec.convert(pub, of) if of else None
    except (msgspec.ValidationError, RecursionError):
        return None
