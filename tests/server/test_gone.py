"""A household that was deleted: no row of any table, no file and no name of a file has any of its ids."""

import asyncio
from pathlib import Path

import psycopg
from psycopg import sql
from tests.server.acting import Household
from tests.server.booking import found, sign_up
from tests.server.pushing import push_service
from tests.server.running import running
from tests.server.sealed import clip
from tests.server.test_accounts_people import let_hub_in
from tests.server.test_links import Given
from tests.server.vaults import send, tidy, wire

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.server.links import clockwork
from fanlight.server.notify.sending import Reach
from fanlight.wire import b64

MINE = "/v1/households/mine"
SHREDS = Path("server/shred/list")  # the one place that names them, so that they stay gone after a restore


def rows_with(database: str, names: set[str]) -> set[str]:
    """Return the tables that hold one of the names in any column, as text or in bytes."""
    hit = set()
    with psycopg.connect(database) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for row in owner.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                whole = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
                if any(name.encode() in whole for name in names):
                    hit.add(table)
    return hit


def files_with(home: Path, names: set[str]) -> set[Path]:
    """Return the files whose name or bytes hold one of the names."""
    hit = set()
    for path in home.rglob("*"):
        told = path.name.encode() + (path.read_bytes() if path.is_file() else b"")
        if any(name.encode() in told for name in names):
            hit.add(path.relative_to(home))
    return hit


def test_a_deleted_household_leaves_no_row_and_no_file(database: str, tmp_path: Path) -> None:
    """R05 R10: whole and half sent clips and links, alerts, status and an invite: all go."""

    async def body() -> None:
        async with push_service() as pushes, running(tmp_path, database, push=Reach(private=True)) as town:
            ana, ben = await sign_up(town.http), await sign_up(town.http)
            home = await found(ana)
            actor, hub = await let_hub_in(home)
            invite = await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"), hubs=(hub,))
            house = Household(ana, actor, home.id, ana.keys.age.recipient, "")
            names = {home.id, hub.hub, invite, *await _live(house)}
            ticket = {"endpoint": f"{pushes.url}/{new_id()}"}
            await ana.json("POST", "/v1/push/tickets", json=ticket)
            given = Given(house)
            await given.put(town)
            half = Given(house)
            await ana.json("PUT", f"/v1/links/{half.id}", json=half.wire(town))
            await ana.json("PUT", f"/v1/links/{half.id}/file", content=half.file[:100])
            names |= {given.id, half.id}
            before = rows_with(database, names)
            assert before >= {"household", "membership", "epoch", "clip", "link", "push_behest", "hub_status"}
            assert before >= {"vault_setting", "shred", "notice", "recovery_key"}
            assert len({path.parent for path in files_with(tmp_path, names)}) >= 3
            signed = ana.signed("delete-household", home.id)
            assert (await ana.call("DELETE", MINE, headers=signed)).status_code == 204
            await tidy(town)
            await clockwork.sweep(town.services)
            assert rows_with(database, names) == set()
            assert files_with(tmp_path, names) == {SHREDS}

    asyncio.run(body())


async def _live(house: Household) -> set[str]:
    """Let a household have whole, kept, erased and half sent clips, a status box and a behest; return ids."""
    names = {await send(house, *clip(house, now(), seed=seed)) for seed in range(3)}
    first, second, _ = sorted(names)
    await house.owner.json("PUT", f"/v1/clips/{first}/keep")
    await house.owner.json("DELETE", f"/v1/clips/{second}")
    await house.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 9})
    half, sealed = clip(house, now(), seed=8)
    await house.hub.json("PUT", f"/v1/clips/{half}", json=wire(sealed))
    await house.hub.json("PUT", f"/v1/clips/{half}/pay", content=bytes(sealed.pay[:1_000]))
    await house.hub.json("PUT", "/v1/hub/status", content=b"age-encryption.org/v1\nbox")
    device = new_id()
    body = b64.encode(b"age-encryption.org/v1\nbehest".ljust(3_000))
    await house.owner.call("PUT", f"/v1/push/behests/{device}", json={"body": body})
    return {*names, half, device}
