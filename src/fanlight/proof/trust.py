"""Whom a verifier trusts for a log, and what the witnesses who signed are worth.

In:     keys and a list of witnesses from somewhere other than the log, or nothing.
Out:    Trust; the check `witnesses`, in the words that every verified mark uses.
Holds:  fewer than are needed never hold; where only the operator's own signed, the words say so.
Why:    docs/spec/log.md
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.model.check import Check, State
from fanlight.proof.cosignature import Witness, parse_witnesses
from fanlight.proof.note import VerifierKey
from fanlight.proof.witness_list import parse_witness_list

OWN_WITNESS = "checked, but by the operator's own witness"


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier brings along.

    Attributes:
        log: the key trusted for the log; None takes the one that the log itself names.
        witnesses: the witnesses trusted; None takes those that the log itself names.
        need: how many of them have to have signed; 0 asks for none, and says who did.
    """

    log: VerifierKey | None = None
    witnesses: Sequence[Witness] | None = None
    need: int = 0


NAMED_BY_LOG = Trust()


def read_witnesses(text: str) -> tuple[list[Witness], int]:
    """Read a `witnesses.toml` or a `witness.vkeys`; return the witnesses and how many are needed.

    Raises:
        Malformed: it is neither.
    """
    if "[[witness]]" in text:
        listed = parse_witness_list(text)
        return listed.witnesses, listed.need
    return parse_witnesses(text), 0


def check_witnesses(seen: Sequence[Witness], log: VerifierKey, need: int = 0, of: str = "it") -> Check:
    """Say what the witnesses who signed are worth.

    Args:
        seen: those whose cosignatures hold.
        log: the log's key; a witness that signs with it is the operator's.
        need: how many have to have signed.
        of: what they signed, in words.
    """
    if not seen:
        return Check("witnesses", State.UNKNOWN, f"No witness has co-signed {of}.")
    who = ", ".join(f"{w.key.name} ({w.run_by or 'run by nobody it names'})" for w in seen)
    if len(seen) < need:
        return Check("witnesses", State.UNKNOWN, f"Only {len(seen)} of the {need} needed: {who}.")
    others = [w for w in seen if not w.is_operators_own and w.key.public != log.public]
    if not others:
        return Check("witnesses", State.HOLDS, f"{OWN_WITNESS[0].upper()}{OWN_WITNESS[1:]}.")
    return Check("witnesses", State.HOLDS, f"Checked by others than the operator: {who}.")
