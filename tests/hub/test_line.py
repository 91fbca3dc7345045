"""One camera's way through the rooms: recording first, everything else beside it."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from tests.hub.homes import HUB
from tests.hub.sources import Live

from fanlight.hub.camera import Packet
from fanlight.hub.detector import Closed, Detector, Opened
from fanlight.hub.journal import Limits
from fanlight.hub.line import Tools
from fanlight.hub.notices import Board, Notice, Pressed, StorageTold
from fanlight.hub.options import Bell, Camera, Detect, HubOptions, Privacy, Zone
from fanlight.hub.options import Detector as DetectorOptions
from fanlight.hub.pipeline import NoSuchCamera, Pipeline
from fanlight.hub.privacy.proof import is_painted
from fanlight.hub.snapshot import snapshot
from fanlight.model import clock
from fanlight.model.ids import new_id

MADE = "test:?size=320x180&rate=10"
ZONE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))


def made(**options: object) -> Camera:
    return Camera(**{"id": new_id(), "name": "Door", "url": MADE, "record": "always", **options})  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def at_work(
    folder: Path, *cameras: Camera, tools: Callable[[Tools], Tools] = lambda usual: usual, **tables: object
) -> AsyncIterator[Pipeline]:
    pipeline = Pipeline(folder, HubOptions(camera=cameras, **tables), HUB)  # type: ignore[arg-type]
    pipeline.tools = tools(pipeline.tools)
    running = asyncio.create_task(pipeline.run())
    try:
        await until(lambda: len(pipeline.lines) == len(cameras))
        yield pipeline
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        pipeline.close()


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - other threads change it
        await asyncio.sleep(0.02)


async def listen(board: Board, heard: list[Notice]) -> None:
    async for notice in board.listen():
        heard.append(notice)  # noqa: PERF401 - one at a time, for who looks meanwhile


async def recorded(pipeline: Pipeline, camera: Camera, seconds: float = 1) -> None:
    """Wait until so much of a camera was committed since now."""
    wanted = clock.now() + timedelta(seconds=seconds)
    await until(lambda: pipeline.journal.committed(camera.id) >= wanted)


def test_a_look_that_never_ends_does_not_hold_up_the_recording(tmp_path: Path) -> None:
    """R01, L1: whatever a decoder or a model does."""
    looking, end = threading.Event(), threading.Event()

    class Hangs(Detector):
        def look(self) -> list[Opened | Closed]:
            looking.set()
            end.wait()
            return []

    async def run() -> None:
        door = made()
        hanging = partial(replace, new_detector=lambda camera: Hangs(camera.id))
        async with at_work(tmp_path, door, tools=hanging) as pipeline:
            await until(looking.is_set)
            await recorded(pipeline, door, 2)
            end.set()

    asyncio.run(run())


def test_a_hub_without_a_usable_model_records_and_says_so(tmp_path: Path) -> None:
    """R02: without a model file the hub still records."""

    async def run() -> None:
        door = made()
        async with at_work(tmp_path, door, detector=DetectorOptions(model="/nowhere/model.onnx")) as pipeline:
            await recorded(pipeline, door)
            await until(lambda: bool(pipeline.detectors.trouble))
            assert pipeline.line(door.id).status.state == "recording"
            assert {one.what: one.state for one in pipeline.health()}["detector"] == "bad"
            await pipeline.change(HubOptions(camera=(door,)))  # the shipped one
            await until(lambda: pipeline.line(door.id).watcher is not None)
            assert {one.what: one.state for one in pipeline.health()}["detector"] == "ok"

    asyncio.run(run())


class NeverAKey(Live):
    """A live camera of which no picture can be decoded alone; notes in `opened` that it was opened."""

    def __init__(self, opened: list[int]) -> None:
        super().__init__()
        opened.append(1)

    async def packets(self) -> AsyncIterator[Packet]:
        async for packet in super().packets():
            if not packet.is_key:
                yield packet
                await asyncio.sleep(0.01)


def test_a_camera_that_sends_and_of_which_nothing_is_kept_is_opened_anew(tmp_path: Path) -> None:
    """L3: the watchdog looks at what was committed, not at what came."""
    opened: list[int] = []

    async def run() -> str:
        door = made(detect=Detect(enabled=False))
        async with at_work(tmp_path, tools=partial(replace, stall_s=0.2)) as pipeline:
            recording = asyncio.create_task(pipeline.record(door, lambda: NeverAKey(opened)))
            await until(lambda: len(opened) >= 3)  # one only asks for its clock
            note = pipeline.line(door.id).status.note
            recording.cancel()
            await asyncio.gather(recording, return_exceptions=True)
            return note

    assert "none was kept" in asyncio.run(run())


def test_a_press_is_told_before_anything_is_decoded_or_written(tmp_path: Path) -> None:
    """R01, H1: whoever listens hears the bell while the hub still makes its picture."""
    drawing, draw = threading.Event(), threading.Event()

    def slow(_key: Packet) -> bytes:
        drawing.set()
        draw.wait()
        return b"\xff\xd8"

    async def run() -> None:
        door, at = made(detect=Detect(enabled=False)), clock.now()
        async with at_work(
            tmp_path, door, tools=lambda usual: replace(usual, rooms=replace(usual.rooms, thumb_of=slow))
        ) as pipeline:
            await until(lambda: pipeline.line(door.id).latest_key is not None)
            heard: list[Notice] = []
            listening = asyncio.create_task(listen(pipeline.board, heard))
            await asyncio.sleep(0)
            pressing = asyncio.create_task(pipeline.press(door.id, at, "http"))
            await until(drawing.is_set)
            rows = pipeline.events.find()
            draw.set()
            event = await pressing
            (told,) = (one for one in heard if isinstance(one, Pressed))
            assert told == Pressed(event=event, camera=door.id, at=at, by="http", clip=told.clip)
            assert told.clip
            assert rows == []
            assert [row.id for row in pipeline.events.find(label="doorbell")] == [event]
            assert pipeline.events.thumb(event) == b"\xff\xd8"
            assert await pipeline.press(door.id, at, "mqtt") == event, "one press, heard in two ways"
            listening.cancel()

    asyncio.run(run())


def test_a_bell_that_is_not_there_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with at_work(tmp_path) as pipeline:
            with pytest.raises(NoSuchCamera):
                await pipeline.press(new_id(), clock.now(), "http")

    asyncio.run(run())


def test_an_indoor_camera_is_off_while_somebody_is_home(tmp_path: Path) -> None:
    """R51: the day shows why there is nothing."""

    async def run() -> None:
        living, door = made(indoor=True, name="Living room"), made()
        async with at_work(tmp_path, living, door) as pipeline:
            await recorded(pipeline, door)
            assert pipeline.line(living.id).status.state == "off"
            assert pipeline.journal.days(living.id) == []
            await pipeline.set_home(False)
            await recorded(pipeline, living)
            assert pipeline.line(living.id).status.state == "recording"
            await pipeline.set_home(True)
            await until(lambda: pipeline.line(living.id).status.state == "off")
            pipeline.journal.flush()
            day = pipeline.journal.timeline(living.id, datetime.now(UTC).date())
            assert {why for _, _, why in day.gaps} == {"indoors"}

    asyncio.run(run())


def test_a_camera_that_is_to_keep_nothing_looks_and_rings(tmp_path: Path) -> None:
    """R51: 0 is possible."""

    async def run() -> None:
        door = made(record="off")
        async with at_work(tmp_path, door) as pipeline:
            await until(lambda: pipeline.line(door.id).status.state == "watching")
            await until(lambda: pipeline.line(door.id).insight() is not None)
            await pipeline.press(door.id, clock.now(), "page")
            pipeline.journal.flush()
            assert [row.label for row in pipeline.events.find()] == ["doorbell"]
            assert pipeline.journal.size_bytes == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("change", "goes_on"),
    [
        ({"name": "Garden"}, True),
        ({"keep_days": 3}, True),
        ({"quota_gb": 1.0}, True),
        ({"bell": Bell(mqtt_topic="bell")}, True),
        ({"detect": Detect(zones=(Zone(name="path", outline=ZONE),))}, True),
        ({"detect": Detect(enabled=False)}, False),
        ({"url": f"{MADE}&x=1"}, False),
        ({"audio": True}, False),
        ({"privacy": Privacy(zones=(ZONE,))}, False),
        ({"record": "off"}, False),
    ],
)
def test_a_change_interrupts_the_recording_only_where_it_must(
    tmp_path: Path, change: dict[str, object], *, goes_on: bool
) -> None:
    """P2: and never that of another camera."""

    async def run() -> None:
        door, other = made(), made()
        async with at_work(tmp_path, door, other) as pipeline:
            before, beside = pipeline.line(door.id), pipeline.line(other.id)
            wanted = msgspec.structs.replace(door, **change)
            await pipeline.change(HubOptions(camera=(wanted, other)))
            assert (pipeline.line(door.id) is before) is goes_on
            assert pipeline.line(other.id) is beside
            assert pipeline.line(door.id).options == wanted
            assert list(pipeline.lines) == [door.id, other.id]
            await pipeline.change(HubOptions(camera=(other,)))
            assert list(pipeline.lines) == [other.id]
            assert before.ended or not goes_on

    asyncio.run(run())


def test_what_the_disk_refuses_is_told_to_whoever_listens(tmp_path: Path) -> None:
    async def run() -> list[Notice]:
        heard: list[Notice] = []
        async with at_work(tmp_path, made()) as pipeline:
            listening = asyncio.create_task(listen(pipeline.board, heard))
            await asyncio.sleep(0)  # it listens
            pipeline.journal.change(Limits(quota_bytes=100))
            await until(lambda: any(isinstance(one, StorageTold) for one in heard))
            listening.cancel()
        return heard

    told = [one for one in asyncio.run(run()) if isinstance(one, StorageTold)]
    assert told[0].state == "full"
    assert told[0].note


def test_what_nobody_may_see_is_painted_before_it_is_kept_and_on_both_streams(tmp_path: Path) -> None:
    """R09, L2: the journal, the live picture and the second stream hold the painted picture only."""
    corner = ((0.0, 0.0), (0.6, 0.0), (0.6, 0.6), (0.0, 0.6))

    async def run() -> tuple[Packet, list[bytes]]:
        door = made(sub_url="test:?size=160x90&rate=5", privacy=Privacy(zones=(corner,)))
        async with at_work(tmp_path, door) as pipeline:
            await until(
                lambda: pipeline.journal.committed(door.id, "sub") > pipeline.journal.committed("none")
            )
            await recorded(pipeline, door)
            line = pipeline.line(door.id)
            assert line.painting.painter == "hub"
            assert line.latest_key is not None
            now = clock.now()
            kept = [
                pipeline.journal.read(door.id, now - timedelta(hours=1), now, role)
                for role in ("main", "sub")
            ]
            return line.latest_key, [snapshot(some, some[0].wall) for some in kept]

    shown, kept = asyncio.run(run())
    assert is_painted(shown, corner)
    assert [is_painted(picture, corner) for picture in kept] == [True, True]


def test_the_control_shows_what_is_not_painted(tmp_path: Path) -> None:
    """R09: the same check tells a picture without a zone."""
    corner = ((0.0, 0.0), (0.6, 0.0), (0.6, 0.6), (0.0, 0.6))

    async def run() -> Packet:
        door = made()
        async with at_work(tmp_path, door) as pipeline:
            await recorded(pipeline, door)
            shown = pipeline.line(door.id).latest_key
            assert shown is not None
            return shown

    assert not is_painted(asyncio.run(run()), corner)


def test_where_there_is_a_second_stream_the_detector_looks_at_that(tmp_path: Path) -> None:
    async def run() -> None:
        door = made(sub_url="test:?size=160x90&rate=5")
        async with at_work(tmp_path, door) as pipeline:
            await until(
                lambda: (watcher := pipeline.line(door.id).watcher) is not None and watcher.detector.looks > 0
            )
            watcher = pipeline.line(door.id).watcher
            assert watcher is not None
            seen = watcher.detector._of
            assert seen is not None
            assert (seen.info.width, seen.info.height) == (160, 90)

    asyncio.run(run())
