"""`fanlight raffle tickets` and `fanlight verify raffle`: codes for paper, and every draw of a log again.

In:     a raffle's id and a count; a log (folder or address).
Out:    a file of codes to print and a file of tickets to enter; one check after another.
Holds:  codes are written to a file that only its owner reads, and nothing is overwritten. A draw is checked
        against a log that was checked first.
Absent: the rule (proof.raffle).
Why:    docs/spec/gifts.md#the-draw
"""

import os
from collections.abc import Iterator
from pathlib import Path

from fanlight.cli.verify_log import NoLog, reading, verify_log_target
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.proof.handover import Handovers, open_by_any
from fanlight.proof.note import VerifierKey
from fanlight.proof.raffle import check_raffles, new_code, ticket
from fanlight.proof.tiles import TileReader
from fanlight.proof.trust import Trust


class NotWritten(FanlightError):
    """The codes cannot be written where they were to go."""

    code = "cli.not_written"


def write_tickets(raffle: str, count: int, out: Path) -> tuple[Path, Path]:
    """Write `codes.csv`, for paper only, and `tickets.txt`, to be entered; raises NotWritten."""
    if not is_id(raffle):
        raise NotWritten(
            "This is not the id of a raffle: 26 letters and digits from 2 to 7.",
            kept="Nothing was written.",
            do="Copy it from the raffle's page.",
        )
    codes = [new_code() for _ in range(count)]
    spaced = ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]
    private, public = out / "codes.csv", out / "tickets.txt"
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, lines in (
            (private, ["code", *spaced]),
            (public, sorted(ticket(raffle, one) for one in codes)),
        ):
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write("".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise NotWritten(
            f"The codes cannot be written to {out}: {error.strerror or error}.",
            kept="Nothing that was there was overwritten.",
            do="Give another folder.",
        ) from error
    return private, public


def verify_raffles(target: str, trust: Trust) -> Iterator[Check]:
    """Check a log, then draw each of its raffles again.

    Yields:
        The log's checks, then one a raffle; nothing of raffles where the log does not hold.
    """
    sound = True
    for check in verify_log_target(target, trust):
        sound = sound and check.state is not State.FAILS
        yield check
    if not sound:
        yield Check("raffles", State.UNKNOWN, "Not looked at: the log they stand in does not hold.")
        return
    try:
        with reading(target) as read:
            changes = Handovers.read(read)
            key = trust.log or VerifierKey.parse((read("vkey") or b"").decode().strip())
            size = open_by_any(read("checkpoint") or b"", changes.follow(key)).head.size
            yield from check_raffles(TileReader(size, read).entries(0, size))
    except (FanlightError, UnicodeDecodeError) as error:
        what = error.what if isinstance(error, FanlightError | NoLog) else "The log's key is not text."
        yield Check("raffles", State.UNKNOWN, what)
