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
from fanlight.proof.errors import ProofError
from fanlight.proof.handover import Handover, sign_handover
from fanlight.proof.note import ED25519, SignerKey, check_name
from fanlight.store.files import sync_folder, write_private

LOG_KEY = "server/log.key"
OLD_LOG_KEY = "server/log.old.key"
NEXT_LOG_KEY = "server/log.next.key"
HANDOVERS = "server/handovers"  # changes of keys, the log's own and witnesses', to be entered in the record
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


class Clerk(_Part, frozen=True):
    """A clerk whom the elected body appointed before the record began; one of `people` has the same key.

    `statement` and `acceptance` (base64) are as docs/spec/register.md has them, `document` the body's words.
    """

    sign_pub: Annotated[str, msgspec.Meta(min_length=44, max_length=44)]
    statement: str
    acceptance: Annotated[str, msgspec.Meta(min_length=88, max_length=88)]
    document: str


class Step(_Part, frozen=True):
    """A step that was taken before the record began, on its day; `documents` come with it."""

    state: Literal["published", "hearing", "voted", "rejected", "in_force"]
    day: date
    comment_until: date | None = None
    statement: str | None = None
    signature: Annotated[str, msgspec.Meta(min_length=88, max_length=88)] | None = None
    documents: list[dict[str, Any]] = []


class Agreement(_Part, frozen=True):
    """An agreement with the steps it took; `draft` is what the operator would hand in, drafted on `day`."""

    agreement: Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{26}$")]
    day: date
    draft: dict[str, Any]
    steps: list[Step]


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
        posts: what neighbors read there from the first day; demo only.
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
    clerks: list[Clerk] = []
    sample_request: dict[str, Any] | None = None
    posts: list[dict[str, Any]] = []


class Person(_Part, frozen=True):
    """The public halves of somebody who acts for an agency (ORI) or keeps the server running."""

    name: _Name
    role: Literal[
        "resident",
        "officer",
        "supervisor",
        "custodian",
        "administrator",
        "operator",
        "clerk",
        "counsel",
        "moderator",
    ]
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


def old_log_key(home: Path) -> SignerKey | None:
    """Return the log's former key while it still signs beside the new one."""
    try:
        return SignerKey.parse((home / OLD_LOG_KEY).read_text().strip())
    except FileNotFoundError:
        return None


def new_log_key(home: Path, time_s: int) -> str:
    """Make a new key that the log's key hands over to; return its vkey. The server has to start again.

    It signs with both from then on, until somebody removes `server/log.old.key`. A crash in between is
    finished by the next call.
    """
    old, pending = log_key(home), home / NEXT_LOG_KEY
    if not pending.exists():
        made = SignerKey(old.name, ED25519, secrets.token_bytes(32))
        write_private(pending, made.skey.encode() + b"\n")
    new = SignerKey.parse(pending.read_text().strip())
    note = sign_handover(old, new, time_s)
    (home / HANDOVERS).mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(home / HANDOVERS / f"log-{new.verifier.id.hex()}", note)
    write_private(home / OLD_LOG_KEY, old.skey.encode() + b"\n")
    pending.rename(home / LOG_KEY)
    sync_folder(pending.parent)
    return new.verifier.vkey


def handovers(home: Path) -> list[Handover]:
    """Return the changes of keys that were put into the home; raises BadSetup for one that does not hold."""
    folder, found = home / HANDOVERS, []
    for path in sorted(folder.iterdir()) if folder.exists() else []:
        try:
            found.append(Handover.parse(path.read_bytes()))
        except ProofError as error:
            raise BadSetup(
                f"The change of key in {path.name} does not hold: {error.what}",
                kept="Nothing was started.",
                do="Take the file away, or put the right one in its place.",
            ) from error
    return found


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
