"""Cameras by the hub's page: found, tried, added, watched, changed and removed, the others undisturbed."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from tests.hub.pages import FIRST, MADE, SECOND, Served, camera, recorded, serving, until

from fanlight.hub.events import Row
from fanlight.hub.options import HubOptions
from fanlight.hub.page.errors import NotFound
from fanlight.hub.page.refs import LIFE_S, MOST, Refs, Tried
from fanlight.hub.privacy.proposal import MARGIN, USUAL
from fanlight.model import clock
from fanlight.model.ids import new_id

ONE = HubOptions(camera=(camera(),))
TWO = HubOptions(camera=(camera(), camera(SECOND, "Shed")))
ZONE = [[0.0, 0.0], [1.0, 0.0], [1.0, 0.3], [0.0, 0.3]]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_camera_is_tried_seen_named_and_recorded(tmp_path: Path) -> None:
    """R01, R02: without an account, an address is tried, a picture is shown, and it records."""

    async def scene() -> None:
        async with serving(tmp_path) as hub:
            tried = (await hub.client.post("/api/try", json={"url": MADE})).json()
            (stream,) = tried["streams"]
            assert (stream["width"], stream["height"]) == (320, 180)
            assert stream["codec"].startswith("avc1")
            assert base64.b64decode(tried["picture"]).startswith(b"\xff\xd8")
            ref = tried["proposal"]["url_ref"]
            answer = await hub.client.post("/api/cameras", json={"name": "Front door", "url_ref": ref})
            assert answer.status_code == 201
            added = answer.json()
            assert (added["name"], added["record"], added["audio"]) == ("Front door", "events", False)
            await recorded(hub, added["id"])
            picture = await hub.client.get(f"/api/cameras/{added['id']}/picture.jpg")
            assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
            assert [one["state"] for one in (await hub.get("/api/hub"))["cameras"]] == ["recording"]
            assert "Front door" in (tmp_path / "hub.toml").read_text()

    asyncio.run(scene())


def test_what_a_camera_lacks_is_said_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("no film at all\n" * 100)

    async def scene() -> None:
        async with serving(tmp_path / "hub") as hub:

            async def tried(**what: str) -> tuple[int, str]:
                answer = await hub.client.post("/api/try", json=what)
                assert answer.json()["what"]
                assert answer.json()["do"]
                return code(answer)

            assert await tried(url="rtsp://viewer:secret@127.0.0.1:9/x") == (422, "hub.try.unreachable")
            assert await tried(xaddr="http://127.0.0.1:9/onvif") == (422, "hub.try.unreachable")
            assert await tried(url=str(tmp_path / "letter.txt")) == (422, "hub.try.not_a_video")
            assert await tried() == (400, "hub.page.malformed")
            assert await tried(url=MADE, xaddr="http://x") == (400, "hub.page.malformed")

    asyncio.run(scene())


def test_only_what_was_tried_and_what_can_be_is_added(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path) as hub:
            for body, wanted in (
                ({"name": "Door", "url_ref": "made-up"}, (404, "hub.page.not_found")),
                ({"url": MADE}, (400, "hub.page.malformed")),
                ({"name": "Door"}, (400, "hub.page.malformed")),
                ({"name": "", "url": MADE}, (400, "hub.page.malformed")),
                ({"name": "Door", "url": MADE, "recrod": "always"}, (400, "hub.page.malformed")),
                ({"name": "Door", "url": MADE, "keep_days": -1}, (400, "hub.page.malformed")),
            ):
                assert code(await hub.client.post("/api/cameras", json=body)) == wanted, body
            assert hub.settings.options.camera == ()
            assert not hub.pipeline.lines

    asyncio.run(scene())


def test_a_word_for_a_camera_is_good_for_half_an_hour_and_sixteen_are_kept() -> None:
    now = [0.0]
    refs = Refs(lambda: now[0])
    first = refs.keep(Tried(url="rtsp://a"))
    words = [refs.keep(Tried(url=f"rtsp://{n}")) for n in range(MOST)]
    with pytest.raises(NotFound):
        refs.find(first)
    assert refs.find(words[-1]).url == f"rtsp://{MOST - 1}"
    now[0] = LIFE_S
    with pytest.raises(NotFound):
        refs.find(words[-1])
    assert "rtsp" not in repr(Tried(url="rtsp://viewer:secret@host"))


def test_a_change_of_one_camera_lets_the_other_go_on(tmp_path: Path) -> None:
    """Its line, and so its stream, is the same before and after; the changed one begins anew if it must."""

    async def scene() -> None:
        async with serving(tmp_path, TWO) as hub:
            await recorded(hub)
            await recorded(hub, SECOND)
            door, shed = hub.pipeline.lines[FIRST], hub.pipeline.lines[SECOND]
            changed = await hub.client.patch(
                f"/api/cameras/{FIRST}", json={"url": "test:?size=640x360&rate=15"}
            )
            assert changed.status_code == 200
            await until(lambda: (info := hub.pipeline.lines[FIRST].info) and info.width == 640)
            assert hub.pipeline.lines[FIRST] is not door
            assert hub.pipeline.lines[SECOND] is shed
            before = hub.pipeline.journal.committed(SECOND)
            await until(lambda: hub.pipeline.journal.committed(SECOND) > before)
            renamed = await hub.client.patch(
                f"/api/cameras/{SECOND}", json={"name": "Garage", "keep_days": 3}
            )
            assert (renamed.json()["name"], renamed.json()["keep_days"]) == ("Garage", 3)
            assert hub.pipeline.lines[SECOND] is shed

    asyncio.run(scene())


def test_zones_are_kept_field_by_field(tmp_path: Path) -> None:
    """R09: a zone to look at and one that is painted over, drawn on the page."""

    async def scene() -> None:
        async with serving(tmp_path, ONE) as hub:
            await recorded(hub)
            path = f"/api/cameras/{FIRST}"
            looked = await hub.client.patch(
                path, json={"detect": {"zones": [{"name": "Path", "outline": ZONE}], "sensitivity": "high"}}
            )
            assert looked.json()["detect"]["zones"][0]["name"] == "Path"
            once_more = (await hub.client.patch(path, json={"detect": {"labels": ["person"]}})).json()[
                "detect"
            ]
            assert (once_more["sensitivity"], len(once_more["zones"])) == ("high", 1)
            painted = (await hub.client.patch(path, json={"privacy": {"zones": [ZONE]}})).json()
            assert painted["privacy"]["zones"] == [ZONE]
            assert painted["privacy"]["active"] in {"waiting", "hub"}
            await until(lambda: hub.pipeline.lines[FIRST].latest_key)
            assert (await hub.get(path))["privacy"]["active"] == "hub"
            cost = await hub.client.post(path + "/privacy/estimate", json={"zones": [ZONE]})
            assert cost.json()["cpu_percent"] > 0
            assert "core" in cost.json()["note"]
            proposed = await hub.get(path + "/privacy/proposal")
            assert proposed["outline"] == [[0, 0], [1, 0], [1, USUAL], [0, USUAL]]
            for bad in ([[0, 0]], [[0, 0], [1, 0], [2, 2]], "all"):
                answer = await hub.client.patch(path, json={"privacy": {"zones": [bad]}})
                assert code(answer) == (400, "hub.page.malformed")
                assert "privacy.zones" in answer.json()["what"]

    asyncio.run(scene())


def test_a_zone_is_proposed_from_where_people_stood_and_else_as_usual(tmp_path: Path) -> None:
    """R51: parcels, and events that do not say where they were, move nothing."""

    def row(label: str, box: tuple[float, float, float, float] | None) -> Row:
        return Row(id=new_id(), camera=FIRST, label=label, start=clock.now(), end=None, score=90, box=box)

    async def scene() -> None:
        async with serving(tmp_path, ONE) as hub:
            path = f"/api/cameras/{FIRST}/privacy/proposal"
            usual = [[0, 0], [1, 0], [1, USUAL], [0, USUAL]]
            for _ in range(9):
                hub.pipeline.events.put(row("package", (0.4, 0.8, 0.6, 0.95)), b"")
                hub.pipeline.events.put(row("person", None), b"")
            assert (await hub.get(path))["outline"] == usual
            for _ in range(9):
                hub.pipeline.events.put(row("person", (0.1, 0.05, 0.2, 0.15)), b"")
            lower = pytest.approx(0.15 + MARGIN)
            assert (await hub.get(path))["outline"] == [[0, 0], [1, 0], [1, lower], [0, lower]]
            tried = (await hub.client.post("/api/try", json={"url": MADE})).json()
            assert tried["proposal"]["zone"] == usual  # what the page shows while a camera is added

    asyncio.run(scene())


def test_a_removed_camera_is_gone_and_its_id_stays_as_it_is(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, TWO) as hub:
            assert code(await hub.client.patch(f"/api/cameras/{FIRST}", json={"id": "e" * 26}))[0] == 400
            assert (await hub.client.delete(f"/api/cameras/{FIRST}")).status_code == 204
            assert [one["id"] for one in (await hub.get("/api/cameras"))["cameras"]] == [SECOND]
            assert set(hub.pipeline.lines) == {SECOND}
            for method, path in (
                ("GET", ""),
                ("PATCH", ""),
                ("DELETE", ""),
                ("GET", "/picture.jpg"),
                ("GET", "/watching"),
            ):
                answer = await hub.client.request(
                    method, f"/api/cameras/{FIRST}{path}", json={} if method == "PATCH" else None
                )
                assert code(answer) == (404, "hub.page.not_found"), path

    asyncio.run(scene())


def test_the_page_shows_what_the_gate_and_the_detector_see(tmp_path: Path) -> None:
    """R08: the person who switches it on sees what counts, and why something does not."""

    async def scene() -> None:
        async with serving(tmp_path, ONE) as hub:
            await recorded(hub)
            path = f"/api/cameras/{FIRST}/watching"
            seen: Any = None
            while not seen or not seen["at"]:
                seen = await hub.get(path)
                await asyncio.sleep(0.05)
            assert seen["gate"]["open"] in {True, False}
            assert len(seen["gate"]["level"]) == len(seen["gate"]["threshold"])
            detector = (await hub.get("/api/hub"))["detector"]
            assert (detector["model"], detector["self_test"]) == ("YOLOX-nano", "passed")
            assert [one for one in detector["misses"] if one["missed"] and 0 < one["rate"] < 1]
            assert "skin colour" in detector["not_covered"]
            await hub.client.patch(f"/api/cameras/{FIRST}", json={"detect": {"enabled": False}})
            await until(lambda: hub.pipeline.lines[FIRST].latest_key)
            assert (await hub.client.get(path)).json() is None

    asyncio.run(scene())


def test_the_live_picture_is_an_mp4_that_plays(tmp_path: Path) -> None:
    async def read(hub: Served, seconds: int) -> bytes:
        data = b""
        async with hub.client.stream("GET", f"/api/cameras/{FIRST}/live.mp4") as answer:
            assert answer.headers["content-type"] == "video/mp4"
            async for piece in answer.aiter_bytes():
                data += piece
                if data.count(b"moof") >= seconds:
                    return data
        return data

    async def scene() -> None:
        async with serving(tmp_path, ONE) as hub:
            await recorded(hub)
            film = tmp_path / "live.mp4"
            film.write_bytes(await read(hub, 3))
            with av.open(str(film)) as container:
                times = [frame.pts or 0 for frame in container.decode(video=0)]
            assert len(times) >= 30
            assert times == sorted(set(times))

    asyncio.run(scene())


def test_sound_is_recorded_only_after_somebody_switched_it_on(tmp_path: Path) -> None:
    """R51: off by default, and the page asks for the state's rule before."""

    async def scene() -> None:
        async with serving(tmp_path, ONE) as hub:
            assert (await hub.get(f"/api/cameras/{FIRST}"))["audio"] is False
            rule = await hub.get("/api/audio-rule", params={"state": "ca"})
            assert (rule["state"], rule["consent"], rule["caution"]) == (
                "CA",
                "all",
                "This is no legal advice.",
            )
            assert rule["source"]
            assert rule["read"]
            unread = await hub.get("/api/audio-rule", params={"state": "WY"})
            assert (unread["consent"], unread["source"], unread["read"]) == ("unread", "", "")
            assert "Look it up" in unread["rule"]
            assert (await hub.client.get("/api/audio-rule", params={"state": "Bavaria"})).status_code == 400
            assert (await hub.get(f"/api/cameras/{FIRST}"))["audio"] is False
            switched = await hub.client.patch(f"/api/cameras/{FIRST}", json={"audio": True})
            assert switched.json()["audio"] is True

    asyncio.run(scene())


def test_an_indoor_camera_is_off_while_somebody_is_home(tmp_path: Path) -> None:
    """R51: said on the page, kept over a restart of the camera."""

    async def scene() -> None:
        inside = HubOptions(camera=(camera(indoor=True), camera(SECOND, "Shed")))
        async with serving(tmp_path, inside) as hub:
            await recorded(hub, SECOND)
            assert (await hub.get("/api/hub"))["home"] is True
            assert hub.pipeline.lines[FIRST].latest_key is None
            answer = await hub.client.put("/api/home", json={"home": False})
            assert answer.json() == {"home": False}
            await recorded(hub, FIRST)
            await hub.client.put("/api/home", json={"home": True})
            until_now = hub.pipeline.journal.committed(FIRST)
            before = hub.pipeline.journal.committed(SECOND)
            await until(lambda: hub.pipeline.journal.committed(SECOND) > before)
            await asyncio.to_thread(hub.pipeline.journal.flush)
            assert (hub.pipeline.journal.committed(FIRST) - until_now).total_seconds() < 2
            assert (await hub.client.put("/api/home", json={"home": "yes"})).status_code == 400

    asyncio.run(scene())
