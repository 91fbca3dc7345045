"""Invented people with keys of their own, and books that they, or nobody, would write."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from fanlight.model.ids import id_of
from fanlight.seal import keys, sealing
from fanlight.seal.container import sha256
from fanlight.seal.epoch import Book, Epoch, Statement
from fanlight.seal.keys import Identity, SigningKey
from fanlight.seal.notes import Notes
from fanlight.seal.roll import Hub, Member, Role, Roll
from fanlight.seal.sheet import Sheet


@dataclass(frozen=True)
class Someone:
    """A person with an account; the same name gives the same keys."""

    name: str

    @property
    def seed(self) -> bytes:
        return hashlib.sha256(self.name.encode()).digest()

    @property
    def account(self) -> str:
        return id_of(self.seed[:16])

    @cached_property
    def age(self) -> Identity:
        return keys.member_keys(self.seed).age

    @cached_property
    def signing(self) -> SigningKey:
        return keys.member_keys(self.seed).signing

    def member(self, role: Role) -> Member:
        return Member(
            account=self.account, sign_pub=self.signing.public, age_recipient=self.age.recipient, role=role
        )


PEOPLE = {name: Someone(name) for name in ("alice", "bob", "carol", "gina", "thief")}
SHEET = Sheet(hashlib.sha256(b"a sheet").digest())


def hub_named(name: str) -> Hub:
    """Return a hub's public halves."""
    someone = Someone(name)
    return Hub(hub=someone.account, sign_pub=someone.signing.public, age_recipient=someone.age.recipient)


def roll_of(members: Mapping[str, Role], *, hubs: Sequence[Hub] = (), sheet: Sheet = SHEET) -> Roll:
    """Return a roll of invented people by their names."""
    return Roll(
        members=tuple(PEOPLE[name].member(role) for name, role in members.items()),
        hubs=tuple(hubs),
        recovery=sheet.public,
    )


def forge(  # noqa: PLR0913 - what a statement says
    household: str,
    after: Epoch | None,
    roll: Roll,
    signer: SigningKey,
    day: date,
    *,
    by: bytes | None = None,
) -> Epoch:
    """Make an epoch that breaks the rules; `next_epoch` refuses to. `by` is who it says signed it."""
    sealed = sealing.seal(b"AGE-SECRET-KEY-PQ-1\n", roll.secret_recipients)
    private = sealing.seal(Notes(why="changed").to_bytes(roll), roll.notes_recipients)
    statement = Statement(
        household=household,
        n=0 if after is None else after.statement.n + 1,
        prev=None if after is None else after.chain_hash,
        recipient=keys.new_identity().recipient,
        sealed_sha256=sha256(sealed),
        book=Book(roll=roll, by=by or signer.public, day=day, private_sha256=sha256(private)),
    )
    signed = statement.to_bytes()
    return Epoch(
        statement=statement,
        statement_bytes=signed,
        sig=signer.sign("epoch", signed),
        sealed=sealed,
        private=private,
    )
