"""What two people compare by eye or voice: a pair's safety number, and the short code of an invitation.

In:     public halves, and the secret of an invitation.
Out:    digits; the tag that shows that an answer comes from somebody who has the link.
Holds:  both sides get the same digits; another key on either side gives others.
Absent: the server, which sees neither the secret nor the code.
Why:    docs/spec/seal.md, "Comparing"
"""

import hashlib
import hmac
from dataclasses import dataclass

from fanlight.seal.age_format import hkdf
from fanlight.wire import b64, jcs

GROUPS, GROUP_DIGITS = 12, 5
CODE_DIGITS = 6
SECRET_LENGTH = 16
_INVITE = b"fanlight/invite/v1"


@dataclass(frozen=True, slots=True)
class PublicHalves:
    """What the others know of a person's keys."""

    sign_pub: bytes
    age_recipient: str

    def to_json(self) -> dict[str, str]:
        """Return them as messages carry them."""
        return {"sign_pub": b64.encode(self.sign_pub), "age_recipient": self.age_recipient}


def safety_number(one: PublicHalves, other: PublicHalves) -> str:
    """Return the 60 digits of a pair, in 12 groups of 5; the order of the two does not matter."""
    hashes = sorted(
        hashlib.sha256(halves.sign_pub + halves.age_recipient.encode()).digest() for halves in (one, other)
    )
    number = int.from_bytes(hashlib.sha256(b"".join(hashes)).digest()) % 10 ** (GROUPS * GROUP_DIGITS)
    digits = str(number).zfill(GROUPS * GROUP_DIGITS)
    return " ".join(digits[at : at + GROUP_DIGITS] for at in range(0, len(digits), GROUP_DIGITS))


def invite_tag(secret: bytes, invite: str, joiner: PublicHalves) -> bytes:
    """Return the 32 bytes that go with an answer: only who has the link can make them."""
    return hmac.digest(secret, _INVITE + b"\n" + jcs.dumps({"invite": invite, **joiner.to_json()}), "sha256")


def invite_code(secret: bytes, invite: str, inviter: PublicHalves, joiner: PublicHalves) -> str:
    """Return the six digits that both sides compare before the owner lets the joiner in."""
    halves = jcs.dumps({"invite": invite, "inviter": inviter.to_json(), "joiner": joiner.to_json()})
    derived = hkdf(secret + hashlib.sha256(halves).digest(), salt=b"", info=_INVITE)
    return str(int.from_bytes(derived[:8]) % 10**CODE_DIGITS).zfill(CODE_DIGITS)
