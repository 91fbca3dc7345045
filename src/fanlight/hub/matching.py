"""Find out at home whether a footage request concerns a clip here. Nobody else learns the answer (R24).

In:     the cell file (the same bytes for everyone), the cell's key, this hub's place and clips.
Out:    the requests that hold, and which clips fall into their area and window.
Holds:  a request counts only if its entry and its case key's entry are in the record, the record is
        signed by the log this hub knows, what was opened is what was committed, and the ordinance
        accepts it again here.
Absent: the network. `hub.pipeline` fetches; every hub of the cell fetches the same, listening or not.
Why:    docs/design/rules.md
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from fanlight.hub.sealer import Kept
from fanlight.hub.status import Match
from fanlight.model.clock import from_text
from fanlight.model.errors import FanlightError
from fanlight.model.geo import Polygon
from fanlight.model.window import Window
from fanlight.policy import Pack, decide
from fanlight.proof import checkpoint, cosignature, merkle, openings
from fanlight.proof.note import VerifierKey
from fanlight.seal import opening, sealing
from fanlight.wire import b64, jcs

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
    v: int
    type: str
    cell: str
    pack: _PackName
    checkpoint: str
    vkey: str
    witness_vkeys: str
    requests: list[_Entry]


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


def read_cell_file(raw: bytes, *, log: VerifierKey, cell: str, identity: str, pack: Pack) -> CellFile:
    """Check a cell file and open what is meant for this cell.

    Args:
        raw: the file's bytes.
        log: the key of the town's log, pinned when the hub was paired.
        cell: this hub's cell.
        identity: the cell's age identity, from the server.
        pack: the pack that `named_pack` names, already checked against its hash.

    Raises:
        CellFileRefused: it is not signed by this log, is another cell's, or its checkpoint does not hold.
    """
    body, signed, signature = _body(raw)
    if not log.holds(b"fanlight/cell/v1\n" + signed, signature) or body.cell != cell:
        raise _refused("It is not signed by this town's record for this area")
    try:
        stated = checkpoint.open_checkpoint(body.checkpoint.encode(), log)
        witnesses = cosignature.parse_witnesses(body.witness_vkeys)
        seen_by = cosignature.cosigners(stated.note, witnesses)
    except FanlightError as error:
        raise _refused("The record's signatures under it do not hold") from error
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
    request, case_key = openings.parse_leaf(leaf), openings.parse_leaf(key_leaf)
    key = _check_entries(entry, request, case_key, pack_sha256)
    again = decide(pack, "request.open", request.pub["facts"])
    if not again.accepted or request.pub["decision"] != "accepted":
        raise _refused("The ordinance does not accept it")
    told = jcs.loads(opening.open_age(b64.decode(entry.sealed), [identity]))
    shown = openings.check_openings(leaf, [openings.Opening.from_json(one) for one in told["openings"]])
    if set(shown) != OPENED_FIELDS or any(told[name] != shown[name] for name in OPENED_FIELDS):
        raise _refused("What it says is not what stands in the record")
    return Asked(
        request=entry.request,
        agency_name=str(told["agency_name"]),
        case_key=key,
        case_number=str(told["case_number"]),
        words=str(told["words"]),
        offence=str(told["offence"]),
        area=Polygon.of(told["outline"]),
        window=Window(start=from_text(told["start"]), end=from_text(told["end"])),
        drop=str(told["drop"]),
    )


def _check_entries(entry: _Entry, request: openings.Leaf, case_key: openings.Leaf, pack_sha256: str) -> str:
    pub, key_pub = request.pub, case_key.pub
    if request.type != "request" or case_key.type != "case-key" or pub.get("request") != entry.request:
        raise _refused("Its entries are of another kind")
    key = str(key_pub.get("key"))
    digest = hashlib.sha256(key.encode()).hexdigest()
    if not pub.get("key_sha256") == key_pub.get("key_sha256") == digest or pub.get("agency") != key_pub.get(
        "agency"
    ):
        raise _refused("Its case key is not the one in the record")
    if pub.get("pack") != pack_sha256:
        raise _refused("It was decided by another ordinance")
    sealing.check_recipient(key)
    return key


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
