"""How long clips stay, which stay for good, how much space there is: in a directory and in a real S3."""

import asyncio
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.seal.old_epochs import new_epoch
from tests.server.acting import Household, make_household, staff
from tests.server.running import Clock
from tests.server.sealed import clip
from tests.server.vaults import Vault, listed, send, tidy, use_s3, wire
from tests.store.s3server import S3, s3_server

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.seal.epoch import from_wire
from fanlight.server.vault import rules
from fanlight.server.vault.keeping import Keeper
from fanlight.store.blobs import BlobsAway
from fanlight.store.postgres import Postgres
from fanlight.wire import b64

GIB = 1 << 30
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


async def aged(home: Household, days: int, seed: int = 1) -> str:
    """Send a clip of so many days ago."""
    return await send(home, *clip(home, now() - days * DAY, seed=seed))


async def turn(home: Household, times: int) -> None:
    """Publish so many further household keys."""
    path = "/v1/households/mine/epochs"
    last = from_wire((await home.owner.json("GET", path))["epochs"][-1])
    for _ in range(times):
        members, signer = [home.owner.keys.age.recipient], home.owner.keys.signing
        _, last = new_epoch(household=home.id, after=last, members=members, owner_key=signer)
        await home.owner.json("PUT", f"{path}/{last.statement.n}", json=last.to_wire())


def test_a_clip_goes_with_its_days_header_first_then_payload_and_nothing_remains(vault: Vault) -> None:
    """R05: what expired is neither in a row nor in the store, and the report of both says so."""

    async def body() -> None:
        ticking = Clock()
        async with vault.running(ticking) as town:
            home = await make_household(town.http)
            old, young = await aged(home, 3), await aged(home, 1, seed=2)
            await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 3})
            assert await listed(home) == {old, young} == vault.payloads()
            ticking.ahead = DAY
            await Keeper(town.services).expire_due()
            assert await listed(home) == {young}
            assert vault.sql("SELECT clip, lasting FROM doomed") == [(old, False)]
            assert vault.payloads() == {old, young}, "the header goes first, then the payload"
            looked = await Keeper(town.services).look()
            assert (looked.rows, looked.payloads, looked.doomed, looked.overdue) == (1, 2, 1, 0)
            await Keeper(town.services).clear()
            assert vault.payloads() == {young}
            assert vault.sql("SELECT * FROM doomed") == [], "the note goes when it is done"
            for part in ("hdr", "pay", "manifest"):
                assert (await home.owner.call("GET", f"/v1/clips/{old}/{part}")).status_code == 404
            operator = staff(town.http, "operator")
            await Keeper(town.services).look()
            found = (await operator.json("GET", "/v1/operator/vault"))["last"]
            assert found == {
                "day": (now() + DAY).date().isoformat(),
                "rows": 1,
                "payloads": 1,
                "rows_without_payload": 0,
                "payloads_without_row": 0,
                "swept": 0,
                "overdue": 0,
                "doomed": 0,
            }
            assert (await home.owner.call("GET", "/v1/operator/vault")).status_code == 403

    asyncio.run(body())


def test_a_kept_clip_stays_until_it_is_let_go(vault: Vault) -> None:
    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            kept, other = await aged(home, 10), await aged(home, 10, seed=2)
            for _ in range(2):
                assert (await home.owner.call("PUT", f"/v1/clips/{kept}/keep")).status_code == 204
            page = (await home.owner.json("GET", "/v1/clips"))["clips"]
            assert {row["clip"]: row.get("keep", False) for row in page} == {kept: True, other: False}
            said = await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 5})
            assert (said["keep_days"], said["kept_clips"]) == (5, 1)
            assert await listed(home) == {kept} == vault.payloads()
            for _ in range(2):
                assert (await home.owner.call("DELETE", f"/v1/clips/{kept}/keep")).status_code == 204
            await tidy(town)
            assert await listed(home) == set() == vault.payloads()
            assert (await home.owner.call("PUT", f"/v1/clips/{kept}/keep")).status_code == 404

    asyncio.run(body())


def test_a_household_can_keep_nothing_and_begin_again_the_same_day(vault: Vault) -> None:
    """R51: with 0 days the server takes no clip, and has none when the setting is answered."""

    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            today = await aged(home, 0)
            await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 0})
            assert await listed(home) == set() == vault.payloads()
            name, sealed = clip(home, now(), seed=2)
            refused = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(sealed))
            assert (refused.status_code, refused.json()["code"]) == (409, "vault.past_days")
            await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 1})
            await send(home, name, sealed)
            assert await listed(home) == {name}
            again = await home.hub.call("PUT", f"/v1/clips/{today}", json=wire(sealed))
            assert again.status_code in {400, 409}

    asyncio.run(body())


def test_a_clip_that_comes_when_its_days_are_over_is_not_taken(vault: Vault) -> None:
    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            assert (await home.owner.json("GET", "/v1/vault/keeping"))["keep_days"] == 14
            await aged(home, 14)
            name, late = clip(home, now() - 15 * DAY, seed=2)
            refused = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(late))
            assert refused.json()["code"] == "vault.past_days"
            # What was once over stays over, whatever is chosen later.
            for days in (3, 20):
                await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": days})
            name, late = clip(home, now() - 10 * DAY, seed=3)
            refused = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(late))
            assert refused.json()["code"] == "vault.past_days"

    asyncio.run(body())


def test_a_full_household_gets_one_clear_error_and_takes_the_clip_when_there_is_room(vault: Vault) -> None:
    async def body() -> None:
        async with vault.running(quota_gib=1_200_000 / GIB) as town:
            home = await make_household(town.http)
            first, second = await aged(home, 1), await aged(home, 0, seed=2)
            other = await make_household(town.http, b"n" * 32)
            await aged(other, 0, seed=4)
            name, sealed = clip(home, now(), seed=3)
            refused = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(sealed))
            assert (refused.status_code, refused.json()["code"]) == (507, "vault.quota_full")
            assert "none is lost" in refused.json()["kept"]
            said = await home.owner.json("GET", "/v1/vault/keeping")
            assert 0 < said["quota_bytes"] - said["used_bytes"] < len(sealed.pay)
            same = await home.hub.json("PUT", f"/v1/clips/{first}", json=_same(vault, first))
            assert same["kept"], "what is here already needs no room"
            assert (await home.owner.call("DELETE", f"/v1/clips/{first}")).status_code == 204
            await send(home, name, sealed)
            assert await listed(home) == {second, name}

    asyncio.run(body())


def _same(vault: Vault, name: str) -> dict[str, Any]:
    rows = vault.sql("SELECT id, card, sig, manifest, hdr FROM clip")
    ((card, sig, manifest, hdr),) = [row[1:] for row in rows if row[0] == name]
    return {"card": card, "sig": sig, "manifest": b64.encode(manifest), "hdr": b64.encode(hdr)}


def test_two_hubs_do_not_take_the_same_room(vault: Vault) -> None:
    async def body() -> None:
        async with vault.running(quota_gib=600_000 / GIB) as town:
            home = await make_household(town.http)
            clips = [clip(home, now(), seed=seed) for seed in range(4)]
            await home.hub.json("GET", "/v1/households/mine/epochs")
            answers = await asyncio.gather(
                *(home.hub.call("PUT", f"/v1/clips/{name}", json=wire(sealed)) for name, sealed in clips)
            )
            assert sorted(answer.status_code for answer in answers) == [200, 507, 507, 507]

    asyncio.run(body())


def test_whoever_deletes_a_household_deletes_its_payloads(vault: Vault) -> None:
    """R10 R52: rows that go with their household take their payloads along; no restore brings one back."""

    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            name = await aged(home, 0)
            with psycopg.connect(vault.postgres.url_of(vault.database)) as owner:
                owner.execute("DELETE FROM clip")  # as the household's own deletion does by its cascade
            await Keeper(town.services).clear()
            assert vault.payloads() == set()
            assert town.services.shreds.erased == {name}

    asyncio.run(body())


def test_payloads_without_a_row_are_swept_at_the_second_look_and_others_are_counted(vault: Vault) -> None:
    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            here, lost = await aged(home, 0), await aged(home, 0, seed=2)
            source, orphan, elsewhere = vault.home / "source", new_id(), new_id()
            blobs = town.services.blobs
            for key in (rules.blob_of(orphan), rules.blob_of(elsewhere, old_place=True)):
                source.write_bytes(b"sealed")
                await blobs.put_file(key, source, now().date())
                source.unlink()
            await blobs.delete(rules.blob_of(lost))
            keeper = Keeper(town.services)
            looks = [await keeper.look() for _ in range(3)]
            told = [(one.payloads, one.payloads_without_row, one.swept) for one in looks]
            assert told == [(2, 1, 0), (1, 0, 1), (1, 0, 0)]
            assert {(one.rows, one.rows_without_payload) for one in looks} == {(2, 1)}
            assert vault.payloads() == {here, elsewhere}, "other rooms' payloads are not the vault's to sweep"

    asyncio.run(body())


def test_a_store_that_is_away_keeps_no_header_alive(vault: Vault) -> None:
    """R05: erasing is done when the header is gone; the payload goes as soon as the store answers again."""

    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            name = await aged(home, 0)
            working = town.services.blobs
            away = _Away(working)
            object.__setattr__(town.services, "blobs", away)
            assert (await home.owner.call("DELETE", f"/v1/clips/{name}")).status_code == 204
            assert (await home.owner.call("GET", f"/v1/clips/{name}/hdr")).status_code == 404
            assert vault.sql("SELECT clip, lasting FROM doomed") == [(name, True)]
            object.__setattr__(town.services, "blobs", working)
            assert await Keeper(town.services).clear() == 1
            assert vault.payloads() == set()

    asyncio.run(body())


class _Away:
    """A store whose network is cut for deletions; all else goes to the real one."""

    def __init__(self, blobs: Any) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    async def delete(self, key: str) -> None:
        raise BlobsAway("The store does not answer.", kept=key, do="Wait.")


def test_only_a_kept_clip_gets_a_header_sealed_anew(vault: Vault) -> None:
    async def body() -> None:
        async with vault.running() as town:
            home = await make_household(town.http)
            name = await aged(home, 0)
            await turn(home, 3)
            parts = {part: b"age-encryption.org/v1\n" + part.encode() for part in ("hdr", "manifest")}
            box = {part: b64.encode(data) for part, data in parts.items()}
            anew, path = box | {"epoch": 3, "readers": "ab" * 32}, f"/v1/clips/{name}/anew"
            assert (await home.owner.call("PUT", path, json=anew)).status_code == 404
            await home.owner.call("PUT", f"/v1/clips/{name}/keep")
            for part in box:
                for wrong in ("", "-", b64.encode(b"not age")):
                    assert (await home.owner.call("PUT", path, json=anew | {part: wrong})).status_code == 400
            assert (await home.owner.call("PUT", path, json=anew | {"readers": "alice"})).status_code == 400
            assert (await home.owner.call("PUT", path, json=anew)).status_code == 204
            ahead = anew | {"epoch": 4}
            refused = await home.owner.call("PUT", path, json=ahead)
            assert (refused.status_code, refused.json()["code"]) == (400, "vault.epoch_ahead")
            older = anew | {"hdr": b64.encode(parts["hdr"] + b" once more"), "epoch": 2, "readers": "cd" * 32}
            assert (await home.owner.call("PUT", path, json=older)).status_code == 204
            for part, data in parts.items():
                assert (await home.owner.call("GET", f"/v1/clips/{name}/{part}")).content == data
            (row,) = (await home.owner.json("GET", "/v1/clips", params={"brief": "true"}))["clips"]
            assert (row["keep"], row["epoch"], row["readers"]) == (True, 3, "ab" * 32)
            with psycopg.connect(vault.postgres.url_of(vault.database)) as owner:
                owner.execute("UPDATE clip SET hdr_epoch = 1 << 30")  # as an earlier server took it
            assert (await home.owner.call("PUT", path, json=anew)).status_code == 204
            (row,) = (await home.owner.json("GET", "/v1/clips", params={"brief": "true"}))["clips"]
            assert row["epoch"] == 3, "what no page has holds nothing up"
            assert (await home.hub.call("PUT", path, json=anew)).status_code == 403

    asyncio.run(body())


@pytest.mark.parametrize(
    ("keep_days", "last"), [(0, date(2026, 3, 2)), (1, date(2026, 2, 27)), (365, date(2025, 2, 28))]
)
def test_a_clip_of_a_day_stays_whole_days(keep_days: int, last: date) -> None:
    assert rules.last_expired(date(2026, 3, 1), keep_days) == last
