"""An ordinance pack: law as Cedar text, with what a reader needs beside each clause.

In:     canonical JSON (RFC 8785) of one pack; its SHA-256 is the pack's id in the log.
Out:    Pack, parsed once and reused for every decision.
Holds:  clauses and Cedar policies are the same, in the same order; each action has exactly one permit;
        each clause cites something; a clause cited from an unread text keeps the pack out of force.
Drops:  nothing: an unknown field refuses the pack.
Absent: deciding (fanlight.policy.decision).
Why:    docs/design/rules.md
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal

import cedarpy
import msgspec

from fanlight.model.errors import FanlightError
from fanlight.policy.guard import too_deep
from fanlight.wire import jcs

MAX_BYTES = 256 * 1024
UNREAD = "unread"
Fact = bool | int | str

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
_Read = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d\d(-\d\d)?|unread)$")]
_SLOT = re.compile(r"\{([a-z0-9_]+)\}")


class BadPack(FanlightError):
    """Bytes that are no ordinance pack."""

    code = "policy.bad_pack"


class PackNotInForce(FanlightError):
    """A pack that may not decide on this day."""

    code = "policy.not_in_force"


class Cite(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a clause comes from; `read` is the day or month somebody read it, or `unread`."""

    law: _Text
    section: _Text
    source: _Text
    read: _Read

    def as_json(self) -> dict[str, str]:
        """Return the citation as a JSON object."""
        return {"law": self.law, "section": self.section, "source": self.source, "read": self.read}


class Clause(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one Cedar policy means in words. `{name}` in a text stands for that fact."""

    id: _Id
    section: _Text
    actions: Annotated[tuple[_Id, ...], msgspec.Meta(min_length=1)]
    cites: Annotated[tuple[Cite, ...], msgspec.Meta(min_length=1)]
    holds: _Text
    refuses: _Text
    lawful_if: _Text

    @property
    def unread(self) -> bool:
        """Whether a text this clause cites has not been read."""
        return any(cite.read == UNREAD for cite in self.cites)


class Jurisdiction(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a pack holds; `polygon` is `agency` (the asking agency's boundary) or a layer's name."""

    name: _Text
    polygon: _Id


class Terms(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Spans that follow a decision and are kept by the server's clock, not decided by Cedar."""

    second_signature_hours: Annotated[int, msgspec.Meta(ge=1, le=72)]
    open_days: Annotated[int, msgspec.Meta(ge=1, le=90)]
    opening_days: Annotated[int, msgspec.Meta(ge=1, le=180)]


class Meta(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Title, place and days of a pack."""

    id: _Id
    title: _Text
    version: Annotated[int, msgspec.Meta(ge=1)]
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$")]
    jurisdiction: Jurisdiction
    effective_from: _Day
    effective_until: _Day | None
    note: _Text
    terms: Terms


class Vector(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One case with a known result: the action's base facts with `change` laid over them."""

    why: _Text
    action: _Id
    change: dict[str, Fact]
    expect: Literal["accepted", "refused"]
    rules: tuple[_Id, ...]


class Vectors(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A pack's own tests."""

    base: dict[str, dict[str, Fact]]
    cases: tuple[Vector, ...]

    def facts(self, case: Vector) -> dict[str, Fact]:
        """Return the whole facts of a case."""
        return {**self.base.get(case.action, {}), **case.change}


class _PackIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    v: Literal[1]
    type: Literal["pack"]
    meta: Meta
    policies: str
    schema: str
    clauses: Annotated[tuple[Clause, ...], msgspec.Meta(min_length=1, max_length=200)]
    vectors: Vectors


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
        engine: the parsed Cedar policy set.
        grants: the parsed permits alone, to tell which of them hold beside a forbid.
        permits: ids of the clauses that are permits; every other one is a forbid.
        types: the parsed Cedar schema.
    """

    canonical: bytes
    sha256: str
    meta: Meta
    clauses: tuple[Clause, ...]
    policies: str
    schema: str
    vectors: Vectors
    engine: Any
    grants: Any
    permits: frozenset[str]
    types: Any

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions this pack decides on, in the order in which its clauses name them."""
        return tuple(dict.fromkeys(action for clause in self.clauses for action in clause.actions))

    def clauses_of(self, action: str) -> tuple[Clause, ...]:
        """Return the clauses of one action, in order."""
        return tuple(clause for clause in self.clauses if action in clause.actions)

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
            nests too deep; clauses and policies that differ; an action without exactly one permit.
    """
    if len(data) > MAX_BYTES:
        raise bad_pack("it is larger than 256 KiB")
    try:
        parsed = msgspec.convert(jcs.loads(data), _PackIn)
    except (jcs.BadJson, msgspec.ValidationError) as error:
        raise bad_pack("it has not the form of a pack") from error
    for day in (parsed.meta.effective_from, parsed.meta.effective_until):
        _check_day(day)
    cedar = _parse_cedar(parsed)
    for action in {action for clause in parsed.clauses for action in clause.actions}:
        if sum(action in clause.actions for clause in parsed.clauses if clause.id in cedar.permits) != 1:
            raise bad_pack(f"the action {action} has not exactly one permit")
        if action not in parsed.vectors.base:
            raise bad_pack(f"the action {action} has no base facts to test with")
    _check_slots(parsed)
    return Pack(
        canonical=bytes(data),
        sha256=hashlib.sha256(data).hexdigest(),
        meta=parsed.meta,
        clauses=parsed.clauses,
        policies=parsed.policies,
        schema=parsed.schema,
        vectors=parsed.vectors,
        engine=cedar.engine,
        grants=cedar.grants,
        permits=cedar.permits,
        types=cedar.types,
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
    policies = _as_json(pack.policies)
    left = {key: value for key, value in policies.items() if value["annotations"]["id"] != clause_id}
    return replace(
        pack,
        clauses=tuple(clause for clause in pack.clauses if clause.id != clause_id),
        engine=_policy_set(left),
        grants=_policy_set(_permits(left)),
        permits=pack.permits - {clause_id},
    )


@dataclass(frozen=True)
class _Cedar:
    engine: Any
    grants: Any
    permits: frozenset[str]
    types: Any


def _parse_cedar(parsed: _PackIn) -> _Cedar:
    # cedarpy's parser recurses on the C stack: deep nesting would end the process, not raise.
    if too_deep(parsed.policies) or too_deep(parsed.schema):
        raise bad_pack("its Cedar text is longer or nested deeper than a clause needs")
    try:
        types = cedarpy.Schema.from_str(parsed.schema)
        engine = cedarpy.PolicySet.from_str(parsed.policies)
        checked = cedarpy.validate_policies(parsed.policies, parsed.schema)
        policies = _as_json(parsed.policies)
    except ValueError as error:
        raise bad_pack("its Cedar text does not parse") from error
    if not checked.validation_passed:
        raise bad_pack("its Cedar text does not fit its own schema")
    in_order = [_policy(policies[f"policy{index}"]) for index in range(len(policies))]
    if in_order != [(clause.id, clause.actions) for clause in parsed.clauses]:
        raise bad_pack("its clauses and its Cedar policies are not the same, in the same order")
    if len({clause.id for clause in parsed.clauses}) != len(parsed.clauses):
        raise bad_pack("two clauses have one id")
    permits = _permits(policies)
    return _Cedar(
        engine=engine,
        grants=_policy_set(permits),
        permits=frozenset(value["annotations"]["id"] for value in permits.values()),
        types=types,
    )


def _as_json(policies: str) -> dict[str, Any]:
    """Return the static policies of a Cedar text in Cedar's JSON form, by `policy0`, `policy1`, ..."""
    as_json = json.loads(cedarpy.policies_to_json_str(policies))
    if as_json["templates"]:
        raise bad_pack("it holds a Cedar template")
    return dict(as_json["staticPolicies"])


def _permits(policies: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in policies.items() if value["effect"] == "permit"}


def _policy_set(policies: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- cedarpy has no types
    return cedarpy.PolicySet.from_json_str(
        json.dumps({"staticPolicies": policies, "templates": {}, "templateLinks": []})
    )


def _policy(value: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return id and actions of a policy in Cedar's JSON form."""
    scope = value["action"]
    entities = scope.get("entities") or [scope.get("entity")]
    try:
        return value["annotations"]["id"], tuple(entity["id"] for entity in entities)
    except (KeyError, TypeError) as error:
        raise bad_pack("a Cedar policy has no id or names no action") from error


def _check_day(text: str | None) -> None:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError as error:
        raise bad_pack("a day in it is not in the calendar") from error


def _check_slots(parsed: _PackIn) -> None:
    """A text may name numbers and words that each of its actions has; a Bool has no wording."""
    for clause in parsed.clauses:
        for name in _SLOT.findall(clause.holds + clause.refuses):
            for action in clause.actions:
                if isinstance(parsed.vectors.base[action].get(name, True), bool):
                    raise bad_pack(f"the words of clause {clause.id} name the unknown fact {name}")


def fill(text: str, facts: Mapping[str, Fact]) -> str:
    """Return a clause's text with each `{name}` replaced by that fact."""
    return _SLOT.sub(lambda slot: str(facts[slot[1]]), text)
