"""Raffles: announced with what they will be drawn by, closed before it is published, drawn by anybody again.

In:     a raffle of a gift in the ledger; the hashes of its tickets' codes; what was published.
Out:    an entry a step; the tickets that win.
Holds:  what a raffle is drawn by is named when it is announced, and its tickets stand in the record at least
        a day before that is published. The server draws by the public rule and enters nothing else.
Absent: who holds a ticket: codes are on paper, and no account takes part. The rule (proof.raffle).
Why:    R35; docs/spec/gifts.md#the-draw
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from fanlight.model import clock
from fanlight.model.readable import check_words
from fanlight.proof import raffle as draw_rule
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.gifts import KEPT, Acting, counting, lock
from fanlight.store.database import Tx, many
from fanlight.wire.gifts import Raffle, RaffleClosed, RaffleDrawn, RaffleVoid, Randomness, fields_of

Step = Literal["closed", "drawn", "void"]
_LONGEST = timedelta(days=400)
_Said = RaffleClosed | RaffleDrawn | RaffleVoid


class Row(msgspec.Struct, frozen=True):
    """A raffle as everybody reads it: each step's entry, with its place in the record once it has one."""

    entry: dict[str, Any]
    index: int | None
    closed: dict[str, Any] | None
    drawn: dict[str, Any] | None
    void: dict[str, Any] | None


async def all_of(tx: Tx) -> list[Row]:
    """Return every raffle, by its draw's time, the latest first."""
    return await many(
        tx,
        Row,
        "SELECT r.entry, l.idx AS index, c.entry AS closed, d.entry AS drawn, v.entry AS void FROM raffle r"
        " JOIN leaf l ON l.id = r.leaf"
        " LEFT JOIN raffle_step c ON c.raffle = r.id AND c.step = 'closed'"
        " LEFT JOIN raffle_step d ON d.raffle = r.id AND d.step = 'drawn'"
        " LEFT JOIN raffle_step v ON v.raffle = r.id AND v.step = 'void'"
        " ORDER BY r.entry -> 'randomness' ->> 'at' DESC, r.id",
    )


async def announce(by: Acting, raffle: Raffle) -> None:
    """Enter that a raffle will be held.

    Raises:
        Malformed: what it is drawn by is published too soon or too late, or is of no form.
        NotFound: there is no such gift. Conflict: its id is taken.
    """
    check_words(raffle.eligibility, most=2_000)
    of = raffle.randomness
    check_words(of.who, most=200)
    check_words(of.what, most=200)
    if (of.form == "numbers") is (of.most is None) or (of.most is not None and of.most < of.length):
        raise _malformed("What it is drawn by has no clear form.", "Say how many digits or numbers it has.")
    if not timedelta(days=2) <= _published(of) - by.now <= _LONGEST:
        raise _malformed(
            "What it is drawn by must be published two days from now or later, and within 400 days.",
            "Name one that comes later.",
        )
    await lock(by.tx)
    await counting(by, raffle.gift)
    if await (await by.tx.execute("SELECT 1 FROM raffle WHERE id = %s", [raffle.raffle])).fetchone():
        raise Conflict(
            "This was entered already.", kept="It stands once.", do="Look at the list.", code="gifts.entered"
        )
    leaf = await by.log.queue_leaf(by.tx, "raffle", fields_of(raffle))
    await by.tx.execute(
        "INSERT INTO raffle (id, gift, side, entry, leaf) VALUES (%s, %s, %s, %s, %s)",
        [raffle.raffle, raffle.gift, raffle.side, _json(raffle), leaf],
    )


async def close(by: Acting, said: RaffleClosed) -> RaffleClosed:
    """Enter all tickets, in order; raises Conflict from the day on which the draw's randomness comes."""
    raffle = await _open(by, said.raffle, ())
    if by.now.date() >= _published(raffle.randomness).date():
        raise Conflict(
            "Tickets close at least a day before that is published by which it is drawn.",
            kept=KEPT,
            do="Call this raffle off, and announce another one.",
            code="gifts.raffle_late",
        )
    if len(set(said.tickets)) != len(said.tickets):
        raise _malformed("A ticket stands twice in the list.", "Take it out.")
    if len(said.tickets) < raffle.prizes:
        raise _malformed("There are fewer tickets than prizes.", "Call this raffle off, or give more out.")
    entered = msgspec.structs.replace(said, tickets=sorted(said.tickets))
    leaf = await by.log.queue_leaf(by.tx, "raffle-closed", fields_of(entered))
    await _keep(by, "closed", entered, leaf)
    return entered


async def draw(by: Acting, raffle: str, published: str) -> RaffleDrawn:
    """Draw by what was published, and enter who wins; raises Conflict before its time, BadRandomness."""
    said = await _open(by, raffle, ("closed",))
    if by.now < _published(said.randomness):
        raise Conflict(
            "What this raffle is drawn by is not published yet.",
            kept=KEPT,
            do="Come back when it is.",
            code="gifts.raffle_early",
        )
    (tickets,) = await many(
        by.tx,
        _Tickets,
        "SELECT entry FROM raffle_step WHERE raffle = %s AND step = 'closed'",
        [raffle],
    )
    spelled = draw_rule.spelled(said.randomness, published)
    wins = draw_rule.order(raffle, spelled, tickets.entry["tickets"])[: said.prizes]
    drawn = RaffleDrawn(raffle=raffle, day=by.day, randomness=spelled, winners=wins)
    leaf = await by.log.queue_leaf(by.tx, "raffle-drawn", fields_of(drawn))
    await _keep(by, "drawn", drawn, leaf)
    return drawn


async def call_off(by: Acting, said: RaffleVoid) -> None:
    """Enter that a raffle is not held; raises Conflict once it was drawn."""
    check_words(said.reason, most=2_000)
    await _open(by, said.raffle, None)
    leaf = await by.log.queue_leaf(by.tx, "raffle-void", fields_of(said))
    await _keep(by, "void", said, leaf)


class _Tickets(msgspec.Struct, frozen=True):
    entry: dict[str, Any]


class _Held(msgspec.Struct, frozen=True):
    entry: dict[str, Any]
    side: str
    agency: str | None
    steps: list[str]


async def _open(by: Acting, raffle: str, needs: tuple[Step, ...] | None) -> Raffle:
    """Return a raffle of which exactly the steps `needs` are done; if None, of any step but the last."""
    await lock(by.tx)
    found = await many(
        by.tx,
        _Held,
        "SELECT r.entry, r.side, g.agency, ARRAY(SELECT s.step FROM raffle_step s WHERE s.raffle = r.id"
        " ORDER BY s.step) AS steps FROM raffle r JOIN gift g ON g.id = r.gift WHERE r.id = %s",
        [raffle],
    )
    if not found or (by.own and (found[0].side, found[0].agency) != ("agency", by.own)):
        raise NotFound("There is no such raffle of yours.", kept=KEPT, do="Load the page again.")
    done = found[0].steps
    if {"drawn", "void"} & set(done) or (needs is not None and done != sorted(needs)):
        raise Conflict(
            "This raffle is at another step.", kept=KEPT, do="Load the page again.", code="gifts.overtaken"
        )
    return msgspec.convert(found[0].entry, Raffle)


async def _keep(by: Acting, step: Step, said: _Said, leaf: str) -> None:
    await by.tx.execute(
        "INSERT INTO raffle_step (raffle, step, entry, leaf) VALUES (%s, %s, %s, %s)",
        [said.raffle, step, _json(said), leaf],
    )


def _published(of: Randomness) -> datetime:
    try:
        return clock.from_text(of.at)
    except clock.BadTime as error:
        what = "The time of what it is drawn by is none."
        raise _malformed(what, "Write it as a day and a time.") from error


def _json(said: Raffle | _Said) -> str:
    return msgspec.json.encode(fields_of(said)).decode()


def _malformed(what: str, do: str) -> Malformed:
    return Malformed(what, kept=KEPT, do=do, code="gifts.unclear")
