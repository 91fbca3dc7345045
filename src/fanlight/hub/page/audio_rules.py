"""What each state's law says about recording sound, as far as it was read: shown before sound is switched on.

In:     hub/data/audio-rules.json: a sentence a state, where it was read and when.
Out:    the rule of one state; for one that was not read, that a person has to look it up.
Absent: advice. A rule in one sentence leaves out exceptions; the page says so beside it.
"""

from functools import cache
from pathlib import Path

import msgspec

from fanlight.hub.page.errors import NOTHING, Malformed

FILE = Path(__file__).parents[1] / "data" / "audio-rules.json"
CAUTION = "This is no legal advice."


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """`consent` is `one`, `all` or `unread`; `source` names the law, `read` the day it was read."""

    state: str
    name: str
    consent: str
    rule: str
    source: str
    read: str
    caution: str = CAUTION


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    states: list[Rule]


def find(state: str) -> Rule:
    """Return the rule of a state by its two letters; raises Malformed for what is no state."""
    found = _rules().get(state.strip().upper())
    if found is None:
        raise Malformed(
            "This is no state of the United States, nor its capital's district.",
            kept=NOTHING,
            do="Give the two letters of your state; elsewhere, look the law of your place up.",
        )
    return found


@cache
def _rules() -> dict[str, Rule]:
    return {rule.state: rule for rule in msgspec.json.decode(FILE.read_bytes(), type=_File).states}
