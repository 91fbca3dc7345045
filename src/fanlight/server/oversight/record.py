"""The published record, read once and laid out for the pages.

In:     entries of the log, its checkpoint with cosignatures, openings and packs published beside it,
        the time of reading. All of it is public; anyone with a mirror has the same.
Out:    Record: requests with what became of them, agencies with their agreements, ordinances.
Holds:  what a request keeps back until it opens is not in any value given out here before it does, even
        where its opening was handed in; an opening is believed only if its leaf commits to it.
Absent: the database, the network, the words (oversight.words).
Why:    docs/design/oversight.md
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from fanlight.model import clock
from fanlight.model.geo import BadPolygon, Polygon
from fanlight.policy import Pack as Ordinance
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.cosignature import Cosigned, Witness, cosigners, parse_witnesses
from fanlight.proof.errors import ProofError
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import Opening, check_opening
from fanlight.server.oversight.gifts import GiftBook
from fanlight.server.oversight.history import ListFile
from fanlight.server.oversight.leaves import (
    Agency,
    Agreement,
    Entry,
    Listing,
    Pack,
    Pseudonym,
    Request,
    RequestClosed,
    RequestTemplate,
    Town,
)
from fanlight.server.oversight.operations import OperationBook
from fanlight.server.oversight.sketch import Ground
from fanlight.server.oversight.texts import TextBook
from fanlight.server.programme.listings import ListedAgreement

State = Literal["waiting", "open", "closed", "refused"]
# Who asked stays a pseudonym, in an entry of its own, that only the auditor can resolve; it never opens here.
OPENS = ("words", "case_number", "offence", "start", "end", "outline")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """The log at the size these pages were made from.

    Attributes:
        origin: the log's name.
        size: entries in it.
        root: 32 bytes.
        witnesses: all that this log is shown to, whether or not they have cosigned.
        cosigned: those that did cosign this very checkpoint.
    """

    origin: str
    size: int
    root: bytes
    witnesses: tuple[Witness, ...] = ()
    cosigned: tuple[Cosigned, ...] = ()

    @classmethod
    def read(cls, note: bytes, vkey: str, witness_vkeys: str) -> "LogState":
        """Check a checkpoint and read it.

        Args:
            note: the checkpoint as published, with its cosignatures.
            vkey: the log's key, trusted by the caller.
            witness_vkeys: the list of witnesses, one `<vkey> # <who runs it>` a line; may be empty.

        Raises:
            ProofError: it is no checkpoint, not signed by that key, or a cosignature is wrong.
        """
        signed = open_checkpoint(note, VerifierKey.parse(vkey.strip()))
        witnesses = tuple(parse_witnesses(witness_vkeys))
        return cls(
            origin=signed.checkpoint.origin,
            size=signed.head.size,
            root=signed.head.root,
            witnesses=witnesses,
            cosigned=tuple(cosigners(signed.note, witnesses)),
        )

    @property
    def standing(self) -> Literal["witnessed", "own-witness", "unwitnessed"]:
        """Whether outsiders saw this checkpoint: two of other organisations, only the operator, or nobody.

        One outsider is not enough to be called witnessed, and is told as what it is by the pages.
        """
        others = [c for c in self.cosigned if not c.witness.is_operators_own]
        if len(others) >= 2:  # noqa: PLR2004 -- two of three must be other organisations
            return "witnessed"
        return "own-witness" if self.cosigned and not others else "unwitnessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFile:
    """Everything that the record holds on one request.

    Attributes:
        entries: its request entries in order; more than one if a second signature or a refused
            attempt followed.
        deciding: the entry whose decision stands.
        request: what that entry says.
        closed: the entry that ended it, if it has ended.
        band: how many disclosures were received, in a band, and only after the end.
        opened: field -> value, checked against its commitment; empty before it opens.
        is_open_to_public: the words, outline and times may be shown, published or not.
        asked_by: the entry of the officer's pseudonym, once the auditor has named them.
        signed_by: that of the second signer's.
    """

    entries: tuple[Entry, ...]
    deciding: Entry
    request: Request
    closed: Entry | None
    band: str | None
    reason: str | None
    opened: Mapping[str, Any]
    is_open_to_public: bool
    asked_by: Entry | None = None
    signed_by: Entry | None = None

    @property
    def id(self) -> str:
        """The request's id."""
        return self.request.request

    @property
    def state(self) -> State:
        """How it stands."""
        if self.closed:
            return "closed"
        if self.request.decision == "refused":
            return "refused"
        return "open" if self.request.second_signature or self.request.emergency else "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudonymFile:
    """What somebody did in a year, under the pseudonym that their agency's auditor gave them for it."""

    year: int
    pseudonym: str
    asked: tuple[RequestFile, ...]
    signed: tuple[RequestFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFile:
    """The states of one agreement, in the order of the record."""

    entries: tuple[Entry, ...]
    latest: Agreement

    def in_force_on(self, day: str) -> bool:
        """Tell whether it is in force on a day written as `2026-11-21`."""
        return self.latest.state == "in_force" and self.latest.from_[:10] <= day <= self.latest.until[:10]


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A wording that an agency's requests begin with: each version with its entry, oldest first."""

    versions: tuple[tuple[Entry, RequestTemplate], ...]

    @property
    def latest(self) -> RequestTemplate:
        """The version that counts."""
        return self.versions[-1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyFile:
    """Everything that the record holds on one agency."""

    entries: tuple[Entry, ...]
    agency: Agency
    agreements: tuple[AgreementFile, ...]
    requests: tuple[RequestFile, ...]
    templates: tuple[TemplateFile, ...] = ()
    pseudonyms: tuple[PseudonymFile, ...] = ()

    def may_ask_on(self, day: str) -> AgreementFile | None:
        """Return the agreement that lets it ask on a day, if any does."""
        return next((a for a in reversed(self.agreements) if a.in_force_on(day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinanceFile:
    """An ordinance pack as the record names it, and its text if it was published."""

    entry: Entry
    pack: Pack
    text: Ordinance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is published beside the log. All of it is unchecked here and checked by `Record.of`.

    Attributes:
        openings: entry -> openings published for it.
        packs: hex SHA-256 -> pack; one under another hash than its own is not believed.
        ground: the town's land, parks and streets, to sketch areas on.
        lines: of lists that were taken over, by the list's id.
        homes: how many homes lie in each cell of res 8; none without a table of homes.
    """

    openings: Mapping[int, Sequence[Opening]] = field(default_factory=dict)
    packs: Mapping[str, Ordinance] = field(default_factory=dict)
    ground: Ground = field(default_factory=Ground)
    lines: Mapping[str, Sequence[ListedAgreement]] = field(default_factory=dict)
    homes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The record at one size. Build it with `Record.of`."""

    entries: tuple[Entry, ...]
    log: LogState
    as_of: datetime
    town: Town | None
    town_entry: Entry | None
    requests: Mapping[str, RequestFile]
    agencies: Mapping[str, AgencyFile]
    ordinances: Mapping[str, OrdinanceFile]
    ground: Ground = field(repr=False, default_factory=Ground)
    lists: tuple[ListFile, ...] = ()
    gifts: GiftBook = field(repr=False, default_factory=GiftBook)
    operations: OperationBook = field(repr=False, default_factory=OperationBook)
    texts: TextBook = field(repr=False, default_factory=TextBook)
    homes: Mapping[str, int] = field(repr=False, default_factory=dict)

    @property
    def today(self) -> str:
        """The day of reading, `2026-11-21`, in UTC."""
        return clock.to_text(self.as_of)[:10]

    @classmethod
    def of(
        cls, entries: Iterable[Entry], log: LogState, as_of: datetime, beside: Beside | None = None
    ) -> "Record":
        """Lay out the record.

        Args:
            entries: the log's entries 0 to size - 1, in order.
            log: the checkpoint they were checked against.
            as_of: the time of reading, aware. What opens by date opens by this.
            beside: openings, packs and a map that were published beside the log.
        """
        beside = beside or Beside()
        rows = tuple(entries)
        requests = _requests(rows, beside.openings, clock.to_text(as_of))
        agencies = _agencies(rows, requests)
        town_entry = next((e for e in reversed(rows) if isinstance(e.known, Town)), None)
        return cls(
            entries=rows,
            log=log,
            as_of=as_of,
            town=town_entry.known if town_entry and isinstance(town_entry.known, Town) else None,
            town_entry=town_entry,
            requests=requests,
            agencies=agencies,
            ordinances=_ordinances(rows, beside.packs),
            ground=beside.ground,
            homes=beside.homes,
            gifts=GiftBook.of(rows),
            operations=OperationBook.of(rows),
            texts=TextBook.of(rows),
            lists=tuple(
                ListFile(e, e.known, tuple(beside.lines.get(e.known.listing, ())))
                for e in rows
                if isinstance(e.known, Listing)
            ),
        )


def _request(entry: Entry) -> Request:
    if not isinstance(entry.known, Request):
        raise TypeError(entry.type)
    return entry.known


def _requests(
    entries: Sequence[Entry], openings: Mapping[int, Sequence[Opening]], now: str
) -> dict[str, RequestFile]:
    asked: defaultdict[str, list[Entry]] = defaultdict(list)
    ended: dict[str, tuple[Entry, RequestClosed]] = {}
    named: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if isinstance(entry.known, Request):
            asked[entry.known.request].append(entry)
        elif isinstance(entry.known, RequestClosed):
            ended.setdefault(entry.known.request, (entry, entry.known))
        elif isinstance(entry.known, Pseudonym):
            named.setdefault((entry.known.request, entry.known.by), entry)
    files = {name: _file(rows, ended.get(name), openings, now) for name, rows in asked.items()}
    return {
        name: replace(
            file,
            asked_by=_same_agency(file, named.get((name, "officer"))),
            signed_by=_same_agency(file, named.get((name, "cosigner"))),
        )
        for name, file in files.items()
    }


def _same_agency(file: RequestFile, entry: Entry | None) -> Entry | None:
    known = entry.known if entry else None
    return entry if isinstance(known, Pseudonym) and known.agency == file.request.agency else None


def _file(
    rows: list[Entry],
    end: tuple[Entry, RequestClosed] | None,
    openings: Mapping[int, Sequence[Opening]],
    now: str,
) -> RequestFile:
    # A refused attempt without a second person (the same one signing twice) undoes nothing. A refusal
    # when the second person signed does: the ordinance no longer allowed it.
    later = [e for e in rows[1:] if _request(e).decision == "accepted" or _request(e).second_signature]
    deciding = [rows[0], *later][-1]
    request = _request(deciding)
    may_open = end is not None or request.opens_by <= now[: len(request.opens_by)]
    return RequestFile(
        entries=tuple(rows),
        deciding=deciding,
        request=request,
        closed=end[0] if end else None,
        band=end[1].band if end else None,
        reason=end[1].reason if end else None,
        opened=_opened(deciding, openings.get(deciding.index, ())) if may_open else {},
        is_open_to_public=may_open,
    )


def _opened(entry: Entry, openings: Sequence[Opening]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for opening in openings:
        if opening.field in OPENS and _has_form(opening):
            try:
                check_opening(entry.raw, opening)
            except ProofError:
                continue
            values[opening.field] = opening.value
    return values


def _has_form(opening: Opening) -> bool:
    if opening.field != "outline":
        return isinstance(opening.value, str)
    try:
        Polygon.of(opening.value)
    except (BadPolygon, TypeError):
        return False
    return True


def _pseudonyms(files: Iterable[RequestFile]) -> tuple[PseudonymFile, ...]:
    """Lay out who did what under which pseudonym: the latest year first, in it who asked most."""
    asked: defaultdict[tuple[int, str], list[RequestFile]] = defaultdict(list)
    signed: defaultdict[tuple[int, str], list[RequestFile]] = defaultdict(list)
    for file in files:
        for entry, under in ((file.asked_by, asked), (file.signed_by, signed)):
            if entry and isinstance(entry.known, Pseudonym):
                under[entry.known.year, entry.known.pseudonym].append(file)
    found = [
        PseudonymFile(
            year=year, pseudonym=name, asked=tuple(asked[year, name]), signed=tuple(signed[year, name])
        )
        for year, name in asked.keys() | signed.keys()
    ]
    return tuple(sorted(found, key=lambda one: (-one.year, -len(one.asked), -len(one.signed), one.pseudonym)))


def _agencies(entries: Sequence[Entry], requests: Mapping[str, RequestFile]) -> dict[str, AgencyFile]:
    rows: defaultdict[str, list[Entry]] = defaultdict(list)
    agreements: defaultdict[str, defaultdict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        if isinstance(entry.known, Agency):
            rows[entry.known.ori].append(entry)
        elif isinstance(entry.known, Agreement):
            agreements[entry.known.agency][entry.known.agreement].append(entry)
    wordings: defaultdict[tuple[str, str], list[tuple[Entry, RequestTemplate]]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.known, RequestTemplate):
            wordings[entry.known.agency, entry.known.template].append((entry, entry.known))
    found: dict[str, AgencyFile] = {}
    for ori, own in rows.items():
        latest = own[-1].known
        if isinstance(latest, Agency):
            found[ori] = AgencyFile(
                entries=tuple(own),
                agency=latest,
                agreements=tuple(_agreement(states) for states in agreements[ori].values()),
                requests=tuple(r for r in requests.values() if r.request.agency == ori),
                pseudonyms=_pseudonyms(r for r in requests.values() if r.request.agency == ori),
                templates=tuple(
                    TemplateFile(tuple(versions)) for (of, _), versions in wordings.items() if of == ori
                ),
            )
    return found


def _agreement(states: list[Entry]) -> AgreementFile:
    latest = states[-1].known
    if not isinstance(latest, Agreement):
        raise TypeError(states[-1].type)
    return AgreementFile(entries=tuple(states), latest=latest)


def _ordinances(entries: Sequence[Entry], packs: Mapping[str, Ordinance]) -> dict[str, OrdinanceFile]:
    return {
        e.known.sha256: OrdinanceFile(
            entry=e, pack=e.known, text=_own_text(packs.get(e.known.sha256), e.known.sha256)
        )
        for e in entries
        if isinstance(e.known, Pack)
    }


def _own_text(text: Ordinance | None, sha256: str) -> Ordinance | None:
    return text if text is not None and text.sha256 == sha256 else None
