"""The figures of a year, section by section. Pure.

In:     the entries of a year, and what the record lays out of them.
Out:    Section values.
Holds:  a figure is of the entries that it names. What happened to one request, agreement or gift is
        counted by it once, however many entries it has.
Absent: the day of an entry (reports.days), words of a page (the templates).
Why:    R45; docs/design/reports.md
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fanlight.server.oversight import gifts, words
from fanlight.server.oversight.leaves import Agreement, Entry
from fanlight.server.oversight.operations import OperationFile
from fanlight.server.oversight.record import Record, RequestFile
from fanlight.server.oversight.reports.days import Days
from fanlight.server.oversight.reports.model import Figure, Section

_OVER = ("ended", "withdrawn", "suspended", "cancelled", "expired")
_PROCESSES = {
    "warrant": "warrants",
    "order": "court orders",
    "subpoena": "subpoenas",
    "preservation": "requests to preserve",
}
_DECIDED = {
    "accepted": "accepted in whole",
    "narrowed": "accepted in part",
    "rejected": "sent back",
}
_ACTS = {
    "show": "let out, or left where they were",
    "remove": "removed by a rule",
    "confirm": "confirmed",
    "join": "joined with another on the same",
    "uphold": "appeals after which it stayed removed",
    "overturn": "appeals after which it came back",
    "author": "looks who wrote something",
    "bar": "people kept from posting for a while",
    "bar-end": "people let post again",
    "handed-over": "reported to whom the law names",
}
_POSTS = {"posts": "posts", "comments": "comments", "reports": "reports by neighbors", "appeals": "appeals"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The entries of one year by their type, and what stood on its last day.

    Attributes:
        record: the whole record.
        by_type: type -> entries of this year.
        day_of: entry -> its day.
        year, through: as in Report.
    """

    record: Record
    by_type: Mapping[str, list[Entry]]
    day_of: Mapping[int, str]
    year: str
    through: str

    @classmethod
    def of(cls, record: Record, days: Days, year: str, through: str) -> "Year":
        """Pick a year's entries."""
        by_type: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in record.entries:
            if days.by_entry.get(entry.index, "")[:4] == year:
                by_type[entry.type].append(entry)
        return cls(record=record, by_type=by_type, day_of=days.by_entry, year=year, through=through)

    def entries(self, of: str, /, **said: str) -> list[Entry]:
        """Return this year's entries of a type, or those of them whose public fields say what is given."""
        return [
            entry
            for entry in self.by_type.get(of, ())
            if all(entry.pub.get(name) == value for name, value in said.items())
        ]

    def holds(self, entry: Entry) -> bool:
        """Tell whether an entry is of this year."""
        return self.day_of.get(entry.index, "")[:4] == self.year

    def is_past(self, entry: Entry) -> bool:
        """Tell whether an entry was made by this year's last day."""
        return "" < self.day_of.get(entry.index, "") <= self.through


def sections(year: Year) -> tuple[Section, ...]:
    """Return every section of a year's report, in its order."""
    return (
        _agreements(year),
        _requests(year),
        _process(year),
        _evidence(year),
        _neighbors(year),
        _operations(year),
        _value(year),
        _speech(year),
        _itself(year),
    )


def _agreements(year: Year) -> Section:
    states: defaultdict[str, list[Entry]] = defaultdict(list)
    first: dict[str, Entry] = {}
    for entry in year.record.entries:
        if isinstance(entry.known, Agreement):
            name = entry.known.agreement
            if first.setdefault(name, entry) is entry and year.holds(entry):
                states["brought"].append(entry)
            if year.holds(entry):
                states["over" if entry.known.state in _OVER else entry.known.state].append(entry)
    return Section(
        id="agreements",
        title="Agencies and agreements",
        note="",
        figures=(
            Figure.of("agreements.agencies", "agencies admitted", year.entries("agency")),
            Figure.of("agreements.brought", "agreements proposed", states["brought"]),
            Figure.of("agreements.voted", "voted for", states["voted"]),
            Figure.of("agreements.rejected", "voted against", states["rejected"]),
            Figure.of("agreements.began", "came into force", states["in_force"]),
            Figure.of("agreements.over", "ended, were withdrawn or ran out", states["over"]),
            Figure.of("agreements.standing", "in force on the last day", _standing(year)),
            Figure.of("agreements.comments", "comments on agreements", year.entries("comment")),
            Figure.of("agreements.papers", "papers handed in", year.entries("agreement-document")),
            Figure.of(
                "agreements.people", "people who came to an agency", year.entries("agency-person-joined")
            ),
        ),
    )


def _standing(year: Year) -> list[Entry]:
    found = []
    for agency in year.record.agencies.values():
        for file in agency.agreements:
            past = [entry for entry in file.entries if year.is_past(entry)]
            last = past[-1].known if past else None
            if (
                isinstance(last, Agreement)
                and last.state == "in_force"
                and last.from_[:10] <= year.through <= last.until[:10]
            ):
                found.append(past[-1])
    return found


def _requests(year: Year) -> Section:
    asked = [file for file in year.record.requests.values() if year.holds(file.entries[0])]
    closed = [file for file in year.record.requests.values() if file.closed and year.holds(file.closed)]
    accepted = [file for file in asked if file.request.decision == "accepted"]
    refused = [file for file in asked if file.request.decision == "refused"]
    received = [
        Figure.of(
            f"requests.received.{band}",
            f"closed with {told} received" if band != "0" else "closed with nothing received",
            [file.closed for file in closed if file.closed and file.band == band],
        )
        for band, told in words.BANDS.items()
    ]
    return Section(
        id="requests",
        title="Requests for footage",
        note="How many residents were asked, read it or said no is known to nobody, and cannot be counted. "
        "What a request received is told in bands, once it has closed.",
        figures=(
            _of("requests.asked", "asked, or tried to ask", asked),
            _of("requests.accepted", "accepted by the ordinance", accepted),
            _of("requests.refused", "refused by the ordinance", refused),
            *_split("requests.refused", refused, _rules, lambda rule: f"refused by {rule}"),
            *_split("requests.by", asked, _agency, lambda ori: f"by {_name(year, ori)}"),
            *_split("requests.class", asked, _class, lambda what: f"about {words.offence(what)}"),
            *_split("requests.purpose", asked, _purpose, words.purpose),
            _of("requests.emergency", "asked as an emergency", [f for f in asked if f.request.emergency]),
            _of(
                "requests.assembly", "near a known assembly", [f for f in asked if f.request.assembly_overlap]
            ),
            Figure.of("requests.reminded", "reminded of once", year.entries("request-reminder")),
            Figure.of("requests.closed", "closed", [file.closed for file in closed if file.closed]),
            *received,
        ),
    )


def _of(name: str, label: str, files: Iterable[RequestFile]) -> Figure:
    """Return a figure of requests: each counts once, by the entry whose decision stands."""
    return Figure.of(name, label, [file.deciding for file in files])


def _split(
    name: str,
    files: Sequence[RequestFile],
    keys: Callable[[RequestFile], Iterable[str]],
    label: Callable[[str], str],
) -> list[Figure]:
    groups: defaultdict[str, list[RequestFile]] = defaultdict(list)
    for file in files:
        for key in dict.fromkeys(keys(file)):
            groups[key].append(file)
    return [_of(f"{name}.{key}", label(key), groups[key]) for key in sorted(groups)]


def _rules(file: RequestFile) -> Iterable[str]:
    return file.request.rules


def _agency(file: RequestFile) -> Iterable[str]:
    return [file.request.agency]


def _class(file: RequestFile) -> Iterable[str]:
    return [] if file.request.protected else [file.request.offence_class]


def _purpose(file: RequestFile) -> Iterable[str]:
    return [file.request.purpose]


def _name(year: Year, ori: str) -> str:
    agency = year.record.agencies.get(ori)
    return agency.agency.name if agency else ori


def _process(year: Year) -> Section:
    decided = [
        Figure.of(
            f"process.{kind}.{decision}",
            f"{told} {how}",
            year.entries("process", kind=kind, decision=decision),
        )
        for kind, told in _PROCESSES.items()
        for decision, how in _DECIDED.items()
    ]
    return Section(
        id="process",
        title="Warrants, orders and subpoenas",
        note="What a court forbids to tell is in a sealed slot, and stands here in the year in which it is "
        "told. Four slots a day are made whether or not anything is in them.",
        figures=(
            *decided,
            Figure.of("process.packets", "answered with what exists", year.entries("process-packet")),
            Figure.of("process.opened", "sealed slots opened", year.entries("sealed-opened")),
            Figure.of("process.renewed", "sealed slots that a court put off", year.entries("sealed-renewed")),
            Figure.of("process.overdue", "sealed slots past their day on the last day", _overdue(year)),
        ),
    )


def _overdue(year: Year) -> list[Entry]:
    due: dict[str, tuple[Entry, str]] = {}
    for entry in year.record.entries:
        if not year.is_past(entry):
            continue
        slot = str(entry.pub.get("slot", ""))
        if entry.type == "sealed" or (entry.type == "sealed-renewed" and slot in due):
            due[slot] = entry, str(entry.pub.get("due", ""))
        elif entry.type == "sealed-opened":
            due.pop(slot, None)
    return [entry for entry, day in due.values() if day < year.through]


def _evidence(year: Year) -> Section:
    out: dict[str, Entry] = {}
    for entry in year.record.entries:
        if entry.type == "exports-out" and year.is_past(entry):
            out[str(entry.pub.get("agency"))] = entry
    past = [entry for entry in out.values() if entry.pub.get("past") != "0"]
    looks = year.entries("audit-look")
    return Section(
        id="evidence",
        title="What agencies received",
        note="Days of looks are counted, not looks: one entry a day for each kind.",
        figures=(
            Figure.of("evidence.keys", "keys of cases destroyed", year.entries("key-destroyed")),
            Figure.of(
                "evidence.copies",
                "agencies whose copies were all destroyed",
                year.entries("copies-destroyed"),
            ),
            Figure.of("evidence.exports", "agencies with exports out past their day on the last day", past),
            Figure.of("evidence.looks", "days on which an auditor looked", looks),
            Figure.of("evidence.named", "requests whose officer has a pseudonym", year.entries("pseudonym")),
        ),
    )


def _neighbors(year: Year) -> Section:
    counted = year.entries("posts-counted")
    told = [
        Figure.of(f"neighbors.{name}", label, counted, _sum(counted, name)) for name, label in _POSTS.items()
    ]
    moderated = [
        Figure.of(f"moderation.{act}", label, year.entries("moderation", act=act))
        for act, label in _ACTS.items()
    ]
    rules = sorted(
        {str(e.pub["rule"]) for e in year.entries("moderation", act="remove") if e.pub.get("rule")}
    )
    removed = [
        Figure.of(
            f"moderation.rule.{rule}",
            f"removed by {rule}",
            year.entries("moderation", act="remove", rule=rule),
        )
        for rule in rules
    ]
    soon, late = year.entries("moderation", took="24"), year.entries("moderation", took="later")
    return Section(
        id="neighbors",
        title="Posts of neighbors",
        note="Posts are counted by the month, once it is over.",
        figures=(
            *told,
            *moderated,
            *removed,
            Figure.of("moderation.waited", "decided after it had waited", [*soon, *late]),
            Figure.of("moderation.day", "of these within a day", soon),
            Figure.of("neighbors.notices", "notices of agencies", year.entries("agency-notice")),
        ),
    )


def _sum(entries: Iterable[Entry], name: str) -> int:
    values = [entry.pub.get(name) for entry in entries]
    return sum(value for value in values if type(value) is int)


def _operations(year: Year) -> Section:
    outcomes: dict[str, Entry] = {}
    for entry in year.entries("operation-outcome"):
        outcomes[str(entry.pub.get("operation"))] = entry
    told = list(outcomes.values())
    overdue = [
        file.entries[0]
        for file in year.record.operations.files
        if year.is_past(file.entries[0]) and _is_overdue(file, year)
    ]
    return Section(
        id="operations",
        title="Operations with residents",
        note="Homes that take part say so themselves; which they are is known to nobody here.",
        figures=(
            Figure.of("operations.planned", "planned", year.entries("operation")),
            Figure.of("operations.off", "called off", year.entries("operation-off")),
            Figure.of("operations.told", "with an outcome", told),
            Figure.of("operations.overdue", "without one when it was due, on the last day", overdue),
            Figure.of("operations.arrests", "people arrested", told, _sum(told, "arrests")),
            Figure.of("operations.cited", "people cited", told, _sum(told, "cited")),
            Figure.of("operations.stopped", "people stopped and let go", told, _sum(told, "stopped")),
            Figure.of("operations.recovered", "things that came back", told, _sum(told, "recovered")),
        ),
    )


def _is_overdue(file: OperationFile, year: Year) -> bool:
    """Tell whether an operation had no outcome when it was due, by what was entered until the last day."""
    over = [entry for entry in file.entries if entry.type in {"operation-outcome", "operation-off"}]
    return file.due < year.through and not any(year.is_past(entry) for entry in over)


def _value(year: Year) -> Section:
    files = year.record.gifts.in_year(year.year)
    counting = [file for file in files if file.counts]
    sums = [
        Figure.of(
            f"value.{currency}",
            f"worth of it in {currency}",
            [file.entry for file in counting if file.gift.currency == currency],
            words.money(amount, currency),
        )
        for currency, amount in gifts.worth(files)
    ]
    timed = [file.entry for file in counting if file.gift.minutes]
    return Section(
        id="value",
        title="Devices, money and hours",
        note="Who gave what to whom, and its terms, are on the pages of gifts. Residents are not named.",
        figures=(
            Figure.of("value.given", "things of value that changed hands", [file.entry for file in counting]),
            *sums,
            Figure.of("value.hours", "staff time", timed, words.length(gifts.hours(files))),
            Figure.of("value.raffles", "raffles drawn", year.entries("raffle-drawn")),
        ),
    )


def _speech(year: Year) -> Section:
    texts = year.entries("speech-text")
    kinds = sorted({str(entry.pub.get("kind")) for entry in texts})
    return Section(
        id="speech",
        title="Words handed out to be said by others",
        note="",
        figures=(
            Figure.of("speech.texts", "texts and new versions of texts", texts),
            *(
                Figure.of(
                    f"speech.{kind}",
                    f"of these {kind.replace('-', ' ')}",
                    year.entries("speech-text", kind=kind),
                )
                for kind in kinds
            ),
            Figure.of("speech.wordings", "wordings of requests", year.entries("request-template")),
        ),
    )


def _itself(year: Year) -> Section:
    return Section(
        id="record",
        title="The record itself",
        note="",
        figures=(
            Figure.of("record.keys", "changes of keys", year.entries("key")),
            Figure.of("record.releases", "web clients served", year.entries("release")),
            Figure.of("record.terms", "versions of terms and promises", year.entries("text")),
            Figure.of("record.ordinances", "ordinances entered", year.entries("pack")),
            Figure.of("record.lists", "lists taken over", year.entries("listing")),
        ),
    )
