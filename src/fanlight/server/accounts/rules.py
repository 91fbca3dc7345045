"""What a household's book must look like before the server stores it, and what follows from it. Pure.

Members and hub check the book themselves; the server only refuses what they would refuse, and keeps in step
who may call as whom.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fanlight.seal import book, epoch
from fanlight.seal.book import Author
from fanlight.seal.epoch import Epoch
from fanlight.seal.errors import SealError
from fanlight.seal.roll import Hub as ListedHub
from fanlight.seal.roll import Member as Listed
from fanlight.seal.roll import Roll
from fanlight.server.accounts.store import Account, Member
from fanlight.server.errors import Conflict, Malformed, NotAllowed, TooMany

MAX_SEALED = 64 * 1024
MOST_EPOCHS = 1 << 12  # with one each month and each change of members, several lives
EPOCHS_PER_HOUR = 120  # that owners of one household send
INVITE_LIFE = timedelta(days=7)
RECOVERY_WAIT = timedelta(days=2)  # rows know days only; two of them are never less than the 24 h promised


def check_next_epoch(  # noqa: PLR0913 - the facts of one page
    wire: object, number: int, last: Epoch | None, taken: str | None, *, owner: bytes, household: str
) -> Epoch | None:
    """Return the owner's epoch to add, or None if this very one is stored already.

    Args:
        wire: the epoch as it came.
        number: which it is to be.
        last: the newest that is stored.
        taken: the statement that is stored under that number.
        owner: the signing key of the owner, for epochs of version 1, which do not name it.
        household: whose it must be.

    Raises:
        Malformed: not an epoch, not signed by an owner, or not chained to the last.
        Conflict: another epoch of that number is stored.
        TooMany: a household has no more than `MOST_EPOCHS`.
    """
    made = _read(wire)
    if made.statement.n != number:
        raise bad_epoch()
    if taken is not None:
        if taken.encode() == made.statement_bytes:
            return None
        raise Conflict(
            "Another household key of this number is stored already.",
            do="Load the household again and make the next one.",
            code="accounts.epoch_taken",
        )
    if number >= MOST_EPOCHS:
        raise TooMany(
            f"A household's book has {MOST_EPOCHS} pages at most.",
            kept="The book and all clips are as they were.",
            do="Found another household and invite everybody there.",
            code="accounts.book_full",
        )
    if _author(made, last, household, owner) != "owner":
        raise bad_epoch()
    return made


def check_recovery(wire: object, last: Epoch | None, *, sheet: bytes, household: str) -> Epoch:
    """Return the epoch with which the holder of the sheet begins anew; raises Malformed."""
    made = _read(wire)
    named = made.statement.book
    if named is None or named.by != sheet or _author(made, last, household, None) != "recovery":
        raise bad_epoch()
    return made


def _read(wire: object) -> Epoch:
    try:
        made = epoch.from_wire(wire)
    except SealError as error:
        raise bad_epoch() from error
    if not 0 < len(made.sealed) <= MAX_SEALED or len(made.private) > MAX_SEALED:
        raise bad_epoch()
    if made.statement.book is not None and not made.private:
        raise bad_epoch()  # hubs and guests would have no notes to read
    return made


def _author(made: Epoch, last: Epoch | None, household: str, owner: bytes | None) -> Author:
    try:
        return book.check_next(made, last, household=household, owner=owner)
    except SealError as error:
        raise bad_epoch() from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a statement makes of a household's rows. Each holds accounts."""

    joined: Mapping[str, str]  # account -> role
    roles: Mapping[str, str]  # those who were in and are something else now
    removed: Sequence[str]
    hubs_in: Sequence[str]
    hubs_out: Sequence[str]


def change_of(
    roll: Roll,
    rows: Sequence[Member],
    before: Epoch | None,
    *,
    accounts: Mapping[str, Account],
    asked: Collection[str],
) -> Change:
    """Return what has to change so that the rows are the roll's.

    A hub that was let in and that no statement has listed yet stays; one that is not listed any more goes.

    Args:
        roll: everybody of the household from now on.
        rows: who is in now.
        before: the epoch before.
        accounts: those of the roll that there are.
        asked: who answered an invite of this household.

    Raises:
        Malformed: the roll names an account that has other keys, is none of a member, or does not exist.
        Conflict: it names somebody who is not in and did not ask to be.
    """
    inside = {row.account: row for row in rows}
    people = {row.account: row.role for row in rows if row.role != "hub"}
    hubs = {row.account for row in rows if row.role == "hub"}
    for member in roll.members:
        _check_same(accounts.get(member.account), member, "member")
        if member.account not in people and member.account not in asked:
            raise _not_asked()
    for hub in roll.hubs:
        _check_same(accounts.get(hub.hub), hub, "hub")
        if hub.hub not in inside:
            raise _not_asked()
    roles: dict[str, str] = {member.account: member.role for member in roll.members}
    listed_now = {hub.hub for hub in roll.hubs}
    listed_before = _listed_hubs(before, hubs)
    return Change(
        joined={account: role for account, role in roles.items() if account not in people},
        roles={a: role for a, role in roles.items() if people.get(a, role) != role},
        removed=sorted(people.keys() - roles.keys()),
        hubs_in=sorted(listed_now - listed_before),
        hubs_out=sorted((hubs & listed_before) - listed_now),
    )


def _listed_hubs(before: Epoch | None, hubs: set[str]) -> set[str]:
    if before is None:
        return set()
    if before.statement.book is None:
        return hubs  # version 1 lists none: those let in were the household's
    return {hub.hub for hub in before.statement.book.roll.hubs}


def _check_same(account: Account | None, listed: Listed | ListedHub, kind: str) -> None:
    if account is None or (account.kind, bytes(account.sign_pub), account.age_recipient) != (
        kind,
        listed.sign_pub,
        listed.age_recipient,
    ):
        raise bad_epoch()


def roll_of(made: Epoch) -> Roll:
    """Return whom an epoch of version 2 lists; raises Malformed for one of version 1."""
    if made.statement.book is None:
        raise bad_epoch()
    return made.statement.book.roll


def listed_in(made: Epoch) -> list[str]:
    """Return all accounts that an epoch lists, hubs too; none in version 1."""
    if made.statement.book is None:
        return []
    roll = made.statement.book.roll
    return [member.account for member in roll.members] + [hub.hub for hub in roll.hubs]


def check_mine(made: Epoch, account: str) -> None:
    """Raise Malformed unless a recovery makes the caller an owner: nobody begins one for another."""
    member = roll_of(made).member(account)
    if member is None or member.role != "owner":
        raise bad_epoch()


def owner_in(rows: Sequence[Member], account: str) -> Member:
    """Return the caller's row if they still are an owner; raises NotAllowed.

    Asked again under the household's lock: another owner may have removed them since their session was read.
    """
    for row in rows:
        if (row.account, row.role) == (account, "owner"):
            return row
    raise NotAllowed("You are no owner any more.", do="Ask one.", code="accounts.not_owner")


def check_may_go(rows: Sequence[Member], account: str) -> None:
    """Raise Conflict if a household would be left without an owner."""
    owners = [row.account for row in rows if row.role == "owner"]
    if owners == [account]:
        raise Conflict(
            "You are the only owner of this household.",
            do="Make somebody else an owner first, or delete the household.",
            code="accounts.last_owner",
        )


def counts(day: date, today: date) -> bool:
    """Tell whether a recovery that came on `day` counts."""
    return today >= day + RECOVERY_WAIT


def bad_epoch() -> Malformed:
    """Return the error for an epoch that members and hubs would refuse."""
    return Malformed(
        "This is not the household's next key, signed by its owner.",
        do="Load the household again and make the next key from the last one there.",
        code="accounts.bad_epoch",
    )


def _not_asked() -> Conflict:
    return Conflict(
        "The list names somebody who did not ask to come in, or who has left.",
        do="Load the household again. Invite them, or let the hub in, and publish the list then.",
        code="accounts.not_asked",
    )


def not_the_sheet() -> NotAllowed:
    """Return the error for a recovery sheet that no household lists."""
    return NotAllowed(
        "No household lists this recovery sheet.",
        do="Look whether a newer sheet was printed.",
        code="accounts.unknown_sheet",
    )
