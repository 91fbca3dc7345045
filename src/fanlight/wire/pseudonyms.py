"""An officer's pseudonym of one year, and what an agency's auditor signs and seals of it.

In:     a key that the auditor's browser made for one agency and year; ids.
Out:    the pseudonym; canonical text.
Holds:  a pseudonym is an HMAC: who has no key can neither make nor guess one, nor tell that two of different
        years are one person. It is signed in the context of `wire.auditing`, by an act of its own.
Absent: where the key is (sealed to the auditor; no server has it); who may be named (server.auditing).
Why:    docs/spec/auditing.md
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from fanlight.wire import b64, jcs

LETTERS, HALF = 10, 5
TURNS = 5  # whole pseudonyms in one hash: the next is taken where one is taken already


def pseudonym(key: bytes, agency: str, year: int, account: str, turn: int = 0) -> str:
    """Return ten letters of base32, `abcde-fghij`; `turn` is how many of the hash's were taken already."""
    said = hmac.new(key, jcs.dumps([agency, year, account]), hashlib.sha256).digest()
    letters = base64.b32encode(said).decode().lower()[LETTERS * turn : LETTERS * (turn + 1)]
    return f"{letters[:HALF]}-{letters[HALF:]}"


def naming(*, auditor: str, agency: str, year: int, names: Mapping[str, str]) -> str:
    """Return what the auditor signs: the pseudonyms of a year, by account."""
    given = [{"account": account, "pseudonym": names[account]} for account in sorted(names)]
    fields = {"v": 1, "act": "pseudonyms", "auditor": auditor, "agency": agency, "year": year, "names": given}
    return jcs.dumps(fields).decode()


def kept_key(*, agency: str, year: int, key: bytes) -> str:
    """Return what the auditor signs of a key before it is sealed to themself, so that nobody can swap it."""
    fields = {"v": 1, "act": "pseudonym-key", "agency": agency, "year": year, "key": b64.encode(key)}
    return jcs.dumps(fields).decode()
