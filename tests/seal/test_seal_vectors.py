"""Golden vectors of what Fanlight adds to age. web/core/seal/seal.test.ts reads the same files."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fanlight.model import clock
from fanlight.seal import book, chunktree, clip, container, epoch, hubs, keys, manifest, reading
from fanlight.seal.errors import Malformed, ReplayedManifest, SealError
from fanlight.wire import b64, jcs

FOLDER = Path(__file__).parents[2] / "vectors" / "seal"


def load(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / name).read_text())
    return value


KEYS, HUB, TREE, EPOCH, CLIP, MANIFEST, DISCLOSURE = (
    load(f"{name}.json") for name in ("keys", "hub", "tree", "epoch", "clip", "manifest", "disclosure")
)


def change(data: bytes, how: dict[str, Any]) -> bytes:
    changed = bytearray(data)
    if "file" in how:
        return (FOLDER / "clip" / str(how["file"])).read_bytes()
    if "flip" in how:
        changed[how["flip"]] ^= 1
    if "set" in how:
        at, value = how["set"]
        changed[at] = value
    if "swap" in how:
        one, two, length = how["swap"]
        changed[one : one + length], changed[two : two + length] = (
            changed[two : two + length],
            changed[one : one + length],
        )
    return bytes(changed[: how.get("cut")])


def test_a_seed_gives_the_same_keys_everywhere() -> None:
    member = keys.member_keys(bytes.fromhex(KEYS["seed"]))
    assert (member.age.secret, member.age.recipient) == (KEYS["identity"], KEYS["recipient"])
    assert member.signing.public.hex() == KEYS["sign_public"]
    case = keys.case_signing_key(bytes.fromhex(KEYS["seed"]), KEYS["case_recipient"])
    assert case.public.hex() == KEYS["case_sign_public"]
    data = bytes.fromhex(KEYS["data"])
    assert member.signing.sign(KEYS["context"], data).hex() == KEYS["signature"]
    assert manifest.key_commitment(bytes.fromhex(KEYS["file_key"])).hex() == KEYS["kc"]


def test_a_hub_counts_by_its_owners_signature_for_this_household_only() -> None:
    """R03: a server can name no hub that the owner did not let in."""
    listed, household, owner = HUB["hub"], HUB["household"], bytes.fromhex(HUB["owner"])
    key = b64.decode(listed["sign_pub"])
    facts = {"household": household, "sign_pub": key, "age_recipient": listed["age_recipient"]}
    assert hubs.hub_statement(**facts).decode() == HUB["statement"]
    signing = keys.member_keys(bytes.fromhex(HUB["owner_seed"])).signing
    assert b64.encode(hubs.sign_hub(signing, **facts)) == listed["signature"]
    wrong = [{**listed, **case["change"]} for case in HUB["left_out"]]
    assert hubs.admitted_hubs([*wrong, listed], owner=owner, household=household) == [key]
    assert hubs.admitted_hubs([{}], owner=owner, household=household) == []


def test_the_tree_has_the_roots_of_certificate_transparency() -> None:
    hashes = [chunktree.chunk_hash(bytes.fromhex(leaf)) for leaf in TREE["leaves"]]
    assert [chunktree.tree_root(hashes[:n]).hex() for n in range(len(hashes) + 1)] == TREE["roots"]


def chain_of(wires: list[dict[str, str]]) -> tuple[epoch.Epoch, ...]:
    known = book.Known(trusted=[bytes.fromhex(EPOCH["owner"])])
    epochs = [epoch.from_wire(wire) for wire in wires]
    return book.accept(epochs, household=EPOCH["household"], known=known, now=clock.now()).chain


def test_a_chain_of_household_keys_opens() -> None:
    chain = chain_of(EPOCH["wires"])
    assert [reading.open_epoch(link, [EPOCH["member_identity"]]) for link in chain] == EPOCH["secrets"]
    assert [link.to_wire() for link in chain] == EPOCH["wires"]


@pytest.mark.parametrize("case", EPOCH["bad"], ids=lambda case: case["why"])
def test_a_chain_with_a_foreign_link_is_refused(case: dict[str, Any]) -> None:
    """R05: no ghost recipient: a key that no owner signed is never sealed to."""
    with pytest.raises(SealError) as refused:
        chain_of(case["wires"])
    assert refused.value.code == f"seal.{case['error']}"


def read_clip(case: dict[str, Any]) -> bytes:
    """Check everything about one clip in the order of the seal's panes; return its plaintext."""
    folder = FOLDER / "clip"
    hub, how = bytes.fromhex(CLIP["hub"]), case["change"]
    order = reading.Order()
    for name in case.get("before", []):
        held = (folder / name).read_bytes()
        order.add(reading.open_clip_manifest(held, [CLIP["identity"]], hub))
    sealed = change((folder / "manifest.age").read_bytes(), how.get("manifest", {}))
    opened = reading.open_clip_manifest(sealed, [CLIP["identity"]], hub)
    if opened.manifest.facts.clip != CLIP["clip"]:
        raise ReplayedManifest("Another clip's.", kept="Nothing.", do="Nothing.")
    order.add(opened)
    hdr = change((folder / "clip.hdr").read_bytes(), how.get("hdr", {}))
    reader = reading.ClipReader(opened.manifest.seal, hdr, [CLIP["identity"]])
    card_bytes = change((folder / "card.json").read_bytes(), how.get("card", {}))
    card = container.open_card(card_bytes, bytes.fromhex(CLIP["card_sig"]), hub)
    reading.check_card(opened, card, sealed)
    return reader.whole(change((folder / "clip.pay").read_bytes(), how.get("pay", {})))


@pytest.mark.parametrize("case", CLIP["cases"], ids=lambda case: case["why"])
def test_a_changed_clip_is_refused_and_a_whole_one_opens(case: dict[str, Any]) -> None:
    """R03, R05: a server that changes, swaps, cuts or replays what it keeps shows nothing."""
    if case["error"] is None:
        assert hashlib.sha256(read_clip(case)).hexdigest() == CLIP["plain_sha256"]
    else:
        with pytest.raises(SealError) as refused:
            read_clip(case)
        assert refused.value.code == f"seal.{case['error']}"


def test_a_replayed_manifest_does_not_fit_the_card() -> None:
    hub = bytes.fromhex(CLIP["hub"])
    older = (FOLDER / "clip" / "older-manifest.age").read_bytes()
    card = container.parse_card((FOLDER / "clip" / "card.json").read_bytes())
    opened = reading.open_clip_manifest(older, [CLIP["identity"]], hub)
    with pytest.raises(ReplayedManifest):
        reading.check_card(opened, card, older)


def test_a_range_of_a_clip_needs_only_its_chunks() -> None:
    opened = manifest.parse_clip(CLIP["manifest"].encode())
    folder = FOLDER / "clip"
    reader = reading.ClipReader(opened.seal, (folder / "clip.hdr").read_bytes(), [CLIP["identity"]])
    pay = (folder / "clip.pay").read_bytes()
    segment = opened.facts.segments[1]
    first, end = segment.offset, segment.offset + segment.length
    start, stop = reader.pay_range(first, end)
    assert (start, stop) == (16 + 65_552, 16 + 3 * 65_552)
    plain = reader.plain_range(first, end, pay[start:stop])
    assert hashlib.sha256(plain).hexdigest() == CLIP["segment_1_sha256"]


def test_a_manifest_is_written_and_boxed_as_before() -> None:
    signed = MANIFEST["manifest"].encode()
    assert manifest.parse_clip(signed).to_bytes() == signed
    box = container.make_container(signed, bytes.fromhex(MANIFEST["sig"]))
    assert hashlib.sha256(box).hexdigest() == MANIFEST["container_sha256"]
    assert len(box) == MANIFEST["container_length"] == 32 * 1024
    assert container.open_container("clip", box, bytes.fromhex(MANIFEST["hub"])) == signed


@pytest.mark.parametrize("case", MANIFEST["bad"], ids=lambda case: case["why"])
def test_a_manifest_that_contradicts_itself_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        manifest.parse_clip(case["manifest"].encode())


@pytest.mark.parametrize("case", MANIFEST["bad_containers"], ids=lambda case: case["why"])
def test_a_box_of_another_form_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(SealError) as refused:
        container.open_container("clip", jcs.dumps(case["box"]), bytes.fromhex(MANIFEST["hub"]))
    assert refused.value.code == f"seal.{case['error']}"


def test_a_disclosure_opens_for_its_case_and_names_no_home() -> None:
    """R24: what an agency gets names no household, camera or earlier clip."""
    folder = FOLDER / "disclosure"
    identity = DISCLOSURE["case_identity"]
    opened = reading.open_disclosure_manifest(
        (folder / "manifest.age").read_bytes(), [identity], DISCLOSURE["case_recipient"]
    )
    assert opened.raw.decode() == DISCLOSURE["manifest"]
    assert opened.manifest.to_bytes() == opened.raw
    assert not {"household", "camera", "camera_name", "clip", "seq", "prev", "epoch"} & set(
        json.loads(opened.raw)
    )
    reader = reading.ClipReader(opened.manifest.seal, (folder / "clip.hdr").read_bytes(), [identity])
    plain = reader.whole((folder / "clip.pay").read_bytes())
    assert hashlib.sha256(plain).hexdigest() == DISCLOSURE["plain_sha256"]
    signer = keys.case_signing_key(bytes.fromhex(DISCLOSURE["member_seed"]), DISCLOSURE["case_recipient"])
    assert opened.manifest.signer == signer.public


def test_a_disclosure_moved_to_another_case_is_refused() -> None:
    """R27: what was given for one case does not pass for another's."""
    with pytest.raises(ReplayedManifest):
        reading.open_disclosure_manifest(
            (FOLDER / "disclosure" / "moved-manifest.age").read_bytes(),
            [DISCLOSURE["other_case_identity"]],
            DISCLOSURE["other_case_recipient"],
        )


def test_copies_of_any_length_up_to_20_mib_look_alike() -> None:
    """R30: a copy's length does not tell how much its camera sends, and so does not link two cases."""
    case = keys.new_identity()
    facts = replace(
        reading.open_disclosure_manifest(
            (FOLDER / "disclosure" / "manifest.age").read_bytes(),
            [DISCLOSURE["case_identity"]],
            DISCLOSURE["case_recipient"],
        ).manifest.facts,
        segments=(manifest.Segment(offset=800, length=100_000, start_ms=0, duration_ms=2_000),),
    )
    signer = keys.case_signing_key(bytes(32), case.recipient)
    short, long = (
        clip.seal_disclosure(bytes(size), facts=facts, case_recipient=case.recipient, signing_key=signer)
        for size in (200_000, 20_971_512)
    )
    assert (short.length, len(short.manifest_age)) == (long.length, len(long.manifest_age))


def test_padding_is_a_free_box_that_players_skip() -> None:
    media = b"x" * 1_000
    padded = clip.pad_fmp4(media)
    assert len(padded) == 256 * 1024
    assert padded[:1_000] == media
    assert padded[1_000:1_008] == (len(padded) - 1_000).to_bytes(4, "big") + b"free"
