"""Cameras of another make: GStreamer's RTSP server is recorded by us, its client records our demo camera."""

import asyncio
import itertools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fanlight.hub.camera import CameraRefused, NotAVideo, RtspCamera, probe
from fanlight.hub.demo_camera import CLIP, DemoCamera, load
from fanlight.hub.demo_camera.tracks import make_sound
from fanlight.hub.packet import AudioPacket, Packet
from fanlight.hub.segmenter import Segmenter, fmp4

HERE = Path(__file__).parent
INSTALL = "Run `python3 deploy/setup.py run dev test`: it installs GStreamer for Debian's Python."
_X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10"]
_X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=10"]
_OPUS = ["-c:a", "libopus", "-ar", "48000"]
_VIDEO = {
    "h264": "h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h264 once": "h264parse ! rtph264pay name=pay0 pt=96 aggregate-mode=zero-latency",
    "h265": "h265parse ! rtph265pay name=pay0 pt=96",
    "h265 aggregates": "h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1 aggregate-mode=max",
}
_SOUND = {
    "pcmu": "queue ! rtppcmupay name=pay1 pt=0",
    "pcma": "queue ! rtppcmapay name=pay1 pt=8",
    "aac": "queue ! aacparse ! rtpmp4gpay name=pay1 pt=97",
    "latm": "queue ! aacparse ! rtpmp4apay name=pay1 pt=97",
    "opus": "queue ! opusparse ! rtpopuspay name=pay1 pt=97",
}
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gst")


@pytest.fixture
def serve(folder: Path) -> Iterator[Serve]:
    """Start servers; each returns its address without a password."""
    started: list[subprocess.Popen[str]] = []

    def start(video: str, sound: str = "", method: str = "none", user: str = "", password: str = "") -> str:
        coder = _X265 if video.startswith("h265") else _X264
        coded = {"pcmu": ["-c:a", "pcm_mulaw", "-ar", "8000"], "pcma": ["-c:a", "pcm_alaw", "-ar", "8000"]}
        audio = coded.get(sound, _OPUS if sound == "opus" else ["-c:a", "aac", "-ar", "16000"])
        name, demux = ("film.mkv", "matroskademux") if sound == "opus" else ("film.mov", "qtdemux")
        path = folder / f"{video}-{sound}-{name}".replace(" ", "-")
        if not path.exists():
            source = ["-f", "lavfi", "-i", "testsrc2=d=20:s=320x180:r=10"]
            source += ["-f", "lavfi", "-i", "sine=d=20"] if sound else []
            subprocess.run(
                ["ffmpeg", "-v", "error", "-nostdin", *source, *coder, *(audio if sound else []), str(path)],
                check=True,
            )
        launch = f"( filesrc location={path} ! {demux} name=d d.video_0 ! queue ! {_VIDEO[video]} "
        launch += f"d.audio_0 ! {_SOUND[sound]} )" if sound else ")"
        command = ["/usr/bin/python3", str(HERE / "gst_server.py"), launch, method, user, password]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        assert started[-1].stdout is not None
        port = started[-1].stdout.readline()
        assert port, INSTALL
        return f"rtsp://127.0.0.1:{int(port)}/cam"

    yield start
    for process in started:
        process.terminate()
        process.communicate()


async def take(url: str, count: int, *, audio: bool = False) -> tuple[list[Packet | AudioPacket], RtspCamera]:
    camera = RtspCamera(url, audio=audio)
    packets: list[Packet | AudioPacket] = []
    pictures = 0
    async for packet in camera.packets():
        packets.append(packet)
        pictures += isinstance(packet, Packet)
        if pictures == count:
            break
    await camera.close()
    return packets, camera


def decoded(packets: list[Packet | AudioPacket], path: Path) -> int:
    """Return how many pictures FFmpeg decodes of what was recorded, without a complaint."""
    segmenter = Segmenter()
    segments = [s for packet in packets for s in segmenter.feed(packet)] + segmenter.finish()
    path.write_bytes(fmp4.join(segments).data)
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-xerror",
        "-nostdin",
        "-i",
        str(path),
        "-map",
        "0:v",
        "-f",
        "framecrc",
        "-",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return sum(not line.startswith("#") for line in done.stdout.splitlines())


@pytest.mark.parametrize("video", list(_VIDEO))
def test_pictures_of_another_makes_camera_are_recorded_whole(
    serve: Serve, video: str, tmp_path: Path
) -> None:
    """R01: H.264 and H.265, parameter sets in the stream or in its description, alone or in aggregates."""
    packets, camera = asyncio.run(take(serve(video), 15))
    assert camera.damage == 0
    assert (camera.info.width, camera.info.height) == (320, 180)
    assert camera.info.codec.startswith("hvc1" if "h265" in video else "avc1")
    times = [packet.pts_90k for packet in packets]
    assert [b - a for a, b in itertools.pairwise(sorted(times))] == pytest.approx([9_000] * 14, abs=10)
    assert decoded(packets, tmp_path / "film.mp4") == 15


@pytest.mark.parametrize(
    ("sound", "codec", "rate"),
    [
        ("pcmu", "ulaw", 8_000), ("pcma", "alaw", 8_000), ("aac", "mp4a.40.2", 16_000),
        ("latm", "mp4a.40.2", 16_000), ("opus", "opus", 48_000),
    ],
)  # fmt: skip
def test_sound_of_another_makes_camera_comes_with_its_pictures(
    serve: Serve, sound: str, codec: str, rate: int, tmp_path: Path
) -> None:
    """Both begin at nought in the file; they lie as near each other in what we record."""
    packets, camera = asyncio.run(take(serve("h264", sound), 25, audio=True))
    heard = [packet for packet in packets if isinstance(packet, AudioPacket)]
    seen = [packet for packet in packets if isinstance(packet, Packet)]
    assert {(p.info.codec, p.info.rate_hz) for p in heard} == {(codec, rate)}
    assert camera.audio_dropped == 0
    length_s = (heard[-1].pts_90k + heard[-1].duration_90k - heard[0].pts_90k) / 90_000
    assert length_s == pytest.approx(sum(p.duration_90k for p in heard) / 90_000, abs=0.1)
    assert abs(heard[-1].pts_90k - seen[-1].pts_90k) < 90_000
    assert decoded(packets, tmp_path / "film.mp4") == 25


@pytest.mark.parametrize("method", ["digest", "basic"])
def test_a_password_is_answered_as_the_camera_wants_it(serve: Serve, method: str) -> None:
    url = serve("h264", "", method, "maya", "s3cret/x")

    async def run() -> int:
        for login in ("", "maya:wrong@"):
            with pytest.raises(CameraRefused):
                await take(url.replace("//", f"//{login}"), 1)
        packets, _ = await take(url.replace("//", "//maya:s3cret%2Fx@"), 3)
        return len(packets)

    assert asyncio.run(run()) == 3


def test_a_path_without_a_stream_is_told_as_such(serve: Serve) -> None:
    url = serve("h264")
    with pytest.raises(NotAVideo):
        asyncio.run(take(f"{url}/none", 1))


@pytest.mark.parametrize("driver", ["own", "compat"])
def test_both_drivers_say_the_same_of_a_camera(serve: Serve, driver: str) -> None:
    found = asyncio.run(probe(serve("h264", "aac"), driver=driver))  # type: ignore[arg-type]
    assert (found.info.codec[:4], found.info.width, found.audio and found.audio.codec) == (
        "avc1", 320, "mp4a.40.2",
    )  # fmt: skip
    assert found.fps == pytest.approx(10, abs=0.5)
    assert found.gop_s == pytest.approx(1, abs=0.1)
    assert found.keyframe.is_key


@pytest.mark.parametrize(
    ("login", "sound"), [("", "none"), ("maya:s3cret@", "none"), ("", "pcmu"), ("", "aac")]
)
def test_a_client_of_another_make_records_our_demo_camera(login: str, sound: str, tmp_path: Path) -> None:
    """GStreamer's rtspsrc, TCP, with a password and with sound beside the pictures."""
    out = tmp_path / "film.mp4"
    voices = {"pcmu": "rtppcmudepay", "aac": "rtpmp4gdepay"}

    async def run() -> int:
        user, _, password = login.removesuffix("@").partition(":")
        made = make_sound(sound) if sound != "none" else None  # type: ignore[arg-type]
        server = DemoCamera(await load(CLIP), user=user, password=password, sound=made)
        await server.start("127.0.0.1", 0)
        url = f"rtsp://{login}127.0.0.1:{server.port}/demo"
        # `rtspsrc` opens a gate in each stream; what nobody takes ends it, so sound goes to a sink.
        words = f"-e -q rtspsrc name=s protocols=tcp location={url} s. ! rtph264depay ! h264parse"
        words += f" ! identity eos-after=30 ! mp4mux ! filesink location={out}"
        if sound in voices:
            words += f" s. ! {voices[sound]} ! fakesink sync=false"
        client = await asyncio.create_subprocess_exec("gst-launch-1.0", *words.split())
        try:
            async with asyncio.timeout(60):
                return await _written(client, out)
        finally:
            if client.returncode is None:
                client.terminate()
            await client.wait()
            await server.stop()

    assert asyncio.run(run()) >= 29


async def _written(client: asyncio.subprocess.Process, out: Path) -> int:
    """Wait for the end of a client; return how many pictures it wrote."""
    await client.wait()
    count = ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries"]
    count += ["stream=nb_read_packets", "-of", "csv=p=0", str(out)]
    probe_ = await asyncio.create_subprocess_exec(*count, stdout=asyncio.subprocess.PIPE)
    said, _ = await probe_.communicate()
    return int(said.split()[0])
