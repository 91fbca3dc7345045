"""The code by which a hub and a household find each other: read by a camera or pasted, good for one pairing.

In:     a hub's public halves; on the other side the code and what a server handed out.
Out:    the code's text, the place where the two meet, the household's answer to the hub.
Holds:  the code pins the hub's keys by their hash, and its secret, which no server sees, tags the household's
        answer: whoever carries either between the two can exchange neither.
Absent: the server (`fanlight.server.accounts.pairing`), opening the answer (`seal.opening`), the QR picture.
Why:    docs/spec/seal.md, "Pairing a hub"
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from fanlight.model.errors import FanlightError
from fanlight.model.geo import check_cell
from fanlight.model.ids import id_of, is_id
from fanlight.seal import sealing
from fanlight.seal.age_format import hkdf
from fanlight.seal.errors import Altered, BadKey, bad_key, malformed
from fanlight.seal.keys import PUBLIC_LENGTH
from fanlight.wire import b64, jcs

SECRET_LENGTH = 16
LONGEST_SERVER = 200
_TEXT = re.compile(r"(?:https?://[!-~]{1,200}/home)?#/hub/([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})")
_TAG = b"fanlight/pair/v1\n"
_MEETING = b"fanlight/pair/meeting/v1"


@dataclass(frozen=True, slots=True)
class HubHalves:
    """What is public of a hub's keys."""

    sign_pub: bytes
    age_recipient: str

    @property
    def fingerprint(self) -> bytes:
        """The hash of both, 32 bytes."""
        halves = {"sign_pub": b64.encode(self.sign_pub), "age_recipient": self.age_recipient}
        return hashlib.sha256(_TAG + jcs.dumps(halves)).digest()


@dataclass(frozen=True, slots=True)
class Code:
    """A pairing code. `secret` stays between hub and household; it never enters a repr, a log or a call."""

    fingerprint: bytes
    secret: bytes = field(repr=False)

    @property
    def meeting(self) -> str:
        """Under which id the two find each other at a server; it tells nothing of the secret."""
        return id_of(hkdf(self.secret, salt=b"", info=_MEETING)[:16])

    def text(self, server: str) -> str:
        """Return the code's text: an address whose part behind `#` is sent to nobody. At most 277 characters.

        Raises:
            BadKey: the server's address is too long for a code that phones read easily.
        """
        base = server.rstrip("/")
        if len(base) > LONGEST_SERVER:
            raise bad_key(f"a server's address has more than {LONGEST_SERVER} characters")
        return f"{base}/home#/hub/{_url64(self.fingerprint)}.{_url64(self.secret)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a household tells its hub; `owner` is the Ed25519 key whose word the hub is to take."""

    household: str
    owner: bytes
    cell: str

    def __post_init__(self) -> None:
        """Refuse what is no household."""
        if not is_id(self.household) or len(self.owner) != PUBLIC_LENGTH:
            raise malformed("a household's id or its owner's key has another form")
        try:
            check_cell(self.cell)
        except FanlightError as error:
            raise malformed("a household's area is none") from error

    def to_json(self) -> dict[str, str]:
        """Return it as the answer carries it."""
        return {"household": self.household, "owner": b64.encode(self.owner), "cell": self.cell}


def new_code(hub: HubHalves) -> Code:
    """Return a code with a secret of its own."""
    return Code(hub.fingerprint, secrets.token_bytes(SECRET_LENGTH))


def read_code(text: str) -> Code:
    """Read what was scanned or pasted: the address, or its part from `#` on, however it is broken.

    Raises:
        BadKey: it is no pairing code.
    """
    found = _TEXT.fullmatch("".join(text.split()))
    if found is None:
        raise _no_code()
    fingerprint, secret = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in found.groups())
    if (_url64(fingerprint), _url64(secret)) != found.groups():  # one spelling, so that a code is one text
        raise _no_code()
    return Code(fingerprint, secret)


def tag(code: Code, house: House) -> bytes:
    """Return the 32 bytes that show that an answer comes from who has the code, and is for this hub."""
    told = {"fingerprint": b64.encode(code.fingerprint), **house.to_json()}
    return hmac.digest(code.secret, _TAG + jcs.dumps(told), "sha256")


def seal_answer(code: Code, house: House, hub: HubHalves) -> bytes:
    """Return the household's answer, sealed to the hub.

    Raises:
        Altered: these are not the keys that the code names. Nothing may be told them.
    """
    if not hmac.compare_digest(hub.fingerprint, code.fingerprint):
        raise Altered(
            "The server handed out other keys than those of the hub whose code was read.",
            kept="The hub was not let in, and the household was told to nobody.",
            do="Ask who runs the server; read the hub's code again to try once more.",
        )
    body = {"v": 1, "type": "pair", **house.to_json(), "tag": b64.encode(tag(code, house))}
    return sealing.seal(jcs.dumps(body), [hub.age_recipient])


def read_answer(code: Code, plain: bytes) -> House:
    """Read an answer that the hub opened.

    Raises:
        Malformed: it has not the form.
        Altered: it does not come from who has the code, or is for another hub.
    """
    try:
        body = jcs.loads(plain)
        told = {name: str(body.pop(name)) for name in ("household", "owner", "cell", "tag")}
        if body != {"v": 1, "type": "pair"}:
            raise malformed("it is no answer to a hub")
        house = House(household=told["household"], owner=b64.decode(told["owner"]), cell=told["cell"])
        holds = hmac.compare_digest(b64.decode(told["tag"]), tag(code, house))
    except (KeyError, FanlightError) as error:
        raise malformed("it is no answer to a hub") from error
    if not holds:
        raise Altered(
            "An answer came that does not stem from who has this hub's code.",
            kept="The hub goes on waiting, and trusts nobody yet.",
            do="Read the code again in the household's app.",
        )
    return house


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _no_code() -> BadKey:
    return bad_key("it is no pairing code of a hub")
