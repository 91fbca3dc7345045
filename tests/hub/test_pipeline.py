"""The hub's rooms in their order: real video in, sealed clips out, and recording that nothing stops."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from av import VideoFrame
from tests.hub.answering import Answer, Answering, answering
from tests.hub.cells import CELL_KEY, LOG
from tests.hub.homes import CAMERA, HUB, make_chain, make_epoch, make_pairing
from tests.hub.limits import full_disk
from tests.hub.sources import DEMO_CLIP, Source
from tests.hub.towns import Fault, House, network

from fanlight.hub.camera import Packet
from fanlight.hub.detector.event import Detection
from fanlight.hub.detector.model import SCORE, OnnxModel
from fanlight.hub.happenings import CLIPS
from fanlight.hub.journal import Limits
from fanlight.hub.line import Line
from fanlight.hub.options import HubOptions
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.sealer import POST_ROLL, PRE_ROLL, Kept, Occasion
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.hub.status import CameraStatus
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.seal.epoch import Epoch
from fanlight.seal.opening import open_age
from fanlight.seal.reading import Order, open_clip_manifest
from fanlight.wire import b64, jcs

Video = Callable[[str], Path]
EPOCHS = "GET /v1/households/mine/epochs"
STATUS = "PUT /v1/hub/status"
IDENTITY, EPOCH = make_epoch()


@contextlib.asynccontextmanager
async def opened(
    folder: Path, pairing: Pairing | None = None, keys: HubKeys = HUB, epoch: Epoch | None = EPOCH
) -> AsyncIterator[Pipeline]:
    """Open a hub's rooms; `epoch` is the one it knew before its server went away."""
    pairing = pairing or make_pairing()
    if epoch is not None:
        (folder / "epochs.json").write_text(json.dumps([epoch.to_wire()]))
    async with Uplink(pairing.server, keys.signing) as uplink:
        pipeline = Pipeline(folder, HubOptions(camera=(CAMERA,)), keys, pairing, uplink)
        try:
            yield pipeline
        finally:
            pipeline.close()


async def record(pipeline: Pipeline, path: Path, each: Callable[[int, Packet], Packet] | None = None) -> Line:
    """Record a file that has just ended."""
    start = clock.now() - timedelta(minutes=5)
    make = (lambda: Source(path, start, each)) if each else (lambda: Source(path, start))
    await pipeline.record(CAMERA, make)
    return pipeline.lines[CAMERA.id]


async def press(pipeline: Pipeline, at: datetime) -> Kept | None:
    """Ring the bell of the camera at `at`; return the clip that came of it."""
    made: list[Kept] = []
    pipeline.listen_to_clips(lambda _, kept: made.append(kept))
    happenings = pipeline.line(CAMERA.id).happenings
    await happenings.press(at, "page")
    await happenings.settle()
    return made[-1] if made else None


async def until(holds: Callable[[], bool]) -> None:
    """Return when something holds; the test's own time limit is the only one."""
    while not holds():  # noqa: ASYNC110 - other processes and threads change it
        await asyncio.sleep(0.02)


@dataclass
class Seen:
    """What came of the demo clip at a hub whose server was away."""

    folder: Path
    start: datetime
    made: list[tuple[Occasion, Kept]] = field(default_factory=list)
    waiting: int = 0
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    status: CameraStatus | None = None


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, house: House) -> Seen:
    async def watch() -> Seen:
        folder = tmp_path_factory.mktemp("hub")
        away = house.pairing(server="http://127.0.0.1:9")
        async with opened(folder, away, house.hub, house.epoch) as pipeline:
            made: list[tuple[Occasion, Kept]] = []
            pipeline.listen_to_clips(lambda occasion, kept: made.append((occasion, kept)))
            sending = asyncio.create_task(pipeline.paired.send())
            line = await record(pipeline, DEMO_CLIP)
            assert not sending.done()
            sending.cancel()
            assert line.began is not None
            spans = pipeline.journal.spans(CAMERA.id)
            return Seen(folder, line.began, made, pipeline.paired.outbox.waiting(), spans, line.status)

    return asyncio.run(watch())


def test_each_person_before_the_camera_becomes_a_clip(seen: Seen) -> None:
    """R01: four people come and go, one after another; each gives one clip with what led up to it."""
    assert [occasion.label for occasion, _ in seen.made] == ["person"] * 4
    for occasion, kept in seen.made:
        assert occasion.thumb.startswith(b"\xff\xd8")
        assert occasion.start - PRE_ROLL - timedelta(seconds=4) <= kept.start <= occasion.start - PRE_ROLL
        assert occasion.end + POST_ROLL <= kept.end <= occasion.end + POST_ROLL + timedelta(seconds=4)


def test_while_the_server_is_away_clips_wait_and_recording_goes_on(seen: Seen) -> None:
    assert seen.waiting == len(seen.made) == 4
    ((first, last),) = seen.spans
    assert (last - first).total_seconds() == pytest.approx(90, abs=1)
    assert seen.status is not None
    assert (seen.status.state, seen.status.note) == ("recording", "")


def test_when_the_server_is_back_every_clip_arrives_and_plays(
    seen: Seen, house: House, frames: Callable[[bytes], int]
) -> None:
    """R01, R03: from the camera to the member's screen, with every check a member makes."""

    async def send() -> None:
        async with opened(seen.folder, house.pairing(), house.hub, None) as pipeline:
            assert await pipeline.paired.outbox.push(pipeline.paired.uplink) == 4
            assert len(pipeline.paired.sealer.kept()) == 4

    asyncio.run(send())
    order = Order()
    listed = asyncio.run(house.listed())
    for number, (occasion, kept) in enumerate(seen.made):
        manifest, plain = asyncio.run(house.open(kept.clip))
        assert (manifest.seq, manifest.facts.label, manifest.facts.clock) == (number, "person", "media")
        assert manifest.facts.thumb == occasion.thumb
        assert frames(plain) > 100
        raw = b64.decode(listed[kept.clip]["manifest"])
        order.add(open_clip_manifest(raw, [house.identity.secret], house.hub.signing.public))


def test_a_press_of_the_bell_makes_a_clip_around_it(seen: Seen, house: House) -> None:
    async def ring() -> tuple[Kept | None, Kept | None]:
        async with opened(seen.folder, house.pairing(), house.hub, None) as pipeline:
            line = pipeline.lines[CAMERA.id] = Line.begin(CAMERA, pipeline.tools)
            line.ended = True
            inside = await press(pipeline, seen.start + timedelta(seconds=30))
            outside = await press(pipeline, seen.start - timedelta(hours=1))
            return inside, outside

    kept, nothing = asyncio.run(ring())
    assert nothing is None
    assert kept is not None
    assert kept.label == "doorbell"
    rung = seen.start + timedelta(seconds=30)
    assert kept.start <= rung - PRE_ROLL
    assert kept.end >= rung + timedelta(seconds=12)


def test_a_disk_that_refuses_is_a_state_and_recording_goes_on_when_it_takes_again(
    tmp_path: Path, video: Video
) -> None:
    states: dict[int, CameraStatus] = {}

    async def run() -> tuple[Line, float]:
        async with opened(tmp_path) as pipeline:
            limit = full_disk()

            def each(number: int, packet: Packet) -> Packet:
                if number in {12, 24}:
                    _ = limit.__enter__() if number == 12 else limit.__exit__(None, None, None)
                states[number] = pipeline.lines[CAMERA.id].status
                return packet

            line = await record(pipeline, video("plain.mp4"), each)
            kept = pipeline.journal.spans(CAMERA.id)
            return line, sum((end - start).total_seconds() for start, end in kept)

    line, kept_s = asyncio.run(run())
    assert (states[11].state, states[23].state, line.status.state) == ("recording", "unkept", "recording")
    assert "cannot write" in states[23].note
    assert states[23].since >= states[11].since
    assert kept_s == pytest.approx(3)
    assert line.status.note == ""


def test_a_journal_without_room_is_a_state(tmp_path: Path, video: Video) -> None:
    async def run() -> Line:
        async with opened(tmp_path) as pipeline:
            pipeline.journal.change(Limits(quota_bytes=100))
            return await record(pipeline, video("plain.mp4"))

    status = asyncio.run(run()).status
    assert status.state == "unkept"
    assert "no room" in status.note


def test_a_clip_that_no_disk_takes_is_said_and_matches_nothing(tmp_path: Path, video: Video) -> None:
    async def run() -> None:
        async with opened(tmp_path) as pipeline:
            line = await record(pipeline, video("plain.mp4"))
            assert line.began is not None
            with full_disk(200_000):  # rows fit, a payload does not
                await press(pipeline, line.began)
            assert "A clip was lost" in line.status.note
            assert line.status.state == "recording"
            assert (pipeline.paired.sealer.kept(), pipeline.paired.outbox.waiting()) == ([], 0)
            assert await press(pipeline, line.began) is not None
            assert CLIPS not in line.troubles
            assert (len(pipeline.paired.sealer.kept()), pipeline.paired.outbox.waiting()) == (1, 1)

    asyncio.run(run())


class OutOfMemory(OnnxModel):
    """A model on a machine that has no memory left for it, until it has."""

    fails = True

    def detect(self, frame: VideoFrame, score: float = SCORE) -> list[Detection]:
        if self.fails:
            raise MemoryError
        return super().detect(frame, score)


def test_a_detector_that_fails_is_said_and_never_ends_the_recording(tmp_path: Path, video: Video) -> None:
    """L1, W3: recording and watching share packets: an error in the second must not end the first."""
    model = OutOfMemory()
    said: dict[int, CameraStatus] = {}

    async def run() -> tuple[Line, float]:
        async with opened(tmp_path) as pipeline:
            pipeline.detectors._model = model

            def each(number: int, packet: Packet) -> Packet:
                said[number] = pipeline.lines[CAMERA.id].status
                model.fails = number < 20
                return packet

            line = await record(pipeline, video("plain.mp4"), each)
            kept = pipeline.journal.spans(CAMERA.id)
            return line, sum((end - start).total_seconds() for start, end in kept)

    line, kept_s = asyncio.run(run())
    assert {status.state for number, status in said.items() if number} == {"recording"}
    assert any("detector fails (MemoryError)" in status.note for status in said.values())
    assert line.status.note == ""
    assert kept_s == pytest.approx(4, abs=0.1)


def test_a_clip_waits_for_the_households_first_key(tmp_path: Path, video: Video) -> None:
    """Nothing is sealed to a key that no owner signed; what is recorded meanwhile is not lost."""
    replies = [Answer(body={"epochs": []}), Answer(body={"epochs": [EPOCH.to_wire()]})]

    async def run(url: str) -> None:
        async with opened(tmp_path, make_pairing(url), epoch=None) as pipeline:
            line = await record(pipeline, video("plain.mp4"))
            assert line.began is not None
            kept = await press(pipeline, line.began)
            assert kept is not None
            assert pipeline.paired.outbox.waiting() == 1

    with answering(**{EPOCHS: lambda _: replies.pop(0)}) as server:
        asyncio.run(run(server.url))
    assert replies == []


def said(server: Answering) -> list[dict[str, Any]]:
    """Return what a member reads in the boxes that were put."""
    boxes = [one.body for one in server.asked if f"{one.method} {one.path}" == STATUS]
    return [jcs.loads(jcs.loads(open_age(box, [IDENTITY.secret]))["manifest"]) for box in boxes]


def test_the_status_box_tells_members_how_cameras_are(tmp_path: Path, video: Video) -> None:
    async def run(url: str) -> None:
        async with opened(tmp_path, make_pairing(url)) as pipeline:
            await pipeline.paired.report_once()
            line = await record(pipeline, video("plain.mp4"))
            assert line.began is not None
            await press(pipeline, line.began)
            await pipeline.paired.report_once()

    with answering(**{EPOCHS: Answer(body={"epochs": [EPOCH.to_wire()]}), STATUS: Answer(204)}) as server:
        asyncio.run(run(server.url))
        first, second = said(server)
    assert first["cameras"] == []
    assert (second["cameras"][0]["name"], second["cameras"][0]["state"]) == ("Front door", "recording")
    assert second["held"] == {"clips_waiting": 1}
    assert second["matches"] == []


def test_a_server_that_shows_other_keys_is_told_nothing_it_could_open(tmp_path: Path) -> None:
    """R05: the box stays under the last key that the owner signed."""
    forged = make_chain(1)

    async def run(url: str) -> None:
        async with opened(tmp_path, make_pairing(url)) as pipeline:
            await pipeline.paired.report_once()

    answers = {EPOCHS: Answer(body={"epochs": [one.to_wire() for one in forged]}), STATUS: Answer(204)}
    with answering(**answers) as server:
        asyncio.run(run(server.url))
        assert len(said(server)) == 1


def test_nonsense_from_the_server_ends_no_part_of_the_hub(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run(server: Answering) -> None:
        pairing = make_pairing(server.url, poll_s=0.01, status_s=0.01)
        async with opened(tmp_path, pairing) as pipeline:
            tasks = [
                asyncio.create_task(work) for work in (pipeline.paired.report(), pipeline.paired.listen())
            ]
            await until(
                lambda: server.count("GET", "/v1/households/mine/epochs") > 3 and len(server.asked) > 15
            )
            assert not any(task.done() for task in tasks)
            server.answers[EPOCHS] = Answer(body={"epochs": [EPOCH.to_wire()]})
            server.answers[STATUS] = Answer(204)
            await until(lambda: "status: it works again." in caplog.text)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    cell = f"GET /v1/cells/{make_pairing().cell}/requests"
    garbage = {
        EPOCHS: Answer(body=b"<html>"),
        STATUS: Answer(500, b"?"),
        cell: Answer(body=b"{}"),
        "GET /log/vkey": Answer(body=LOG.verifier.vkey.encode()),
        f"GET /v1/cells/{make_pairing().cell}/key": Answer(body={"identity": CELL_KEY.secret}),
    }
    with answering(**garbage) as server:
        asyncio.run(run(server))
    assert caplog.text.count("requests: It cannot be read") == 1


def test_sending_goes_on_by_itself_when_the_server_is_back(
    tmp_path: Path, house: House, video: Video
) -> None:
    async def run() -> str:
        async with network(house.url) as between:
            pairing = house.pairing(server=between.url)
            async with opened(tmp_path, pairing, house.hub, house.epoch) as pipeline:
                between.faults += [Fault("PUT", "/pay", landed=False)]
                sending = asyncio.create_task(pipeline.paired.send())
                line = await record(pipeline, video("plain.mp4"))
                assert line.began is not None
                kept = await press(pipeline, line.began)
                await until(lambda: pipeline.paired.outbox.waiting() == 0)
                assert between.faults == []
                sending.cancel()
        assert kept is not None
        return kept.clip

    clip = asyncio.run(run())
    manifest, _ = asyncio.run(house.open(clip))
    assert manifest.facts.label == "doorbell"
