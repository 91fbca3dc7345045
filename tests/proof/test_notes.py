"""Notes, checkpoints, cosignatures and receipts: what is signed is what is read."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.logs import (
    LOG,
    OUR_WITNESS,
    OURS,
    THEIR_WITNESS,
    THEIRS,
    TIME_S,
    cosigned,
    entries,
    flip,
    key,
    make_log,
)

from fanlight.proof import merkle
from fanlight.proof.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from fanlight.proof.cosignature import (
    cosign,
    cosigned_at,
    cosigners,
    format_witnesses,
    parse_witnesses,
)
from fanlight.proof.errors import BadSignature, Malformed, ProofError, Unproven
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import COSIGNATURE, ED25519, Note, SignerKey, VerifierKey
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.proof.tiles import TileReader

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
HEAD = TreeHead(3, bytes(range(32)))
SIGNED = sign_checkpoint(HEAD, LOG)
LINES = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), min_size=1, max_size=30)


def test_the_specifications_own_note_verifies_and_another_text_does_not() -> None:
    known = VerifierKey.parse(EXAMPLE_KEY)
    assert known.vkey == EXAMPLE_KEY
    Note.parse(EXAMPLE_NOTE).verify(known)
    with pytest.raises(BadSignature):
        Note.parse(EXAMPLE_NOTE.replace(b"example message", b"example massage")).verify(known)


@given(st.lists(LINES, min_size=1, max_size=6), st.binary(min_size=32, max_size=32))
def test_a_note_is_read_as_it_was_written(lines: list[str], seed: bytes) -> None:
    signer = SignerKey("a.example/b", ED25519, seed)
    text = "".join(f"{line}\n" for line in lines)
    raw = (text + "\n" + signer.sign(text)).encode()
    note = Note.parse(raw)
    assert (note.text, note.format()) == (text, raw)
    note.verify(signer.verifier)
    assert VerifierKey.parse(signer.verifier.vkey) == signer.verifier
    assert SignerKey.parse(signer.skey) == signer


@given(st.data())
def test_no_flipped_bit_of_a_checkpoint_passes(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SIGNED) - 1))
    bit = data.draw(st.integers(0, 7))
    bent = SIGNED[:at] + bytes([SIGNED[at] ^ 1 << bit]) + SIGNED[at + 1 :]
    with pytest.raises(ProofError):
        open_checkpoint(bent, LOG.verifier)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_parsers_of_any_bytes_raise_only_proof_errors(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    with suppress(ProofError):
        assert Note.parse(data).format() == data
    with suppress(ProofError):
        assert VerifierKey.parse(text).vkey == text
    with suppress(ProofError):
        assert SignerKey.parse(text).skey == text
    with suppress(ProofError):
        assert Checkpoint.parse(text).text == text
    with suppress(ProofError):
        assert Receipt.parse(text).format() == text
    with suppress(ProofError):
        parse_witnesses(text)


@given(st.data())
def test_mangled_notes_and_receipts_raise_only_proof_errors(data: st.DataObject) -> None:
    receipt = Receipt(1, (bytes(32),), SIGNED, b"x").format().encode()
    for raw in (SIGNED, receipt):
        first = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(first, len(raw)))
        bent = raw[:first] + data.draw(st.binary(max_size=4)) + raw[end:]
        with suppress(ProofError):
            assert Note.parse(bent).format() == bent
        with suppress(ProofError):
            text = bent.decode("utf-8", "surrogateescape")
            assert Receipt.parse(text).format() == text


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY + "=",
        EXAMPLE_KEY.replace("foo", "f oo"),
        "a+00000000+",
    ],
)
def test_a_vkey_that_is_not_exact_is_refused(vkey: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.parse(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "=\n\n",
        "o\n1\n" + "A" * 42 + "B=\n",
        "o\n0\n" + "A" * 43 + "=\n",
        "o\n9223372036854775808\n" + "A" * 43 + "=\n",
    ],
)
def test_a_checkpoint_that_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


def test_a_checkpoint_for_another_log_is_refused_although_signed() -> None:
    text = Checkpoint("log.elsewhere.example", HEAD).text
    with pytest.raises(BadSignature, match="another log"):
        open_checkpoint((text + "\n" + LOG.sign(text)).encode(), LOG.verifier)


def test_signatures_of_unknown_keys_change_nothing() -> None:
    stranger = key("stranger.example", ED25519)
    text = Note.parse(SIGNED).text
    raw = SIGNED + stranger.sign(text).encode()
    assert open_checkpoint(raw, LOG.verifier).head == HEAD
    with pytest.raises(BadSignature):
        open_checkpoint((text + "\n" + stranger.sign(text)).encode(), LOG.verifier)


def test_a_name_that_matches_with_another_id_is_ignored() -> None:
    namesake = SignerKey(LOG.name, ED25519, bytes(32))
    raw = SIGNED + namesake.sign("something else\n").encode()
    assert open_checkpoint(raw, LOG.verifier).head == HEAD


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    other = LOG.sign("something else\n").encode()
    with pytest.raises(BadSignature):
        open_checkpoint(SIGNED + other, LOG.verifier)


def test_a_cosignature_holds_for_its_text_and_time_only() -> None:
    """R42: a witness's word is about one checkpoint and one moment."""
    note = Note.parse(cosigned(SIGNED, OURS))
    assert cosigned_at(note, OURS.verifier) == TIME_S
    assert cosigned_at(note, THEIRS.verifier) is None
    assert [c.witness for c in cosigners(note, [THEIR_WITNESS, OUR_WITNESS])] == [OUR_WITNESS]
    payload = note.signatures[1].payload
    for bent in (flip(payload, 7), flip(payload, 20), payload[:-1], b"\xff" + payload[1:]):
        line = OURS.line(bent).encode()
        with pytest.raises(BadSignature):
            cosigned_at(Note.parse(SIGNED + line), OURS.verifier)


def test_a_witness_cannot_be_taken_for_a_log_nor_a_log_for_a_witness() -> None:
    twin = SignerKey("w.example", COSIGNATURE, bytes(32))
    text = Checkpoint("w.example", HEAD).text
    with pytest.raises(BadSignature):
        open_checkpoint((text + "\n" + twin.sign(text)).encode(), twin.verifier)
    with pytest.raises(Malformed):
        cosign(text, LOG, TIME_S)
    with pytest.raises(Malformed):
        cosign(text, twin, 0)


def test_a_list_of_witnesses_is_read_as_it_was_written_and_holds_no_key_twice() -> None:
    text = format_witnesses([OUR_WITNESS, THEIR_WITNESS])
    assert parse_witnesses(text + "\n") == [OUR_WITNESS, THEIR_WITNESS]
    assert (OUR_WITNESS.is_operators_own, THEIR_WITNESS.is_operators_own) == (True, False)
    for bad in (text + text, LOG.verifier.vkey):
        with pytest.raises(Malformed):
            parse_witnesses(bad)


def test_a_secret_key_never_shows_in_its_repr() -> None:
    assert LOG.seed.hex() not in repr(LOG)
    assert repr(LOG.seed) not in repr(LOG)


@pytest.mark.parametrize("extra", [None, b"", b"clip"])
def test_a_receipt_proves_its_leaf_without_the_log(extra: bytes | None) -> None:
    """R30: a receipt in a case package is checked offline."""
    files = make_log(100, 300)
    reader = TileReader(300, files.get)
    receipt = Receipt(257, tuple(reader.inclusion_proof(257)), files["checkpoint"], extra)
    assert Receipt.parse(receipt.format()) == receipt
    leaf = entries(300)[257]
    proven = verify_receipt(leaf, receipt, LOG.verifier, [OUR_WITNESS, THEIR_WITNESS], need=2)
    assert proven.checkpoint.head.size == 300
    assert [c.witness for c in proven.cosigned] == [OUR_WITNESS, THEIR_WITNESS]
    with pytest.raises(Unproven):
        verify_receipt(leaf + b" ", receipt, LOG.verifier)
    with pytest.raises(Unproven):
        verify_receipt(leaf, receipt, LOG.verifier, [OUR_WITNESS], need=2)
    moved = Receipt(256, receipt.path, receipt.checkpoint)
    with pytest.raises(Unproven):
        verify_receipt(leaf, moved, LOG.verifier)
    with pytest.raises(Malformed):
        verify_receipt(leaf, Receipt(300, receipt.path, receipt.checkpoint), LOG.verifier)
    assert merkle.hash_leaf(leaf) not in receipt.path
