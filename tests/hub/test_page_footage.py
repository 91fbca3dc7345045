"""What is recorded, seen and said, by the hub's page: days, timeline, film, events, replies."""

import asyncio
import io
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
from tests.hub.pages import FIRST, Served, camera, recorded, serving, until

from fanlight.hub.events import Row
from fanlight.hub.options import HubOptions
from fanlight.model.ids import new_id

QUIET = HubOptions(camera=(camera(record="always"),))


def text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


async def seconds_recorded(hub: Served, seconds: float) -> tuple[datetime, datetime]:
    """Wait until so much is committed in one piece; return its bounds."""
    length = timedelta(seconds=seconds)
    spans = await until(
        lambda: [span for span in hub.pipeline.journal.spans(FIRST) if span[1] - span[0] >= length]
    )
    return spans[-1][0], spans[-1][1]


def test_a_day_shows_what_is_recorded_and_what_happened(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, QUIET) as hub:
            start, end = await seconds_recorded(hub, 2)
            rung = (await hub.client.post(f"/api/cameras/{FIRST}/press")).json()["event"]
            east = 13 * 60  # where the day may be another one than here
            (day,) = (await hub.get("/api/days", params={"offset_min": east}))["days"]
            asked = {"day": day, "offset_min": east}
            path = f"/api/cameras/{FIRST}/timeline"
            await until(lambda: hub.pipeline.events.get(rung))
            shown = await hub.get(path, params=asked)
            first = datetime.fromisoformat(shown["spans"][0]["start"])
            last = datetime.fromisoformat(shown["spans"][-1]["end"])
            assert abs(first - start) < timedelta(seconds=1)
            assert last >= end - timedelta(seconds=1)
            assert [(one["id"], one["label"]) for one in shown["events"]] == [(rung, "doorbell")]
            empty = await hub.get(path, params={"day": "2020-01-01"})
            assert (empty["spans"], empty["events"]) == ([], [])
            for bad in ({"day": "yesterday"}, {"day": "2020-02-30"}, {"day": day, "offset_min": 9999}, {}):
                assert (await hub.client.get(path, params=bad)).status_code == 400, bad
            edges = [("0001-01-01", 840), ("9999-12-31", -840), ("9999-12-31", 0), ("9999-12-31", 840)]
            for edge, offset in edges:
                there = await hub.client.get(path, params={"day": edge, "offset_min": offset})
                assert there.status_code == 400, (edge, offset)
            early, late = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
            for params in ({"start": early, "end": text(end)}, {"start": text(start), "end": late}):
                film = await hub.client.get(f"/api/cameras/{FIRST}/film.mp4", params=params)
                assert film.status_code == 400, params
            assert (await hub.client.get("/api/events", params={"before": early})).status_code == 400
            whole = {"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T23:59:59Z"}
            film = await hub.client.get(f"/api/cameras/{FIRST}/film.mp4", params=whole)
            assert film.status_code < 500

    asyncio.run(scene())


def test_any_stretch_is_one_film(tmp_path: Path) -> None:
    """R02: plain MP4, no lock-in."""

    async def scene() -> None:
        async with serving(tmp_path, QUIET) as hub:
            start, _ = await seconds_recorded(hub, 4)
            first, last = start + timedelta(seconds=0.5), start + timedelta(seconds=3)
            path = f"/api/cameras/{FIRST}/film.mp4"
            answer = await hub.client.get(path, params={"start": text(first), "end": text(last)})
            assert answer.status_code == 200
            assert answer.headers["content-disposition"].startswith('attachment; filename="20')
            (tmp_path / "film.mp4").write_bytes(answer.content)
            with av.open(str(tmp_path / "film.mp4")) as film:
                assert film.duration is not None
                assert abs(film.duration / 1e6 - 2.5) < 0.2
                assert len(list(film.decode(video=0))) >= 30
            never = {"start": "2020-01-01T00:00:00Z", "end": "2020-01-01T00:01:00Z"}
            assert (await hub.client.get(path, params=never)).json()["code"] == "export.nothing_recorded"
            for bad in (
                {"start": text(last), "end": text(first)},
                {"start": "2020-01-01T00:00:00", "end": text(first)},
                {"start": "then", "end": "now"},
                {"start": text(first)},
            ):
                assert (await hub.client.get(path, params=bad)).status_code in {400, 409}, bad

    asyncio.run(scene())


def test_events_are_listed_newest_first_and_a_member_says_what_is_none(tmp_path: Path) -> None:
    """R08: "not this" is said at home and stays there."""

    async def scene() -> None:
        async with serving(tmp_path, QUIET) as hub:
            await recorded(hub)
            now = datetime.now(UTC)
            for ago in (30, 20, 10):
                at = now - timedelta(seconds=ago)
                row = Row(id=new_id(), camera=FIRST, label="doorbell", start=at, end=at, score=100)
                hub.pipeline.events.put(row, b"")
            listed = (await hub.get("/api/events", params={"limit": 2}))["events"]
            assert [one["label"] for one in listed] == ["doorbell"] * 2
            assert listed[0]["start"] > listed[1]["start"]
            older = (await hub.get("/api/events", params={"before": listed[1]["start"]}))["events"]
            assert len(older) == 1
            assert (await hub.get("/api/events", params={"label": "person"}))["events"] == []
            assert (await hub.get("/api/events", params={"camera": "x" * 26}))["events"] == []
            event = listed[0]["id"]
            said = await hub.client.put(f"/api/events/{event}/not-this", json={"on": True})
            assert said.json()["not_this"] is True
            assert (await hub.get("/api/events"))["events"][0]["not_this"] is True
            await hub.client.put(f"/api/events/{event}/not-this", json={"on": False})
            assert (await hub.get("/api/events"))["events"][0]["not_this"] is False
            nothing = await hub.client.put("/api/events/none/not-this", json={"on": True})
            assert nothing.status_code == 404
            assert (await hub.client.get("/api/events/none/thumb.jpg")).status_code == 404
            assert (await hub.client.get("/api/events", params={"before": "yesterday"})).status_code == 400
            assert (await hub.client.get("/api/events", params={"limit": 0})).status_code == 400

    asyncio.run(scene())


def tone(seconds: float) -> bytes:
    """A WAV of a level tone."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x00\x10" * round(8000 * seconds))
    return file.getvalue()


def test_a_reply_is_recorded_heard_and_erased(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, QUIET) as hub:
            assert (await hub.get("/api/replies"))["replies"] == []
            added = await hub.client.post(
                "/api/replies", params={"name": "Be right there"}, content=tone(1.5)
            )
            assert added.status_code == 201
            reply = added.json()
            assert (reply["name"], reply["seconds"]) == ("Be right there", 1.5)
            heard = await hub.client.get(f"/api/replies/{reply['id']}/sound.wav")
            assert (heard.headers["content-type"], heard.content[:4]) == ("audio/wav", b"RIFF")
            spoken = await hub.client.post(f"/api/cameras/{FIRST}/reply", json={"reply": reply["id"]})
            assert spoken.status_code >= 400  # a made picture has no mouth
            assert "what" in spoken.json()
            assert (await hub.client.delete(f"/api/replies/{reply['id']}")).status_code == 204
            assert (await hub.get("/api/replies"))["replies"] == []
            assert (await hub.client.post("/api/replies", content=b"no sound")).status_code >= 400

    asyncio.run(scene())
