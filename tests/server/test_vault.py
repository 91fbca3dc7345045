"""Sealed clips: exactly once, resumable, by day, for their household only."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.server.acting import Household, make_household
from tests.server.running import running
from tests.server.sealed import clip

from fanlight.model.clock import now
from fanlight.seal.clip import SealedClip
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64

PART = 100_000


def wire(sealed: SealedClip) -> dict[str, Any]:
    """Return what a hub announces."""
    return {
        "card": sealed.card.decode(),
        "sig": b64.encode(sealed.card_sig),
        "manifest": b64.encode(sealed.manifest_age),
        "hdr": b64.encode(sealed.hdr),
    }


async def send(home: Household, name: str, sealed: SealedClip) -> httpx.Response:
    """Send a clip as a hub does."""
    await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
    for offset in range(0, len(sealed.pay), PART):
        part = bytes(sealed.pay[offset : offset + PART])
        await home.hub.json("PUT", f"/v1/clips/{name}/pay?offset={offset}", content=part)
    return await home.hub.call("POST", f"/v1/clips/{name}/done")


def test_a_clip_arrives_once_whatever_is_repeated_and_its_members_get_the_same_bytes(
    database: str, tmp_path: Path
) -> None:
    """R03: the server takes and gives ciphertext; a lost answer does no harm."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            name, sealed = clip(home, now())
            await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
            pay = f"/v1/clips/{name}/pay"
            half = bytes(sealed.pay[:PART])
            for _ in range(2):
                answer = await home.hub.json("PUT", f"{pay}?offset=0", content=half)
                assert answer == {"received": PART}
            head = await home.hub.call("HEAD", pay)
            assert head.headers["upload-offset"] == str(PART)
            gap = await home.hub.call("PUT", f"{pay}?offset={PART + 1}", content=b"x")
            assert (gap.status_code, gap.json()["code"]) == (409, "server.upload_gap")
            other = await home.hub.call("PUT", f"{pay}?offset=5", content=b"other bytes")
            assert (other.status_code, other.json()["code"]) == (409, "server.upload_differs")
            early = await home.hub.call("POST", f"/v1/clips/{name}/done")
            assert (early.status_code, early.json()["code"]) == (409, "vault.incomplete")
            assert (await home.owner.json("GET", "/v1/clips"))["clips"] == []
            overlapping = bytes(sealed.pay[PART // 2 :])
            assert (await home.hub.json("PUT", f"{pay}?offset={PART // 2}", content=overlapping))[
                "received"
            ] == len(sealed.pay)
            for _ in range(2):
                assert (await home.hub.call("POST", f"/v1/clips/{name}/done")).json()["kept"]
                assert (await send(home, name, sealed)).is_success
            (listed,) = (await home.owner.json("GET", "/v1/clips"))["clips"]
            assert listed == {"clip": name, **{k: v for k, v in wire(sealed).items() if k != "hdr"}}
            got = await home.owner.call("GET", pay)
            assert got.content == sealed.pay
            assert (await home.owner.call("GET", f"/v1/clips/{name}/hdr")).content == sealed.hdr
            ranged = await home.owner.call("GET", pay, headers={"Range": "bytes=16-65567"})
            assert (ranged.status_code, ranged.content) == (206, bytes(sealed.pay[16:65568]))
            assert ranged.headers["content-range"] == f"bytes 16-65567/{len(sealed.pay)}"
            tail = await home.owner.call("GET", pay, headers={"Range": "bytes=-5"})
            assert tail.content == sealed.pay[-5:]
            bad = await home.owner.call("GET", pay, headers={"Range": "bytes=9-3"})
            assert (bad.status_code, bad.json()["code"]) == (416, "server.bad_range")

    asyncio.run(body())


def test_the_last_part_finishes_a_clip_in_the_same_call_and_calls_beside_it_do_no_harm(
    database: str, tmp_path: Path
) -> None:
    """Exactly once, in one call more than there are parts; also what is announced or sent twice at once."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            name, sealed = clip(home, now())
            pay = f"/v1/clips/{name}/pay"
            at_once = [home.hub.call("PUT", f"/v1/clips/{name}", json=wire(sealed)) for _ in range(4)]
            announced = await asyncio.gather(*at_once)
            assert {(one.status_code, one.text) for one in announced} == {
                (200, '{"received":0,"kept":false}')
            }
            early = await home.hub.json("PUT", f"{pay}?offset=0&last=true", content=bytes(sealed.pay[:PART]))
            assert early == {"received": PART}, "what is not whole is not kept, whatever was said of it"
            rest = bytes(sealed.pay[PART:])
            whole = {"received": len(sealed.pay), "kept": True}
            for _ in range(2):
                assert await home.hub.json("PUT", f"{pay}?offset={PART}&last=true", content=rest) == whole
            assert await home.hub.json("POST", f"/v1/clips/{name}/done") == whole
            assert (await home.owner.call("GET", pay)).content == sealed.pay
            other, sealed = clip(home, now(), seed=2)
            await home.hub.json("PUT", f"/v1/clips/{other}", json=wire(sealed))
            wrong = bytes(len(sealed.pay))
            refused = await home.hub.call("PUT", f"/v1/clips/{other}/pay?last=true", content=wrong)
            assert (refused.status_code, refused.json()["code"]) == (400, "vault.bad_clip")
            assert (await home.hub.call("HEAD", f"/v1/clips/{other}/pay")).headers["upload-offset"] == "0"
            right = bytes(sealed.pay)
            calls = [
                home.hub.json("PUT", f"/v1/clips/{other}/pay?last=true", content=right) for _ in range(3)
            ]
            assert await asyncio.gather(*calls) == [{"received": len(right), "kept": True}] * 3

    asyncio.run(body())
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 2
    assert list((tmp_path / "server" / "incoming").iterdir()) == []


def test_what_the_hub_did_not_sign_is_not_kept(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            name, sealed = clip(home, now())
            other, _ = clip(home, now(), seed=3)
            forged = wire(sealed) | {"sig": b64.encode(SigningKey.new().sign("card", sealed.card))}
            swapped = wire(sealed) | {"manifest": wire(sealed)["hdr"]}
            for path, sent in ((name, forged), (name, swapped), (other, wire(sealed))):
                answer = await home.hub.call("PUT", f"/v1/clips/{path}", json=sent)
                assert (answer.status_code, answer.json()["code"]) == (400, "vault.bad_clip")
            flipped = bytearray(sealed.pay)
            flipped[70_000] ^= 1
            await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
            await home.hub.json("PUT", f"/v1/clips/{name}/pay?offset=0", content=bytes(flipped))
            answer = await home.hub.call("POST", f"/v1/clips/{name}/done")
            assert (answer.status_code, answer.json()["code"]) == (400, "vault.bad_clip")
            assert (await home.owner.json("GET", "/v1/clips"))["clips"] == []
            assert (await send(home, name, sealed)).is_success
            too_old, late = clip(home, now() - timedelta(days=90))
            answer = await home.hub.call("PUT", f"/v1/clips/{too_old}", json=wire(late))
            assert answer.json()["code"] == "vault.bad_clip"
            _, twin = clip(home, now(), seed=5)
            answer = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(twin))
            assert answer.status_code == 400

    asyncio.run(body())


def test_another_household_sees_nothing_and_cannot_take_the_id(database: str, tmp_path: Path) -> None:
    """R05: one household's clips do not exist for another."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http, b"m" * 32)
            other = await make_household(town.http, b"n" * 32)
            name, sealed = clip(home, now())
            assert (await send(home, name, sealed)).is_success
            assert (await other.owner.json("GET", "/v1/clips"))["clips"] == []
            for method, path in (("GET", "manifest"), ("GET", "hdr"), ("GET", "pay"), ("HEAD", "pay")):
                assert (await other.owner.call(method, f"/v1/clips/{name}/{path}")).status_code == 404
            assert (await other.owner.call("DELETE", f"/v1/clips/{name}")).status_code == 404
            for path in ("manifest", "hdr"):
                assert (await home.hub.call("GET", f"/v1/clips/{name}/{path}")).status_code == 403
            assert (await town.http.get("/v1/clips")).status_code == 401

    asyncio.run(body())


def test_an_erased_clip_is_gone_and_does_not_come_back(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            name, sealed = clip(home, now())
            assert (await send(home, name, sealed)).is_success
            assert (await home.owner.call("DELETE", f"/v1/clips/{name}")).status_code == 204
            assert (await home.owner.call("GET", f"/v1/clips/{name}/pay")).status_code == 404
            answer = await home.hub.call("PUT", f"/v1/clips/{name}", json=wire(sealed))
            assert (answer.status_code, answer.json()["code"]) == (409, "vault.erased")

    asyncio.run(body())
    blobs = tmp_path / "blobs"
    assert [path for path in blobs.rglob("*") if path.is_file()] == []


def test_nothing_at_the_server_tells_a_clips_time_of_day(database: str, tmp_path: Path) -> None:
    """R11: rows and files of a clip carry the day and nothing finer."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            for seed in range(3):
                assert (await send(home, *clip(home, now(), seed=seed))).is_success
            await home.hub.call("PUT", "/v1/hub/status", content=b"age-encryption.org/v1\nbox")
            assert (await home.owner.call("GET", "/v1/hub/status")).content == b"age-encryption.org/v1\nbox"
            assert (await home.hub.call("PUT", "/v1/hub/status", content=b"plain")).status_code == 400

    asyncio.run(body())
    for folder in ("blobs", "server/incoming"):
        for path in (tmp_path / folder, *(tmp_path / folder).rglob("*")):
            assert path.stat().st_mtime % 86_400 == 0, path


def test_a_brief_list_is_answered_again_only_when_it_changed(database: str, tmp_path: Path) -> None:
    """R03: a page may ask every second; the sealed manifests are fetched one by one, once."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)

            async def listed(tag: str = "") -> httpx.Response:
                headers = {"If-None-Match": tag} if tag else {}
                params = {"day": now().date().isoformat(), "brief": "true"}
                return await home.owner.call("GET", "/v1/clips", params=params, headers=headers)

            empty = await listed()
            assert empty.json() == {"clips": [], "after": None}
            name, sealed = clip(home, now())
            await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
            assert (await home.owner.call("GET", f"/v1/clips/{name}/manifest")).status_code == 404
            assert (await listed(empty.headers["etag"])).status_code == 304
            assert (await send(home, name, sealed)).is_success
            one = await listed(empty.headers["etag"])
            card = {k: v for k, v in wire(sealed).items() if k in {"card", "sig"}}
            assert one.json() == {"clips": [{"clip": name, **card}], "after": None}
            for tag in (one.headers["etag"], f"W/{one.headers['etag']}"):
                same = await listed(tag)
                assert (same.status_code, same.content) == (304, b"")
                assert same.headers["etag"] == one.headers["etag"]
            got = await home.owner.call("GET", f"/v1/clips/{name}/manifest")
            assert got.content == sealed.manifest_age
            assert (await home.owner.call("DELETE", f"/v1/clips/{name}")).is_success
            assert (await listed(one.headers["etag"])).headers["etag"] == empty.headers["etag"]
            assert (await home.owner.call("GET", f"/v1/clips/{name}/manifest")).status_code == 404
            full = await home.owner.call("GET", "/v1/clips")
            assert "etag" not in full.headers

    asyncio.run(body())


def test_pages_of_clips_follow_each_other_without_gap(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            await home.hub.json("GET", "/v1/households/mine/epochs")
            names = set()
            async with town.services.db.transaction(household=home.id) as tx:
                hub, today = home.hub.session["account"], now().date()
                for number in range(130):
                    name = f"{number:03d}".translate(str.maketrans("0189", "abcd")).ljust(26, "q")
                    names.add(name)
                    await tx.execute(
                        "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256,"
                        " card, sig, manifest, hdr) VALUES (%s, %s, %s, 0, %s, 1, '', '', '', '', '', '')",
                        [name, home.id, hub, today - timedelta(days=number % 3)],
                    )
                await tx.execute("UPDATE clip SET kept = true")
            seen: list[str] = []
            after: str | None = ""
            while after is not None:
                page = await home.owner.json("GET", "/v1/clips", params={"after": after} if after else {})
                seen += [row["clip"] for row in page["clips"]]
                after = page["after"]
            assert len(seen) == len(names)
            assert set(seen) == names
            brief = await home.owner.json("GET", "/v1/clips", params={"brief": "true"})
            assert [row["clip"] for row in brief["clips"]] == seen
            assert brief["after"] is None
            assert not any("manifest" in row for row in brief["clips"])
            day = now().date().isoformat()
            first = (await home.owner.json("GET", "/v1/clips", params={"day": day}))["clips"]
            last = first[0]["clip"]
            rest = await home.owner.json("GET", "/v1/clips", params={"day": day, "after": last})
            assert [row["clip"] for row in rest["clips"]] == [row["clip"] for row in first[1:]]
            bad = await home.owner.call("GET", "/v1/clips", params={"after": "x"})
            assert bad.status_code == 400

    asyncio.run(body())


def test_a_member_learns_how_many_clips_each_day_has_and_nobody_elses_count(
    database: str, tmp_path: Path
) -> None:
    """R03: days and counts for a calendar, of one's own household alone; what is not whole is not counted."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http, b"m" * 32)
            other = await make_household(town.http, b"n" * 32)
            today = now()
            for at in (today, today, today - timedelta(days=1)):
                name, sealed = clip(home, at)
                await send(home, name, sealed)
            name, sealed = clip(home, today)
            await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
            counted = {
                one["day"]: one["clips"] for one in (await home.owner.json("GET", "/v1/clips/days"))["days"]
            }
            assert counted == {
                today.date().isoformat(): 2,
                (today - timedelta(days=1)).date().isoformat(): 1,
            }
            assert await other.owner.json("GET", "/v1/clips/days") == {"days": []}

    asyncio.run(body())
