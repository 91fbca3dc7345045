"""What can go wrong beside a recording, and goes on being a state of one camera or one room."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.hub.sources import Live
from tests.hub.test_line import at_work, made, recorded, until

from fanlight.hub.camera import CameraGone, Packet
from fanlight.hub.journal import JournalUnwritable
from fanlight.hub.options import Camera, Detect, Privacy
from fanlight.hub.painting import Decision
from fanlight.hub.watcher import Watcher
from fanlight.model import clock

BLIND = Detect(enabled=False)
ZONE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))


def test_two_who_say_home_and_away_at_once_leave_one_recording(tmp_path: Path) -> None:
    """R51, P2: the page, the broker and a changed file may all speak in the same moment."""

    async def run() -> None:
        living = made(indoor=True, detect=BLIND)
        async with at_work(tmp_path, living) as pipeline:
            await pipeline.set_home(False)
            await asyncio.gather(pipeline.set_home(True), pipeline.set_home(False), pipeline.set_home(True))
            await until(lambda: pipeline.line(living.id).status.state == "off")
            assert [task for task in asyncio.all_tasks() if "_tend" in repr(task.get_coro())] == []

    asyncio.run(run())


def test_an_indoor_camera_is_off_at_once_also_where_the_disk_refuses(tmp_path: Path) -> None:
    """R51: what cannot be written down holds all the same, and is 'home' after a restart."""

    async def run() -> None:
        living = made(indoor=True, detect=BLIND)
        async with at_work(tmp_path, living) as pipeline:
            await pipeline.set_home(False)
            await recorded(pipeline, living)
            (tmp_path / "home").unlink()
            (tmp_path / "home").mkdir()
            await pipeline.set_home(True)
            await until(lambda: pipeline.line(living.id).status.state == "off")
            assert {one.what: one.state for one in pipeline.health()}["home"] == "warn"

    asyncio.run(run())


def test_the_day_says_indoors_only_for_as_long_as_it_was_so(tmp_path: Path) -> None:
    async def run() -> None:
        living = made(indoor=True, detect=BLIND)
        async with at_work(tmp_path, living) as pipeline:
            await until(lambda: pipeline.line(living.id).status.state == "off")
            await pipeline.set_home(False)
            await recorded(pipeline, living)
            pipeline.journal.flush()
            now = clock.now()
            day = pipeline.journal.between(living.id, now - timedelta(minutes=1), now)
            ((first, _, _),) = day.spans
            assert max(end for _, end, why in day.gaps if why == "indoors") <= first

    asyncio.run(run())


class ComesBack(Live):
    """A live camera that goes away after a while, and comes back."""

    async def packets(self) -> AsyncIterator[Packet]:
        count = 0
        async for packet in super().packets():
            yield packet
            count += 1
            if count == 30:
                raise CameraGone("It went.", kept="", do="")


def test_a_camera_that_paints_is_looked_at_again_whenever_it_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R09, L2, G3: it may have lost its mask when it started anew."""
    asked: list[str] = []

    async def decide(_self: object, camera: Camera) -> Decision:
        asked.append(camera.id)
        return Decision("camera")

    monkeypatch.setattr("fanlight.hub.painting.Painting.decide", decide)
    monkeypatch.setattr("fanlight.hub.pipeline.main_stream", lambda _camera, **_: ComesBack)

    async def run() -> None:
        door = made(onvif="http://127.0.0.1:9/", detect=BLIND, privacy=Privacy(zones=(ZONE,)))
        async with at_work(tmp_path, door):
            await until(lambda: len(asked) >= 3)

    asyncio.run(run())


def test_a_disk_that_refuses_a_days_key_does_not_end_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []

    async def forever() -> None:
        await asyncio.Event().wait()

    def refuses(*_: object) -> None:
        refused.append(1)
        raise JournalUnwritable("The disk refuses.", kept="", do="")

    async def run() -> None:
        async with at_work(tmp_path) as pipeline:
            monkeypatch.setattr(pipeline.journal, "seal_day_keys", refuses)
            newest = SimpleNamespace(statement=SimpleNamespace(recipient="age1pq1x"))
            pipeline.town = SimpleNamespace(  # type: ignore[assignment]
                epochs=SimpleNamespace(newest=newest),
                close=lambda: None,
                send=forever,
                report=forever,
                listen=forever,
            )
            expiring = asyncio.create_task(pipeline._expire())
            await until(lambda: bool(refused))
            await asyncio.sleep(0.05)
            assert not expiring.done()
            expiring.cancel()

    asyncio.run(run())


def test_a_detector_that_cannot_even_be_loaded_is_said_and_tried_again(tmp_path: Path) -> None:
    """L1: whatever the error, silence is none."""

    def broken(_camera: Camera) -> None:
        raise ImportError("a library is missing")

    async def run() -> None:
        door = made()
        async with at_work(tmp_path) as pipeline:
            pipeline.detectors.new = broken  # type: ignore[method-assign,assignment]
            pipeline.tools = pipeline._make_tools()
            pipeline._begin([door])
            await until(lambda: "watching" in pipeline.line(door.id).troubles)
            await recorded(pipeline, door)
            assert "ImportError" in pipeline.line(door.id).status.note
            assert pipeline.line(door.id).status.state == "recording"
            await pipeline._end([door.id])

    asyncio.run(run())


def test_what_a_look_finds_is_told_also_when_its_line_ends_meanwhile() -> None:
    """W4: settings may change just when somebody leaves."""
    told: list[str] = []

    class Slow:
        def wants(self, _packet: object) -> bool:
            return True

        def look(self) -> list[str]:
            time.sleep(0.2)
            return ["gone"]

    quiet = SimpleNamespace(fails=lambda *_: None, works=lambda *_: None)

    async def run() -> None:
        watcher = Watcher(Slow(), quiet, told.extend, asyncio.Semaphore(1), is_live=True)  # type: ignore[arg-type]
        looking = asyncio.create_task(watcher.look_when_due())
        await watcher.take(None)  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    asyncio.run(run())
    assert told == ["gone"]
