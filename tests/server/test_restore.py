"""A real backup: `pg_dump` and a copy of the blobs, restored by `pg_restore` under a newer shred list.

What ended after the backup is ended before the first call could be answered: the services are opened, and
nothing listens yet.
"""

import asyncio
import shutil
import subprocess
from pathlib import Path

import psycopg
from tests.server.acting import make_household
from tests.server.booking import Person, found, sign_up
from tests.server.running import Running, running
from tests.server.sealed import clip
from tests.server.test_links import Given
from tests.server.vaults import send

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.server.app import Options, open_services
from fanlight.store import binaries
from fanlight.store.postgres import Postgres

PROGRAMS = binaries.find(wheel_first=True, major=None)[0].folder


def _run(program: str, *arguments: str) -> None:
    result = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def back_up(database: str, home: Path, to: Path) -> None:
    """Do what docs/guide/own-town.md says: the database and the folders, together."""
    to.mkdir()
    _run("pg_dump", "--format=custom", f"--file={to / 'rows'}", database)
    shutil.copytree(home / "blobs", to / "blobs")


def restore(postgres: Postgres, home: Path, kept: Path) -> str:
    """Restore rows into a new database and the blobs in their place; return the database's address."""
    name = f"t_{new_id()}"
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}"'.encode())
    _run("pg_restore", f"--dbname={postgres.url_of(name)}", str(kept / "rows"))
    shutil.rmtree(home / "blobs")
    shutil.copytree(kept / "blobs", home / "blobs")
    return postgres.url_of(name)


def rows(database: str, query: str) -> set[str]:
    with psycopg.connect(database) as owner:
        return {str(value) for (value,) in owner.execute(query.encode())}


def test_what_ended_after_a_backup_is_ended_before_the_restored_server_answers(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    """R05 R10: clips, links, a person, a household; a kept clip stays, and nothing else is touched."""
    home, kept = tmp_path / "home", tmp_path / "backup"
    home.mkdir()

    async def acts(town: Running) -> tuple[dict[str, str], dict[str, str]]:
        house = await make_household(town.http)
        erased, marked, plain = [await send(house, *clip(house, now(), seed=seed)) for seed in range(3)]
        revoked, spent, open_still = (Given(house, most=1) for _ in range(3))
        for given in (revoked, spent, open_still):
            await given.put(town)
        person, mover = [await sign_up(town.http) for _ in range(2)]
        moved = await found(mover)
        assert rows(database, "SELECT state FROM link") == {"open"}
        await asyncio.to_thread(back_up, database, home, kept)
        await house.owner.json("DELETE", f"/v1/clips/{erased}")
        await house.owner.json("PUT", f"/v1/clips/{marked}/keep")
        await house.owner.json("DELETE", f"/v1/links/{revoked.id}")
        assert (await spent.open(town)).is_success
        await _delete(person, "account", person.account)
        await _delete(mover, "household", moved.id)
        gone = {"clip": erased, "link": revoked.id, "other link": spent.id, "person": person.account}
        gone |= {"household": moved.id}
        return gone, {"marked": marked, "plain": plain, "link": open_still.id}

    async def body() -> None:
        async with running(home, database) as town:
            gone, stays = await acts(town)
        again = await asyncio.to_thread(restore, postgres, home, kept)
        assert rows(again, "SELECT id FROM clip") >= {gone["clip"]}, "the backup does bring it all back"
        assert rows(again, "SELECT id FROM link WHERE state = 'open'") >= {gone["link"], gone["other link"]}
        assert rows(again, "SELECT id FROM account") >= {gone["person"]}
        assert not rows(again, "SELECT id FROM clip WHERE marked")
        async with open_services(Options(home=home, database=again, demo=True)):
            # Open, and nothing listens: this is what the first call finds.
            assert rows(again, "SELECT id FROM clip") == {stays["marked"], stays["plain"]}
            assert rows(again, "SELECT id FROM clip WHERE marked") == {stays["marked"]}
            assert rows(again, "SELECT id FROM link WHERE state = 'open'") == {stays["link"]}
            assert gone["person"] not in rows(again, "SELECT id FROM account")
            assert gone["household"] not in rows(again, "SELECT id FROM household")
        async with running(home, again) as town:
            for name in (gone["link"], gone["other link"]):
                assert not (await town.http.post(f"/v1/links/{name}/open")).is_success
            assert (await town.http.post(f"/v1/links/{stays['link']}/open")).is_success

            async def swept() -> bool:
                there = {path.name for path in (home / "blobs").rglob("*") if path.is_file()}
                return not there & {gone["clip"], gone["link"], gone["other link"]}

            await town.until(swept)
            there = {path.name for path in (home / "blobs").rglob("*") if path.is_file()}
            assert there == {stays["marked"], stays["plain"], stays["link"]}

    asyncio.run(body())


async def _delete(person: Person, what: str, name: str) -> None:
    path = {"account": "/v1/account", "household": "/v1/households/mine"}[what]
    await person.json("DELETE", path, headers=person.signed(f"delete-{what}", name))
