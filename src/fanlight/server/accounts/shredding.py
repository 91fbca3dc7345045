"""What was deleted for good stays deleted: noted outside the database, and deleted again after a restore.

In:     ids of accounts, households and passkeys that were deleted; keys whose secret was destroyed; the
        shred list.
Out:    the same rows gone from whatever database is there, before anything is served.
Holds:  a stolen passkey that was removed does not sign in again because somebody restored a backup.
Absent: clips (vault); whose a passkey or a household was.
"""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from fanlight.server.accounts import store, store_homes, store_people
from fanlight.server.services import Services
from fanlight.store.database import Tx, many

log = structlog.get_logger()


class _Back(msgspec.Struct, frozen=True):
    kind: str
    id: str
    account: str


class _Secret(msgspec.Struct, frozen=True):
    household: str
    n: int


async def note(services: Services, gone: Sequence[str]) -> None:
    """Note what was deleted, once that is committed."""
    try:
        await asyncio.to_thread(services.shreds.note_gone, gone)
    except OSError as error:  # it is deleted; only an older backup would bring it back
        log.warning("shreds", error=type(error).__name__)


async def note_secret(services: Services, household: str, number: int) -> None:
    """Note that a household key's secret was destroyed, once that is committed."""
    try:
        await asyncio.to_thread(services.shreds.note_secret, household, number)
    except OSError as error:  # as above
        log.warning("shreds", error=type(error).__name__)


async def replay_secrets(services: Services) -> int:
    """Destroy again the secrets that came back with an older database and that no clip of it needs.

    Comes after the clips' own replay: what expired or was erased needs no key. Returns how many.
    """
    gone = sorted(services.shreds.secrets)
    homes, numbers = [home for home, _ in gone], [number for _, number in gone]
    async with services.db.transaction() as tx:
        back = await many(tx, _Secret, "SELECT household, n FROM secrets_back(%s, %s)", [homes, numbers])
        for one in back:
            await store_people.enter(tx, household=one.household)
            await store.destroy_secret(tx, one.household, one.n)
    return len(back)


async def replay(services: Services) -> int:
    """Delete again what came back with an older database; return how many."""
    gone = sorted(services.shreds.gone)
    async with services.db.transaction() as tx:
        back = await many(tx, _Back, "SELECT kind, id, account FROM accounts_back(%s)", [gone])
        for one in back:
            await _delete(tx, one)
    return len(back)


async def _delete(tx: Tx, one: _Back) -> None:
    if one.kind == "household":
        await delete_household(tx, one.id)
        return
    await store_people.enter(tx, account=one.account)
    if one.kind == "passkey":
        await store_people.drop_passkey(tx, one.account, one.id)
        return
    for home in await store.memberships_of(tx, one.account):
        await store_people.enter(tx, household=home.household)
        await store_homes.remove_membership(tx, home.household, one.account)
    await store.delete_account(tx, one.id)


async def delete_household(tx: Tx, household: str) -> list[store.Member]:
    """Delete a household with its hubs' accounts and all that is its own; return who was in it."""
    await store_people.enter(tx, household=household)
    inside = await store.members_of(tx, household)
    await store_homes.delete_household(tx, household)
    for one in inside:
        if one.role == "hub":
            await store.delete_account(tx, one.account)
    return inside
