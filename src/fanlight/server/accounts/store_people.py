"""The rows of one person: passkeys, known browsers, notices. The transaction must be that account's."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from fanlight.model.ids import new_id
from fanlight.store.database import Tx, changed, many, one, value

MOST_DEVICES = 64


class Passkey(msgspec.Struct, frozen=True):
    """A passkey as kept. `wrapped` and `label` are sealed by the person's browser.

    `page` is the origin of the pages it was made on, if those were `fanlight app`'s.
    """

    id: str
    account: str
    credential: bytes
    public_key: bytes
    wrapped: bytes | None
    label: bytes | None
    day: date
    page: str | None = None


class Notice(msgspec.Struct, frozen=True):
    """What a person is told."""

    id: str
    code: str
    day: date
    about: str | None
    household: str | None


_PASSKEY = "SELECT id, account, credential, public_key, wrapped, label, day, page FROM passkey"


async def enter(tx: Tx, *, account: str | None = None, household: str | None = None) -> None:
    """Make the rest of the transaction another account's or household's too; None leaves it as it is."""
    if account is not None:
        await tx.execute("SELECT set_config('fanlight.account', %s, true)", [account])
    if household is not None:
        await tx.execute("SELECT set_config('fanlight.household', %s, true)", [household])


async def add_passkey(tx: Tx, passkey: Passkey) -> bool:
    """Store a passkey; tell whether its credential was new anywhere."""
    return bool(
        await changed(
            tx,
            "INSERT INTO passkey (id, account, kind, credential, public_key, wrapped, label, day, page)"
            " SELECT %s, id, kind, %s, %s, %s, %s, %s, %s FROM account WHERE id = %s ON CONFLICT DO NOTHING",
            [
                *(passkey.id, passkey.credential, passkey.public_key, passkey.wrapped, passkey.label),
                *(passkey.day, passkey.page, passkey.account),
            ],
        )
    )


async def passkey_by_credential(tx: Tx, credential: bytes) -> Passkey | None:
    """Return the passkey of a credential, whosever it is."""
    await tx.execute("SELECT set_config('fanlight.credential', %s, true)", [credential.hex()])
    return await one(tx, Passkey, _PASSKEY + " WHERE credential = %s", [credential])


async def passkeys_of(tx: Tx, account: str) -> list[Passkey]:
    """Return an account's passkeys, oldest day first."""
    return await many(tx, Passkey, _PASSKEY + " WHERE account = %s ORDER BY day, id", [account])


async def put_wrapped(tx: Tx, account: str, passkey: str, wrapped: bytes) -> bool:
    """Put another wrapped seed in the place of a passkey's; tell whether there is such a passkey."""
    return bool(
        await changed(
            tx, "UPDATE passkey SET wrapped = %s WHERE account = %s AND id = %s", [wrapped, account, passkey]
        )
    )


async def drop_passkey(tx: Tx, account: str, passkey: str) -> bool:
    """Delete a passkey with its wrapped seed and sessions; tell whether there was one."""
    return bool(await changed(tx, "DELETE FROM passkey WHERE account = %s AND id = %s", [account, passkey]))


async def meet_device(tx: Tx, account: str, hashed: bytes) -> bool:
    """Note a browser; tell whether the account never came from it before."""
    held = await value(tx, "SELECT count(*) FROM device WHERE account = %s", [account])
    if held >= MOST_DEVICES:  # somebody asks for new ones on purpose: forget all, and tell of each again
        await tx.execute("DELETE FROM device WHERE account = %s AND hash <> %s", [account, hashed])
    return bool(
        await changed(tx, "INSERT INTO device VALUES (%s, %s) ON CONFLICT DO NOTHING", [account, hashed])
    )


async def add_notice(  # noqa: PLR0913 - the columns
    tx: Tx, account: str, code: str, *, day: date, about: str | None, household: str | None
) -> None:
    """Tell an account something; once a day is enough."""
    await tx.execute(
        "INSERT INTO notice (id, account, household, code, about, day) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [new_id(), account, household, code, about, day],
    )


async def notices_of(tx: Tx, account: str, since: date) -> list[Notice]:
    """Return what an account was told, latest day first; what is from before `since` is forgotten."""
    await tx.execute("DELETE FROM notice WHERE account = %s AND day < %s", [account, since])
    return await many(
        tx,
        Notice,
        "SELECT id, code, day, about, household FROM notice WHERE account = %s ORDER BY day DESC, id",
        [account],
    )


async def drop_notices(tx: Tx, account: str, seen: Sequence[str]) -> None:
    """Forget notices of an account."""
    await tx.execute("DELETE FROM notice WHERE account = %s AND id = ANY(%s)", [account, list(seen)])


async def told_in(tx: Tx, household: str, roles: Iterable[str]) -> list[str]:
    """Return the accounts of a household that are told what happens in it."""
    rows = await tx.execute(
        "SELECT account FROM membership WHERE household = %s AND role = ANY(%s)", [household, list(roles)]
    )
    return [str(row[0]) for row in await rows.fetchall()]
