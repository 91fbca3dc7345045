"""An ordinance pack: law as Cedar text, with what a reader needs beside each clause.

In:     canonical JSON (RFC 8785) of one pack; its SHA-256 is the pack's id in the log.
Out:    Pack, parsed once and reused for every decision.
Holds:  clauses and Cedar policies are the same, in the same order; each action has exactly one permit,
        and something that it accepts; each clause cites something; a clause cited from an unread text
        keeps the pack out of force.
Drops:  nothing: an unknown field refuses the pack.
Absent: deciding (fanlight.policy.decision).
Why:    docs/design/rules.md
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.policy import cedar
from fanlight.policy.form import UNREAD, Cite, Clause, Fact, Gap, Level, Meta, PackIn, Vector, Vectors
from fanlight.wire import jcs

__all__ = [
    "UNREAD",
    "BadPack",
    "Cite",
    "Clause",
    "Fact",
    "Gap",
    "Level",
    "Meta",
    "Pack",
    "PackNotInForce",
    "Vector",
    "Vectors",
    "bad_pack",
    "fill",
    "load_pack",
    "without",
]

MAX_BYTES = 256 * 1024
_SLOT = re.compile(r"\{([a-z0-9_]+)\}")


class BadPack(FanlightError):
    """Bytes that are no ordinance pack."""

    code = "policy.bad_pack"


class PackNotInForce(FanlightError):
    """A pack that may not decide on this day."""

    code = "policy.not_in_force"


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A pack whose form has been checked, with its Cedar parsed. Build it with `load_pack`.

    Attributes:
        canonical: the exact bytes that `sha256` is of.
        sha256: lower-case hex; the pack's id in the log.
        meta: title, place, days and terms.
        clauses: in the order of the ordinance.
        policies: Cedar text.
        schema: Cedar schema text.
        vectors: the pack's own tests.
        cannot_express: what the law says beyond it.
        parsed: the Cedar of it.
    """

    canonical: bytes
    sha256: str
    meta: Meta
    clauses: tuple[Clause, ...]
    policies: str
    schema: str
    vectors: Vectors
    cannot_express: tuple[Gap, ...]
    parsed: cedar.Parsed

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions this pack decides on, in the order in which its clauses name them."""
        return _actions(self.clauses)

    @property
    def permits(self) -> frozenset[str]:
        """Ids of the clauses that are permits; every other one is a forbid."""
        return self.parsed.permits

    def clauses_of(self, action: str) -> tuple[Clause, ...]:
        """Return the clauses of one action, in order."""
        return tuple(clause for clause in self.clauses if action in clause.actions)

    def facts_of(self, action: str) -> frozenset[str]:
        """Return the names of the facts on which it decides an action."""
        return frozenset(self.vectors.base.get(action, ()))

    def asks(self, action: str, known: Mapping[str, Fact]) -> dict[str, Fact]:
        """Return those of the known facts that it asks for; what it lacks, it lacks (R-5)."""
        asked = self.facts_of(action)
        return {name: value for name, value in known.items() if name in asked}

    @property
    def unread(self) -> tuple[str, ...]:
        """Ids of clauses that cite a text nobody has read."""
        return tuple(clause.id for clause in self.clauses if clause.unread)

    def in_force_on(self, day: date) -> bool:
        """Tell whether the pack may decide on `day`: every citation read, and the day within its span."""
        until = self.meta.effective_until
        return (
            not self.unread
            and self.meta.effective_from <= day.isoformat()
            and (until is None or day.isoformat() < until)
        )

    def require_in_force(self, day: date) -> None:
        """Raise PackNotInForce unless `in_force_on(day)`."""
        if not self.in_force_on(day):
            unread = f"clause {self.unread[0]} cites a text nobody has read" if self.unread else ""
            why = unread or "the day is outside its span"
            raise PackNotInForce(
                f"The ordinance is not in force: {why}.",
                kept="The ordinance in force before.",
                do="Read what it cites and put in the day, or choose another day.",
            )


def load_pack(data: bytes) -> Pack:
    """Read a pack.

    Args:
        data: the canonical bytes, at most 256 KiB.

    Raises:
        BadPack: not canonical JSON of a pack; Cedar that does not parse, does not fit the schema or
            nests too deep; clauses and policies that differ; an action without exactly one permit, or
            of which the pack accepts neither the base facts nor any of its vectors.
    """
    if len(data) > MAX_BYTES:
        raise bad_pack("it is larger than 256 KiB")
    try:
        form = msgspec.convert(jcs.loads(data), PackIn)
    except (jcs.BadJson, msgspec.ValidationError) as error:
        raise bad_pack("it has not the form of a pack") from error
    for day in (form.meta.effective_from, form.meta.effective_until):
        _check_day(day)
    if form.meta.effective_until is not None and form.meta.effective_until <= form.meta.effective_from:
        raise bad_pack("it ends before it begins")
    try:
        parsed = cedar.parse(form.policies, form.schema)
    except cedar.BadCedar as error:
        raise bad_pack(str(error)) from error
    _check_clauses(form, parsed)
    _check_slots(form)
    for action in _actions(form.clauses):
        _check_something_accepted(form, parsed, action)
    return Pack(
        canonical=bytes(data),
        sha256=hashlib.sha256(data).hexdigest(),
        meta=form.meta,
        clauses=form.clauses,
        policies=form.policies,
        schema=form.schema,
        vectors=form.vectors,
        cannot_express=form.cannot_express,
        parsed=parsed,
    )


def bad_pack(why: str) -> BadPack:
    """Return the error for a pack that cannot be used because of `why`."""
    return BadPack(
        f"The ordinance pack cannot be used: {why}.",
        kept="The ordinance in force stays as it is.",
        do="Correct the pack, or fetch it again.",
    )


def without(pack: Pack, clause_id: str) -> Pack:
    """Return the pack as if one clause were struck out, for proving that its vectors would notice.

    It keeps the bytes and the hash of the whole pack: never publish it.
    """
    return replace(
        pack,
        clauses=tuple(clause for clause in pack.clauses if clause.id != clause_id),
        parsed=cedar.strike(pack.parsed, clause_id),
    )


def _actions(clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(action for clause in clauses for action in clause.actions))


def _check_clauses(form: PackIn, parsed: cedar.Parsed) -> None:
    if [(policy.id, policy.actions) for policy in parsed.policies] != [
        (clause.id, clause.actions) for clause in form.clauses
    ]:
        raise bad_pack("its clauses and its Cedar policies are not the same, in the same order")
    if len({clause.id for clause in form.clauses}) != len(form.clauses):
        raise bad_pack("two clauses have one id")
    actions = _actions(form.clauses)
    if form.meta.decides is not None and set(form.meta.decides) != set(actions):
        raise bad_pack("the decisions it says it governs are not those of its clauses")
    for action in actions:
        if sum(policy.permit and action in policy.actions for policy in parsed.policies) != 1:
            raise bad_pack(f"the action {action} has not exactly one permit")
        if action not in form.vectors.base:
            raise bad_pack(f"the action {action} has no base facts to test with")


def _check_something_accepted(form: PackIn, parsed: cedar.Parsed, action: str) -> None:
    """Clauses of which one asks what another forbids accept nothing: that is no rule, but a contradiction."""
    base = cedar.ask(parsed, action, form.vectors.base[action])
    if base is None:
        raise bad_pack(f"the base facts of {action} are not those of its schema")
    tried = [case for case in form.vectors.cases if case.action == action and case.expect == "accepted"]
    if base.allowed or any(_allows(parsed, action, form.vectors.facts(case)) for case in tried):
        return
    raise bad_pack(f"it contradicts itself on {action}: nothing that its vectors try is accepted")


def _allows(parsed: cedar.Parsed, action: str, facts: Mapping[str, Fact]) -> bool:
    answer = cedar.ask(parsed, action, facts)
    return answer is not None and answer.allowed


def _check_day(text: str | None) -> None:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError as error:
        raise bad_pack("a day in it is not in the calendar") from error


def _check_slots(form: PackIn) -> None:
    """A text may name numbers and words that each of its actions has; a Bool has no wording."""
    for clause in form.clauses:
        for name in _SLOT.findall(clause.holds + clause.refuses):
            for action in clause.actions:
                if isinstance(form.vectors.base[action].get(name, True), bool):
                    raise bad_pack(f"the words of clause {clause.id} name the unknown fact {name}")


def fill(text: str, facts: Mapping[str, Fact]) -> str:
    """Return a clause's text with each `{name}` replaced by that fact."""
    return _SLOT.sub(lambda slot: str(facts[slot[1]]), text)
