"""Room: gifts. What companies, agencies, the operator, the town and residents give each other.

In:     what was given, by whom, to whom, under which terms; an earlier entry that is wrong.
Out:    a row and an entry each; every one to everybody.
Holds:  terms say that whoever got something owes nobody footage. Public money names its budget line. A wrong
        entry stays beside the one that takes its place. Residents are not named, and nothing joins a gift to
        a home or a device, so that an agency cannot tell a given camera from a bought one.
Absent: raffles (gifts.raffles), sums and pages (oversight.gifts).
Why:    R35, R39, R41; docs/spec/gifts.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from fanlight.model.readable import check_name, check_words
from fanlight.server import programme
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.log import Log
from fanlight.store.database import Tx, many
from fanlight.wire.gifts import Gift, GiftVoid, Party, fields_of

MOST_A_DAY = 300
KEPT = "Nothing was entered; what you wrote is still in the form."
_LOCK = 0x67696674  # any fixed number: who enters something holds it
_PUBLIC_MONEY = ("town", "agency")


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody enters something: the transaction and the record it goes to, when, and for whom.

    `own`: the agency of who enters it, or empty for operator and clerk.
    """

    tx: Tx
    log: Log
    now: datetime
    own: str = ""

    @property
    def day(self) -> str:
        """The day of the entry."""
        return self.now.date().isoformat()


class Row(msgspec.Struct, frozen=True):
    """A gift as everybody reads it; `index` is its entry's place once it has one."""

    entry: dict[str, Any]
    index: int | None
    corrected_by: str | None
    void: str | None


async def all_of(tx: Tx) -> list[Row]:
    """Return every gift, the newest entry first."""
    return await many(
        tx,
        Row,
        "SELECT g.entry, l.idx AS index, c.id AS corrected_by, v.reason AS void FROM gift g"
        " JOIN leaf l ON l.id = g.leaf LEFT JOIN gift c ON c.corrects = g.id"
        " LEFT JOIN gift_void v ON v.gift = g.id ORDER BY g.day DESC, g.id",
    )


async def enter(by: Acting, gift: Gift) -> None:
    """Enter a gift.

    Raises:
        Malformed: what it says cannot be so, or its terms do not say that nobody owes footage.
        BadText: it does not read as it looks.
        NotFound: there is no such agency, agreement or gift.
        Conflict: its id is taken, what it corrects counts no more, or there are too many today.
    """
    check(gift)
    await lock(by.tx)
    await _check_place(by, gift)
    leaf = await by.log.queue_leaf(by.tx, "gift", fields_of(gift))
    await by.tx.execute(
        "INSERT INTO gift (id, day, agency, side, corrects, entry, leaf) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            *(gift.gift, by.now.date(), gift.agency, gift.side, gift.corrects),
            *(msgspec.json.encode(fields_of(gift)).decode(), leaf),
        ],
    )


async def void(by: Acting, said: GiftVoid) -> None:
    """Enter that a gift did not happen; raises as `enter` does."""
    check_words(said.reason, most=2_000)
    await lock(by.tx)
    await counting(by, said.gift)
    leaf = await by.log.queue_leaf(by.tx, "gift-void", fields_of(said))
    await by.tx.execute(
        "INSERT INTO gift_void (gift, reason, leaf) VALUES (%s, %s, %s)", [said.gift, said.reason, leaf]
    )


async def lock(tx: Tx) -> None:
    """Let nobody else enter a gift or a step of a raffle until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


async def counting(by: Acting, gift: str) -> Gift:
    """Return a gift that counts and that they may speak of; raises NotFound, Conflict."""
    query = (
        "SELECT g.entry, v.gift IS NOT NULL OR c.id IS NOT NULL FROM gift g LEFT JOIN gift_void v"
        " ON v.gift = g.id LEFT JOIN gift c ON c.corrects = g.id WHERE g.id = %s"
    )
    found = await (await by.tx.execute(query, [gift])).fetchone()
    entry = msgspec.convert(found[0], Gift) if found else None
    if found is None or entry is None or (by.own and (entry.agency, entry.side) != (by.own, "agency")):
        raise NotFound("There is no such gift that you may correct.", kept=KEPT, do="Load the page again.")
    if found[1]:
        raise Conflict(
            "This gift was corrected or taken out of the count already.",
            kept=KEPT,
            do="Load the page again.",
            code="gifts.overtaken",
        )
    return entry


def check(gift: Gift) -> None:
    """Raise Malformed or BadText for what no gift can say."""
    for words in (gift.what, gift.terms, gift.appropriation, gift.vote, gift.eligibility):
        if words is not None:
            check_words(words, most=2_000)
    for party in (gift.donor, gift.recipient):
        _check_party(party)
    wrong = [why for holds, why in _wrongs(gift) if holds]
    if wrong:
        raise Malformed(wrong[0], kept=KEPT, do="Change it and enter it again.", code="gifts.unclear")
    if not gift.no_duty:
        raise Malformed(
            "Whoever gets this must owe nobody footage, and its terms must say so.",
            kept=KEPT,
            do="Have the terms changed, or tell everybody who got it in writing, and enter it then.",
            code="gifts.duty",
        )


def _wrongs(gift: Gift) -> Sequence[tuple[bool, str]]:
    try:
        on = date.fromisoformat(gift.on)
    except ValueError:
        return [(True, "The day on which it was given is no day.")]
    residents = "residents" in {gift.donor.role, gift.recipient.role}
    public_money = gift.donor.role in _PUBLIC_MONEY
    return [
        (on > date.fromisoformat(gift.day), "It was given after today. Enter what was agreed, on its day."),
        (gift.paid > gift.list_price, "More was paid than it costs everybody else."),
        (gift.donor == gift.recipient, "It was given by whoever got it."),
        (gift.kind == "staff-time" and gift.minutes is None, "It does not say how many hours."),
        (residents and gift.eligibility is None, "It does not say which residents could get it."),
        (public_money and gift.appropriation is None, "It does not say from which budget line it was paid."),
        (gift.agreement is not None and gift.agency is None, "It names an agreement and no agency."),
    ]


def _check_party(party: Party) -> None:
    if (party.role == "residents") is not (party.name is None):
        raise Malformed(
            "Residents are never named, and everybody else is.",
            kept=KEPT,
            do="Say who it was.",
            code="gifts.unclear",
        )
    if party.name is not None:
        check_name(party.name, most=120)


async def _check_place(by: Acting, gift: Gift) -> None:
    tx = by.tx
    if by.own and gift.agency != by.own:
        raise Malformed(
            "An agency enters what concerns itself.", kept=KEPT, do="Leave it to the operator or the clerk."
        )
    if gift.agency is not None:
        await programme.agency(tx, gift.agency)
    if gift.agreement is not None:
        query = "SELECT 1 FROM agreement WHERE id = %s AND agency = %s"
        if await (await tx.execute(query, [gift.agreement, gift.agency])).fetchone() is None:
            raise NotFound("This agency has no such agreement.", kept=KEPT, do="Load the page again.")
    if gift.corrects is not None:
        await counting(by, gift.corrects)
    query = "SELECT count(*) FILTER (WHERE day = %s), count(*) FILTER (WHERE id = %s) FROM gift"
    row = await (await tx.execute(query, [by.now.date(), gift.gift])).fetchone()
    today, taken = row or (0, 0)
    if taken:
        raise Conflict(
            "This was entered already.", kept="It stands once.", do="Look at the list.", code="gifts.entered"
        )
    if today >= MOST_A_DAY:
        raise Conflict(
            f"{MOST_A_DAY} gifts were entered today.", kept=KEPT, do="Go on tomorrow.", code="gifts.too_many"
        )
