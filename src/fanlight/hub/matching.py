"""Find out at home whether a footage request concerns a clip here. Nobody else learns the answer (R24).

In:     the cell file (the same bytes for everyone), the cell's key, this hub's place and clips.
Out:    the requests that hold, and which clips fall into their area and window.
Holds:  a request counts only if its entry and its case key's entry are in the record, the record is
        signed by the log this hub knows, what was opened is what was committed, the ordinance accepts
        it again here, and the facts it decides on are those of what was opened, as far as they show.
Absent: the network. `hub.pipeline` fetches; every hub of the cell fetches the same, listening or not.
Why:    docs/design/rules.md
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from fanlight.hub.sealer import Kept
from fanlight.hub.status import Match
from fanlight.model.clock import from_text
from fanlight.model.errors import FanlightError
from fanlight.model.geo import Polygon
from fanlight.model.offence import offence
from fanlight.model.request import joined_holds
from fanlight.model.window import Window
from fanlight.policy import Pack, decide
from fanlight.proof import checkpoint, cosignature, merkle, openings
from fanlight.proof.note import VerifierKey
from fanlight.seal import opening, sealing
from fanlight.wire import b64, jcs

_T = TypeVar("_T")
OPENED_FIELDS = {"outline", "start", "end", "case_number", "words", "offence"}


class CellFileRefused(FanlightError):
    """The cell file is not what this town's log vouches for."""

    code = "hub.cell_file_refused"


class _Entry(msgspec.Struct, frozen=True):
    request: str
    leaf: str
    index: int
    proof: list[str]
    key_leaf: str
    key_index: int
    key_proof: list[str]
    sealed: str


class _PackName(msgspec.Struct, frozen=True):
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class _Body(msgspec.Struct, frozen=True):
    v: Literal[1]
    type: Literal["cell-requests"]
    cell: str
    pack: _PackName
    checkpoint: str
    vkey: str
    witness_vkeys: str
    requests: list[_Entry]


class _RequestPub(msgspec.Struct, frozen=True):
    request: str
    agency: str
    decision: str
    pack: str
    key_sha256: str | None
    facts: dict[str, bool | int | str]


class _KeyPub(msgspec.Struct, frozen=True):
    agency: str
    key: str
    key_sha256: str


class _Told(msgspec.Struct, frozen=True):
    agency_name: str
    outline: list[Any]
    start: str
    end: str
    case_number: str
    words: str
    offence: str
    drop: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    openings: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A footage request that holds. `drop` is the token with which any hub of the cell may answer."""

    request: str
    agency_name: str
    case_key: str
    case_number: str
    words: str
    offence: str
    area: Polygon
    window: Window
    drop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFile:
    """A checked cell file: its open requests, why others do not count, and the record it stands on."""

    asked: tuple[Asked, ...]
    refused: tuple[tuple[str, str], ...]
    size: int
    root: bytes
    cosigned_by: tuple[str, ...]


def named_pack(raw: bytes) -> str:
    """Return the hash of the pack that a cell file decides by; raises CellFileRefused."""
    return _body(raw)[0].pack.sha256


def named_log(raw: bytes) -> VerifierKey:
    """Return the log's key that a cell file names; raises CellFileRefused, or Malformed for no key."""
    return VerifierKey.parse(_body(raw)[0].vkey)


def read_cell_file(raw: bytes, *, log: VerifierKey, cell: str, identity: str, pack: Pack) -> CellFile:
    """Check a cell file and open what is meant for this cell.

    Args:
        raw: the file's bytes.
        log: the key of the town's log, pinned when the hub was paired.
        cell: this hub's cell.
        identity: the cell's age identity, from the server.
        pack: the pack that `named_pack` names, already checked against its hash.

    Raises:
        CellFileRefused: it is not signed by this log, is another cell's, its checkpoint does not hold, or
            none of the witnesses that it lists has cosigned it.
    """
    body, signed, signature = _body(raw)
    if not log.holds(b"fanlight/cell/v1\n" + signed, signature) or body.cell != cell:
        raise _refused("It is not signed by this town's record for this area")
    if body.pack.sha256 != pack.sha256:
        raise _refused("It names another ordinance")
    try:
        stated = checkpoint.open_checkpoint(body.checkpoint.encode(), log)
        witnesses = cosignature.parse_witnesses(body.witness_vkeys)
        seen_by = cosignature.cosigners(stated.note, witnesses)
    except FanlightError as error:
        raise _refused("The record's signatures under it do not hold") from error
    if witnesses and not seen_by:
        raise _refused("No witness has co-signed the record under it")
    asked, refused = [], []
    for entry in body.requests:
        try:
            asked.append(_read_entry(entry, stated.head, identity, pack, body.pack.sha256))
        except FanlightError as error:
            refused.append((entry.request, error.what))
    return CellFile(
        asked=tuple(asked),
        refused=tuple(refused),
        size=stated.head.size,
        root=stated.head.root,
        cosigned_by=tuple(one.witness.key.name for one in seen_by),
    )


def find_matches(
    requests: Sequence[Asked], clips: Sequence[Kept], lon: float, lat: float, now: datetime
) -> list[Match]:
    """Return for each request whose area holds this place the clips that overlap its window."""
    found = []
    for one in requests:
        if one.window.start <= now and one.area.contains(lon, lat):
            inside = [
                clip.clip for clip in clips if clip.start < one.window.end and clip.end > one.window.start
            ]
            if inside:
                found.append(Match(request=one.request, clips=tuple(inside)))
    return found


def _read_entry(entry: _Entry, head: merkle.TreeHead, identity: str, pack: Pack, pack_sha256: str) -> Asked:
    leaf, key_leaf = entry.leaf.encode(), entry.key_leaf.encode()
    for raw, index, path in ((leaf, entry.index, entry.proof), (key_leaf, entry.key_index, entry.key_proof)):
        merkle.verify_inclusion(merkle.hash_leaf(raw), index, [b64.decode(step) for step in path], head)
    request, key = _read_leaves(entry, leaf, key_leaf)
    if request.pack != pack_sha256:
        raise _refused("It was decided by another ordinance")
    if (
        request.decision != "accepted"
        or not decide(pack, "request.open", pack.asks("request.open", request.facts)).accepted
    ):
        raise _refused("The ordinance does not accept it")
    raw_told = jcs.loads(opening.open_age(b64.decode(entry.sealed), [identity]))
    told = _convert(raw_told, _Told)
    shown = openings.check_openings(leaf, [openings.Opening.from_json(one) for one in told.openings])
    if set(shown) != OPENED_FIELDS or any(raw_told[name] != shown[name] for name in OPENED_FIELDS):
        raise _refused("What it says is not what stands in the record")
    asked = Asked(
        request=entry.request,
        agency_name=told.agency_name,
        case_key=key,
        case_number=told.case_number,
        words=told.words,
        offence=told.offence,
        area=Polygon.of(told.outline),
        window=Window(start=from_text(told.start), end=from_text(told.end)),
        drop=told.drop,
    )
    if not _facts_fit(request.facts, asked):
        raise _refused("What it asks is not what the ordinance was asked about")
    return asked


def _read_leaves(entry: _Entry, leaf: bytes, key_leaf: bytes) -> tuple[_RequestPub, str]:
    """Return what the request's entry says to everyone, and its case key, after checking that they fit."""
    request, case_key = openings.parse_leaf(leaf), openings.parse_leaf(key_leaf)
    if request.type != "request" or case_key.type != "case-key":
        raise _refused("Its entries are of another kind")
    pub, key_pub = _convert(request.pub, _RequestPub), _convert(case_key.pub, _KeyPub)
    if pub.request != entry.request:
        raise _refused("Its entry is another request's")
    digest = hashlib.sha256(key_pub.key.encode()).hexdigest()
    if not pub.key_sha256 == key_pub.key_sha256 == digest or pub.agency != key_pub.agency:
        raise _refused("Its case key is not the one in the record")
    sealing.check_recipient(key_pub.key)
    return pub, key_pub.key


def _facts_fit(facts: dict[str, bool | int | str], asked: Asked) -> bool:
    """Tell whether the published facts, whole by the ordinance's schema, are true of what was opened."""
    area_m2, row = facts["area_m2"], offence(asked.offence)
    known = {
        "window_min": asked.window.length_min,
        "has_case_number": bool(asked.case_number),
        "offence_listed": row.listed,
        "offence_floor": row.above_floor(str(facts["purpose"])),
        "offence_grave": row.grave,
    }
    is_right_area = isinstance(area_m2, int) and abs(area_m2 - asked.area.area_m2) <= 1
    return (
        is_right_area and joined_holds(facts) and all(facts[name] == value for name, value in known.items())
    )


def _convert(value: object, shape: type[_T]) -> _T:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise _refused("An entry of it cannot be read") from error


def _body(raw: bytes) -> tuple[_Body, bytes, bytes]:
    try:
        outer = jcs.loads(raw)
        signed = str(outer["body"]).encode()
        body = msgspec.convert(jcs.loads(signed), _Body)
        return body, signed, b64.decode(str(outer["sig"]))
    except (KeyError, msgspec.ValidationError, FanlightError) as error:
        raise _refused("It cannot be read") from error


def _refused(why: str) -> CellFileRefused:
    return CellFileRefused(
        f"{why}.",
        kept="Nothing was matched, shown or shared.",
        do="Fetch it again later; tell the town's caretaker if it stays so.",
    )
