"""The forms of the calls of this room, and the checks of keys and signatures that several of them share."""

import base64
import binascii
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request
from litestar.params import HeaderParameter
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import keys, sealing
from fanlight.server.accounts.passkeys import NewPasskey, UsedPasskey
from fanlight.server.accounts.store import EpochRow, Membership
from fanlight.server.errors import Malformed, NotAllowed
from fanlight.wire import b64, jcs

AnyRequest = Request[Any, Any, Any]
Key = Annotated[str, Meta(min_length=44, max_length=44)]
Signature = Annotated[str, Meta(min_length=88, max_length=88)]
Recipient = Annotated[str, Meta(pattern="^age1pq1[a-z0-9]+$", max_length=2_100)]
Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
Challenge = Annotated[str, Meta(max_length=1_000)]
Ticket = Challenge  # one that another device of the same person asked for
Wrapped = Annotated[str, Meta(min_length=80, max_length=80)]  # 60 bytes
Label = Annotated[str, Meta(min_length=4, max_length=344)]  # 1 to 256 bytes
Device = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22,43}\Z")]  # 16 to 32 bytes
_MAX_DEVICE = 32
_MIN_DEVICE = 16


class In(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What comes in; a field too many is refused."""


class ChallengeIn(In, frozen=True):
    """Whose key will sign."""

    sign_pub: Key


class ChallengeOut(msgspec.Struct):
    """The text to sign."""

    challenge: str


class SignIn(In, frozen=True):
    """A signed challenge."""

    sign_pub: Key
    challenge: Challenge
    signature: Signature


class HomeOut(msgspec.Struct):
    """One of a person's households, and as what they are of it."""

    household: str
    role: str


class SessionOut(msgspec.Struct):
    """A session: send `token` as bearer until `expires`."""

    token: str
    account: str
    kind: str
    expires: str
    roles: list[str]
    household: str | None = None
    agency: str | None = None
    name: str | None = None
    households: list[HomeOut] = []


class PasskeySession(SessionOut):
    """A session that began with a passkey; `wrapped` is that passkey's copy of the person's seed, base64."""

    passkey: str = ""
    wrapped: str | None = None


class AccountIn(In, frozen=True):
    """A new account's public halves, signed by its own key."""

    kind: Literal["member"]
    sign_pub: Key
    age_recipient: Recipient
    signature: Signature


class AccountOut(msgspec.Struct):
    """The account's id."""

    account: str


class BeginIn(In, frozen=True):
    """What a passkey is made for: a new account, the caller's own, or the account that a ticket is for."""

    purpose: Literal["new", "add", "device"]
    account: Id | None = None
    ticket: Ticket | None = None


class BeginOut(msgspec.Struct):
    """For which account a passkey is to be made, and what the browser is asked for."""

    account: str
    options: dict[str, Any]


class OptionsOut(msgspec.Struct):
    """What a browser is asked for."""

    options: dict[str, Any]


class PasskeyAccountIn(In, frozen=True):
    """A new account with its first passkey: a member's, or that of somebody who is to be clerk or auditor."""

    account: Id
    credential: NewPasskey
    sign_pub: Key
    age_recipient: Recipient
    signature: Signature
    wrapped: Wrapped | None = None
    label: Label | None = None
    device: Device | None = None
    kind: Literal["member", "clerk", "auditor"] = "member"


class PasskeySignIn(In, frozen=True):
    """An answered challenge, and a word by which this browser is known again."""

    credential: UsedPasskey
    device: Device | None = None


class PasskeyIn(In, frozen=True):
    """One more passkey of the caller's, with the seed wrapped under it."""

    credential: NewPasskey
    signature: Signature
    wrapped: Wrapped | None = None
    label: Label | None = None


class PasskeyMade(msgspec.Struct):
    """The passkey's id."""

    passkey: str


class WrappedIn(In, frozen=True):
    """The seed wrapped anew under a passkey, signed by the account's key."""

    wrapped: Wrapped
    signature: Signature


class PasskeyOut(msgspec.Struct):
    """A passkey as its person sees it."""

    passkey: str
    credential: str
    day: date
    label: str | None
    wrapped: bool
    current: bool


class PasskeysOut(msgspec.Struct):
    """All passkeys of the caller."""

    passkeys: list[PasskeyOut]


class OneSession(msgspec.Struct):
    """A session as its person sees it."""

    session: str
    day: date
    passkey: str | None
    current: bool


class SessionsOut(msgspec.Struct):
    """All sessions of the caller."""

    sessions: list[OneSession]


class NoticeOut(msgspec.Struct):
    """What the caller is told: what, about whom, in which household, on which day."""

    notice: str
    code: str
    day: date
    about: str | None
    household: str | None


class NoticesOut(msgspec.Struct):
    """All that the caller is told."""

    notices: list[NoticeOut]


class SeenIn(In, frozen=True):
    """Notices that need not be told again."""

    seen: Annotated[list[Id], Meta(max_length=1_000)]


class AboutOut(msgspec.Struct):
    """What the server holds about the caller."""

    account: str
    sign_pub: str
    age_recipient: str
    households: list[HomeOut]
    passkeys: int
    sessions: int
    notices: int


class EpochWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """An epoch as docs/spec/seal.md has it; `private` is missing in version 1."""

    statement: Annotated[str, Meta(max_length=96 * 1024)]
    sig: Signature
    sealed: Annotated[str, Meta(max_length=96 * 1024)]
    private: Annotated[str, Meta(max_length=128 * 1024)] | None = None

    def row(self) -> EpochRow:
        """Return what is stored of it."""
        return EpochRow(self.statement, self.sig, self.sealed, self.private)


class EarlierWire(In, frozen=True):
    """A household key from before a member came, as docs/spec/seal.md has it."""

    statement: Annotated[str, Meta(max_length=1024)]
    sig: Signature
    sealed: Annotated[str, Meta(max_length=8 * 1024)]


class PendingOut(msgspec.Struct):
    """An epoch made with the recovery sheet, since when it is here, and from when on it counts."""

    epoch: EpochWire
    day: date
    due: date


def wire_of(row: EpochRow, *, secret: bool) -> EpochWire:
    """Return a stored epoch as it is handed out; its sealed secret only to those it may be sealed to."""
    return EpochWire(row.statement, row.sig, row.sealed if secret else "", row.private)


def homes_of(homes: tuple[Membership, ...]) -> list[HomeOut]:
    """Return a person's households as they are handed out."""
    return [HomeOut(home.household, home.role) for home in homes]


def public_key(text: str) -> bytes:
    """Read a public key; raises Malformed."""
    try:
        key = b64.decode(text)
    except FanlightError as error:
        raise _bad_key() from error
    if len(key) != keys.PUBLIC_LENGTH:
        raise _bad_key()
    return key


def recipient(text: str) -> str:
    """Return a recipient if it is a post-quantum age recipient; raises Malformed."""
    try:
        sealing.check_recipient(text)
    except FanlightError as error:
        raise Malformed(
            "The recipient is no post-quantum age recipient.",
            do="Send it again.",
            code="accounts.bad_recipient",
        ) from error
    return text


def check_signature(public: bytes, context: str, data: bytes, signature: str) -> None:
    """Raise NotAllowed unless a signature holds."""
    try:
        keys.verify(public, context, data, b64.decode(signature))
    except FanlightError as error:
        raise NotAllowed(
            "The signature is not that of the key it names.",
            do="Sign again with the key's own secret half.",
            code="accounts.bad_signature",
        ) from error


def check_act(public: bytes, account: str, act: str, of: str, signature: str) -> None:
    """Raise NotAllowed unless an account's own key signed what it is about to undo for good.

    A token alone, taken from a browser or a log, must not suffice for that.
    """
    data = jcs.dumps({"account": account, "act": act, "of": of})
    check_signature(public, "act", data, signature)


def opaque(text: str | None) -> bytes | None:
    """Read base64 of something that the server cannot read; raises Malformed."""
    if text is None:
        return None
    try:
        return b64.decode(text)
    except FanlightError as error:
        raise Malformed("A text is not padded base64.", do="Send it again.") from error


def device_word(text: str | None) -> bytes | None:
    """Read the word by which a browser is known again; raises Malformed."""
    if text is None:
        return None
    try:
        word = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise _bad_device() from error
    if not _MIN_DEVICE <= len(word) <= _MAX_DEVICE:
        raise _bad_device()
    return word


def _bad_key() -> Malformed:
    return Malformed("A public key is not 32 bytes in base64.", do="Send it again.", code="accounts.bad_key")


def _bad_device() -> Malformed:
    return Malformed("A browser's word is not 16 to 32 bytes.", do="Make a new one.")


SignedBy = Annotated[str, HeaderParameter(name="Fanlight-Signature", min_length=88, max_length=88)]
