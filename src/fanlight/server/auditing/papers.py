"""What an auditor and a clerk signed, as it comes from outside. Pure.

Holds:  a statement is read only in its canonical form, so that what was signed is what is read.
Why:    docs/spec/auditing.md
"""

from datetime import date
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from fanlight.server.errors import Malformed
from fanlight.wire import jcs

Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Agency = Annotated[str, Meta(pattern=r"^[A-Z0-9]{9}\Z")]
Words = Annotated[str, Meta(min_length=1, max_length=200)]
Day = date


class Form(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What comes in; a field too many is refused."""


class Offer(Form, frozen=True):
    """Who is to be an agency's auditor, in their own word; `key` is base64."""

    v: Literal[1]
    act: Literal["offer"]
    auditor: Id
    agency: Agency
    name: Words
    key: Annotated[str, Meta(min_length=44, max_length=44)]
    recipient: Annotated[str, Meta(pattern=r"^age1pq1[a-z0-9]+\Z", max_length=2_100)]
    day: date


class Appointed(Form, frozen=True):
    """What the elected body did; `document` is the hash of its words."""

    body: Words
    date: Day
    reference: Words
    document: Hash


class Appointment(Form, frozen=True):
    """What the clerk signs. `until` is the day on which the term is over."""

    v: Literal[1]
    act: Literal["appoint"]
    auditor: Id
    agency: Agency
    offer: Hash
    first: date = msgspec.field(name="from")
    until: date
    clerk: Id
    day: date
    appointed: Appointed


class Ending(Form, frozen=True):
    """What the clerk signs to end an appointment."""

    v: Literal[1]
    act: Literal["end"]
    auditor: Id
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    clerk: Id
    day: date


class Named(Form, frozen=True):
    """Somebody's pseudonym of a year."""

    account: Id
    pseudonym: Annotated[str, Meta(pattern=r"^[a-z2-7]{5}-[a-z2-7]{5}\Z")]


class Naming(Form, frozen=True):
    """What the auditor signs of pseudonyms."""

    v: Literal[1]
    act: Literal["pseudonyms"]
    auditor: Id
    agency: Agency
    year: Annotated[int, Meta(ge=2000, le=9999)]
    names: Annotated[tuple[Named, ...], Meta(min_length=1, max_length=1000)]


_Paper = TypeVar("_Paper", Offer, Appointment, Ending, Naming)


def read_offer(text: str) -> Offer:
    """Read an offer; raises Malformed."""
    return _read(text, Offer)


def read_appointment(text: str) -> Appointment:
    """Read an appointment; raises Malformed."""
    return _read(text, Appointment)


def read_ending(text: str) -> Ending:
    """Read the end of an appointment; raises Malformed."""
    return _read(text, Ending)


def read_naming(text: str) -> Naming:
    """Read the pseudonyms of a year, nobody and none of them twice; raises Malformed."""
    said = _read(text, Naming)
    accounts = [one.account for one in said.names]
    if accounts != sorted(set(accounts)) or len({one.pseudonym for one in said.names}) < len(accounts):
        raise bad_statement()
    return said


def _read(text: str, kind: type[_Paper]) -> _Paper:
    try:
        jcs.loads(text)
        return msgspec.json.decode(text, type=kind)
    except (jcs.BadJson, msgspec.MsgspecError, UnicodeError) as error:
        raise bad_statement() from error


def bad_statement() -> Malformed:
    """Return the error for a text that nobody signs here, or that names something else."""
    return Malformed(
        "This is no statement of an auditor or on one, or it names another offer, document, day or auditor.",
        do="Make it anew, from the text that the auditor gave.",
        code="auditing.bad_statement",
    )
