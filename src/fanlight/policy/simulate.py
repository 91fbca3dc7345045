"""What another ordinance would have decided, from the public record alone.

In:     public fields of `request` and `agreement` entries; a pack, and another one to compare with or
        the record's own decision.
Out:    Row for each decision on record; Tally; CSV.
Holds:  nothing is decided on but what everybody may read. Where the record does not tell a fact that
        the pack asks for, the row says `cannot be told` and names it. A decision without a day of its own
        lies in no span of days.
Absent: reading a log and checking it (cli.simulate), pages. Exports stand in no entry that shows them.
Why:    docs/spec/packs.md
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fanlight.model import clock
from fanlight.policy.form import Fact
from fanlight.policy.pack import Pack
from fanlight.policy.replay import Outcome, Replay

COLUMNS = (
    "entry",
    "kind",
    "id",
    "agency",
    "action",
    "before",
    "before_rules",
    "after",
    "after_rules",
    "changed",
)
_FORMULA = frozenset("=+-@\t\r")
_STATE_DECIDED = "in_force"
_DAY = re.compile(r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = len("2026-11")
_MOST_HOURS = 1_000_000  # a century and more


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision on record.

    Attributes:
        entry: its place in the log.
        kind: `request` or `agreement`.
        id: of the request or agreement.
        agency: who asked, an ORI.
        action: what was decided.
        facts: those of its facts that everybody may read.
        made: the decision that stands in the record.
        day: when it was decided, `2026-11-21`, in UTC; None if the entry does not tell.
    """

    entry: int
    kind: str
    id: str
    agency: str
    action: str
    facts: Mapping[str, Fact]
    made: Outcome
    day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which decisions are looked at: all, or those of an agency, of a span of days.

    Attributes:
        agency: its ORI.
        first: the first day, `2026-11-21`.
        last: the last day, which still counts.
    """

    agency: str | None = None
    first: str | None = None
    last: str | None = None

    def takes(self, one: Recorded) -> bool:
        """Tell whether a decision is one of them."""
        if self.agency is not None and one.agency != self.agency:
            return False
        if self.first is None and self.last is None:
            return True
        return one.day is not None and (self.first or "") <= one.day <= (self.last or "9999-12-31")


ALL = Chosen()


@dataclass(frozen=True, slots=True)
class Row:
    """One decision, before and after.

    Attributes:
        recorded: what the record says.
        before: the record's own decision, or what the pack compared with says.
        after: what the simulated pack says.
    """

    recorded: Recorded
    before: Outcome
    after: Outcome

    @property
    def changed(self) -> bool:
        """Whether one accepts and the other refuses. What cannot be told on a side has not changed."""
        return {self.before.told, self.after.told} == {"accepted", "refused"}

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses for which it changed: those that refuse on the side that refuses."""
        return (self.before.rules or self.after.rules) if self.changed else ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as COLUMNS has it."""
        one = self.recorded
        unknown = f" ({' '.join(self.after.missing)})" if self.after.told == "cannot be told" else ""
        return (
            str(one.entry),
            one.kind,
            one.id,
            one.agency,
            one.action,
            self.before.told,
            " ".join(self.before.rules),
            self.after.told + unknown,
            " ".join(self.after.rules),
            "yes" if self.changed else "no",
        )


@dataclass(slots=True)
class Tally:
    """Counts of a simulation, for a table and a chart.

    Attributes:
        outcomes: (before, after) -> decisions.
        clauses: clause -> decisions that it turned; a clause of the side that refuses.
        refusing: clause of the simulated pack -> decisions that it refuses.
        missing: fact -> decisions that could not be told for want of it.
        months: (`2026-11`, `before` or `after`, what it came to) -> decisions; `` where no day is known.
    """

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    clauses: Counter[str] = field(default_factory=Counter)
    refusing: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    months: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """Count one row."""
        self.outcomes[row.before.told, row.after.told] += 1
        self.clauses.update(row.clauses)
        self.refusing.update(row.after.rules)
        month = (row.recorded.day or "")[:_MONTH]
        self.months[month, "before", row.before.told] += 1
        self.months[month, "after", row.after.told] += 1
        if row.after.told == "cannot be told":
            self.missing.update(row.after.missing)

    def counting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows, counting each."""
        for row in rows:
            self.add(row)
            yield row

    @property
    def decisions(self) -> int:
        """How many there were."""
        return self.outcomes.total()

    @property
    def changed(self) -> int:
        """How many would come out otherwise."""
        return self.outcomes["accepted", "refused"] + self.outcomes["refused", "accepted"]

    def most(self, counts: Counter[str]) -> list[tuple[str, int]]:
        """Return a count as (name, number), most first, then by name."""
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def recorded(entry: int, kind: str, pub: Mapping[str, Any]) -> Recorded | None:
    """Return the decision that an entry records, or None if it records none or has another form.

    Args:
        entry: its place in the log.
        kind: the entry's type.
        pub: its public fields.
    """
    if kind == "request":
        return _request(entry, pub)
    if kind == "agreement" and pub.get("state") == _STATE_DECIDED:
        return _agreement(entry, pub)
    return None


def simulate(pack: Replay, leaves: Iterable[Recorded], against: Replay | None = None) -> Iterator[Row]:
    """Decide each recorded decision again.

    Args:
        pack: the ordinance to try.
        leaves: decisions on record.
        against: another ordinance to compare with; by default what was really decided.

    Yields:
        A Row for each, in order.
    """
    for one in leaves:
        before = one.made if against is None else against.decide(one.action, one.facts)
        yield Row(one, before, pack.decide(one.action, one.facts))


def vector_rows(pack: Pack, other: Pack) -> list[Row]:
    """Return what another pack says on each of a pack's own vectors."""
    again = Replay(other)
    return [
        Row(
            Recorded(
                place,
                "vector",
                case.why,
                "",
                case.action,
                pack.vectors.facts(case),
                Outcome(case.expect, case.rules),
            ),
            Outcome(case.expect, case.rules),
            again.decide(case.action, pack.vectors.facts(case)),
        )
        for place, case in enumerate(pack.vectors.cases)
    ]


class _Echo:
    """A file that hands back what is written to it."""

    @staticmethod
    def write(line: str) -> str:
        return line


def as_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV file, heading first. No cell can start a formula."""
    line = csv.writer(_Echo(), lineterminator="\r\n").writerow
    yield str(line(COLUMNS))
    for row in rows:
        yield str(line(["'" + cell if cell[:1] in _FORMULA else cell for cell in row.cells]))


def _request(entry: int, pub: Mapping[str, Any]) -> Recorded | None:
    name, agency, facts, rules = (pub.get(key) for key in ("request", "agency", "facts", "rules"))
    decision = pub.get("decision")
    if not isinstance(name, str) or not isinstance(agency, str) or not isinstance(facts, Mapping):
        return None
    if decision not in {"accepted", "refused"} or not isinstance(rules, list | tuple):
        return None
    if not all(isinstance(rule, str) for rule in rules):
        return None
    # An entry does not say at which of the two it was decided; the second signature tells.
    opened = facts.get("second_signature") is True or facts.get("emergency") is True
    action = "request.open" if opened else "request.submit"
    made = Outcome("accepted" if decision == "accepted" else "refused", tuple(rules))
    return Recorded(entry, "request", name, agency, action, facts, made, _decided(pub.get("window"), facts))


def _agreement(entry: int, pub: Mapping[str, Any]) -> Recorded | None:
    name, agency = pub.get("agreement"), pub.get("agency")
    if not isinstance(name, str) or not isinstance(agency, str):
        return None
    known = pub.get("facts")
    facts = dict(known) if isinstance(known, Mapping) else _agreement_facts(pub)
    first = _day(pub.get("from"))
    day = first.isoformat() if first else None
    return Recorded(entry, "agreement", name, agency, "agreement.approve", facts, Outcome("accepted"), day)


def _decided(window: object, facts: Mapping[str, Fact]) -> str | None:
    """Return the day of a request's decision.

    Its entry has the end of the published window, on a whole hour, and the whole hours since then, which are
    0 before it too: only a request for a window that is not over may have been decided on an earlier day.
    """
    end = window.get("to") if isinstance(window, Mapping) else None
    hours = facts.get("hours_since_end")
    if not isinstance(end, str) or type(hours) is not int or not 0 <= hours <= _MOST_HOURS:
        return None
    try:
        return (clock.from_text(end) + timedelta(hours=hours)).date().isoformat()
    except (clock.BadTime, OverflowError):
        return None


def _agreement_facts(pub: Mapping[str, Any]) -> dict[str, Fact]:
    """Return what the plain fields of an agreement tell; hearing, papers and clauses are not among them."""
    vote = pub.get("vote")
    facts: dict[str, Fact] = {"vote_recorded": isinstance(vote, Mapping)}
    if isinstance(vote, Mapping):
        facts |= {key: vote[key] for key in ("ayes", "noes") if type(vote.get(key)) is int}
    first, last = _day(pub.get("from")), _day(pub.get("until"))
    if first is not None and last is not None:
        facts["term_days"] = (last - first).days
    return facts


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
