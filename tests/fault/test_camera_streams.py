"""A camera that breaks off, changes or half sends its stream loses no more than it must (R01)."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fault.bad_camera import X265, Seat, Shown, cut, make_clip, runs, showing, take

from fanlight.hub.camera import CameraError, CameraGone, Packet, RtspCamera, StateChanged, watch
from fanlight.hub.camera.rtsp.camera import MAX_WAITING_BYTES
from fanlight.hub.demo_camera.rtp import Sender
from fanlight.hub.demo_camera.tracks import Loop
from fanlight.hub.packet import AudioPacket
from fanlight.model import clock

STEP = 9_000
PCMA = ["m=audio 0 RTP/AVP 8", "a=control:audio"]
G726 = ["m=audio 0 RTP/AVP 98", "a=rtpmap:98 G726-32/8000", "a=control:audio"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def clip(folder: Path) -> Loop:
    return make_clip(folder / "clip.mp4")


async def all_of(seat: Seat, loop: Loop, *, start: int = 0) -> None:
    for index, packet in enumerate(loop.packets):
        seat.picture(loop, packet, (start + index) * STEP)


async def watched(url: str, enough: int) -> tuple[list[Packet], list[str]]:
    """Return what a hub gets of a camera that it reconnects to, and the states it sees."""
    packets: list[Packet] = []
    states: list[str] = []
    stream: AsyncIterator[Any] = watch(
        lambda: RtspCamera(url, stall_s=2), first_wait_s=0.02, longest_wait_s=0.05
    )
    async for item in stream:
        if isinstance(item, StateChanged):
            states.append(item.state)
        elif isinstance(item, Packet):
            packets.append(item)
            if len(packets) == enough:
                break
    await stream.aclose()  # type: ignore[attr-defined]
    return packets, states


def test_a_new_size_in_mid_stream_is_a_new_run_and_no_segment_holds_both(clip: Loop, folder: Path) -> None:
    other = make_clip(folder / "other.mp4", size="128x64")

    async def play(seat: Seat) -> None:
        await all_of(seat, clip)
        await all_of(seat, other, start=20)

    async def run() -> list[Packet]:
        async with showing(Shown(clip, [play])) as url:
            return await take(RtspCamera(url), 40)

    packets = asyncio.run(run())
    before, after = runs(packets)
    assert {(p.info.width, p.info.height) for p in before} == {(160, 90)}
    assert {(p.info.width, p.info.height) for p in after} == {(128, 64)}
    assert (len(before), len(after)) == (20, 20)
    assert {s.info.width for s in cut(packets)} == {160, 128}
    assert after[0].pts_90k - before[-1].pts_90k == STEP


def test_a_camera_that_turns_to_another_coding_without_a_word_is_asked_again(
    clip: Loop, folder: Path
) -> None:
    other = make_clip(folder / "hevc.mp4", coder=X265)

    async def turn(seat: Seat) -> None:
        await all_of(seat, clip)
        await all_of(seat, other, start=20)

    async def stay(seat: Seat) -> None:
        await all_of(seat, other)

    async def run() -> tuple[list[Packet], list[str]]:
        async with showing(Shown(clip, [turn, stay], loops=[clip, other])) as url:
            return await watched(url, 40)

    packets, states = asyncio.run(run())
    assert states == ["recording", "away", "recording"]
    assert [packet.info.codec[:4] for packet in packets] == ["avc1"] * 20 + ["hvc1"] * 20
    assert len({packet.run for packet in packets}) == 2


def test_a_reboot_in_the_middle_of_a_picture_is_a_new_run(clip: Loop) -> None:
    """R01: what the camera sent before is kept, and recording goes on by itself."""

    async def reboot(seat: Seat) -> None:
        await all_of(seat, clip)
        seat.writer.write(b"$\0\5\xdchalf of a packet")
        await seat.writer.drain()
        await asyncio.sleep(0.05)  # what lies in the socket is lost with an abort; it must have gone out
        seat.writer.transport.abort()

    async def back(seat: Seat) -> None:
        seat.sender.first_time = 77_777_777
        await all_of(seat, clip)

    async def run() -> tuple[list[Packet], list[str]]:
        async with showing(Shown(clip, [reboot, back])) as url:
            return await watched(url, 40)

    packets, states = asyncio.run(run())
    assert states == ["recording", "away", "recording"]
    assert [len(run) for run in runs(packets)] == [20, 20]
    assert [run[0].pts_90k for run in runs(packets)] == [0, 0]


def test_a_stall_without_a_close_is_noticed_and_mended(clip: Loop) -> None:
    async def stall(seat: Seat) -> None:
        await all_of(seat, clip)

    async def run() -> tuple[list[Packet], list[str]]:
        async with showing(Shown(clip, [stall])) as url:
            return await watched(url, 40)

    packets, states = asyncio.run(run())
    assert states == ["recording", "away", "recording"]
    assert len(packets) == 40


@pytest.mark.parametrize(
    "fragments", [slice(0, -1), slice(3, None), slice(2, 4)], ids=["tail", "head", "middle"]
)
def test_half_a_picture_costs_the_pictures_up_to_the_next_keyframe_and_no_more(
    folder: Path, fragments: slice
) -> None:
    clip = make_clip(folder / "large.mp4", size="640x360")

    async def play(seat: Seat) -> None:
        for index, packet in enumerate(clip.packets):
            whole = slice(None) if index != 5 else fragments
            seat.picture(clip, packet, index * STEP, fragments=whole)

    async def run() -> tuple[list[Packet], RtspCamera]:
        async with showing(Shown(clip, [play])) as url:
            camera = RtspCamera(url)
            return await take(camera, 15), camera

    packets, camera = asyncio.run(run())
    assert [packet.pts_90k // STEP for packet in packets] == [*range(5), *range(10, 20)]
    assert packets[5].is_key
    assert camera.damage >= 1


@pytest.mark.parametrize("hours", [1, -1, 87_660, -87_660])
def test_a_wrong_or_stepping_clock_of_the_camera_is_told_and_moves_nothing(clip: Loop, hours: int) -> None:
    """R12: the household is told that a camera's clock is wrong; times come from the hub."""
    wrong_us = hours * 3_600 * 1_000_000

    async def play(seat: Seat) -> None:
        now_us = int(clock.now().timestamp() * 1e6)
        seat.report(now_us, 0)
        for index, packet in enumerate(clip.packets):
            if index == 10:
                seat.report(now_us + wrong_us, index * STEP)
            seat.picture(clip, packet, index * STEP)

    async def run() -> tuple[list[Packet], RtspCamera]:
        async with showing(Shown(clip, [play])) as url:
            camera = RtspCamera(url)
            return await take(camera, 20), camera

    packets, camera = asyncio.run(run())
    assert [packet.pts_90k for packet in packets] == [index * STEP for index in range(20)]
    assert len({packet.run for packet in packets}) == 1
    assert camera.clock_offset_s == pytest.approx(hours * 3_600, abs=60)


@pytest.mark.parametrize(("audio", "refuses"), [(G726, False), (PCMA, True)], ids=["unknown", "refused"])
def test_sound_that_cannot_be_had_never_costs_a_picture(clip: Loop, audio: list[str], refuses: bool) -> None:  # noqa: FBT001
    async def play(seat: Seat) -> None:
        for number, packet in enumerate(clip.packets):
            seat.picture(clip, packet, number * STEP)
            seat.writer.write(b"$\2\0\x10" + b"\x80\x62\0\1" + bytes(8) + b"1234")

    async def run() -> tuple[list[Packet], RtspCamera]:
        async with showing(Shown(clip, [play], audio=audio, refuses_audio=refuses)) as url:
            camera = RtspCamera(url, audio=True)
            return await take(camera, 20), camera

    packets, camera = asyncio.run(run())
    assert (len(packets), camera.audio_dropped, camera.damage) == (20, 1, 0)


@pytest.mark.parametrize("direction", [[], ["a=recvonly"], ["a=sendonly"]])
def test_sound_is_taken_however_a_camera_marks_its_direction(clip: Loop, direction: list[str]) -> None:
    async def play(seat: Seat) -> None:
        for number, packet in enumerate(clip.packets):
            seat.picture(clip, packet, number * STEP)
            head = b"$\2\3\x2c\x80\x08" + number.to_bytes(2, "big") + (800 * number).to_bytes(4, "big")
            seat.writer.write(head + b"\0\0\0\7" + bytes(800))

    async def run() -> list[AudioPacket]:
        async with showing(Shown(clip, [play], audio=[PCMA[0], *direction, PCMA[1]])) as url:
            camera = RtspCamera(url, audio=True)
            heard: list[AudioPacket] = []
            async for packet in camera.packets():
                heard += [packet] if isinstance(packet, AudioPacket) else []
                if len(heard) == 10:
                    break
            await camera.close()
            return heard

    heard = asyncio.run(run())
    assert [packet.duration_90k for packet in heard] == [9_000] * 10
    assert {packet.info.codec for packet in heard} == {"alaw"}
    assert all(b.pts_90k - a.pts_90k == 9_000 for a, b in itertools.pairwise(heard))


@pytest.mark.parametrize(
    ("apart_s", "lies_at"), [(0.5, 45_000), (-0.3, -27_000), (3_600, 0), (-315_576_000, 0)]
)
def test_sound_lies_where_the_reports_of_both_clocks_put_it_if_that_can_be(
    clip: Loop, apart_s: float, lies_at: int
) -> None:
    """A camera whose clock steps between two reports must not throw its sound away from the pictures."""
    voice = Sender(8, 8_000, first_time=4_000_000_000)
    now_us = int(clock.now().timestamp() * 1e6)

    async def play(seat: Seat) -> None:
        for number, packet in enumerate(clip.packets):
            seat.picture(clip, packet, number * STEP)
            frame = [bytes(800)]
            seat.writer.write(voice.pack(frame, 800 * number, 2, sequence=voice.sent(frame)))
            if number == 4:
                seat.report(now_us, 0)
                seat.writer.write(voice.report(now_us + int(apart_s * 1e6), 0, 3))

    async def run() -> list[AudioPacket]:
        async with showing(Shown(clip, [play], audio=PCMA)) as url:
            camera = RtspCamera(url, audio=True)
            heard: list[AudioPacket] = []
            pictures = 0
            async for packet in camera.packets():
                heard += [packet] if isinstance(packet, AudioPacket) else []
                pictures += isinstance(packet, Packet)
                if pictures == 20 and heard[-1].pts_90k >= lies_at + 19 * STEP - 100:
                    break
            await camera.close()
            return heard

    heard = asyncio.run(run())
    near = 1_800 if abs(apart_s) < 2 else 90_000  # reports are exact; arrival is as good as the machine
    assert heard[-1].pts_90k - 19 * STEP == pytest.approx(lies_at, abs=near)
    assert all(b.pts_90k >= a.pts_90k + a.duration_90k for a, b in itertools.pairwise(heard))


def test_a_goodbye_ends_the_stream_at_once(clip: Loop) -> None:
    async def play(seat: Seat) -> None:
        await all_of(seat, clip)
        seat.writer.write(b"$\1\0\x08\x81\xcb\0\1\0\0\0\7")

    async def run() -> None:
        async with showing(Shown(clip, [play])) as url:
            with pytest.raises(CameraGone, match="ended the stream"):
                await take(RtspCamera(url, stall_s=60), 21)

    asyncio.run(run())


def test_a_hub_that_is_slow_holds_the_camera_back_and_loses_nothing(clip: Loop) -> None:
    """However much a camera sends, only so many bytes wait in memory."""
    rounds = 1 + 3 * MAX_WAITING_BYTES // sum(len(packet.data) for packet in clip.packets)

    async def play(seat: Seat) -> None:
        for round_ in range(rounds):
            await all_of(seat, clip, start=20 * round_)
            await seat.writer.drain()

    async def run() -> tuple[int, int]:
        async with showing(Shown(clip, [play])) as url:
            camera = RtspCamera(url)
            most = count = 0
            async for packet in camera.packets():
                assert not isinstance(packet, AudioPacket)
                if count % 500 == 0:
                    await asyncio.sleep(0.001)
                most = max(most, camera._waiting_bytes)
                count += 1
                if count == 20 * rounds:
                    break
            await camera.close()
            return most, count

    most, count = asyncio.run(run())
    assert count == 20 * rounds
    assert most < MAX_WAITING_BYTES + (2 << 20)


def test_a_camera_hears_what_arrived_of_its_stream(clip: Loop) -> None:
    """Some end a stream of which nobody reports (RFC 3550, 6.4.2)."""

    async def run() -> Seat:
        shown = Shown(clip, [lambda seat: all_of(seat, clip)])
        async with showing(shown) as url:
            camera = RtspCamera(url, stall_s=2)
            with pytest.raises(CameraGone):
                await take(camera, 21)
            return shown.seats[0]

    seat = asyncio.run(run())
    reports = [packet for packet in seat.heard if packet[1] == 201]
    assert int.from_bytes(reports[-1][8:12], "big") == seat.sender.ssrc
    behind = seat.sender.sequence - int.from_bytes(reports[-1][18:20], "big") & 0xFFFF
    assert 1 <= behind <= seat.sender.packets


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=200),
            st.builds(lambda b: b"$\0" + len(b).to_bytes(2, "big") + b, st.binary(max_size=80)),
            st.sampled_from(
                [b"RTSP/1.0 200 OK\r\n", b"CSeq: 1\r\n", b"\r\n", b"Content-Length: 5\r\n", b"$"]
            ),
        ),
        max_size=12,
    )
)
def test_whatever_answers_at_an_address_it_is_a_camera_error(parts: list[bytes]) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            camera = RtspCamera(f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/", stall_s=0.2)
            with pytest.raises(CameraError):
                await take(camera, 1)

    asyncio.run(run())
