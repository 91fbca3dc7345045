"""Decide a great many facts under one pack, asking Cedar about each kind of facts once.

In:     a Pack; actions with facts, some of which may not be on record.
Out:    Outcome: accepted, refused with its clauses, not governed, or that it cannot be told.
Holds:  the same decision and clauses as `decide` gives on the same facts. A fact that is not on record
        is never guessed: only a clause that reads none of those may refuse then, and nothing accepts.
How:    a figure that a pack only compares with figures of its own text matters only by where it lies
        between them, a word only by which word of the text it is; a fact used in any other way counts
        with its exact value. What a clause says depends on its own facts alone, so it is asked once for
        each kind of those, whatever the other clauses look at.
Why:    docs/design/rules.md
"""

from bisect import bisect_left
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fanlight.policy import cedar
from fanlight.policy.decision import MAX_INT, MAX_STRING
from fanlight.policy.form import Fact
from fanlight.policy.pack import Pack

Told = Literal["accepted", "refused", "cannot be told", "not governed"]
_COMPARED = frozenset({"<", "<=", ">", ">=", "==", "!="})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pack says on some facts.

    Attributes:
        told: the decision, or why there is none.
        rules: ids of the clauses that refuse, in the order of the ordinance.
        missing: facts that the pack reads and that are not on record, sorted.
    """

    told: Told
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


_ACCEPTED = Outcome("accepted")
_NOT_GOVERNED = Outcome("not governed")


@dataclass(slots=True)
class _Uses:
    """How the clauses of an action use one fact."""

    figures: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    exactly: bool = False


class _Clause:
    """What one clause said of each kind of the facts that it looks at."""

    def __init__(self, policy: cedar.Policy, read: list[str]) -> None:
        self.id = policy.id
        self.places = [
            place for place, name in enumerate(read) if policy.reads is None or name in policy.reads
        ]
        self.refuses: dict[tuple[Hashable, ...], bool] = {}


class _Action:
    """What of one action's facts matters under one pack, and what its clauses said so far."""

    def __init__(self, pack: Pack, action: str) -> None:
        self.base = pack.vectors.base[action]
        policies = [policy for policy in pack.parsed.policies if action in policy.actions]
        uses: dict[str, _Uses] = {}
        for policy in policies:
            if policy.reads is None:
                uses = {name: _Uses(exactly=True) for name in self.base}
                break
            for condition in policy.conditions:
                _find_uses(condition, uses)
        self.read = sorted(uses)
        self.kinds = [(name, _kind_of(uses[name], self.base[name])) for name in self.read]
        self.clauses = [_Clause(policy, self.read) for policy in policies]
        self.untold: set[tuple[Hashable, ...]] = set()

    def kinds_of(self, facts: Mapping[str, Fact]) -> list[Hashable]:
        """Return the same for facts that this pack cannot tell apart; None stands for a missing one."""
        return [kind(facts.get(name)) for name, kind in self.kinds]


class Replay:
    """One pack, and what its clauses said so far. Not for two threads.

    Attributes:
        pack: the pack.
        decided: how many decisions were made.
        asked: how often Cedar was asked for them.
    """

    def __init__(self, pack: Pack) -> None:
        """Prepare to decide under `pack`."""
        self.pack = pack
        self.decided = 0
        self.asked = 0
        self._actions = {action: _Action(pack, action) for action in pack.actions}

    def decide(self, action: str, facts: Mapping[str, Fact]) -> Outcome:
        """Decide on `action` by those facts that are on record; never raises."""
        self.decided += 1
        about = self._actions.get(action)
        if about is None:
            return _NOT_GOVERNED
        kinds = about.kinds_of(facts)
        whole = tuple(kinds)
        missing = None in kinds
        refusing: list[str] = []
        answered = whole in about.untold
        for clause in about.clauses:
            key = tuple([kinds[place] for place in clause.places])
            if missing and None in key:
                continue
            said = clause.refuses.get(key)
            if said is None and not answered:
                self._ask(action, about, facts, kinds)
                answered = True
                said = clause.refuses.get(key)
            if said is None:  # a clause of this action cannot be computed from these facts
                return Outcome("cannot be told", missing=_missing(about, kinds))
            if said:
                refusing.append(clause.id)
        if refusing:
            return Outcome("refused", tuple(refusing), _missing(about, kinds) if missing else ())
        return Outcome("cannot be told", missing=_missing(about, kinds)) if missing else _ACCEPTED

    def _ask(self, action: str, about: _Action, facts: Mapping[str, Fact], kinds: list[Hashable]) -> None:
        """Ask Cedar, and note what each clause said of its own facts."""
        self.asked += 1
        known = {name: facts[name] for name, kind in zip(about.read, kinds, strict=True) if kind is not None}
        # What is not on record, or looked at by no clause, is filled with anything that Cedar will take.
        made = cedar.decide(self.pack.parsed, action, {**about.base, **known})
        if made is None:
            about.untold.add(tuple(kinds))
            return
        for clause in about.clauses:
            key = tuple(kinds[place] for place in clause.places)
            if None not in key:
                clause.refuses[key] = clause.id in made.reasons


def _missing(about: _Action, kinds: list[Hashable]) -> tuple[str, ...]:
    return tuple(name for name, kind in zip(about.read, kinds, strict=True) if kind is None)


def _kind_of(uses: _Uses, base: Fact) -> Any:  # noqa: ANN401 -- a function from a fact to something hashable
    """Return what tells two values of a fact apart; it gives None for what is no value of it."""
    if isinstance(base, bool):
        return lambda value: value if isinstance(value, bool) else None
    if isinstance(base, str):
        words = frozenset(uses.words)

        def word(value: Fact | None) -> Hashable:
            if not isinstance(value, str) or len(value) > MAX_STRING:
                return None
            return value if uses.exactly or value in words else False

        return word
    cuts = sorted(uses.figures)

    def figure(value: Fact | None) -> Hashable:
        if type(value) is not int or abs(value) > MAX_INT:
            return None
        if uses.exactly:
            return value
        place = bisect_left(cuts, value)
        return 2 * place + (place < len(cuts) and cuts[place] == value)

    return figure


def _find_uses(node: object, uses: dict[str, _Uses]) -> None:
    """Note every place in which a condition looks at a fact."""
    if isinstance(node, list):
        for part in node:
            _find_uses(part, uses)
        return
    if not isinstance(node, Mapping):
        return
    name = cedar.fact_read(node)
    if name is not None:
        uses.setdefault(name, _Uses()).exactly = True
        return
    for key, part in node.items():
        if key == "Value":
            continue
        compared = _compared(str(key), part)
        if compared is None:
            _find_uses(part, uses)
            continue
        fact, values = compared
        use = uses.setdefault(fact, _Uses())
        use.figures |= {value for value in values if isinstance(value, int)}
        use.words |= {value for value in values if isinstance(value, str)}


def _compared(key: str, part: object) -> tuple[str, list[int | str]] | None:
    """Return the fact and the literals if a node compares just these."""
    if not isinstance(part, Mapping):
        return None
    left, right = part.get("left"), part.get("right")
    if key == "contains":
        name, values = cedar.fact_read(right), _literals(left)
    elif key in _COMPARED and (name := cedar.fact_read(left)) is not None:
        values = _literal(right)
    elif key in _COMPARED:
        name, values = cedar.fact_read(right), _literal(left)
    else:
        return None
    return None if name is None or values is None else (name, values)


def _literal(node: object) -> list[int | str] | None:
    value = node.get("Value") if isinstance(node, Mapping) else None
    return [value] if isinstance(value, int | str) and not isinstance(value, bool) else None


def _literals(node: object) -> list[int | str] | None:
    parts = node.get("Set") if isinstance(node, Mapping) else None
    if not isinstance(parts, list):
        return None
    found = [_literal(part) for part in parts]
    return [one[0] for one in found if one is not None] if None not in found else None
