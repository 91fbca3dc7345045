"""Who is of a household: members with their roles, hubs, and the recovery sheet's public keys.

In:     accounts and public keys, or the part of a signed statement that names them.
Out:    a roll that is whole; the recipients that its secrets and its notes are sealed to.
Holds:  there is an owner; no account, hub or signing key stands in it twice; a guest, an installer or a
        landlord never gets the household's secret.
Absent: signatures and order (`epoch`, `book`).
Why:    docs/spec/seal.md, "The household's book"
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import sealing
from fanlight.seal.errors import malformed
from fanlight.seal.keys import PUBLIC_LENGTH
from fanlight.wire import b64

Role = Literal["owner", "member", "guest", "installer", "landlord"]
READERS: frozenset[Role] = frozenset({"owner", "member"})  # whom the household's secret is sealed to
MAX_MEMBERS, MAX_HUBS = 20, 4  # so that an epoch with its notes fits into one call of the API
MAX_GUESTS = 8  # so that a clip's header, with a stanza for each, stays under 16 KiB

_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of the household and their public keys. `sign_pub` is 32 bytes."""

    account: str
    sign_pub: bytes
    age_recipient: str
    role: Role

    def to_json(self) -> dict[str, Any]:
        """Return the member as the statement has it."""
        keys = {"sign_pub": b64.encode(self.sign_pub), "age_recipient": self.age_recipient}
        return {"account": self.account, **keys, "role": self.role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub of the household and its public keys."""

    hub: str
    sign_pub: bytes
    age_recipient: str

    def to_json(self) -> dict[str, Any]:
        """Return the hub as the statement has it."""
        keys = {"sign_pub": b64.encode(self.sign_pub), "age_recipient": self.age_recipient}
        return {"hub": self.hub, **keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The public keys of the recovery sheet that counts."""

    sign_pub: bytes
    age_recipient: str

    def to_json(self) -> dict[str, Any]:
        """Return the keys as the statement has them."""
        return {"sign_pub": b64.encode(self.sign_pub), "age_recipient": self.age_recipient}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Everybody of a household. Raises Malformed when made of parts that do not fit together."""

    members: tuple[Member, ...]
    hubs: tuple[Hub, ...] = ()
    recovery: Recovery
    _by_account: dict[str, Member] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a roll without an owner, or one that names anybody twice."""
        if not any(member.role == "owner" for member in self.members):
            raise malformed("a household must have an owner")
        if len(self.members) > MAX_MEMBERS or len(self.hubs) > MAX_HUBS:
            raise malformed("a household has more members or hubs than allowed")
        if sum(member.role == "guest" for member in self.members) > MAX_GUESTS:
            raise malformed("a household has more guests than allowed")
        _once([member.account for member in self.members] + [hub.hub for hub in self.hubs])
        everybody: list[Member | Hub | Recovery] = [*self.members, *self.hubs, self.recovery]
        _once(one.sign_pub for one in everybody)
        for one in everybody:
            _check_keys(one.sign_pub, one.age_recipient)
        object.__setattr__(self, "_by_account", {member.account: member for member in self.members})

    @property
    def owners(self) -> frozenset[bytes]:
        """The signing keys of all owners."""
        return frozenset(member.sign_pub for member in self.members if member.role == "owner")

    @property
    def secret_recipients(self) -> list[str]:
        """Whom the household's secret is sealed to: owners, members, the sheet."""
        reading = [member.age_recipient for member in self.members if member.role in READERS]
        return [*reading, self.recovery.age_recipient]

    @property
    def notes_recipients(self) -> list[str]:
        """Whom the notes are sealed to: those of the secret, guests and every hub."""
        guests = [member.age_recipient for member in self.members if member.role == "guest"]
        return [*self.secret_recipients, *guests, *(hub.age_recipient for hub in self.hubs)]

    def member(self, account: str) -> Member | None:
        """Return who has this account, None if nobody."""
        return self._by_account.get(account)

    def keys_by_id(self) -> dict[str, tuple[bytes, str]]:
        """Return the public keys of everybody with an id, members and hubs alike."""
        people = {one.account: (one.sign_pub, one.age_recipient) for one in self.members}
        return people | {one.hub: (one.sign_pub, one.age_recipient) for one in self.hubs}

    def to_json(self) -> dict[str, Any]:
        """Return the three fields of the statement."""
        return {
            "members": [member.to_json() for member in self.members],
            "hubs": [hub.to_json() for hub in self.hubs],
            "recovery": self.recovery.to_json(),
        }


class RollWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The part of a statement that names a roll."""

    members: Annotated[list["_MemberWire"], Meta(min_length=1, max_length=MAX_MEMBERS)]
    hubs: Annotated[list["_HubWire"], Meta(max_length=MAX_HUBS)]
    recovery: "_KeysWire"

    def roll(self) -> Roll:
        """Return the roll; raises Malformed if its parts do not fit together."""
        return Roll(
            members=tuple(
                Member(
                    account=one.account,
                    sign_pub=public_key(one.sign_pub),
                    age_recipient=one.age_recipient,
                    role=one.role,
                )
                for one in self.members
            ),
            hubs=tuple(
                Hub(hub=one.hub, sign_pub=public_key(one.sign_pub), age_recipient=one.age_recipient)
                for one in self.hubs
            ),
            recovery=Recovery(
                sign_pub=public_key(self.recovery.sign_pub), age_recipient=self.recovery.age_recipient
            ),
        )


class _KeysWire(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    sign_pub: str
    age_recipient: str


class _MemberWire(_KeysWire, forbid_unknown_fields=True, frozen=True, kw_only=True):
    account: _Id
    role: Role


class _HubWire(_KeysWire, forbid_unknown_fields=True, frozen=True, kw_only=True):
    hub: _Id


def public_key(text: str) -> bytes:
    """Read the base64 of a signing key; raises Malformed."""
    try:
        key = b64.decode(text)
    except FanlightError as error:
        raise malformed("a signing key is not base64") from error
    if len(key) != PUBLIC_LENGTH:
        raise malformed("a signing key has another length than 32 bytes")
    return key


def _check_keys(sign_pub: bytes, age_recipient: str) -> None:
    if len(sign_pub) != PUBLIC_LENGTH:
        raise malformed("a signing key has another length than 32 bytes")
    try:
        sealing.check_recipient(age_recipient)
    except FanlightError as error:
        raise malformed("a recipient is no post-quantum age recipient") from error


def _once(names: Iterable[object]) -> None:
    listed = list(names)
    if len(set(listed)) != len(listed):
        raise malformed("an account or a key stands in it twice")
