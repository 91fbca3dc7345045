"""What an agreement says and what a clerk says of it, as they come from outside. Pure.

In:     the forms of calls and of a setup document; a clerk's statement.
Out:    Papers, documents, the fields of entries; errors that name what is wrong.
Holds:  a statement is read only in its canonical form, so that what was signed is what is read.
Absent: rows, keys, the ordinance.
Why:    docs/spec/register.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.server.errors import Malformed
from fanlight.wire import jcs
from fanlight.wire.register import Papers, digest

MOST_ENTRY = 60_000  # bytes of an entry's public fields; the rest of 65,535 is for its frame
MOST_TEXT = 131_072
Day = date  # where a field is called `date`
Words = Annotated[str, Meta(min_length=1, max_length=200)]
Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
ClauseKind = Literal[
    "data-sharing",
    "cad-feed",
    "promotion",
    "quota",
    "exclusive",
    "speech",
    "discount",
    "subsidy",
    "secrecy",
]
DocumentKind = Literal[
    "agreement", "impact-report", "use-policy", "findings", "advice", "minutes", "yearly-report", "other"
]
LATER: frozenset[str] = frozenset({"minutes", "advice", "yearly-report"})
Part = Literal["fiscal", "equity"]


class Form(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What comes in; a field too many is refused."""


class Clause(Form, frozen=True):
    """A typed clause of an agreement, in its own words."""

    kind: ClauseKind
    words: Annotated[str, Meta(min_length=1, max_length=500)]


class DocumentIn(Form, frozen=True):
    """A document with its text; `parts` says what an impact report looks at."""

    kind: DocumentKind
    title: Words
    author: Words
    day: date
    body: Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]
    parts: Annotated[list[Part], Meta(max_length=2)] = []

    @property
    def sha256(self) -> str:
        """The hash of its text."""
        return digest(self.body)

    def head(self) -> dict[str, Any]:
        """Return it as papers name it."""
        return {
            "kind": self.kind,
            "title": self.title,
            "author": self.author,
            "day": self.day.isoformat(),
            "sha256": self.sha256,
            "parts": sorted(set(self.parts)),
        }


class DraftIn(Form, frozen=True):
    """A draft as the operator hands it in. `until` is the day on which it is over."""

    agency: Annotated[str, Meta(pattern=r"^[A-Z0-9]{9}\Z")]
    pack: Hash
    first: date = msgspec.field(name="from")
    until: date
    renewal: Annotated[str, Meta(max_length=500)]
    exit_cost: Annotated[str, Meta(max_length=1_000)]
    clauses: Annotated[list[Clause], Meta(max_length=20)]
    documents: Annotated[list[DocumentIn], Meta(max_length=20)]
    renews: Id | None = None

    def papers(self, agreement: str) -> Papers:
        """Return the papers of an agreement."""
        return Papers(
            agreement=agreement,
            agency=self.agency,
            pack=self.pack,
            first=self.first,
            until=self.until,
            renewal=self.renewal,
            exit_cost=self.exit_cost,
            clauses=[{"kind": one.kind, "words": one.words} for one in self.clauses],
            documents=[document.head() for document in self.documents],
            renews=self.renews,
        )


class Hearing(Form, frozen=True):
    """A hearing that was held."""

    body: Words
    date: Day
    minutes: Hash


class Vote(Form, frozen=True):
    """A vote as it went."""

    body: Words
    date: Day
    form: Literal["ordinance", "resolution", "motion"]
    ayes: Count
    noes: Count
    reference: Words
    findings: bool
    meetings: Count
    advisory: Literal["recommended", "against", "silent", "none"]
    asked: Day | None
    counsel_reviewed: bool
    minutes: Hash | None


class _Statement(Form, frozen=True):
    v: Literal[1]
    agreement: Id
    papers: Hash
    pack: Hash
    clerk: Id
    day: date


class _OnHearing(_Statement, frozen=True, tag="hearing", tag_field="state"):
    hearing: Hearing


class _OnVote(_Statement, frozen=True, tag="voted", tag_field="state"):
    vote: Vote


class _OnRejection(_Statement, frozen=True, tag="rejected", tag_field="state"):
    vote: Vote


class _OnForce(_Statement, frozen=True, tag="in_force", tag_field="state"):
    vote: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement as read.

    Attributes:
        text: its canonical form, which is signed.
        held: on the day it tells of, a hearing or vote was held; None where it brings into force.
        vote: the vote, if it is on one.
        hash_of_vote: upon which vote it brings into force.
    """

    text: str
    agreement: str
    papers: str
    pack: str
    clerk: str
    state: str
    day: date
    held: date | None
    minutes: str | None
    vote: Vote | None
    hash_of_vote: str | None

    @classmethod
    def read(cls, text: str) -> "Said":
        """Read a statement; raises Malformed."""
        try:
            jcs.loads(text)
            made = msgspec.json.decode(text, type=_OnHearing | _OnVote | _OnRejection | _OnForce)
        except (jcs.BadJson, msgspec.MsgspecError, UnicodeError) as error:
            raise Malformed(
                "This is no statement that a clerk signs.", do="Make it anew.", code="register.bad_statement"
            ) from error
        vote = made.vote if isinstance(made, _OnVote | _OnRejection) else None
        hearing = made.hearing if isinstance(made, _OnHearing) else None
        state = str(made.__struct_config__.tag)
        if vote is not None and (vote.ayes > vote.noes) != (state == "voted"):
            raise Malformed(
                "Ayes and noes are not those of this outcome.",
                do="It is voted if ayes outnumber noes, else rejected.",
                code="register.bad_statement",
            )
        held = hearing or vote
        return cls(
            text=text,
            agreement=made.agreement,
            papers=made.papers,
            pack=made.pack,
            clerk=made.clerk,
            state=state,
            day=made.day,
            held=held.date if held else None,
            minutes=held.minutes if held else None,
            vote=vote,
            hash_of_vote=made.vote if isinstance(made, _OnForce) else None,
        )

    def vote_facts(self) -> dict[str, bool | int | str]:
        """Return what its vote tells an ordinance."""
        if self.vote is None:
            return {}
        return {
            "vote_recorded": True,
            "vote_form": self.vote.form,
            "ayes": self.vote.ayes,
            "noes": self.vote.noes,
            "findings_made": self.vote.findings,
            "community_meetings": self.vote.meetings,
            "advisory": self.vote.advisory,
            "counsel_reviewed": self.vote.counsel_reviewed,
        }


class _Appointed(Form, frozen=True):
    body: Words
    date: Day
    reference: Words
    document: Hash


class Appointment(Form, frozen=True):
    """A clerk's appointment, as the clerk's own key signs it; `key` is base64."""

    v: Literal[1]
    clerk: Id
    name: Words
    office: Words
    key: Annotated[str, Meta(min_length=44, max_length=44)]
    day: date
    appointed: _Appointed

    @classmethod
    def read(cls, text: str) -> "Appointment":
        """Read an appointment; raises Malformed."""
        try:
            jcs.loads(text)
            return msgspec.json.decode(text, type=cls)
        except (jcs.BadJson, msgspec.MsgspecError, UnicodeError) as error:
            raise Malformed(
                "This is no appointment of a clerk.", do="Make it anew.", code="register.bad_statement"
            ) from error


def check_entry(pub: Mapping[str, Any]) -> None:
    """Raise Malformed unless an entry has room for these fields."""
    if len(jcs.dumps(dict(pub))) > MOST_ENTRY:
        raise Malformed(
            "The papers are longer than an entry of the record holds.",
            do="Put long words into a document and say where.",
            code="register.too_long",
        )
