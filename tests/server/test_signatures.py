"""Signatures that the database checks by itself."""

from collections.abc import Iterator

import psycopg
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

ORDER = 2**252 + 27742317777372353535851937790883648493
# RFC 8032, 7.1: secret, public, message, signature
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


def holds(owner: psycopg.Connection, public: bytes, message: bytes, signature: bytes) -> bool:
    row = owner.execute("SELECT ed25519_holds(%s, %s, %s)", [public, message, signature]).fetchone()
    assert row is not None
    return bool(row[0])


def openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database) as connection:
        yield connection


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS, ids=["empty", "one", "two"])
def test_the_database_accepts_the_signatures_of_the_standard(
    owner: psycopg.Connection, secret: str, public: str, message: str, signature: str
) -> None:
    """R33: as RFC 8032 has them, and no other for the same words."""
    key, words, signed = (bytes.fromhex(text) for text in (public, message, signature))
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(words) == signed
    assert holds(owner, key, words, signed)
    assert not holds(owner, key, words + b"!", signed)
    for place in (0, 31, 32, 63):
        turned = bytearray(signed)
        turned[place] ^= 1
        assert not holds(owner, key, words, bytes(turned))
    s = int.from_bytes(signed[32:], "little") + ORDER
    assert not holds(owner, key, words, signed[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_a_key_with_which_one_signature_fits_every_text_is_none(owner: psycopg.Connection, key: str) -> None:
    """R33: nobody can be made clerk with a key of small order."""
    base = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")
    one = (1).to_bytes(32, "little")
    for point in (base, bytes.fromhex(SMALL_ORDER[0])):
        for scalar in (one, bytes(32)):
            assert not holds(owner, bytes.fromhex(key), b"any text", point + scalar)


@pytest.mark.parametrize(("key", "length"), [(b"", 64), (bytes(31), 64), (bytes(33), 64), (b"\xff" * 32, 0)])
def test_what_has_another_length_holds_nothing(owner: psycopg.Connection, key: bytes, length: int) -> None:
    assert not holds(owner, key, b"", bytes(length))


def test_nothing_is_no_signature(owner: psycopg.Connection) -> None:
    """R33: a missing key, text or signature is a no, not an unknown that a check lets pass."""
    for given_ in ([None, b"", b""], [b"", None, b""], [b"", b"", None]):
        row = owner.execute("SELECT ed25519_holds(%s::bytea, %s::bytea, %s::bytea)", given_).fetchone()
        assert row == (False,)


def test_the_database_and_openssl_agree_on_any_signature(owner: psycopg.Connection) -> None:
    """R33: on those that hold and on those where a byte is another."""

    @settings(max_examples=40, database=None)
    @given(
        st.binary(min_size=32, max_size=32),
        st.binary(max_size=200),
        st.none() | st.tuples(st.integers(0, 95), st.integers(1, 255)),
    )
    def agree(seed: bytes, message: bytes, turn: tuple[int, int] | None) -> None:
        key = Ed25519PrivateKey.from_private_bytes(seed)
        sent = bytearray(key.public_key().public_bytes_raw() + key.sign(message))
        if turn is not None:
            sent[turn[0]] ^= turn[1]
        public, signature = bytes(sent[:32]), bytes(sent[32:])
        assert holds(owner, public, message, signature) == openssl(public, message, signature)
        assert turn is not None or openssl(public, message, signature)

    agree()
