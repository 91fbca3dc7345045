"""Write vectors/seal anew: `python tests/seal/make_vectors.py`. Sealing is random, so every run differs.

Cases name a change to a whole, right clip (`clip/`) or disclosure (`disclosure/`), and how it must end:
`error` is a code of fanlight.seal.errors, `pane` the check of the seal that turns over first.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.seal.old_epochs import new_epoch

from fanlight.hub import even
from fanlight.model.padding import copy_length, padded_length
from fanlight.seal import chunktree, clip, container, hubs, keys, manifest, sealing
from fanlight.wire import b64, jcs

FOLDER = Path(__file__).parents[2] / "vectors" / "seal"
HUB = keys.SigningKey(bytes(range(32)))
OTHER_HUB = keys.SigningKey(bytes(range(1, 33)))
MEMBER_SEED = hashlib.sha256(b"a member").digest()
MEMBER = keys.member_keys(MEMBER_SEED)
HOUSEHOLD, CAMERA, REQUEST = (letter * 26 for letter in "abc")
PADDED = [0, 262_136, 262_137, 1_000_000, 10_000_000, 300_000_000]
COPIES = [0, 20_971_512, 20_971_513, 83_886_072, 83_886_073, 200_000_000, 267_386_872, 267_386_873]
CLIP_IDS = ["d" * 26, "e" * 26, "f" * 26]
DISCLOSURE = "g" * 26


def invented_media(length: int, name: str) -> bytes:
    """Bytes that stand for an fMP4: nothing here reads it."""
    blocks = (hashlib.sha256(f"{name} {n}".encode()).digest() for n in range(length // 32))
    return b"".join(blocks)


MEDIA = {
    "start": datetime(2026, 11, 21, 18, 36, 41, 123_000, tzinfo=UTC),
    "duration_ms": 4_000,
    "clock": "hub",
    "label": "person",
    "mime": 'video/mp4; codecs="avc1.4d401f"',
    "width": 640,
    "height": 360,
    "init": (0, 800),
    "segments": (
        manifest.Segment(offset=800, length=100_000, start_ms=0, duration_ms=2_000),
        manifest.Segment(offset=100_800, length=60_000, start_ms=2_000, duration_ms=2_000),
    ),
}


def clip_facts(clip_id: str, name: str = "Front door · Haustür") -> manifest.ClipFacts:
    return manifest.ClipFacts(
        **MEDIA,  # type: ignore[arg-type]
        household=HOUSEHOLD,
        camera=CAMERA,
        camera_name=name,
        clip=clip_id,
        score=87,
        thumb=b"\xff\xd8 no real picture \xff\xd9",
    )


def write(name: str, value: dict[str, Any]) -> None:
    (FOLDER / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_keys() -> None:
    case = keys.new_identity()
    context, data = "clip", b"some bytes"
    write(
        "keys.json",
        {
            "why": "the same seed gives the same keys in every implementation",
            "seed": MEMBER_SEED.hex(),
            "identity": MEMBER.age.secret,
            "recipient": MEMBER.age.recipient,
            "sign_public": MEMBER.signing.public.hex(),
            "case_recipient": case.recipient,
            "case_sign_public": keys.case_signing_key(MEMBER_SEED, case.recipient).public.hex(),
            "context": context,
            "data": data.hex(),
            "signature": MEMBER.signing.sign(context, data).hex(),
            "file_key": bytes(range(16)).hex(),
            "kc": manifest.key_commitment(bytes(range(16))).hex(),
        },
    )


def write_hub() -> None:
    facts: dict[str, Any] = {
        "household": HOUSEHOLD,
        "sign_pub": HUB.public,
        "age_recipient": MEMBER.age.recipient,
    }
    listed = {
        "sign_pub": b64.encode(HUB.public),
        "age_recipient": MEMBER.age.recipient,
        "signature": b64.encode(hubs.sign_hub(MEMBER.signing, **facts)),
    }
    elsewhere = hubs.sign_hub(MEMBER.signing, **{**facts, "household": CAMERA})
    epochs = MEMBER.signing.sign("epoch", hubs.hub_statement(**facts))
    own = hubs.sign_hub(HUB, **facts)
    write(
        "hub.json",
        {
            "why": "a hub counts by the owner's signature for this household, and by nothing else",
            "household": HOUSEHOLD,
            "owner": MEMBER.signing.public.hex(),
            "owner_seed": MEMBER_SEED.hex(),
            "statement": hubs.hub_statement(**facts).decode(),
            "hub": listed,
            "left_out": [
                {"why": "no signature", "change": {"signature": None}},
                {"why": "no base64", "change": {"signature": "?"}},
                {"why": "for another household", "change": {"signature": b64.encode(elsewhere)}},
                {"why": "under another context", "change": {"signature": b64.encode(epochs)}},
                {"why": "by the hub itself", "change": {"signature": b64.encode(own)}},
                {"why": "another signing key", "change": {"sign_pub": b64.encode(OTHER_HUB.public)}},
                {"why": "another recipient", "change": {"age_recipient": "age1pq1other"}},
            ],
        },
    )


def write_tree() -> None:
    leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    write(
        "tree.json",
        {"why": "the roots that Certificate Transparency's own tests use", "leaves": leaves, "roots": roots},
    )


def write_epochs() -> None:
    one, first = new_epoch(
        household=HOUSEHOLD, after=None, members=[MEMBER.age.recipient], owner_key=MEMBER.signing
    )
    two, second = new_epoch(
        household=HOUSEHOLD, after=first, members=[MEMBER.age.recipient], owner_key=MEMBER.signing
    )
    _, forked = new_epoch(
        household=HOUSEHOLD, after=None, members=[MEMBER.age.recipient], owner_key=MEMBER.signing
    )
    _, foreign = new_epoch(
        household=HOUSEHOLD, after=first, members=[MEMBER.age.recipient], owner_key=OTHER_HUB
    )
    wires = [first.to_wire(), second.to_wire()]
    swapped = wires[1] | {"sealed": wires[0]["sealed"]}
    write(
        "epoch.json",
        {
            "household": HOUSEHOLD,
            "owner": MEMBER.signing.public.hex(),
            "member_identity": MEMBER.age.secret,
            "wires": wires,
            "secrets": [one.secret, two.secret],
            "bad": [
                {"why": "the first is missing", "error": "altered", "wires": wires[1:]},
                {
                    "why": "the first was replaced, so the second hangs on nothing",
                    "error": "altered",
                    "wires": [forked.to_wire(), wires[1]],
                },
                {
                    "why": "no owner signed the second",
                    "error": "bad_signature",
                    "wires": [wires[0], foreign.to_wire()],
                },
                {
                    "why": "the sealed half is another epoch's",
                    "error": "altered",
                    "wires": [wires[0], swapped],
                },
                {"why": "the same one twice", "error": "altered", "wires": [wires[0], wires[0]]},
            ],
        },
    )


def write_clips() -> None:
    home = keys.new_identity()

    def seal(index: int, seq: int, prev: bytes | None, hub: keys.SigningKey = HUB) -> clip.SealedClip:
        return clip.seal_clip(
            invented_media(160_800, f"clip {index}"),
            facts=clip_facts(CLIP_IDS[index]),
            seq=seq,
            prev=prev,
            epoch=0,
            epoch_recipient=home.recipient,
            hub_key=hub,
        )

    older = seal(0, 0, None)
    whole = seal(1, 1, older.chain_hash)
    forged = seal(1, 1, older.chain_hash, OTHER_HUB)
    elsewhere = seal(2, 1, older.chain_hash)
    folder = FOLDER / "clip"
    folder.mkdir(exist_ok=True)
    clip_files: dict[str, bytes | bytearray] = {
        "clip.hdr": whole.hdr,
        "clip.pay": whole.pay,
        "manifest.age": whole.manifest_age,
        "card.json": whole.card,
        "older.hdr": older.hdr,
        "older-manifest.age": older.manifest_age,
        "forged-manifest.age": forged.manifest_age,
        "elsewhere-manifest.age": elsewhere.manifest_age,
    }
    for name, data in clip_files.items():
        (folder / name).write_bytes(data)
    plain = clip.pad_fmp4(invented_media(160_800, "clip 1"))
    size = len(whole.pay)
    chunk = 65_552
    cases = [
        {"why": "nothing was changed", "error": None, "pane": None, "change": {}},
        {
            "why": "one byte of the payload is flipped",
            "error": "payload_altered",
            "pane": "pieces",
            "change": {"pay": {"flip": 70_000}},
        },
        {
            "why": "one byte of the last tag is flipped",
            "error": "payload_altered",
            "pane": "pieces",
            "change": {"pay": {"flip": size - 1}},
        },
        {
            "why": "one byte of the nonce is flipped",
            "error": "payload_altered",
            "pane": "pieces",
            "change": {"pay": {"flip": 3}},
        },
        {
            "why": "chunks 1 and 2 are swapped",
            "error": "payload_altered",
            "pane": "pieces",
            "change": {"pay": {"swap": [16 + chunk, 16 + 2 * chunk, chunk]}},
        },
        {
            "why": "the payload ends within its last chunk",
            "error": "payload_altered",
            "pane": "pieces",
            "change": {"pay": {"cut": size - 100}},
        },
        {
            "why": "the payload ends between two chunks",
            "error": "payload_altered",
            "pane": "pieces",
            "change": {"pay": {"cut": 16 + 3 * chunk}},
        },
        {
            "why": "the header is that of another clip of the same household",
            "error": "wrong_file_key",
            "pane": "key",
            "change": {"hdr": {"file": "older.hdr"}},
        },
        {
            "why": "one byte of the header's MAC is changed",
            "error": "header_altered",
            "pane": "key",
            "change": {
                "hdr": {"set": [len(whole.hdr) - 20, ord("A") if whole.hdr[-20] != ord("A") else ord("B")]}
            },
        },
        {
            "why": "an older manifest of the same camera is handed out for this clip",
            "error": "replayed_manifest",
            "pane": "order",
            "change": {"manifest": {"file": "older-manifest.age"}},
        },
        {
            "why": "two manifests claim the same place at the camera",
            "error": "replayed_manifest",
            "pane": "order",
            "change": {},
            "before": ["elsewhere-manifest.age"],
        },
        {
            "why": "the manifest before it is held, and fits",
            "error": None,
            "pane": None,
            "change": {},
            "before": ["older-manifest.age"],
        },
        {
            "why": "another hub signed the manifest",
            "error": "bad_signature",
            "pane": "signature",
            "change": {"manifest": {"file": "forged-manifest.age"}},
        },
        {
            "why": "one byte of the sealed manifest is flipped",
            "error": "payload_altered",
            "pane": "signature",
            "change": {"manifest": {"flip": 20_000}},
        },
        {
            "why": "the card was changed after the hub signed it",
            "error": "bad_signature",
            "pane": "record",
            "change": {
                "card": {"set": [len(whole.card) - 3, ord("0") if whole.card[-3] != ord("0") else ord("1")]}
            },
        },
    ]
    write(
        "clip.json",
        {
            "clip": CLIP_IDS[1],
            "household": HOUSEHOLD,
            "hub": HUB.public.hex(),
            "identity": home.secret,
            "card_sig": whole.card_sig.hex(),
            "manifest": whole.manifest_bytes.decode(),
            "chain_hash": whole.chain_hash.hex(),
            "plain_sha256": hashlib.sha256(plain).hexdigest(),
            "segment_1_sha256": hashlib.sha256(plain[100_800:160_800]).hexdigest(),
            "cases": cases,
        },
    )
    write_manifests(whole.manifest_bytes)


def write_manifests(good: bytes) -> None:
    value = json.loads(good)

    def but(**changed: object) -> str:
        return jcs.dumps(value | changed).decode()

    short = {name: item for name, item in value.items() if name != "kc"}
    changes: list[tuple[str, Callable[[], str]]] = [
        ("a space after the first brace", lambda: "{ " + good.decode()[1:]),
        ("a field is missing", lambda: jcs.dumps(short).decode()),
        ("a field too many", lambda: but(owner="somebody")),
        ("another version", lambda: but(v=2)),
        ("another type", lambda: but(type="disclosure")),
        ("a number as text", lambda: but(seq="1")),
        ("a first clip that has one before it", lambda: but(seq=0)),
        ("a length that the payload cannot have", lambda: but(pay_length=value["pay_length"] + 1)),
        ("a root that is not that of the pieces", lambda: but(tree_root="0" * 64)),
        ("a piece too few", lambda: but(chunks=b64.encode(b64.decode(value["chunks"])[:-32]))),
        ("segments that overlap", lambda: but(segments=[[800, 100_000, 0, 2000], [900, 60_000, 2000, 2000]])),
        ("a segment outside the plaintext", lambda: but(segments=[[800, 1 << 30, 0, 2000]])),
        ("a day that no calendar has", lambda: but(start="2026-02-30T00:00:00.000Z")),
        ("a label that no detector gives", lambda: but(label="suspicious person")),
        ("a score above 100", lambda: but(score=101)),
        ("base64 without padding", lambda: but(thumb="AA")),
    ]
    bad = [{"why": why, "manifest": make()} for why, make in changes]
    box = container.make_container(good, HUB.sign("clip", good))
    boxed = json.loads(box)
    write(
        "manifest.json",
        {
            "why": "a manifest is read strictly, or not at all",
            "manifest": good.decode(),
            "hub": HUB.public.hex(),
            "sig": HUB.sign("clip", good).hex(),
            "container_sha256": hashlib.sha256(box).hexdigest(),
            "container_length": len(box),
            "padded": [padded_length(n) for n in PADDED],
            "copies": [copy_length(n) for n in COPIES],
            "bad": bad,
            "bad_containers": [
                {
                    "why": "padding that is not zeros",
                    "error": "malformed",
                    "box": boxed | {"pad": "1" + boxed["pad"][1:]},
                },
                {
                    "why": "one byte of padding is missing",
                    "error": "malformed",
                    "box": boxed | {"pad": boxed["pad"][1:]},
                },
                {
                    "why": "signed for another purpose",
                    "error": "bad_signature",
                    "box": boxed | {"sig": b64.encode(HUB.sign("card", good))},
                },
            ],
        },
    )


def write_disclosure() -> None:
    case, other_case = keys.new_identity(), keys.new_identity()
    facts = manifest.DisclosureFacts(
        **MEDIA,  # type: ignore[arg-type]
        disclosure=DISCLOSURE,
        request=REQUEST,
        trimmed=True,
    )
    signer = keys.case_signing_key(MEMBER_SEED, case.recipient)
    media = invented_media(160_800, "disclosure")
    sealed = clip.seal_disclosure(  # of the length that copies had at first: readers take it as ever
        media,
        facts=facts,
        case_recipient=case.recipient,
        signing_key=signer,
        pad_to=padded_length(len(media)),
    )
    folder = FOLDER / "disclosure"
    folder.mkdir(exist_ok=True)
    # Signed for this case and sealed anew, by a dishonest officer, to another.
    box = container.make_container(sealed.manifest_bytes, signer.sign("disclosure", sealed.manifest_bytes))
    disclosure_files: dict[str, bytes | bytearray] = {
        "clip.hdr": sealed.hdr,
        "clip.pay": sealed.pay,
        "manifest.age": sealed.manifest_age,
        "moved-manifest.age": sealing.seal(box, [other_case.recipient]),
    }
    for name, data in disclosure_files.items():
        (folder / name).write_bytes(data)
    write(
        "disclosure.json",
        {
            "case_identity": case.secret,
            "case_recipient": case.recipient,
            "other_case_identity": other_case.secret,
            "other_case_recipient": other_case.recipient,
            "manifest": sealed.manifest_bytes.decode(),
            "plain_sha256": hashlib.sha256(clip.pad_fmp4(media)).hexdigest(),
            "root": chunktree.tree_root(chunktree.chunk_hashes(sealed.pay)).hex(),
            "member_seed": MEMBER_SEED.hex(),
        },
    )


def write_filler() -> None:
    """What a hub makes up, so that what it sends is even: a whole, right clip that is nobody's to see."""
    home = keys.new_identity()
    media, facts = even.filler(HOUSEHOLD, 262_144, datetime(2026, 11, 21, 20, tzinfo=UTC))
    made = clip.seal_clip(
        media, facts=facts, seq=0, prev=None, epoch=0, epoch_recipient=home.recipient, hub_key=HUB
    )
    folder = FOLDER / "filler"
    folder.mkdir(exist_ok=True)
    parts: dict[str, bytes | bytearray] = {
        "clip.hdr": made.hdr,
        "clip.pay": made.pay,
        "manifest.age": made.manifest_age,
        "card.json": made.card,
    }
    for name, data in parts.items():
        (folder / name).write_bytes(data)
    facts_told = {"clip": facts.clip, "household": HOUSEHOLD, "hub": HUB.public.hex()}
    write("filler.json", {**facts_told, "identity": home.secret, "card_sig": made.card_sig.hex()})


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_keys()
    write_hub()
    write_tree()
    write_epochs()
    write_clips()
    write_disclosure()
    write_filler()
