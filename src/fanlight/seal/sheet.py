"""The recovery sheet: one printed page that opens a household's footage and brings an owner back.

In:     32 random bytes, or what is on the page: 24 words or the text of its QR code.
Out:    the page's two texts; the age identity that opens, the key that signs for a recovery.
Holds:  words and code are the same 32 bytes; a mistyped word is noticed (BIP-39's checksum).
Absent: paper. What a recovery does: `book`.
Why:    docs/spec/seal.md, "The recovery sheet"
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from functools import cache

from mnemonic import Mnemonic

from fanlight.seal.age_format import hkdf
from fanlight.seal.errors import bad_key
from fanlight.seal.keys import SEED_LENGTH, Identity, SigningKey, identity_of
from fanlight.seal.roll import Recovery

CODE_PREFIX = "fanlight-sheet:1:"
WORDS = 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recovery sheet. `seed` is the secret; it never enters a repr, a log or a message."""

    seed: bytes

    def __post_init__(self) -> None:
        """Refuse a seed of another length."""
        if len(self.seed) != SEED_LENGTH:
            raise bad_key("a sheet has another length than 32 bytes")

    def __repr__(self) -> str:
        """Show nothing."""
        return "Sheet(...)"

    @property
    def age(self) -> Identity:
        """The age identity that opens every household secret since the sheet was listed."""
        return identity_of(hkdf(self.seed, salt=b"", info=b"fanlight/sheet/age/v1"))

    @property
    def signing(self) -> SigningKey:
        """The key that signs a recovery."""
        return SigningKey(hkdf(self.seed, salt=b"", info=b"fanlight/sheet/sign/v1"))

    @property
    def public(self) -> Recovery:
        """What the household's statements list."""
        return Recovery(sign_pub=self.signing.public, age_recipient=self.age.recipient)

    @property
    def words(self) -> str:
        """The 24 English words of BIP-39, one space between them."""
        return _english().to_mnemonic(self.seed)

    @property
    def code(self) -> str:
        """The text of the QR code."""
        return CODE_PREFIX + base64.urlsafe_b64encode(self.seed).decode().rstrip("=")


def new_sheet() -> Sheet:
    """Return a random sheet."""
    return Sheet(secrets.token_bytes(SEED_LENGTH))


def read_sheet(text: str) -> Sheet:
    """Read what was typed or scanned: 24 words, in any case and spacing, or the code.

    Raises:
        BadKey: neither. It never says which word.
    """
    typed = text.strip()
    return Sheet(_of_code(typed) if typed.startswith(CODE_PREFIX) else _of_words(typed))


def _of_code(text: str) -> bytes:
    body = text.removeprefix(CODE_PREFIX)
    try:
        seed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_key("the code is not that of a recovery sheet") from error
    if len(seed) != SEED_LENGTH or Sheet(seed).code != text:
        raise bad_key("the code is not that of a recovery sheet")
    return seed


def _of_words(text: str) -> bytes:
    words = text.lower().split()
    if len(words) == WORDS:
        try:
            return bytes(_english().to_entropy(words))
        except (ValueError, LookupError):
            pass
    raise bad_key("these are not the 24 words of a recovery sheet, or one is mistyped")


@cache
def _english() -> Mnemonic:
    return Mnemonic("english")
