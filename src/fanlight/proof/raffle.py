"""The draw of a raffle, so that anybody can make it again.

In:     a raffle's id, what was published as its randomness, its tickets.
Out:    the tickets in the order in which they win; a ticket from the code on its paper.
Holds:  the same three give the same order everywhere; nobody who does not choose the randomness can
        choose the order. What was published has one spelling only.
Absent: who holds a ticket: nobody here knows. Whether it was published in truth: its publisher says so.
Why:    docs/spec/gifts.md#the-draw
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence

from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.proof.errors import ProofError
from fanlight.proof.openings import parse_leaf
from fanlight.wire import gifts
from fanlight.wire.gifts import Raffle, RaffleClosed, RaffleDrawn, RaffleVoid, Randomness

_CODE = re.compile(r"^[a-z2-7]{16}\Z")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_TICKET_HEX = 24


class BadRandomness(FanlightError):
    """Not of the form that the raffle named beforehand."""

    code = "raffle.randomness"


class BadCode(FanlightError):
    """Not the code of a ticket."""

    code = "raffle.code"


def new_code() -> str:
    """Return what stands on a ticket's paper: 80 random bits, as 16 characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def ticket(raffle: str, code: str) -> str:
    """Return the ticket of a code, with or without its hyphens and spaces; raises BadCode."""
    plain = re.sub(r"[\s-]", "", code).lower()
    if not _CODE.match(plain):
        raise BadCode(
            "This is not the code of a ticket: 16 letters and digits from 2 to 7.",
            kept="Nothing was changed.",
            do="Copy it again from the paper.",
        )
    return hashlib.sha256(f"fanlight/ticket/v1\0{raffle}\0{plain}".encode()).hexdigest()[:_TICKET_HEX]


def spelled(of: Randomness, published: str) -> str:
    """Return what was published in its one spelling; raises BadRandomness.

    Hexadecimal digits in lower case; numbers ascending, with one space between, as they may be drawn
    in any order.
    """
    if of.form == "hex":
        plain = re.sub(r"\s", "", published).lower()
        if len(plain) == of.length and re.fullmatch(r"[0-9a-f]+", plain):
            return plain
        raise _bad(f"{of.length} hexadecimal digits")
    found = re.findall(r"[^\s,;]+", published)
    if len(found) != of.length or not all(re.fullmatch(r"[0-9]{1,5}", one) for one in found):
        raise _bad(f"{of.length} numbers")
    numbers = sorted(int(one) for one in found)
    if of.most is not None and numbers[-1] > of.most:
        raise _bad(f"{of.length} numbers up to {of.most}")
    return " ".join(str(one) for one in numbers)


def order(raffle: str, randomness: str, tickets: Iterable[str]) -> list[str]:
    """Return the tickets in the order in which they win; `randomness` as `spelled` gives it."""

    def rank(one: str) -> tuple[bytes, str]:
        return hashlib.sha256(f"fanlight/raffle/v1\0{raffle}\0{randomness}\0{one}".encode()).digest(), one

    return sorted(set(tickets), key=rank)


def check_raffles(entries: Iterable[bytes]) -> Iterator[Check]:
    """Draw each raffle of a record again.

    Args:
        entries: all of the record's, in order, checked against its checkpoint by the caller.

    Yields:
        One check a raffle; one that says so where there is none.
    """
    steps: dict[str, list[tuple[int, gifts.Known]]] = {}
    for index, raw in enumerate(entries):
        try:
            leaf = parse_leaf(raw)
        except ProofError:
            continue
        known = gifts.read(leaf.type, leaf.pub)
        if isinstance(known, Raffle | RaffleClosed | RaffleDrawn | RaffleVoid):
            steps.setdefault(known.raffle, []).append((index, known))
        elif leaf.type.startswith("raffle"):
            yield Check(f"entry {index}", State.FAILS, "It has not the form of a raffle's entry.")
    if not steps:
        yield Check("raffles", State.UNKNOWN, "There is no raffle in this record.")
    for raffle, of in steps.items():
        yield _check(raffle, [known for _, known in of])


def _check(raffle: str, steps: Sequence[gifts.Known]) -> Check:
    name = f"raffle {raffle}"
    if any(isinstance(one, RaffleVoid) for one in steps):
        held = [one for one in steps if isinstance(one, RaffleDrawn)]
        why = "It was drawn and then called off." if held else "It was called off."
        return Check(name, State.FAILS if held else State.HOLDS, why)
    match steps:
        case [Raffle()]:
            return Check(name, State.HOLDS, "Announced; tickets are still given out.")
        case [Raffle() as said, RaffleClosed() as closed]:
            return _in_time(name, said, closed) or Check(
                name, State.HOLDS, f"{len(closed.tickets)} tickets; not drawn yet."
            )
        case [Raffle() as said, RaffleClosed() as closed, RaffleDrawn() as drawn]:
            return _in_time(name, said, closed) or _drawn(name, said, closed, drawn)
        case _:
            what = "Its entries are not announced, closed, drawn, once each in this order."
            return Check(name, State.FAILS, what)


def _in_time(name: str, said: Raffle, closed: RaffleClosed) -> Check | None:
    if closed.day >= said.randomness.at[:10]:
        return Check(name, State.FAILS, "Tickets were closed on the day of the draw or later, not before.")
    if closed.tickets != sorted(set(closed.tickets)):
        return Check(name, State.FAILS, "A ticket stands twice in its list, or the list is not in order.")
    return None


def _drawn(name: str, said: Raffle, closed: RaffleClosed, drawn: RaffleDrawn) -> Check:
    try:
        if spelled(said.randomness, drawn.randomness) != drawn.randomness:
            return Check(name, State.FAILS, "What it was drawn by is not written in its one spelling.")
    except BadRandomness as error:
        return Check(name, State.FAILS, error.what)
    if drawn.day < said.randomness.at[:10]:
        return Check(name, State.FAILS, "It was drawn before what it is drawn by was published.")
    wins = order(raffle=said.raffle, randomness=drawn.randomness, tickets=closed.tickets)[: said.prizes]
    if wins != drawn.winners:
        return Check(name, State.FAILS, "Drawn again, other tickets win.")
    return Check(
        name,
        State.HOLDS,
        f"Drawn again, the same {len(wins)} of {len(closed.tickets)} tickets win. Compare yourself that "
        f"{said.randomness.who} published {drawn.randomness} as {said.randomness.what}.",
    )


def _bad(wanted: str) -> BadRandomness:
    return BadRandomness(
        f"The raffle is drawn by {wanted}, and this is something else.",
        kept="Nothing was drawn.",
        do="Copy what was published, nothing more.",
    )
