"""The rows of accounts, sessions, households, epochs and people of agencies."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from fanlight.store.database import Tx, changed, many, one, value


class Account(msgspec.Struct, frozen=True):
    """An account as kept."""

    id: str
    kind: str
    sign_pub: bytes
    age_recipient: str


class Membership(msgspec.Struct, frozen=True):
    """Of which household an account is, and as what."""

    household: str
    role: str


class Person(msgspec.Struct, frozen=True):
    """Who acts for an agency; `counts` once the entry with their public halves is in the record."""

    account: str
    agency: str
    name: str
    role: str
    age_recipient: str
    counts: bool


class Member(msgspec.Struct, frozen=True):
    """A member or hub of a household; `owner_sig` is the owner's word on a hub, base64."""

    account: str
    role: str
    sign_pub: bytes
    age_recipient: str
    owner_sig: str | None


class EpochRow(msgspec.Struct, frozen=True):
    """An epoch as its owner sent it; `private` is null in version 1."""

    statement: str
    sig: str
    sealed: str
    private: str | None


class SessionRow(msgspec.Struct, frozen=True):
    """A session as its person sees it; `passkey` is null where it began with another key."""

    id: str
    account: str
    day: date
    passkey: str | None


class Entered(msgspec.Struct, frozen=True):
    """A session whose token somebody showed, and the kind of its account."""

    id: str
    account: str
    kind: str
    passkey: str | None
    entered: str


MOST_SESSIONS = 255  # beside the new one; those of the earliest days go first
_PERSON = (
    "SELECT p.account, p.agency, p.name, p.role, a.age_recipient,"
    " p.leaf IS NULL OR l.idx IS NOT NULL AS counts"
    " FROM agency_person p JOIN account a ON a.id = p.account LEFT JOIN leaf l ON l.id = p.leaf"
)

# Offices of a town that the operator gives, by kind of account: the name of who holds one and counts.
OFFICES = {
    table: f"SELECT o.name FROM {table} o JOIN leaf l ON l.id = o.leaf"  # noqa: S608 - two tables of ours
    " WHERE o.account = %s AND o.ended IS NULL AND l.idx IS NOT NULL"
    for table in ("counsel", "moderator")
}


async def add_account(tx: Tx, account: Account) -> bool:
    """Store an account; tell whether its key was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO account (id, kind, sign_pub, age_recipient) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [account.id, account.kind, account.sign_pub, account.age_recipient],
        )
    )


async def account_by_key(tx: Tx, public: bytes) -> Account | None:
    """Return the account that signs with a key."""
    return await one(
        tx, Account, "SELECT id, kind, sign_pub, age_recipient FROM account WHERE sign_pub = %s", [public]
    )


async def account_by_id(tx: Tx, account: str) -> Account | None:
    """Return an account."""
    return await one(
        tx, Account, "SELECT id, kind, sign_pub, age_recipient FROM account WHERE id = %s", [account]
    )


async def accounts_by_id(tx: Tx, ids: Sequence[str]) -> dict[str, Account]:
    """Return those of the accounts that there are, by id."""
    rows = await many(
        tx,
        Account,
        "SELECT id, kind, sign_pub, age_recipient FROM account WHERE id = ANY(%s)",
        [list(ids)],
    )
    return {row.id: row for row in rows}


async def memberships_of(tx: Tx, account: str) -> list[Membership]:
    """Return an account's households by id; the transaction must be that account's."""
    return await many(
        tx,
        Membership,
        "SELECT household, role FROM membership WHERE account = %s ORDER BY household",
        [account],
    )


async def delete_account(tx: Tx, account: str) -> None:
    """Delete an account, and with it its passkeys, sessions, devices and notices."""
    await tx.execute("DELETE FROM account WHERE id = %s", [account])


async def person(tx: Tx, account: str) -> Person | None:
    """Return who an account is at an agency; None once it is deactivated, or before it counts."""
    found = await one(tx, Person, _PERSON + " WHERE p.account = %s AND p.ended IS NULL", [account])
    return found if found and found.counts else None


async def office_name(tx: Tx, kind: str, account: str) -> str | None:
    """Return the name of who holds one of `OFFICES`; None once they do not, or before it counts."""
    found: str | None = await value(tx, OFFICES[kind], [account])
    return found


async def person_name(tx: Tx, account: str) -> str:
    """Return the name under which an account acts for its agency."""
    return str(await value(tx, "SELECT name FROM agency_person WHERE account = %s", [account]))


async def asks_for(tx: Tx, account: str, agency: str) -> bool:
    """Tell whether an account is, now, one that may ask for an agency."""
    found = await person(tx, account)
    return found is not None and found.agency == agency and found.role in {"officer", "supervisor"}


async def people(tx: Tx, agency: str) -> list[Person]:
    """Return all who act for an agency now: those in office, administrators too."""
    query = " WHERE p.agency = %s AND p.ended IS NULL ORDER BY p.name"
    return await many(tx, Person, _PERSON + query, [agency])


async def recipients(tx: Tx, agency: str) -> list[Person]:
    """Return to whom an agency's cases are sealed: those who count, but no administrator."""
    return [one for one in await people(tx, agency) if one.counts and one.role != "administrator"]


async def add_person(tx: Tx, account: str, agency: str, name: str, role: str) -> None:
    """Let an account act for an agency."""
    await tx.execute(
        "INSERT INTO agency_person (account, kind, agency, name, role) VALUES (%s, 'officer', %s, %s, %s)",
        [account, agency, name, role],
    )


async def add_session(
    tx: Tx, session: SessionRow, token_hash: bytes, expires: datetime, now: datetime
) -> None:
    """Store a session and drop all that have ended."""
    await tx.execute("DELETE FROM session WHERE expires <= %s", [now])
    await tx.execute(
        "INSERT INTO session (token_hash, account, expires, id, day, passkey)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [token_hash, session.account, expires, session.id, session.day, session.passkey],
    )
    await tx.execute(
        "DELETE FROM session WHERE account = %s AND id IN (SELECT id FROM session WHERE account = %s"
        " AND id <> %s ORDER BY day DESC OFFSET %s)",
        [session.account, session.account, session.id, MOST_SESSIONS],
    )


async def enter_by_token(tx: Tx, token_hash: bytes, now: datetime) -> Entered | None:
    """Return a session that lasts, and make the transaction its account's.

    Every call begins with this, so that it goes in one message with the transaction's BEGIN.
    """
    async with tx.pipeline():
        return await one(
            tx,
            Entered,
            "SELECT s.id, s.account, a.kind, s.passkey,"
            " set_config('fanlight.account', s.account, true) AS entered FROM session s"
            " JOIN account a ON a.id = s.account WHERE s.token_hash = %s AND s.expires > %s",
            [token_hash, now],
        )


async def sessions_of(tx: Tx, account: str, now: datetime) -> list[SessionRow]:
    """Return an account's lasting sessions, latest day first."""
    return await many(
        tx,
        SessionRow,
        "SELECT id, account, day, passkey FROM session WHERE account = %s AND expires > %s"
        " ORDER BY day DESC, id",
        [account, now],
    )


async def ids_of_sessions(tx: Tx, kinds: list[str]) -> list[str]:
    """Return the sessions of all accounts of these kinds."""
    query = "SELECT s.id FROM session s JOIN account a ON a.id = s.account WHERE a.kind = ANY(%s)"
    return [str(row[0]) for row in await (await tx.execute(query, [kinds])).fetchall()]


async def drop_sessions(tx: Tx, sessions: list[str]) -> None:
    """Delete sessions."""
    await tx.execute("DELETE FROM session WHERE id = ANY(%s)", [sessions])


async def end_session(tx: Tx, token_hash: bytes) -> None:
    """Forget a session."""
    await tx.execute("DELETE FROM session WHERE token_hash = %s", [token_hash])


async def end_session_of(tx: Tx, account: str, session: str) -> bool:
    """Forget one of an account's sessions; tell whether there was one."""
    return bool(await changed(tx, "DELETE FROM session WHERE account = %s AND id = %s", [account, session]))


async def end_sessions_but(tx: Tx, account: str, kept: str) -> None:
    """Forget all of an account's sessions but one."""
    await tx.execute("DELETE FROM session WHERE account = %s AND id <> %s", [account, kept])


async def add_household(tx: Tx, household: str, cell: str, owner: str) -> None:
    """Store a household and its owner; the transaction must be that household's."""
    await tx.execute("INSERT INTO household (id, cell) VALUES (%s, %s)", [household, cell])
    await add_membership(tx, owner, "member", household, "owner")


async def add_membership(tx: Tx, account: str, kind: str, household: str, role: str) -> None:
    """Let an account into the transaction's household."""
    await tx.execute(
        "INSERT INTO membership (account, kind, household, role) VALUES (%s, %s, %s, %s)",
        [account, kind, household, role],
    )


async def sign_hub(tx: Tx, hub: str, owner_sig: str) -> None:
    """Keep the owner's signature with a hub of the transaction's household."""
    await tx.execute(
        "UPDATE membership SET owner_sig = %s WHERE account = %s AND role = 'hub'", [owner_sig, hub]
    )


async def cell_of(tx: Tx, household: str) -> str | None:
    """Return the cell of the transaction's household."""
    found: str | None = await value(tx, "SELECT cell FROM household WHERE id = %s", [household])
    return found


async def members_of(tx: Tx, household: str) -> list[Member]:
    """Return members and hubs of the transaction's household."""
    return await many(
        tx,
        Member,
        "SELECT m.account, m.role, a.sign_pub, a.age_recipient, m.owner_sig FROM membership m"
        " JOIN account a ON a.id = m.account WHERE m.household = %s ORDER BY m.account",
        [household],
    )


async def epochs_of(tx: Tx, household: str, first: int = 0) -> list[EpochRow]:
    """Return the epochs of the transaction's household from number `first` on, in order."""
    return await many(
        tx,
        EpochRow,
        "SELECT statement, sig, sealed, private FROM epoch WHERE household = %s AND n >= %s ORDER BY n",
        [household, first],
    )


async def epoch_at(tx: Tx, household: str, n: int) -> EpochRow | None:
    """Return the epoch of a number of the transaction's household."""
    query = "SELECT statement, sig, sealed, private FROM epoch WHERE household = %s AND n = %s"
    return await one(tx, EpochRow, query, [household, n])


async def last_epoch(tx: Tx, household: str) -> EpochRow | None:
    """Return the newest epoch of the transaction's household."""
    query = "SELECT statement, sig, sealed, private FROM epoch WHERE household = %s ORDER BY n DESC LIMIT 1"
    return await one(tx, EpochRow, query, [household])


async def destroy_secret(tx: Tx, household: str, n: int) -> bool:
    """Destroy the secret of an epoch of the transaction's household, as members were given it too.

    Tells whether there was one. The page of the book stays, and an owner's word who may see what is of it.
    """
    await tx.execute("UPDATE earlier_key SET sealed = '' WHERE household = %s AND n = %s", [household, n])
    query = "UPDATE epoch SET sealed = '' WHERE household = %s AND n = %s AND sealed <> ''"
    return bool(await changed(tx, query, [household, n]))


async def add_epoch(tx: Tx, household: str, n: int, epoch: EpochRow) -> None:
    """Store an epoch of the transaction's household."""
    await tx.execute(
        "INSERT INTO epoch (household, n, statement, sig, sealed, private) VALUES (%s, %s, %s, %s, %s, %s)",
        [household, n, epoch.statement, epoch.sig, epoch.sealed, epoch.private],
    )
