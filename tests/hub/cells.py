"""Cell files made of real parts: a request that the ordinance accepts, a log, a witness, a sealed telling.

`Asking` holds every part before it is signed, so that a test can change one and leave the others right.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fanlight.demo import load_town
from fanlight.model.clock import to_text
from fanlight.model.geo import Polygon, home_cell
from fanlight.model.ids import new_id
from fanlight.model.request import FootageRequest, RequestFacts, Standing
from fanlight.model.sweep import sweep_of
from fanlight.model.window import Window
from fanlight.policy import Pack, default_pack
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import THE_OPERATOR, Witness, cosign, format_witnesses
from fanlight.proof.merkle import inclusion_proof
from fanlight.proof.note import COSIGNATURE, ED25519, Note, SignerKey
from fanlight.proof.openings import make_leaf
from fanlight.proof.tiles import TileTree
from fanlight.seal import keys, sealing
from fanlight.wire import b64, jcs

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
PLACE = load_town().place
CELL = home_cell(*PLACE, load_town().homes)
CELL_KEY = keys.new_identity()
LOG = SignerKey("log.fanlight.example/town", ED25519, hashlib.sha256(b"log").digest())
WITNESS = SignerKey("witness.fanlight.example", COSIGNATURE, hashlib.sha256(b"witness").digest())
ORI = "CA0389900"
OPENED = ("outline", "start", "end", "case_number", "words", "offence")
Part = dict[str, Any]
Change = Callable[[Part], object]


def nothing(_part: Part) -> None:
    """Leave a part as it is."""


def footage_request(**change: Any) -> FootageRequest:
    sample = load_town().sample_request
    parts: Part = {
        "case_number": sample.case_number,
        "offence": sample.offence,
        "purpose": sample.purpose,
        "words": sample.words,
        "area": sample.area,
        "window": Window(start=NOW - timedelta(hours=8), end=NOW - timedelta(hours=7)),
    }
    return FootageRequest(**{**parts, **change})


def standing(**change: Any) -> Standing:
    parts: Part = {
        "agency_kind": "municipal",
        "agreement_in_force": True,
        "vote_recorded": True,
        "named_officer": True,
        "inside_jurisdiction": True,
        "number_in_case": 1,
        "assembly_overlap": False,
        "words_plain": True,
        "words_no_records": True,
        "second_signature": True,
    }
    return Standing(**{**parts, **change})


@dataclass
class Asking:
    """One request on its way into a cell file. Each `change_` gets a part just before it is fixed."""

    request: FootageRequest = field(default_factory=footage_request)
    id: str = field(default_factory=new_id)
    at: datetime = NOW  # when the ordinance was asked
    drop: str = "drop-token-of-the-cell"
    case_key: str = field(default_factory=lambda: keys.new_identity().recipient)
    sealed_to: str = CELL_KEY.recipient
    request_type: str = "request"
    change_facts: Change = nothing
    change_pub: Change = nothing
    change_key_pub: Change = nothing
    change_told: Change = nothing
    change_entry: Change = nothing

    def leaves(self) -> tuple[bytes, bytes, Part]:
        """Return the request's leaf, the case key's leaf, and what is sealed to the cell."""
        alone = sweep_of(self.request, ())
        stands = standing(joined_area_m2=alone.area_m2, joined_window_min=alone.window_min)
        facts = RequestFacts.of(self.request, stands, self.at).as_dict()
        self.change_facts(facts)
        digest = hashlib.sha256(self.case_key.encode()).hexdigest()
        pub: Part = {
            "request": self.id,
            "agency": ORI,
            "decision": "accepted",
            "rules": [],
            "pack": default_pack().sha256,
            "facts": facts,
            "key_sha256": digest,
        }
        private = {
            "outline": self.request.area.as_json(),
            "start": to_text(self.request.window.start),
            "end": to_text(self.request.window.end),
            "case_number": self.request.case_number,
            "words": self.request.words,
            "offence": self.request.offence,
            "officer": "Det. R. Lindqvist",
            "cosigner": "Sgt. A. Okafor",
        }
        key_pub: Part = {"agency": ORI, "key": self.case_key, "key_sha256": digest}
        self.change_pub(pub)
        self.change_key_pub(key_pub)
        leaf, openings = make_leaf(self.request_type, pub, private)
        key_leaf, _ = make_leaf("case-key", key_pub, {"case_number": self.request.case_number})
        told: Part = {
            "agency_name": "Harbor District Police (demo)",
            **{name: private[name] for name in OPENED},
            "drop": self.drop,
            "openings": [one.as_json() for one in openings if one.field in OPENED],
        }
        self.change_told(told)
        return leaf, key_leaf, told


@dataclass
class Record:
    """A log's leaves, grown request by request; `files` are its tiles by path."""

    entries: list[bytes] = field(default_factory=lambda: [b'{"entry":%d}' % n for n in range(5)])
    log: SignerKey = LOG

    @property
    def tree(self) -> TileTree:
        tree = TileTree()
        tree.append(self.entries)
        return tree

    @property
    def files(self) -> dict[str, bytes]:
        return dict(TileTree().append(self.entries).files)

    def checkpoint(self) -> bytes:
        note = sign_checkpoint(self.tree.head, self.log)
        return note + cosign(Note.parse(note).text, WITNESS, int(NOW.timestamp())).encode()


@dataclass
class Entered:
    """A request in a log: where its leaf stands, the case key's being next; what is sealed to the cell."""

    asking: Asking
    index: int
    sealed: bytes


def enter(asking: Asking, record: Record) -> Entered:
    """Put a request and its case key into the log."""
    leaf, key_leaf, told = asking.leaves()
    index = len(record.entries)
    record.entries += [leaf, key_leaf]
    return Entered(asking, index, sealing.seal(jcs.dumps(told), [asking.sealed_to]))


def cell_file(
    *asked: Asking,
    record: Record | None = None,
    signer: SignerKey = LOG,
    cell: str = CELL,
    pack: Pack | None = None,
    change_body: Change = nothing,
) -> bytes:
    """Return the bytes of a cell file with these requests."""
    record = record or Record()
    entered = [enter(one, record) for one in asked]
    return file_of(entered, record, signer=signer, cell=cell, pack=pack, change_body=change_body)


def file_of(  # noqa: PLR0913 - all but two by keyword
    entered: Sequence[Entered],
    record: Record,
    *,
    signer: SignerKey = LOG,
    cell: str = CELL,
    pack: Pack | None = None,
    change_body: Change = nothing,
) -> bytes:
    """Return the bytes of a cell file with requests that stand in `record`."""
    rows = []
    for each in entered:
        index = each.index
        entry: Part = {
            "request": each.asking.id,
            "leaf": record.entries[index].decode(),
            "index": index,
            "proof": [b64.encode(step) for step in inclusion_proof(record.entries, index)],
            "key_leaf": record.entries[index + 1].decode(),
            "key_index": index + 1,
            "key_proof": [b64.encode(step) for step in inclusion_proof(record.entries, index + 1)],
            "sealed": b64.encode(each.sealed),
        }
        each.asking.change_entry(entry)
        rows.append(entry)
    witnesses = [Witness(WITNESS.verifier, THE_OPERATOR)]
    named = pack or default_pack()
    body: Part = {
        "v": 1,
        "type": "cell-requests",
        "cell": cell,
        "pack": {"id": named.meta.id, "sha256": named.sha256},
        "checkpoint": record.checkpoint().decode(),
        "vkey": record.log.verifier.vkey,
        "witness_vkeys": format_witnesses(witnesses),
        "requests": rows,
    }
    change_body(body)
    return sign_file(jcs.dumps(body), signer)


def sign_file(body: bytes, signer: SignerKey = LOG) -> bytes:
    """Return the signed file around a body."""
    signature = signer.raw_sign(keys.signed_bytes("cell", body))
    return jcs.dumps({"body": body.decode(), "sig": b64.encode(signature)})


def square(lon: float, lat: float, half: float = 0.001) -> Polygon:
    """Return a square around a point; `half` its half side in degrees."""
    return Polygon.of(
        [
            (lon - half, lat - half),
            (lon + half, lat - half),
            (lon + half, lat + half),
            (lon - half, lat + half),
        ]
    )
