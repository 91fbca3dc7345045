"""The shapes of published leaves that the public pages read.

In:     the bytes of an entry, from the log or a mirror of it.
Out:    Entry: its leaf, and the typed fields of the kinds these pages know.
Holds:  any bytes make an Entry. What cannot be read stays visible as what it is, and is counted nowhere.
Absent: openings (oversight.record) and proofs (fanlight.proof).
Why:    docs/design/oversight.md
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from fanlight.proof.errors import ProofError
from fanlight.proof.openings import Leaf, parse_leaf
from fanlight.server.oversight import notices
from fanlight.wire import gifts, operations
from fanlight.wire.speech import SpeechText

Band = Literal["0", "1-4", "5-9", "10+"]


class Town(msgspec.Struct, frozen=True):
    """Whose record this is."""

    name: str
    demo: bool
    country: str = ""


class Pack(msgspec.Struct, frozen=True):
    """An ordinance pack came into use."""

    pack: str
    sha256: str
    title: str
    jurisdiction: str
    effective: str


class Attested(msgspec.Struct, frozen=True):
    """How and when the operator made sure who an agency is."""

    how: str
    on: str


class Agency(msgspec.Struct, frozen=True):
    """An agency was admitted."""

    ori: str
    name: str
    kind: str
    attested: Attested
    demo: bool


class Vote(msgspec.Struct, frozen=True):
    """The vote that an agreement rests on."""

    body: str
    date: str
    ayes: int
    noes: int
    reference: str


class Agreement(msgspec.Struct, frozen=True, rename={"from_": "from", "pack_sha256": "pack"}):
    """A state of an agreement between town and agency; `pack_sha256` names the rules it is under."""

    agreement: str
    agency: str
    pack_sha256: str
    state: str
    from_: str
    until: str
    demo: bool
    vote: Vote | None = None


class CaseKey(msgspec.Struct, frozen=True):
    """The public key that disclosures of one case are sealed to."""

    agency: str
    key: str
    key_sha256: str


class Window(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """The time asked about as the public sees it: rounded out to 4 h, and its exact length."""

    from_: str
    to: str
    length_min: int


class Request(msgspec.Struct, frozen=True, rename={"pack_sha256": "pack"}):
    """A footage request and what the ordinance decided on it."""

    request: str
    agency: str
    decision: Literal["accepted", "refused"]
    rules: tuple[str, ...]
    pack_sha256: str
    facts: dict[str, bool | int | str]
    purpose: str
    offence_class: str
    cells: tuple[str, ...]
    window: Window
    area_m2: int
    number_in_case: int
    emergency: bool
    assembly_overlap: bool
    second_signature: bool
    key_sha256: str | None
    opens_by: str
    protected: bool


class RequestClosed(msgspec.Struct, frozen=True):
    """A request ended; only now is the band of what was received told."""

    request: str
    reason: str
    band: Band


class RequestReminder(msgspec.Struct, frozen=True):
    """Residents were reminded of a request, once."""

    request: str
    agency: str
    day: str


class Pseudonym(msgspec.Struct, frozen=True):
    """Under which pseudonym of its year somebody asked (`officer`) or signed (`cosigner`) a request."""

    request: str
    agency: str
    by: Literal["officer", "cosigner"]
    year: int
    pseudonym: Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{5}-[a-z2-7]{5}\Z")]
    auditor: str


class Case(msgspec.Struct, frozen=True):
    """Something happened in a case, or nothing did: dummies look the same."""

    agency: str
    day: str


class ClientRelease(msgspec.Struct, frozen=True):
    """A web client that this server serves; `sha256` is of the list of its files."""

    version: str
    sha256: str


class TownText(msgspec.Struct, frozen=True):
    """A version of the terms, of what is done with data, or of what partners asked for."""

    name: str
    version: int
    sha256: str
    effective: str


class Listing(msgspec.Struct, frozen=True):
    """A list that somebody else wrote was taken over; `sha256` is of the file as it was read.

    `cells`, `division`: of a table of homes, how many cells the town has by it, and the SHA-256 of them.
    """

    listing: str
    kind: str
    source: str
    credit: str
    as_of: str
    sha256: str
    lines: int
    cells: int | None = None
    division: str | None = None


class KeyChange(msgspec.Struct, frozen=True):
    """A log's or a witness's key handed over to the next; `handover` is the note that both signed."""

    kind: str
    name: str
    handover: str


class JournalDay(msgspec.Struct, frozen=True):
    """A root over what hubs said of a day."""

    day: str
    size: int
    root: str


class SealedSlot(msgspec.Struct, frozen=True):
    """A place for legal process that may not be told yet, filled or not."""

    slot: str
    due: str
    auditors: list[str]


class SealedOpened(msgspec.Struct, frozen=True):
    """A sealed slot was opened."""

    slot: str
    opening: dict[str, Any]


class SealedRenewed(msgspec.Struct, frozen=True):
    """A court put a sealed slot's day off."""

    slot: str
    due: str
    by: str


class LegalProcess(msgspec.Struct, frozen=True):
    """Counsel decided on a document; `told`: the day on which its gag was over.

    Of an accepted request to preserve: `until`, its last day, `accounts`, a band, and whether it renews one.
    """

    process: str
    kind: str
    court_level: str
    decision: str
    rules: list[str]
    day: str
    told: str | None = None
    until: str | None = None
    accounts: str | None = None
    renewal: bool | None = None
    counsel: str | None = None
    signature: str | None = None


class ProcessPacket(msgspec.Struct, frozen=True):
    """What exists of an account was handed out on legal process: ciphertext and rows."""

    process: str
    day: str
    counsel: str | None = None
    signature: str | None = None


class RequestTemplate(msgspec.Struct, frozen=True):
    """A version of a wording that an agency's requests begin with; `ended`: none begins with it any more."""

    agency: str
    template: str
    version: int
    name: str
    purpose: str
    words: str
    ended: bool
    day: str


Known = (
    Town
    | Pack
    | Agency
    | Agreement
    | CaseKey
    | Request
    | RequestClosed
    | RequestReminder
    | Pseudonym
    | Case
    | ClientRelease
    | TownText
    | Listing
    | KeyChange
    | JournalDay
    | SealedSlot
    | SealedOpened
    | SealedRenewed
    | LegalProcess
    | ProcessPacket
    | RequestTemplate
    | gifts.Known
    | operations.Known
    | SpeechText
)

KINDS: dict[str, type[Known]] = {
    "town": Town,
    "pack": Pack,
    "agency": Agency,
    "agreement": Agreement,
    "case-key": CaseKey,
    "request": Request,
    "request-closed": RequestClosed,
    "request-reminder": RequestReminder,
    "pseudonym": Pseudonym,
    "case": Case,
    "release": ClientRelease,
    "text": TownText,
    "listing": Listing,
    "key": KeyChange,
    "journal": JournalDay,
    "sealed": SealedSlot,
    "sealed-opened": SealedOpened,
    "sealed-renewed": SealedRenewed,
    "process": LegalProcess,
    "process-packet": ProcessPacket,
    "request-template": RequestTemplate,
    **gifts.KINDS,
    **operations.KINDS,
    "speech-text": SpeechText,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log.

    Attributes:
        index: its place, from 0.
        raw: its exact bytes.
        leaf: what it says, or None if it is no leaf of ours.
        known: its public fields, typed, or None if its kind or their form is not known here.
        notice: the sentence of a kind that says one plain thing, and is not `known`.
    """

    index: int
    raw: bytes
    leaf: Leaf | None
    known: Known | None

    @classmethod
    def of(cls, index: int, raw: bytes) -> "Entry":
        """Read an entry. Never fails: bytes that say nothing to us are still an entry."""
        try:
            leaf = parse_leaf(raw)
        except ProofError:
            return cls(index, raw, None, None)
        return cls(index, raw, leaf, _known(leaf))

    @property
    def type(self) -> str:
        """The leaf's type, or `unreadable`."""
        return self.leaf.type if self.leaf else "unreadable"

    @property
    def notice(self) -> str | None:
        """What an entry of a plain kind says, or None."""
        return notices.sentence(self.type, self.pub)

    @property
    def pub(self) -> dict[str, Any]:
        """The public fields as they stand, none if unreadable."""
        return self.leaf.pub if self.leaf else {}


def _known(leaf: Leaf) -> Known | None:
    kind = KINDS.get(leaf.type)
    if kind is None:
        return None
    try:
        return msgspec.convert(leaf.pub, kind)
    except (msgspec.ValidationError, RecursionError):
        return None
