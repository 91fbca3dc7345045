"""An invented case: request, case key, one disclosure, export, and a real log that holds their leaves.

`python tests/custody/invented_case.py` writes vectors/evidence anew; web/core/evidence builds the same bytes.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fanlight.custody import package
from fanlight.custody.giver import Giver, giver_statement
from fanlight.model.padding import padded_length
from fanlight.proof import checkpoint, cosignature, merkle, note, openings
from fanlight.proof.receipt import Receipt
from fanlight.seal import clip, keys, manifest
from fanlight.wire import b64

FOLDER = Path(__file__).parents[2] / "vectors" / "evidence"
EXPORTER = keys.SigningKey(hashlib.sha256(b"an invented exporter").digest())
LOG = note.SignerKey("log.example/town", note.ED25519, hashlib.sha256(b"log").digest())
WITNESS = note.SignerKey("witness.example/w1", note.COSIGNATURE, hashlib.sha256(b"witness").digest())
# Letters that a page must not take for its own, and what stands for a place in one.
GROUND = 'Discovery: "Brady" <all> & {{agency}}'
AGENCY, CASE_NUMBER = "CA0389900", "2026-004711"
REQUEST, DISCLOSURE, PACKAGE = "r" * 26, "s" * 26, "p" * 26
AT = datetime(2026, 11, 21, 20, 0, 0, 500_000, tzinfo=UTC)
# Not the page of a release: vectors stay as they are when that one changes.
PAGE = '<!doctype html>\n<title>A package</title>\n<script type="application/json">{{package}}</script>\n'
OUTLINE = [[-122.2712, 37.8044], [-122.27, 37.8]]
CUSTODY = [
    {"at": "2026-11-21T19:00:00.000Z", "act": "disclosed", "by": "a household"},
    {"at": "2026-11-21T19:30:00.000Z", "act": "viewed", "by": "Det. R. Lindqvist"},
    {"at": "2026-11-21T20:00:00.500Z", "act": "exported", "by": "T. Marsh"},
]


@dataclass(frozen=True)
class Case:
    facts: package.PackageFacts
    items: list[package.EvidenceItem]
    record: package.Record

    def build(self, page: str | None = PAGE) -> bytes:
        return package.build_package(
            self.facts, self.items, self.record, custody=CUSTODY, exporter=EXPORTER, page=page
        )


def salts(count: int) -> bytes:
    """Stand in for randomness: the same openings in every run."""
    return bytes(count)


def make_case(
    media: bytes | None = None,
    terms: str | None = None,
    *,
    blurred: bool = False,
    giver: Giver | None = None,
    **said: Any,
) -> Case:
    """Make the case; `said` changes what the export's log entry commits to, `media` is another film."""
    case_key = keys.new_identity()
    key_sha256 = hashlib.sha256(case_key.recipient.encode()).hexdigest()
    item = disclose(case_key, media=media, terms=terms, blurred=blurred)
    if giver is not None:
        item = replace(item, giver=said_by(case_key, giver))
    detail = {
        "disclosure": DISCLOSURE,
        "recipient": "District Attorney",
        "ground": GROUND,
        "return_by": None,
    }
    private: dict[str, dict[str, Any]] = {
        "request": {"case_number": CASE_NUMBER, "words": "A parcel was taken.", "outline": OUTLINE},
        "case-key": {"case_number": CASE_NUMBER},
        "export": {"act": "exported", "detail": detail | said},
    }
    pub: dict[str, tuple[str, dict[str, Any]]] = {
        "request": ("request", {"request": REQUEST, "agency": AGENCY, "key_sha256": key_sha256}),
        "case-key": ("case-key", {"agency": AGENCY, "key": case_key.recipient, "key_sha256": key_sha256}),
        "export": ("case", {"agency": AGENCY, "day": "2026-11-21"}),
    }
    made = {name: openings.make_leaf(*pub[name], private[name], random=salts) for name in pub}
    proofs = prove([leaf for leaf, _ in made.values()])
    record = package.Record(
        request=proofs[0],
        case_key=proofs[1],
        export=proofs[2],
        openings={
            name: [o.as_json() for o in opened if o.field != "words"] for name, (_, opened) in made.items()
        },
        vkey=LOG.verifier.vkey,
        witness_vkeys=f"{WITNESS.verifier.vkey} # The Invented Library\n",
    )
    facts = package.PackageFacts(
        package=PACKAGE,
        case_number=CASE_NUMBER,
        agency=AGENCY,
        made_at=AT,
        recipient="District Attorney",
        ground=GROUND,
        return_by=None,
        request=REQUEST,
    )
    return Case(facts, [item], record)


def said_by(case_key: keys.Identity, giver: Giver) -> bytes:
    """What the giver of the clip says of themselves, signed as they signed the clip."""
    return giver_statement(DISCLOSURE, giver, keys.case_signing_key(bytes(32), case_key.recipient))


def disclose(
    case_key: keys.Identity,
    request: str = REQUEST,
    media: bytes | None = None,
    terms: str | None = None,
    *,
    blurred: bool = False,
) -> package.EvidenceItem:
    facts = manifest.DisclosureFacts(
        start=AT,
        duration_ms=2_000,
        clock="hub",
        label="person",
        mime='video/mp4; codecs="avc1.4d401f"',
        width=640,
        height=360,
        init=(0, 8),
        segments=(manifest.Segment(offset=8, length=92, start_ms=0, duration_ms=2_000),),
        disclosure=DISCLOSURE,
        request=request,
        trimmed=True,
        terms=terms,
        faces_blurred=blurred,
    )
    signer = keys.case_signing_key(bytes(32), case_key.recipient)
    film = media or b"\x00\x00\x00\x64mdat" + bytes(range(92))
    sealed = clip.seal_disclosure(  # of the length that copies had at first, which is short
        film,
        facts=facts,
        case_recipient=case_key.recipient,
        signing_key=signer,
        pad_to=padded_length(len(film)),
    )
    return package.open_item(
        hdr=sealed.hdr,
        pay=sealed.pay,
        manifest_age=sealed.manifest_age,
        identities=[case_key.secret],
        case_recipient=case_key.recipient,
    )


def prove(leaves: list[bytes]) -> list[package.Proof]:
    """Put the leaves into a log of their own, cosigned, and prove each."""
    head = merkle.TreeHead(len(leaves), merkle.root(leaves))
    signed = checkpoint.sign_checkpoint(head, LOG)
    text = note.Note.parse(signed).text
    cosigned = signed + cosignature.cosign(text, WITNESS, 1_795_291_200).encode()
    return [
        package.Proof(
            leaf=leaf,
            proof=Receipt(index, tuple(merkle.inclusion_proof(leaves, index)), cosigned).format(),
        )
        for index, leaf in enumerate(leaves)
    ]


def inputs(case: Case) -> dict[str, Any]:
    """Everything a builder needs beside the two files that lie in the package itself."""
    day: date | None = case.facts.return_by
    return {
        "facts": {
            "package": case.facts.package,
            "case_number": case.facts.case_number,
            "agency": case.facts.agency,
            "made_at": "2026-11-21T20:00:00.500Z",
            "recipient": case.facts.recipient,
            "ground": case.facts.ground,
            "return_by": day and day.isoformat(),
            "request": case.facts.request,
        },
        "items": [
            {
                "disclosure": item.disclosure,
                "manifest": item.manifest.decode(),
                "sig": b64.encode(item.manifest_sig),
                "file_key": item.file_key.hex(),
            }
            for item in case.items
        ],
        "record": {
            "request": {"leaf": case.record.request.leaf.decode(), "proof": case.record.request.proof},
            "case-key": {"leaf": case.record.case_key.leaf.decode(), "proof": case.record.case_key.proof},
            "export": {"leaf": case.record.export.leaf.decode(), "proof": case.record.export.proof},
            "openings": case.record.openings,
            "vkey": case.record.vkey,
            "witness_vkeys": case.record.witness_vkeys,
        },
        "custody": CUSTODY,
        "exporter_seed": EXPORTER.seed.hex(),
        "page": PAGE,
    }


if __name__ == "__main__":
    import tempfile

    from tests.custody import authority, forgeries  # which need this very module

    FOLDER.mkdir(parents=True, exist_ok=True)
    written = make_case()
    (FOLDER / "package.zip").write_bytes(written.build())
    (FOLDER / "lies.json").write_text(json.dumps(forgeries.lies(written.build()), indent=1) + "\n")
    with tempfile.TemporaryDirectory() as own:
        said = authority.vectors(Path(own), forgeries.unpack(written.build())["evidence.json"])
        (FOLDER / "stamps.json").write_text(json.dumps(said, indent=1) + "\n")
    (FOLDER / "input.json").write_text(json.dumps(inputs(written), indent=1, ensure_ascii=False) + "\n")
