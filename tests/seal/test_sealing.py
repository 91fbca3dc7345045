"""Sealing and opening together: properties, interop with pyrage, parsers against any bytes."""

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.seal import age_format, bech32, chunktree, container, epoch, keys, manifest, opening, sealing
from fanlight.seal.errors import BadKey, BadSignature, Malformed, NotForUs, PayloadAltered, SealError

CHUNK = age_format.CHUNK_PLAIN
LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17]
OURS = keys.new_identity()
FILE_KEY, NONCE = bytes(range(16)), bytes(range(16, 32))


@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_sealed_opens_at_every_border_of_a_chunk(length: int) -> None:
    plain = bytes(i % 251 for i in range(length))
    file = sealing.seal(plain, [OURS.recipient])
    assert opening.open_age(file, [OURS.secret]) == plain
    assert len(file) - age_format.parse_header(file).length == age_format.payload_length(length)


@given(st.lists(st.integers(0, 2 * CHUNK), max_size=4))
@settings(max_examples=20)
def test_a_payload_sealed_as_it_comes_is_the_one_sealed_at_once(lengths: list[int]) -> None:
    parts = [bytes([n % 256]) * length for n, length in enumerate(lengths)]
    payload = sealing.Payload(FILE_KEY, NONCE)
    streamed = b"".join([*(payload.update(part) for part in parts), payload.finish()])
    assert streamed == sealing.encrypt_payload(FILE_KEY, NONCE, b"".join(parts))


@given(st.integers(0, 3 * CHUNK), st.integers(1, 5), st.data())
@settings(max_examples=20)
def test_a_hasher_fed_in_parts_finds_the_root_of_the_whole(
    length: int, parts: int, data: st.DataObject
) -> None:
    payload = bytes(sealing.encrypt_payload(FILE_KEY, NONCE, bytes(length)))
    cuts = sorted(data.draw(st.integers(0, len(payload))) for _ in range(parts))
    hasher = chunktree.PayloadHasher()
    for first, end in zip([0, *cuts], [*cuts, len(payload)], strict=True):
        hasher.update(payload[first:end])
    assert hasher.length == len(payload)
    assert hasher.root() == chunktree.tree_root(chunktree.chunk_hashes(payload))


def test_pyrage_opens_what_we_seal_and_we_what_it_seals() -> None:
    """R02: footage is opened with stock tools; here with the Rust implementation."""
    theirs = pyrage.x25519.Identity.generate()
    plain = bytes(100_000)
    assert pyrage.decrypt(sealing.seal(plain, [str(theirs.to_public())]), [theirs]) == plain
    file = pyrage.encrypt(plain, [theirs.to_public()])
    assert opening.open_age(file, [str(theirs)]) == plain
    assert keys.identity_recipient(str(theirs)) == str(theirs.to_public())


def test_every_recipient_of_a_file_opens_it_and_nobody_else() -> None:
    other, stranger = keys.new_identity(), keys.new_identity()
    file = sealing.seal(b"for two", [OURS.recipient, other.recipient])
    assert opening.open_age(file, [OURS.secret]) == opening.open_age(file, [other.secret]) == b"for two"
    with pytest.raises(NotForUs):
        opening.open_age(file, [stranger.secret])


def test_a_chunk_opens_in_its_own_place_only() -> None:
    sealed = sealing.encrypt_payload(FILE_KEY, NONCE, bytes(2 * CHUNK))
    first = sealed[16 : 16 + age_format.CHUNK_SEALED]
    assert opening.open_chunk(FILE_KEY, NONCE, 0, first, last=False) == bytes(CHUNK)
    for index, last in [(1, False), (0, True)]:
        with pytest.raises(PayloadAltered):
            opening.open_chunk(FILE_KEY, NONCE, index, first, last=last)


def test_a_clip_is_never_sealed_to_a_key_without_post_quantum_safety() -> None:
    theirs = pyrage.x25519.Identity.generate()
    with pytest.raises(BadKey):
        sealing.check_recipient(str(theirs.to_public()))
    with pytest.raises(BadKey):
        sealing.header(FILE_KEY, [])


def test_a_signature_for_one_context_does_not_hold_for_another() -> None:
    key = keys.SigningKey.new()
    signature = key.sign("clip", b"bytes")
    keys.verify(key.public, "clip", b"bytes", signature)
    for context, data in [("card", b"bytes"), ("clip", b"other")]:
        with pytest.raises(BadSignature):
            keys.verify(key.public, context, data, signature)


def test_no_secret_enters_a_repr() -> None:
    key = keys.SigningKey.new()
    member = keys.member_keys(key.seed)
    assert key.seed.hex() not in repr(key)
    assert member.age.secret not in repr(member)
    assert repr(key.seed) not in repr(key)


@given(st.text(alphabet="abcdefgh-", min_size=1, max_size=20), st.binary(max_size=80))
def test_bech32_reads_what_it_writes(hrp: str, data: bytes) -> None:
    assert bech32.decode(bech32.encode(hrp, data)) == (hrp, data)
    assert bech32.decode(bech32.encode(hrp, data).upper()) == (hrp, data)


@given(st.text(max_size=100))
def test_bech32_of_any_text_is_a_key_or_an_error_of_ours(text: str) -> None:
    try:
        hrp, data = bech32.decode(text)
    except BadKey:
        return
    assert bech32.encode(hrp, data) == text.lower()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_header_or_an_error_of_ours(data: bytes) -> None:
    header = sealing.header(FILE_KEY, [OURS.recipient])
    for bytes_in in (data, b"age-encryption.org/v1\n-> " + data, header[: len(data)] + data):
        with pytest.raises(SealError):
            opening.open_age(bytes_in, [OURS.secret])


HEADER = sealing.header(FILE_KEY, [OURS.recipient])


@given(st.integers(0, len(HEADER) - 1), st.integers(1, 255))
@settings(max_examples=60)
def test_no_byte_of_a_header_can_change_unseen(at: int, difference: int) -> None:
    changed = bytearray(HEADER)
    changed[at] ^= difference
    with pytest.raises(SealError):
        opening.open_header(changed, [OURS.secret])


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_readers_of_signed_texts_raise_only_their_own_error(data: bytes) -> None:
    for read in (
        manifest.parse_clip,
        manifest.parse_disclosure,
        container.parse_card,
        container.read_container,
        epoch.parse_statement,
    ):
        with pytest.raises(Malformed):
            read(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_json_is_no_household_key(value: object) -> None:
    with pytest.raises(Malformed):
        epoch.from_wire(value)
