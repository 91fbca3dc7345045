"""A pack in plain words, and what changed from one pack to another.

In:     Packs.
Out:    lines to read: every clause in its order, what it asks, where it comes from; PackDiff.
Holds:  two clauses count as one when their ids are; their law has changed when what Cedar is told has,
        whatever their words say.
Absent: which past decisions would change (policy.simulate), pages.
Why:    docs/guide/ordinance-packs.md
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fanlight.policy.form import Clause
from fanlight.policy.pack import Pack

NOT_ADVICE = "Not legal advice."
_LEVELS = {"city": "a city or town", "county": "a county", "state": "a state"}


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause that both packs have.

    Attributes:
        id: the clause.
        what: its parts that differ: law, words, citations, section, decisions.
        old: before.
        new: after.
    """

    id: str
    what: tuple[str, ...]
    old: Clause
    new: Clause


@dataclass(frozen=True, slots=True)
class PackDiff:
    """What one pack has otherwise than another, in the order of the ordinances.

    Attributes:
        added: clauses that only the new one has.
        removed: clauses that only the old one has.
        changed: clauses that differ.
        moved: whether the clauses that both have stand in another order.
        decides_more: decisions that only the new one governs.
        decides_less: decisions that only the old one governs.
        head: names of what else differs: title, place, days, terms, gaps.
    """

    added: tuple[Clause, ...]
    removed: tuple[Clause, ...]
    changed: tuple[Changed, ...]
    moved: bool
    decides_more: tuple[str, ...]
    decides_less: tuple[str, ...]
    head: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether the two say the same."""
        return not (self.added or self.removed or self.changed or self.moved or self.head)


def difference(old: Pack, new: Pack) -> PackDiff:
    """Return what `new` has otherwise than `old`."""
    before = {clause.id: clause for clause in old.clauses}
    after = {clause.id: clause for clause in new.clauses}
    both = [name for name in before if name in after]
    parts = [(name, _parts(old, new, before[name], after[name])) for name in both]
    return PackDiff(
        added=tuple(clause for clause in new.clauses if clause.id not in before),
        removed=tuple(clause for clause in old.clauses if clause.id not in after),
        changed=tuple(Changed(name, what, before[name], after[name]) for name, what in parts if what),
        moved=both != [name for name in after if name in before],
        decides_more=tuple(action for action in new.actions if action not in old.actions),
        decides_less=tuple(action for action in old.actions if action not in new.actions),
        head=tuple(name for name, part in _head(old).items() if part != _head(new)[name]),
    )


def _head(pack: Pack) -> dict[str, object]:
    meta = pack.meta
    return {
        "title": (meta.id, meta.title, meta.language, meta.note),
        "version": meta.version,
        "place": meta.jurisdiction,
        "days": (meta.effective_from, meta.effective_until),
        "terms": meta.terms,
        "gaps": pack.cannot_express,
    }


def _parts(old: Pack, new: Pack, before: Clause, after: Clause) -> tuple[str, ...]:
    laws = [
        next((one.permit, one.conditions) for one in pack.parsed.policies if one.id == before.id)
        for pack in (old, new)
    ]
    differs = {
        "law": laws[0] != laws[1],
        "words": (before.holds, before.refuses, before.lawful_if)
        != (after.holds, after.refuses, after.lawful_if),
        "citations": before.cites != after.cites,
        "section": before.section != after.section,
        "decisions": before.actions != after.actions,
    }
    return tuple(name for name, one in differs.items() if one)


def told(pack: Pack) -> Iterator[str]:
    """Yield the lines of a pack in plain words."""
    meta = pack.meta
    until = f" until {meta.effective_until}" if meta.effective_until else ""
    yield f"{meta.title}, version {meta.version}. {NOT_ADVICE}"
    place = f"{meta.jurisdiction.name} ({_LEVELS[meta.jurisdiction.level]})"
    yield f"For {place}, from {meta.effective_from}{until}."
    if meta.jurisdiction.adds:
        yield "It holds beside the rules of smaller places, not instead of them."
    yield f"It decides on: {', '.join(pack.actions)}."
    if pack.unread:
        unread = f"{len(pack.unread)} of {len(pack.clauses)} clauses cite a text nobody has read"
        yield f"It cannot be in force: {unread}."
    yield meta.note
    for clause in pack.clauses:
        yield ""
        yield from _clause(pack, clause)
    if pack.cannot_express:
        yield ""
        yield "What the law says and this pack cannot express:"
        yield from (f"  {gap.section}: {gap.says}" for gap in pack.cannot_express)


def told_difference(diff: PackDiff) -> Iterator[str]:
    """Yield the lines of a difference in plain words."""
    if diff.nothing:
        yield "The two say the same."
        return
    if diff.head:
        yield f"Otherwise: {', '.join(diff.head)}."
    if diff.decides_more:
        yield f"It also decides on: {', '.join(diff.decides_more)}."
    if diff.decides_less:
        yield f"It no longer decides on: {', '.join(diff.decides_less)}."
    yield from (f"+ {clause.section} {clause.id}: {clause.holds}" for clause in diff.added)
    yield from (f"- {clause.section} {clause.id}: {clause.holds}" for clause in diff.removed)
    for one in diff.changed:
        yield f"~ {one.new.section} {one.id} ({', '.join(one.what)})"
        if one.old.holds != one.new.holds:
            yield f"    was: {one.old.holds}"
            yield f"    is:  {one.new.holds}"
    if diff.moved:
        yield "Clauses stand in another order."


def _clause(pack: Pack, clause: Clause) -> Iterator[str]:
    policy = next(one for one in pack.parsed.policies if one.id == clause.id)
    yield f"{clause.section}  {clause.id}  ({', '.join(clause.actions)})"
    yield f"  {'Lets it be done where this holds' if policy.permit else 'Asks'}: {clause.holds}"
    yield f"  Otherwise: {clause.refuses}"
    yield f"  Lawful if: {clause.lawful_if}"
    if policy.reads is None:
        yield "  Looks at: every fact"
    elif policy.reads:
        yield f"  Looks at: {', '.join(sorted(policy.reads))}"
    for cite in clause.cites:
        read = "NOT READ" if cite.read == "unread" else f"read {cite.read}"
        yield f"  From: {cite.law}, {cite.section} ({cite.source}; {read})"
