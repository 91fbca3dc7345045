"""A restore: an older database, older blobs or both, under a shred list that is as new as ever."""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import Household, make_household
from tests.server.running import running
from tests.server.sealed import clip
from tests.server.vaults import Vault, listed, send, tidy, use_s3, wire
from tests.store.s3server import S3, s3_server

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.server.shreds import ShredList
from fanlight.server.vault.keeping import Keeper
from fanlight.store.database import migrate
from fanlight.store.postgres import Postgres

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    before = dict(os.environ)
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        use_s3(running)
        yield running
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(params=["directory", "s3"])
def vault(request: pytest.FixtureRequest, postgres: Postgres, database: str, tmp_path: Path) -> Vault:
    s3 = request.getfixturevalue("s3") if request.param == "s3" else None
    with psycopg.connect(database) as connection:
        name = connection.info.dbname
    return Vault(tmp_path, postgres, name, s3)


@dataclass
class Told:
    """What a household did, before and after its server was backed up."""

    home: Household
    erased: str
    expired: str
    kept: str
    plain: str
    later: str = ""


async def _before(vault: Vault) -> Told:
    async with vault.running() as town:
        home = await make_household(town.http)
        names = [
            await send(home, *clip(home, now() - days * DAY, seed=seed))
            for seed, days in enumerate((0, 10, 10, 0))
        ]
        await town.settled()
        return Told(home, *names)


async def _after(vault: Vault, told: Told) -> None:
    async with vault.running() as town:
        home = told.home
        home.owner.http = home.hub.http = town.http
        home.owner.session, home.hub.session = {}, {}
        assert (await home.owner.call("DELETE", f"/v1/clips/{told.erased}")).status_code == 204
        assert (await home.owner.call("PUT", f"/v1/clips/{told.kept}/keep")).status_code == 204
        await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 5})
        told.later = await send(home, *clip(home, now(), seed=9))
        assert await listed(home) == {told.kept, told.plain, told.later} == vault.payloads()


@pytest.mark.parametrize("older", [("rows",), ("payloads",), ("rows", "payloads")], ids="+".join)
def test_what_was_erased_or_expired_does_not_come_back(vault: Vault, older: tuple[str, ...]) -> None:
    """R05: from the first answer on; in the end rows and payloads agree, but for what the backup lacked."""

    async def body() -> None:
        told = await _before(vault)
        copy, blobs = vault.copy_database(), vault.blobs()
        await _after(vault, told)
        if "rows" in older:
            vault.database = copy
        if "payloads" in older:
            vault.restore_blobs(blobs)
            assert told.erased in vault.payloads()
        async with vault.running() as town:
            home = told.home
            home.owner.http = home.hub.http = town.http
            expected = {told.kept, told.plain} | ({told.later} if older == ("payloads",) else set())
            assert await listed(home) == expected
            rows = await home.owner.json("GET", "/v1/clips", params={"brief": "true"})
            assert [row["clip"] for row in rows["clips"] if row.get("keep")] == [told.kept]
            for gone in (told.erased, told.expired):
                assert (await home.owner.call("GET", f"/v1/clips/{gone}/hdr")).status_code == 404
                assert (await home.owner.call("GET", f"/v1/clips/{gone}/pay")).status_code == 404
            await tidy(town)
            assert vault.payloads() == {told.kept, told.plain} | (
                set() if "payloads" in older else {told.later} & expected
            )
            looked = await Keeper(town.services).look()
            assert looked.payloads_without_row == looked.doomed == 0
            assert looked.rows_without_payload == (1 if older == ("payloads",) else 0)
            assert (await home.owner.call("GET", f"/v1/clips/{told.plain}/pay")).is_success

    asyncio.run(body())


def test_an_erased_clip_that_a_hub_sends_after_a_restore_is_not_taken(vault: Vault) -> None:
    """The clip was made and erased after the backup, so that the restored database never knew it."""

    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            await town.settled()
        copy = vault.copy_database()
        async with vault.running() as town:
            home.owner.http = home.hub.http = town.http
            home.owner.session, home.hub.session = {}, {}
            name, sealed = clip(home, now())
            await send(home, name, sealed)
            assert (await home.owner.call("DELETE", f"/v1/clips/{name}")).status_code == 204
        vault.database = copy
        async with vault.running() as town:
            home.owner.http = home.hub.http = town.http
            home.owner.session, home.hub.session = {}, {}
            refused = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(sealed))
            assert (refused.status_code, refused.json()["code"]) == (409, "vault.erased")

    asyncio.run(body())


def test_a_server_that_stopped_between_header_and_payload_goes_on(database: str, tmp_path: Path) -> None:
    """K1: killed after the header went; the next start removes the payload, and enters it in the list."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            name = await send(home, *clip(home, now()))
        with psycopg.connect(database) as owner:
            owner.execute("DELETE FROM clip")  # what the erasing call commits before anything else
        async with running(tmp_path, database) as town:

            async def clear() -> bool:
                return not await town.count("SELECT count(*) FROM doomed")

            await town.until(clear)
            assert town.services.shreds.erased == {name}

    asyncio.run(body())
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def test_an_upgrade_deletes_no_clip_of_before(database: str) -> None:
    """Clips stayed for ever before there were days: who has old ones keeps them until an owner chooses."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("DELETE FROM schema_version WHERE name = '0015_vault_days.sql'")
        for name, days in (("a" * 26, 40), ("b" * 26, 14)):
            owner.execute("INSERT INTO household (id, cell) VALUES (%s, 'cell')", [name])
            owner.execute(
                "INSERT INTO account VALUES (%s, 'hub', %s, 'age1')", [name, name[:16].encode() * 2]
            )
            owner.execute(
                "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256, card, sig,"
                " manifest, hdr) VALUES (%s, %s, %s, 0, current_date - %s, 1, '', '', '', '', '', '')",
                [name, name, name, days],
            )
    migrate(database)
    with psycopg.connect(database) as owner:
        rows = owner.execute("SELECT household, keep_days FROM vault_setting").fetchall()
    assert rows == [("a" * 26, 365)]


# The list itself

IDS = [new_id() for _ in range(6)]
TODAY = now().date()
Note = Callable[[ShredList], None]
NOTES: st.SearchStrategy[list[Note]] = st.lists(
    st.one_of(
        st.lists(st.sampled_from(IDS), max_size=3).map(lambda clips: lambda to: to.note_erased(clips)),
        st.tuples(st.sampled_from(IDS), st.integers(0, 30)).map(
            lambda what: lambda to: to.note_expired(what[0], TODAY - what[1] * DAY)
        ),
        st.tuples(st.sampled_from(IDS), st.booleans()).map(
            lambda what: lambda to: to.note_mark(what[0], kept=what[1])
        ),
    )
)


def _said(list_: ShredList) -> tuple[object, object, object]:
    return list_.erased, list_.expired, list_.kept


@given(notes=NOTES)
def test_the_list_says_the_same_after_every_start(
    tmp_path_factory: pytest.TempPathFactory, notes: list[Note]
) -> None:
    folder = tmp_path_factory.mktemp("shred")
    written = ShredList(folder)
    for note in notes:
        note(written)
    assert _said(ShredList(folder)) == _said(written)
    lines = (folder / "list").read_text().splitlines()
    assert lines == sorted(lines), "after a start no line tells by its place when it was written"
    assert (folder / "list").stat().st_mtime % 86_400 == 0
    assert not written.erased & written.kept


@given(data=st.binary(max_size=300))
def test_other_bytes_in_the_list_are_passed_over(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """A write that power cut short, or a disk that decays: what can be read counts."""
    folder = tmp_path_factory.mktemp("shred")
    ShredList(folder).note_erased(IDS[:2])
    with (folder / "list").open("ab") as file:
        file.write(data)
    assert set(IDS[:2]) <= ShredList(folder).erased
