"""What of Cedar a pack needs: parsing its text, asking it, and seeing which facts a clause reads.

In:     Cedar policies and schema as text; an action and flat facts.
Out:    Parsed (policies in order); Answer of one question.
Holds:  no text reaches the parser that could end the process; a policy that fails to evaluate is told,
        never passed over.
Absent: words, citations and vectors (policy.pack).
Why:    docs/design/rules.md
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cedarpy

from fanlight.policy.form import Fact
from fanlight.policy.guard import too_deep

# An optional fact could be left out of a request to change what is decided on.
_OPTIONAL = re.compile(r'"(?:\\.|[^"\\])*"\s*\?|//[^\n]*|\w\s*\?')


class BadCedar(Exception):
    """Cedar text that a pack cannot be made of; the message says why in a few words."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One Cedar policy.

    Attributes:
        id: its `@id`.
        actions: those it is about.
        permit: whether it grants; a forbid otherwise.
        conditions: its `when` and `unless` in Cedar's JSON form.
        reads: names of the facts its conditions look at; None if they take the record as a whole.
    """

    id: str
    actions: tuple[str, ...]
    permit: bool
    conditions: tuple[Mapping[str, Any], ...]
    reads: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A policy set with its schema, parsed once.

    Attributes:
        policies: in the order of the text.
        engine: all of them, as Cedar holds them.
        grants: the permits alone, to tell which of them hold beside a forbid.
        types: the schema.
        source: JSON form by Cedar's own names, to strike out from.
    """

    policies: tuple[Policy, ...]
    engine: Any
    grants: Any
    types: Any
    source: Mapping[str, Any]

    @property
    def permits(self) -> frozenset[str]:
        """Ids of the policies that grant."""
        return frozenset(policy.id for policy in self.policies if policy.permit)


def parse(policies: str, schema: str) -> Parsed:
    """Parse and check a policy set; raises BadCedar."""
    # cedarpy's parser recurses on the C stack: deep nesting would end the process, not raise.
    if too_deep(policies) or too_deep(schema):
        raise BadCedar("its Cedar text is longer or nested deeper than a clause needs")
    if any(not found.startswith("//") for found in _OPTIONAL.findall(schema)):
        raise BadCedar("its schema has a fact that may be left out")
    try:
        types = cedarpy.Schema.from_str(schema)
        cedarpy.PolicySet.from_str(policies)
        as_json = json.loads(cedarpy.policies_to_json_str(policies))
        if as_json["templates"]:
            raise BadCedar("it holds a Cedar template")
        checked = cedarpy.validate_policies(policies, schema)
    except ValueError as error:
        raise BadCedar("its Cedar text does not parse") from error
    if not checked.validation_passed:
        raise BadCedar("its Cedar text does not fit its own schema")
    return _build(dict(as_json["staticPolicies"]), types)


def strike(parsed: Parsed, policy_id: str) -> Parsed:
    """Return the set as if one policy were struck out."""
    left = {name: value for name, value in parsed.source.items() if value["annotations"]["id"] != policy_id}
    in_order = dict(enumerate(sorted(left.items(), key=lambda item: int(item[0].removeprefix("policy")))))
    return _build({f"policy{place}": value for place, (_, value) in in_order.items()}, parsed.types)


def _build(source: dict[str, Any], types: Any) -> Parsed:  # noqa: ANN401 -- cedarpy has no types
    in_order = tuple(_policy(source[f"policy{place}"]) for place in range(len(source)))
    permits = {name: value for name, value in source.items() if value["effect"] == "permit"}
    return Parsed(
        policies=in_order, engine=_policy_set(source), grants=_policy_set(permits), types=types, source=source
    )


def _policy_set(policies: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- cedarpy has no types
    return cedarpy.PolicySet.from_json_str(
        json.dumps({"staticPolicies": policies, "templates": {}, "templateLinks": []})
    )


def _policy(value: Mapping[str, Any]) -> Policy:
    scope = value["action"]
    entities = scope.get("entities") or [scope.get("entity")]
    conditions = tuple(value.get("conditions", ()))
    try:
        return Policy(
            id=value["annotations"]["id"],
            actions=tuple(entity["id"] for entity in entities),
            permit=value["effect"] == "permit",
            conditions=conditions,
            reads=_reads(conditions),
        )
    except (KeyError, TypeError) as error:
        raise BadCedar("a Cedar policy has no id or names no action") from error


def _reads(conditions: tuple[Mapping[str, Any], ...]) -> frozenset[str] | None:
    found: set[str] = set()
    waiting: list[Any] = list(conditions)
    while waiting:
        node = waiting.pop()
        name = fact_read(node)
        if name is not None:
            found.add(name)
        elif isinstance(node, Mapping):
            if node.get("Var") == "context":
                return None
            waiting += [part for key, part in node.items() if key != "Value"]
        elif isinstance(node, list):
            waiting += node
    return frozenset(found)


def fact_read(node: object) -> str | None:
    """Return the fact that a node of Cedar's JSON form reads, if it is `context.NAME`."""
    got = node.get(".") if isinstance(node, Mapping) else None
    if isinstance(got, Mapping) and got.get("left") == {"Var": "context"}:
        return str(got["attr"])
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What Cedar says: whether it allows, and the ids of the policies that decided it."""

    allowed: bool
    reasons: frozenset[str]


def ask(
    parsed: Parsed, action: str, facts: Mapping[str, Fact], *, grants_only: bool = False
) -> Answer | None:
    """Ask one question; None if the facts are not those of the schema or a policy fails to evaluate."""
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "Agency", "id": "asking"},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Town", "id": "asked"},
            "context": dict(facts),
        },
        parsed.grants if grants_only else parsed.engine,
        [],
        parsed.types,
    )
    # Cedar skips a policy that fails to evaluate, so a forbid in error would allow: never accept then.
    if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
        return None
    return Answer(result.allowed, frozenset(result.diagnostics.id_annotations_by_reason.values()))


def decide(parsed: Parsed, action: str, facts: Mapping[str, Fact]) -> Answer | None:
    """Ask, and name under `reasons` every policy that stands against it; None if it cannot be told."""
    answer = ask(parsed, action, facts)
    if answer is None or answer.allowed:
        return None if answer is None else Answer(allowed=True, reasons=frozenset())
    # With a forbid, Cedar names no permit: ask the permits alone which of them hold.
    granted = ask(parsed, action, facts, grants_only=True)
    if granted is None:
        return None
    of_action = {policy.id for policy in parsed.policies if policy.permit and action in policy.actions}
    return Answer(allowed=False, reasons=answer.reasons | (of_action - granted.reasons))
