"""What a thief of the whole server opens with passkey and keys of somebody who deleted what was theirs."""

import asyncio
import secrets
from pathlib import Path

from tests.seal.wrapping import wrap_seed
from tests.server import booking
from tests.server.acting import Actor, Household
from tests.server.authenticator import Authenticator
from tests.server.booking import Home, Person
from tests.server.dumps import Dump, dump_of
from tests.server.running import Running, running
from tests.server.sealed import clip
from tests.server.test_accounts_people import MINE, let_hub_in
from tests.server.test_links import Given
from tests.server.test_vault import send
from tests.server.vaults import tidy

from fanlight.model.clock import now
from fanlight.seal.keys import member_keys
from fanlight.server.links import clockwork
from fanlight.wire import b64

PRF = b"what a passkey derives, 32 bytes"


async def _keep_seed(person: Person) -> None:
    """Have the person's seed lie at the server as their browser wraps it."""
    wrapped = b64.encode(wrap_seed(PRF, person.account, person.seed))
    _, answer = await booking.add_passkey(person, Authenticator(), wrapped=wrapped)
    assert answer.status_code == 201, answer.text


async def _live_in(town: Running) -> tuple[Home, Person, Actor, Household]:
    """Have a household of two with a hub, a clip, a link and alerts; both keep their seeds at the server."""
    ana, ben = await booking.sign_up(town.http), await booking.sign_up(town.http)
    home = await booking.found(ana)
    actor, hub = await let_hub_in(home)
    await home.invite(ben)
    await home.turn(ana.listed("owner"), ben.listed("member"), hubs=(hub,))
    assert home.newest is not None
    house = Household(ana, actor, home.id, home.newest.statement.recipient, "")
    name, sealed = clip(house, now())
    await send(house, name, sealed)
    given = Given(house)
    await ana.json("PUT", f"/v1/links/{given.id}", json=given.wire(town))
    await ana.json("PUT", f"/v1/links/{given.id}/file", content=given.file)
    await ana.json("POST", f"/v1/links/{given.id}/done")
    for person in (ana, ben):
        await _keep_seed(person)
    return home, ben, actor, house


def _footage(plains: list[bytes]) -> list[bytes]:
    return [plain for plain in plains if len(plain) > 200_000]


def _of(person: Person) -> str:
    return person.keys.age.secret


def test_of_a_deleted_household_nothing_opens_with_its_owners_passkey_and_keys(
    database: str, tmp_path: Path
) -> None:
    """R05 R10: no header, payload or household key is left for a passkey or a kept key to open."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, ben, _, _ = await _live_in(town)
            ana = home.owner
            before = dump_of(database, tmp_path)
            assert before.seeds_under(PRF, ana.account) == [ana.seed]
            control = before.opened_by_passkey(PRF, ana.account)
            assert len(_footage(control)) == 2, "the control: a clip and a copy, with the passkey alone"
            kept = [plain.decode().strip() for plain in control if plain.startswith(b"AGE-SECRET")]
            assert len(kept) >= 2

            headers = ana.signed("delete-household", home.id)
            assert (await ana.call("DELETE", MINE, headers=headers)).status_code == 204
            await tidy(town)
            await clockwork.sweep(town.services)  # as it does every ten minutes
            after = dump_of(database, tmp_path)
            assert after.seeds_under(PRF, ana.account) == [ana.seed], "the account is still there"
            assert after.opened_by_passkey(PRF, ana.account) == []
            assert after.opened_by(_of(ana), _of(ben), *kept) == []
            assert _holds_none_of(after, before.opened_by(*kept))

    asyncio.run(body())


def _holds_none_of(dump: Dump, plains: list[bytes]) -> bool:
    whole = b"\n".join(dump.pieces)
    return all(plain[1_000:1_064] not in whole for plain in _footage(plains))


def test_of_a_deleted_account_a_passkey_opens_nothing_and_kept_keys_nothing_that_came_after(
    database: str, tmp_path: Path
) -> None:
    """R05 R10 R52: the wrapped seed is gone with the account; the household goes on under another key."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home, ben, actor, _ = await _live_in(town)
            ana = home.owner
            before = dump_of(database, tmp_path)
            assert len(_footage(before.opened_by_passkey(PRF, ben.account))) == 2, "the control"
            headers = ben.signed("delete-account", ben.account)
            assert (await ben.call("DELETE", "/v1/account", headers=headers)).status_code == 204
            assert home.newest is not None
            assert home.newest.statement.book is not None
            hubs = home.newest.statement.book.roll.hubs
            await home.turn(ana.listed("owner"), hubs=hubs, why="left")
            later = Household(ana, actor, home.id, home.newest.statement.recipient, "")
            name, sealed = clip(later, now(), seed=7)
            await send(later, name, sealed)

            after = dump_of(database, tmp_path)
            assert after.seeds_under(PRF, ben.account) == []
            assert after.opened_by_passkey(PRF, ben.account) == []
            # What was theirs to see stays theirs if they kept their keys: nobody can call that back.
            kept = _footage(after.opened_by(_of(ben)))
            mine = _footage(after.opened_by_passkey(PRF, ana.account))
            assert (len(kept), len(mine)) == (2, 3)
            assert set(kept) < set(mine)

    asyncio.run(body())


def test_a_thief_finds_a_seed_only_with_its_own_passkey_and_account() -> None:
    """The control of the search itself."""
    seed = secrets.token_bytes(32)
    dump = Dump([wrap_seed(PRF, "a" * 26, seed), bytes(60)])
    assert dump.seeds_under(PRF, "a" * 26) == [seed]
    assert dump.seeds_under(PRF, "b" * 26) == dump.seeds_under(bytes(32), "a" * 26) == []
    assert dump.opened_by(member_keys(seed).age.secret) == []
