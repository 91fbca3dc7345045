"""Whether an agreement that the tables call in force was brought there by a clerk's signatures. Pure.

In:     an agreement, its steps with the clerks' keys, as read.
Out:    yes or no.
Holds:  a row that got there past the tables' own checks (their owner can take those off) lets nobody ask.
Why:    docs/design/register.md
"""

from datetime import date
from functools import lru_cache

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.server.programme.papers import Said
from fanlight.server.programme.register_store import Full, Step
from fanlight.wire.register import CONTEXT, digest

_ORDER = ("hearing", "voted", "in_force")


def stands(agreement: Full, steps: list[Step]) -> bool:
    """Tell whether hearing, vote and coming into force are signed, in order, for these very papers."""
    published = next((step.day for step in steps if step.state == "published"), None)
    signed = [step for step in steps if step.state in _ORDER]
    order = [step.state for step in signed]
    if published is None or order[:1] != ["hearing"] or order[-2:] != ["voted", "in_force"]:
        return False
    read = [_read(agreement, step, published) for step in signed]
    return (
        None not in read
        and read[-1] is not None
        and read[-1].hash_of_vote == digest(signed[-2].statement or "")
    )


def _read(agreement: Full, step: Step, published: date) -> Said | None:
    """Return what a clerk said, if it is signed and says what the step says; None otherwise."""
    if step.key is None or step.statement is None or step.signature is None:
        return None
    said = _held(bytes(step.key), step.statement, bytes(step.signature))
    if said is None or (said.state, said.clerk, said.day) != (step.state, step.clerk, step.day):
        return None
    if (said.agreement, said.papers, said.pack) != (agreement.id, agreement.papers_sha256, agreement.pack):
        return None
    return said if said.held is None or published <= said.held <= step.day else None


@lru_cache(maxsize=256)
def _held(key: bytes, statement: str, signature: bytes) -> Said | None:
    try:
        keys.verify(key, CONTEXT, statement.encode(), signature)
        return Said.read(statement)
    except FanlightError:
        return None
