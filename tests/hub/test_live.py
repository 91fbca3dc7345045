"""Live viewing, with a real hub, relay and keys: who sees what, encrypted how often, told to whom."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
from tests.hub.talking import in_loop
from tests.hub.towns import House
from tests.hub.watching import Ends, Picture, Watcher, until, watcher

from fanlight.hub.live.adapt import BAD_FOR
from fanlight.hub.live.viewings import Viewings, What
from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.seal import keys
from fanlight.seal.opening import open_age
from fanlight.wire import jcs

DOOR = Camera(id="c" * 26, name="Front door", url="test:?size=320x180&rate=15", record="always")
BOTH = Camera(
    id="d" * 26,
    name="Yard",
    url="test:?size=640x360&rate=15",
    sub_url="test:?size=160x90&rate=15",
    record="always",
)


@contextlib.asynccontextmanager
async def hub(folder: Path, house: House, *cameras: Camera) -> AsyncIterator[Pipeline]:
    async with Uplink(house.url, house.hub.signing) as uplink:
        pairing = house.pairing(status_s=0.2, poll_s=60)
        pipeline = Pipeline(folder, HubOptions(camera=cameras), house.hub, pairing, uplink)
        running = asyncio.create_task(pipeline.run())
        try:
            await until(lambda: running.done() or all(line.latest_key for line in pipeline.lines.values()))
            assert pipeline.town is not None
            town = pipeline.town
            await until(lambda: town.epochs.newest)
            yield pipeline
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await asyncio.get_running_loop().shutdown_default_executor()
            pipeline.close()


def ends(house: House) -> Ends:
    return Ends(house.id, house.hub.recipient, house.hub.signing.public)


def live_of(pipeline: Pipeline) -> Any:
    assert pipeline.viewing is not None
    return pipeline.viewing.live


def keys_of(pictures: list[Picture]) -> list[int]:
    return [one.stream for one in pictures]


async def box(house: House) -> dict[str, Any]:
    async with Uplink(house.url, house.member.keys.signing) as uplink:
        sealed_box = (await uplink.call("GET", "/v1/hub/status")).content
    return jcs.loads(jcs.loads(open_age(sealed_box, [house.identity.secret]))["manifest"])


def test_two_members_devices_see_one_camera_and_each_picture_is_encrypted_once(
    tmp_path: Path, house: House
) -> None:
    """R01 R03 R52: one encryption for both; both are told who watches, and so is the status box."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as one,
            watcher(house.url, house.member.keys, ends(house)) as two,
        ):
            live = live_of(pipeline)
            assert live.sealed == 0, "nothing is encrypted while nobody watches"
            one.say("watch", camera=DOOR.id)
            await until(lambda: len(one.pictures) > 5)
            two.say("watch", camera=DOOR.id)
            await until(lambda: len(two.pictures) > 20)
            await until(lambda: one.pictures[-1].number >= two.pictures[-1].number)
            assert all(picture.data for picture in one.pictures)
            assert one.pictures[0].is_key
            assert two.pictures[0].is_key
            assert keys_of(one.pictures)[-1] == keys_of(two.pictures)[-1]
            numbers = [picture.number for picture in one.pictures]
            assert numbers == list(range(len(numbers)))
            assert live.sealed - len(numbers) < 20, "two viewers, one encryption"
            same = {m for m in one.messages if m[0] == 3} & {m for m in two.messages if m[0] == 3}
            assert len(same) >= 20, "the very same bytes"
            watching = one.said("who")[-1]["viewing"]
            assert [(w["camera"], w["what"]) for w in watching] == [(DOOR.id, "live")] * 2
            told: list[Any] = []

            async def look() -> None:
                while not told:
                    told.extend((await box(house)).get("viewings", []))
                    await asyncio.sleep(0.1)

            async with asyncio.timeout(60):
                await look()
            assert {(w["camera"], w["what"], w["until"]) for w in told} == {(DOOR.id, "live", None)}

    story()


def test_a_clip_that_somebody_opened_is_told_to_all_and_comes_in_the_status_box(
    tmp_path: Path, house: House
) -> None:
    """R52: the clip lies at the server; that it was opened is told at home, and to nobody else."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR),
            watcher(house.url, house.member.keys, ends(house)) as one,
            watcher(house.url, house.member.keys, ends(house)) as two,
        ):
            await until(lambda: one.said("cameras") and two.said("cameras"))
            assert one.said("cameras")[-1]["openings"] is True
            for clip in ("2" * 26, "3" * 26, "2" * 26):
                one.say("opened", camera=DOOR.id, clip=clip, at=_text(clock.now()))
            await until(lambda: len(one.said("opened")) == 3)
            two.say("history")
            await until(lambda: two.said("history"))
            [told] = two.said("history")[-1]["openings"]
            assert (told["camera"], told["clips"]) == (DOOR.id, 2)
            boxes: list[Any] = []

            async def look() -> None:
                while not boxes:
                    boxes.extend((await box(house)).get("openings", []))
                    await asyncio.sleep(0.1)

            async with asyncio.timeout(60):
                await look()
            assert boxes == [told]
            two.say("opened", camera=DOOR.id, clip="2" * 26, at="yesterday")
            await until(lambda: two.closed)

    story()


def test_who_stays_gets_a_new_key_when_somebody_leaves(tmp_path: Path, house: House) -> None:
    """R52: the key of who left opens nothing that comes after, so that nobody watches unseen."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as stays,
        ):
            stays.say("watch", camera=DOOR.id)
            await until(lambda: stays.pictures)
            async with watcher(house.url, house.member.keys, ends(house)) as leaves:
                leaves.say("watch", camera=DOOR.id)
                await until(lambda: len(leaves.pictures) > 3)
                shared = leaves.pictures[-1].stream
                assert shared == stays.pictures[-1].stream
            await until(lambda: stays.pictures[-1].stream != shared)
            assert stays.pictures[-1].number < 60
            assert len({key for _, _, key in stays.streams.values()}) == len(stays.streams)
            await until(lambda: len(live_of(pipeline).viewings.current) == 1)
        before = live_of(pipeline).viewings.lately
        assert [one.until is None for one in before] == [False, False]

    story()


def test_a_camera_is_heard_by_who_watches_it_sealed_once_and_under_a_key_of_its_own(
    tmp_path: Path, house: House
) -> None:
    """R01 R03: sound is sealed as the pictures are; who stops listening hears nothing that comes after."""

    @in_loop
    async def story() -> None:
        loud = msgspec.structs.replace(DOOR, audio=True)
        async with (
            hub(tmp_path, house, loud) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as one,
            watcher(house.url, house.member.keys, ends(house)) as two,
        ):
            sound = live_of(pipeline).sound(DOOR.id)
            await until(lambda: one.said("cameras") and one.said("cameras")[-1]["cameras"][0]["sound"])
            one.say("listen", camera=DOOR.id)
            for each in (one, two):
                each.say("watch", camera=DOOR.id)
            await until(lambda: one.pictures and two.pictures)
            assert not sound.listeners, "who does not watch a camera, of which all are told, hears nothing"
            assert sound.sealed == 0
            for each in (one, two):
                each.say("listen", camera=DOOR.id)
            await until(lambda: len(one.sounds) > 20 and len(two.sounds) > 20)
            told = one.said("sound")[-1]
            assert (told["codec"], told["rate_hz"], told["channels"]) == ("ulaw", 8_000, 1)
            assert told["key"] != one.said("stream")[-1]["key"]
            assert told["key"] == two.said("sound")[-1]["key"]
            same = {m for m in one.messages if m[0] == 3} & {m for m in two.messages if m[0] == 3}
            assert {piece.number for piece in one.sounds} & {piece.number for piece in two.sounds}
            assert len(same) > 20
            two.say("unlisten", camera=DOOR.id)
            await until(lambda: one.said("sound")[-1]["stream"] != told["stream"])
            await until(lambda: one.sounds[-1].stream != told["stream"])
            assert two.said("sound")[-1]["stream"] == told["stream"]
            one.say("unwatch", camera=DOOR.id)
            await until(lambda: not sound.listeners)

    story()


def test_a_camera_whose_sound_is_not_recorded_is_not_heard(tmp_path: Path, house: House) -> None:
    """R09: what a household did not switch on, nobody hears."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as one,
        ):
            one.say("watch", camera=DOOR.id)
            one.say("listen", camera=DOOR.id)
            await until(lambda: len(one.pictures) > 10)
            assert not one.said("cameras")[-1]["cameras"][0]["sound"]
            assert not one.sounds
            assert live_of(pipeline).sound(DOOR.id).sealed == 0

    story()


def test_a_stranger_a_replayed_question_and_an_altered_message_get_nothing(
    tmp_path: Path, house: House
) -> None:
    """R04 R05: the relay lets a member in; the hub believes the household's book only."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as good,
        ):
            live = live_of(pipeline)
            asked: list[bytes] = []
            for alter in (_as_stranger, _replayed(good), _junk):
                async with watching_as(house, alter, asked) as bad:
                    assert bad.closed
                    assert not bad.pictures
                    assert not bad.is_known
            good.say("watch", camera=DOOR.id)
            await until(lambda: good.pictures)
            number = next(iter(live.visitors))
            good.send(b"\x02" + bytes(8) + b"not sealed by anybody")
            await until(lambda: number not in live.visitors)

    story()


def test_a_viewers_mistake_ends_no_recording_and_nobody_elses_view(tmp_path: Path, house: House) -> None:
    """R01: times at the ends of what a clock can say, and before there was any recording."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as good,
        ):
            good.say("watch", camera=DOOR.id)
            await until(lambda: good.pictures)
            for at in ("9999-12-31T12:00:00.000Z", "0001-01-01T00:00:00.000Z"):
                asked = {"id": 1, "camera": DOOR.id, "start": at, "end": at}
                opened = {"camera": DOOR.id, "clip": "2" * 26, "at": at}
                for word, fields in (("footage", asked), ("opened", opened)):
                    async with watcher(house.url, house.member.keys, ends(house)) as bad:
                        bad.say(word, **fields)
                        await _closed(bad)
            seen, kept = len(good.pictures), _seconds(pipeline)
            await until(lambda: len(good.pictures) > seen + 15 and _seconds(pipeline) > kept)

    story()


async def _closed(bad: Watcher) -> None:
    await until(lambda: bad.closed)


class Slow(Viewings):
    """Viewings on a disk that takes its time: `begin` waits until it is let go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.entered, self.let_go = threading.Event(), threading.Event()

    def begin(self, account: str, camera: str, what: What) -> str:
        self.entered.set()
        self.let_go.wait()
        return super().begin(account, camera, what)


def test_who_leaves_while_their_viewing_is_written_down_sees_nothing_and_stands_nowhere(
    tmp_path: Path, house: House
) -> None:
    """R03 R52: their number may be given to somebody else the next moment."""

    @in_loop
    async def story() -> None:
        async with hub(tmp_path, house, DOOR) as pipeline:
            live = live_of(pipeline)
            async with watcher(house.url, house.member.keys, ends(house)) as leaves:
                [(number, visitor)] = live.visitors.items()
                (tmp_path / "slow").mkdir()
                live.viewings = slow = Slow(tmp_path / "slow")
                try:
                    leaves.say("watch", camera=DOOR.id)
                    await asyncio.to_thread(slow.entered.wait)
                    await live._end(visitor)  # as a look at the household does, between two messages
                finally:
                    slow.let_go.set()
                await until(lambda: slow.lately and not slow.current)
            assert number not in live.stream(DOOR.id, "main").viewers
            assert not leaves.pictures

    story()


@contextlib.asynccontextmanager
async def watching_as(
    house: House, alter: Callable[[Watcher, bytes], bytes], asked: list[bytes]
) -> AsyncIterator[Watcher]:
    """Connect as the member and say something else than a member's client does."""
    from websockets.asyncio.client import connect  # noqa: PLC0415

    async with Uplink(house.url, house.member.keys.signing) as uplink:
        session = await uplink.sign_in()
        token, account = session["token"], session["account"]
    async with connect(house.url.replace("http", "ws", 1) + "/v1/relay/watch", proxy=None) as pipe:
        await pipe.send(json.dumps({"token": token}))
        assert await pipe.recv() == "{}"
        bad = Watcher(house.member.keys, account, ends(house), asked.append)
        hello = await pipe.recv(decode=False)
        await pipe.send(alter(bad, bytes(hello)[1:]))
        with contextlib.suppress(Exception):
            while True:
                async with asyncio.timeout(30):
                    await pipe.recv()
        bad.closed = pipe.close_code is not None
        yield bad


def _as_stranger(bad: Watcher, challenge: bytes) -> bytes:
    made: list[bytes] = []
    stranger = Watcher(keys.member_keys(b"x" * 32), bad.account, bad.ends, made.append)
    stranger.ask(challenge)
    return made[0]


def _replayed(good: Watcher) -> Callable[[Watcher, bytes], bytes]:
    """Ask with a question that was about another challenge."""

    def alter(bad: Watcher, _: bytes) -> bytes:
        made: list[bytes] = []
        bad.send = made.append
        bad.ask(good.messages[0][1:])
        return made[0]

    return alter


def _junk(_: Watcher, __: bytes) -> bytes:
    return b"age-encryption.org/v1\n-> none\n"


def test_a_slow_viewer_gets_the_small_stream_and_the_other_keeps_the_large_one(
    tmp_path: Path, house: House
) -> None:
    """R01: each viewer by what its own device says."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, BOTH) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as quick,
            watcher(house.url, house.member.keys, ends(house)) as slow,
        ):
            await until(lambda: pipeline.lines[BOTH.id].latest_sub)
            for one in (quick, slow):
                one.say("watch", camera=BOTH.id, width=1280)
            await until(lambda: quick.pictures and slow.pictures)
            assert {quick.pictures[-1].role, slow.pictures[-1].role} == {"main"}
            slow.say("feedback", camera=BOTH.id, behind_ms=4_000, missed=3, shown=2)
            await until(lambda: slow.pictures[-1].role == "sub")
            quick.say("feedback", camera=BOTH.id, behind_ms=120, missed=0, shown=15)
            seen = len(quick.pictures)
            await until(lambda: len(quick.pictures) > seen + 10)
            assert {picture.role for picture in quick.pictures} == {"main"}
            for _ in range(BAD_FOR):
                slow.say("feedback", camera=BOTH.id, behind_ms=9_000, missed=9, shown=1)
            await until(lambda: slow.said("pace")[-1]["keys_only"])
            seen = len(slow.pictures)
            await until(lambda: len(slow.pictures) > seen + 3)
            assert all(picture.is_key for picture in slow.pictures[seen + 1 :])
            small = quick.said("cameras")[0]["cameras"]
            assert [camera["name"] for camera in small] == ["Yard"]

    story()


def test_footage_of_any_stretch_comes_sealed_whole_and_no_faster_than_it_is_taken(
    tmp_path: Path, house: House
) -> None:
    """R01 R03 R52: from the hub's own recording; it is told like a live view."""

    @in_loop
    async def story() -> None:
        async with (
            hub(tmp_path, house, DOOR) as pipeline,
            watcher(house.url, house.member.keys, ends(house)) as one,
        ):
            await until(lambda: len(pipeline.journal.spans(DOOR.id)) and _seconds(pipeline) > 4)
            start, end = pipeline.journal.spans(DOOR.id)[0]
            wide = {"start": _text(start), "end": _text(end)}
            one.say("footage", id=7, camera=DOOR.id, **wide)
            await until(lambda: one.said("part"))
            watched = live_of(pipeline).viewings.current
            assert [viewing.what for viewing in watched] == ["footage"]
            await until(lambda: one.said("footage"))
            parts = one.said("part")
            assert sum(part["length"] for part in parts) == len(one.footage[7])
            assert parts[0]["init"] > 0
            assert all(part["init"] == 0 for part in parts[1:])
            assert parts[0]["mime"].startswith('video/mp4; codecs="avc1')
            one.say("enough", id=7)
            await until(lambda: not live_of(pipeline).viewings.current)
            half = parts[len(parts) // 2 - 1]["end"]
            one.say("footage", id=8, camera=DOOR.id, start=half, end=wide["end"])
            await until(lambda: any(said["id"] == 8 for said in one.said("footage")))
            again = [part for part in one.said("part") if part["id"] == 8]
            assert again[-1]["end"] == parts[-1]["end"]
            assert len(again) < len(parts)

    story()


def _seconds(pipeline: Pipeline) -> float:
    return sum((end - start).total_seconds() for start, end in pipeline.journal.spans(DOOR.id))


def _text(at: Any) -> str:
    return str(at.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
