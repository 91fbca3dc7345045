"""What a new server is told before its first start: its log's key, its town, the people of its agencies.

In:     a state folder; a town document and the public halves of people, from whoever sets it up.
Out:    `server/log.key`, `server/setup.json`, `server/map/*.geojson.gz`; the log's vkey.
Holds:  what is there already is never changed; the server is given public halves only.
Absent: the database. `first_start` reads `setup.json` into it, once.
Why:    docs/guide/own-town.md
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.proof.note import ED25519, SignerKey, check_name
from fanlight.store.files import write_private

LOG_KEY = "server/log.key"
DOCUMENT = "server/setup.json"
MAPS = "server/map"
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Point = tuple[float, float]


class BadSetup(FanlightError):
    """A town document that cannot be used."""

    code = "server.bad_setup"


class _Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    pass


class Attested(_Part, frozen=True):
    """How and on which day the operator made sure who an agency is."""

    how: _Name
    on: date


class Agency(_Part, frozen=True):
    """An agency. `boundary` is a GeoJSON Polygon or MultiPolygon; `attested_by` is committed, not shown."""

    ori: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{9}$")]
    name: _Name
    kind: _Name
    demo: bool
    boundary: dict[str, Any]
    attested: Attested
    attested_by: _Name


class Vote(_Part, frozen=True):
    """The recorded vote of an elected body."""

    body: _Name
    date: date
    ayes: Annotated[int, msgspec.Meta(ge=0)]
    noes: Annotated[int, msgspec.Meta(ge=0)]
    reference: _Name


class Agreement(_Part, frozen=True):
    """An agreement to bring into force; `facts` are what the ordinance decides `agreement.approve` on."""

    agency: str
    valid_from: date
    valid_until: date
    vote: Vote
    facts: dict[str, bool | int | str]
    demo: bool


class Assembly(_Part, frozen=True):
    """A gathering that the town knows of. Times are aware RFC 3339."""

    source: _Name
    outline: list[_Point]
    start: str
    end: str


class Town(_Part, frozen=True):
    """A town: what everybody may know of it.

    Attributes:
        origin: the log's name, such as `fanlight.example.org/log`.
        homes: homes per H3 cell of resolution 8; empty if no table is loaded.
        sample_request: something for an officer's form to start from; demo only.
    """

    name: _Name
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    timezone: _Name
    origin: _Name
    demo: bool
    bounds: tuple[float, float, float, float]
    center: _Point
    credits: str
    homes: dict[str, int]
    agencies: list[Agency]
    agreements: list[Agreement]
    assemblies: list[Assembly]
    sample_request: dict[str, Any] | None = None


class Person(_Part, frozen=True):
    """The public halves of somebody who acts for an agency (ORI) or keeps the server running."""

    name: _Name
    role: Literal["resident", "officer", "supervisor", "custodian", "operator"]
    sign_pub: Annotated[str, msgspec.Meta(min_length=44, max_length=44)]
    age_recipient: Annotated[str, msgspec.Meta(pattern="^age1pq1[a-z0-9]+$")]
    agency: str | None = None


class Document(_Part, frozen=True):
    """All of `setup.json`."""

    v: Literal[1] = 1
    town: Town | None = None
    people: list[Person] = []


def prepare(
    home: Path,
    people: Sequence[Mapping[str, Any]] = (),
    *,
    town: Mapping[str, Any] | None = None,
    maps: Mapping[str, bytes] | None = None,
) -> str:
    """Write what a first start needs, unless it is there; return the log's vkey.

    Args:
        home: the state folder.
        people: each `{name, role, sign_pub, age_recipient, agency?}`.
        town: a document of the form of `Town`; None for a server without a town yet.
        maps: layer name -> gzipped GeoJSON.

    Raises:
        BadSetup: a document of another form. Nothing was written then.
    """
    document = _convert({"v": 1, "town": town, "people": list(people)})
    path = home / DOCUMENT
    if not path.exists() or (town is not None and load(home).town is None):
        (home / MAPS).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in (maps or {}).items():
            write_private(home / MAPS / f"{name}.geojson.gz", data)
        write_private(path, msgspec.json.encode(document))
    return log_key(home, document.town.origin if document.town else None).verifier.vkey


def load(home: Path) -> Document:
    """Return the document written by `prepare`, an empty one if there is none; raises BadSetup."""
    try:
        raw = (home / DOCUMENT).read_bytes()
    except FileNotFoundError:
        return Document()
    try:
        return msgspec.json.decode(raw, type=Document)
    except msgspec.MsgspecError as error:
        raise _bad(str(error)) from error


def log_key(home: Path, origin: str | None = None) -> SignerKey:
    """Return the log's key, making it on the first call.

    Args:
        home: the state folder.
        origin: the log's name, used only when the key is made; a random one by default.
    """
    path = home / LOG_KEY
    try:
        return SignerKey.parse(path.read_text().strip())
    except FileNotFoundError:
        name = check_name(origin or f"fanlight.local/{secrets.token_hex(6)}")
        made = SignerKey(name, ED25519, secrets.token_bytes(32))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, made.skey.encode() + b"\n")
        return made


def _convert(value: object) -> Document:
    try:
        return msgspec.convert(value, Document, strict=False)
    except msgspec.ValidationError as error:
        raise _bad(str(error)) from error


def _bad(why: str) -> BadSetup:
    return BadSetup(
        f"The town document cannot be used: {why}.",
        kept="Nothing was set up.",
        do="Correct it, then start again.",
    )
