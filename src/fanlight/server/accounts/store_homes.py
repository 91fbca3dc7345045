"""The rows by which a household takes in and loses people; the transaction must be that household's."""

from collections.abc import Sequence
from datetime import date

import msgspec

from fanlight.server.accounts.store import EpochRow
from fanlight.store.database import Tx, changed, many, one, value


class Invite(msgspec.Struct, frozen=True):
    """An invite's mailbox; `joiner` and `mac` are null until somebody answers."""

    id: str
    household: str
    inviter: str
    joiner: str | None
    mac: bytes | None
    day: date


class Pending(msgspec.Struct, frozen=True):
    """An epoch signed with the recovery sheet that does not count yet."""

    household: str
    account: str
    statement: str
    sig: str
    sealed: str
    private: str | None
    day: date

    @property
    def row(self) -> EpochRow:
        """The epoch itself."""
        return EpochRow(self.statement, self.sig, self.sealed, self.private)


class EarlierRow(msgspec.Struct, frozen=True):
    """A household key from before a member came, as an owner's device sealed it to them."""

    account: str
    n: int
    statement: str
    sig: str
    sealed: str


_INVITE = "SELECT id, household, inviter, joiner, mac, day FROM invite"
_PENDING = "SELECT household, account, statement, sig, sealed, private, day FROM pending_epoch"


async def lock(tx: Tx, name: str) -> None:
    """Wait until no other transaction holds this household or account, and hold it to the end of this one."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [name])


async def set_role(tx: Tx, household: str, account: str, role: str) -> None:
    """Change as what a member belongs to a household."""
    await tx.execute(
        "UPDATE membership SET role = %s WHERE household = %s AND account = %s", [role, household, account]
    )


async def give_earlier(tx: Tx, household: str, gifts: Sequence[EarlierRow]) -> None:
    """Store earlier keys for members; of a number that is stored for one already, the later gift counts."""
    for gift in gifts:
        await tx.execute(
            "DELETE FROM earlier_key WHERE household = %s AND account = %s AND n = %s",
            [household, gift.account, gift.n],
        )
        await tx.execute(
            "INSERT INTO earlier_key (household, account, n, statement, sig, sealed)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [household, gift.account, gift.n, gift.statement, gift.sig, gift.sealed],
        )


async def earlier_of(tx: Tx, household: str, account: str) -> list[EarlierRow]:
    """Return the earlier keys that a member was given, in order."""
    query = (
        "SELECT account, n, statement, sig, sealed FROM earlier_key WHERE household = %s AND account = %s"
        " AND sealed <> '' ORDER BY n"
    )
    return await many(tx, EarlierRow, query, [household, account])


async def words_of(tx: Tx, household: str) -> list[EarlierRow]:
    """Return the owners' words of who may see earlier pages, without the keys."""
    query = (
        "SELECT account, n, statement, sig, '' AS sealed FROM earlier_key WHERE household = %s"
        " ORDER BY account, n"
    )
    return await many(tx, EarlierRow, query, [household])


async def drop_earlier(tx: Tx, household: str, account: str) -> None:
    """Forget the earlier keys of somebody who reads the household's clips no more."""
    await tx.execute("DELETE FROM earlier_key WHERE household = %s AND account = %s", [household, account])


async def remove_membership(tx: Tx, household: str, account: str) -> None:
    """Take an account out of a household; of a hub, whatever else it has stays until its clips go."""
    await tx.execute("DELETE FROM membership WHERE household = %s AND account = %s", [household, account])


async def delete_household(tx: Tx, household: str) -> None:
    """Delete a household with all that is its own: epochs, invites, clips, boxes."""
    await tx.execute("DELETE FROM household WHERE id = %s", [household])


async def add_invite(tx: Tx, invite: Invite) -> bool:
    """Open a mailbox; tell whether its id was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO invite (id, household, inviter, day) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [invite.id, invite.household, invite.inviter, invite.day],
        )
    )


async def invites_of(tx: Tx, household: str, since: date) -> list[Invite]:
    """Return a household's invites; those from before `since` have ended and are forgotten."""
    await tx.execute("DELETE FROM invite WHERE household = %s AND day < %s", [household, since])
    return await many(tx, Invite, _INVITE + " WHERE household = %s ORDER BY id", [household])


async def invite(tx: Tx, invite_id: str, since: date) -> Invite | None:
    """Return the invite of an id that the caller was given, unless it has ended; in any transaction."""
    await tx.execute("SELECT set_config('fanlight.invite', %s, true)", [invite_id])
    return await one(tx, Invite, _INVITE + " WHERE id = %s AND day >= %s", [invite_id, since])


async def answer_invite(tx: Tx, invite_id: str, joiner: str, mac: bytes) -> bool:
    """Put an answer into a mailbox that is empty or holds the same person's; tell whether it went in."""
    return bool(
        await changed(
            tx,
            "UPDATE invite SET joiner = %s, mac = %s WHERE id = %s AND (joiner IS NULL OR joiner = %s)",
            [joiner, mac, invite_id, joiner],
        )
    )


async def drop_invite(tx: Tx, invite_id: str) -> None:
    """Close a mailbox."""
    await tx.execute("DELETE FROM invite WHERE id = %s", [invite_id])


async def drop_answered(tx: Tx, household: str, joiners: Sequence[str]) -> None:
    """Close the mailboxes of those who came in."""
    await tx.execute(
        "DELETE FROM invite WHERE household = %s AND joiner = ANY(%s)", [household, list(joiners)]
    )


async def put_recovery_key(tx: Tx, household: str, public: bytes) -> None:
    """Note which sheet counts."""
    await tx.execute(
        "INSERT INTO recovery_key (household, sign_pub) VALUES (%s, %s)"
        " ON CONFLICT (household) DO UPDATE SET sign_pub = excluded.sign_pub",
        [household, public],
    )


async def household_by_recovery(tx: Tx, public: bytes) -> str | None:
    """Return the household of a sheet whose key the caller has shown to hold."""
    await tx.execute("SELECT set_config('fanlight.recovery', %s, true)", [public.hex()])
    found: str | None = await value(tx, "SELECT household FROM recovery_key WHERE sign_pub = %s", [public])
    return found


async def pending_of(tx: Tx, household: str) -> Pending | None:
    """Return the household's recovery that waits."""
    return await one(tx, Pending, _PENDING + " WHERE household = %s", [household])


async def pending_by(tx: Tx, account: str) -> list[Pending]:
    """Return the recoveries that an account began; the transaction must be that account's."""
    return await many(tx, Pending, _PENDING + " WHERE account = %s ORDER BY household", [account])


async def add_pending(tx: Tx, pending: Pending) -> None:
    """Hold a recovery back."""
    await tx.execute(
        "INSERT INTO pending_epoch (household, account, statement, sig, sealed, private, day)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            *(pending.household, pending.account, pending.statement, pending.sig),
            *(pending.sealed, pending.private, pending.day),
        ],
    )


async def drop_pending(tx: Tx, household: str) -> bool:
    """Forget a recovery that waits; tell whether there was one."""
    return bool(await changed(tx, "DELETE FROM pending_epoch WHERE household = %s", [household]))
