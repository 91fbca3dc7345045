"""The talk with a camera: passwords, redirects, TLS, what is sent back."""

import asyncio
import contextlib
import hashlib
import itertools
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from fanlight.hub.camera import CameraError, CameraRefused, CameraUnreachable, RtspCamera, RtspSession
from fanlight.hub.camera.rtsp import rtcp
from fanlight.hub.camera.rtsp.address import read_address
from fanlight.hub.camera.wire import Request, Wire
from fanlight.hub.demo_camera import DemoCamera, load
from fanlight.hub.demo_camera.tracks import make_sound
from fanlight.hub.packet import AudioPacket, Packet

Video = Callable[[str], Path]
Answer = Callable[[Request], str]
BACK = (
    "v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n"
    "m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n"
)


@contextlib.asynccontextmanager
async def serving(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Serve; yield the port; cut everybody off at the end."""
    writers: list[asyncio.StreamWriter] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await serve(reader, writer)

    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def answering(
    answer: Answer, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[Request], list[bytes]]]:
    """Serve whatever `answer` says; yield the port, what was asked, and the packets that came."""
    asked: list[Request] = []
    packets: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(dict.fromkeys(range(4), lambda data, start, end: packets.append(data[start:end])))
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                for request in wire.feed(data):
                    assert isinstance(request, Request)
                    asked.append(request)
                    text = answer(request)
                    head, _, body = text.partition("\r\n\r\n")
                    size = f"Content-Length: {len(body)}\r\n" if body else ""
                    cseq = request.get("cseq")
                    writer.write(f"RTSP/1.0 {head}\r\nCSeq: {cseq}\r\n{size}\r\n{body}".encode())
        writer.close()

    async with serving(serve, tls) as port:
        yield port, asked, packets


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """Return a server's TLS with a certificate of its own making, and that one's SHA-256."""
    folder = tmp_path_factory.mktemp("tls")
    key, pem, der = folder / "key.pem", folder / "cert.pem", folder / "cert.der"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    make += ["-days", "2", "-subj", "/CN=camera", "-keyout", str(key), "-out", str(pem)]
    subprocess.run(make, check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-in", pem, "-outform", "der", "-out", der], check=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context, hashlib.sha256(der.read_bytes()).hexdigest()


async def described(url: str) -> None:
    session = RtspSession(url)
    try:
        await session.connect()
        await session.describe()
    finally:
        await session.close()


def test_an_address_shows_no_password_and_nonsense_is_refused_without_repeating_it() -> None:
    address = read_address("rtsp://maya:s3cret%40@cam.local/live?x=1")
    assert (address.host, address.port, address.user, address.password) == (
        "cam.local",
        554,
        "maya",
        "s3cret@",
    )
    assert address.uri == "rtsp://cam.local:554/live?x=1"
    assert "s3cret" not in repr(address)
    for url in (
        "http://u:s3cret@c/",
        "rtsp://",
        "rtsp://u:s3cret@c:99999/",
        "rtsp://c/#s3cret",
        "rtsp://c/\r\nx",
    ):
        with pytest.raises(CameraUnreachable) as refused:
            read_address(url)
        assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(("host", "goes_along"), [("127.0.0.1", True), ("localhost", False)])
def test_a_password_follows_a_redirect_to_the_same_host_only(host: str, goes_along: bool) -> None:  # noqa: FBT001
    def locked(request: Request) -> str:
        if not request.get("authorization"):
            return '401 Unauthorized\r\nWWW-Authenticate: Digest realm="c", nonce="n"\r\n\r\n'
        return f"200 OK\r\n\r\n{BACK}"

    async def run() -> list[Request]:
        async with answering(locked) as (port, asked, _):

            def away(request: Request) -> str:
                if not request.get("authorization"):
                    return '401 Unauthorized\r\nWWW-Authenticate: Digest realm="c", nonce="n"\r\n\r\n'
                return f"302 Moved\r\nLocation: rtsp://{host}:{port}/elsewhere\r\n\r\n"

            async with answering(away) as (first, _, _):
                expected = contextlib.nullcontext() if goes_along else pytest.raises(CameraRefused)
                with expected:
                    await described(f"rtsp://maya:s3cret@127.0.0.1:{first}/live")
            return asked

    asked = asyncio.run(run())
    assert asked[0].uri.endswith("/elsewhere")
    assert any(request.get("authorization") for request in asked) == goes_along


def test_redirects_without_end_are_given_up() -> None:
    async def run() -> None:
        async with answering(lambda request: f"301 Moved\r\nLocation: {request.uri}\r\n\r\n") as (
            port,
            asked,
            _,
        ):
            with pytest.raises(CameraUnreachable, match="error 301"):
                await described(f"rtsp://127.0.0.1:{port}/live")
            assert len(asked) == 4

    asyncio.run(run())


def test_a_stream_over_tls_is_recorded(video: Video, certificate: tuple[ssl.SSLContext, str]) -> None:
    async def run() -> int:
        server = DemoCamera(await load(video("plain.mp4")), user="maya", password="s3cret")
        await server.start("127.0.0.1", 0, tls=certificate[0])
        camera = RtspCamera(f"rtsps://maya:s3cret@127.0.0.1:{server.port}/door#sha256={certificate[1]}")
        count = 0
        async for _ in camera.packets():
            count += 1
            if count == 5:
                break
        await camera.close()
        await server.stop()
        return count

    assert asyncio.run(run()) == 5


def test_another_certificate_than_the_named_one_gets_no_word(certificate: tuple[ssl.SSLContext, str]) -> None:
    async def run() -> list[Request]:
        async with answering(lambda _: "200 OK\r\n\r\n", certificate[0]) as (port, asked, _):
            with pytest.raises(CameraUnreachable, match="another certificate"):
                await described(f"rtsps://maya:s3cret@127.0.0.1:{port}/live#sha256={'0' * 64}")
            return asked

    assert asyncio.run(run()) == []


@pytest.mark.parametrize("pinned", [False, True])
def test_basic_over_tls_tells_a_password_to_a_named_certificate_only(
    certificate: tuple[ssl.SSLContext, str],
    pinned: bool,  # noqa: FBT001
) -> None:
    def locked(request: Request) -> str:
        if not request.get("authorization"):
            return '401 Unauthorized\r\nWWW-Authenticate: Basic realm="c"\r\n\r\n'
        return f"200 OK\r\n\r\n{BACK}"

    async def run() -> list[Request]:
        async with answering(locked, certificate[0]) as (port, asked, _):
            pin = f"#sha256={certificate[1]}" if pinned else ""
            with contextlib.nullcontext() if pinned else pytest.raises(CameraRefused):
                await described(f"rtsps://maya:s3cret@127.0.0.1:{port}/live{pin}")
            return asked

    assert any(request.get("authorization") for request in asyncio.run(run())) == pinned


def test_a_back_channel_is_asked_for_and_takes_what_we_send() -> None:
    async def run() -> tuple[list[Request], list[bytes]]:
        async with answering(lambda r: f"200 OK\r\n\r\n{BACK if r.method == 'DESCRIBE' else ''}") as (
            port,
            asked,
            came,
        ):
            session = RtspSession(f"rtsp://127.0.0.1:{port}/live")
            await session.connect()
            description = await session.describe(require="feature")
            (back,) = [media for media in description.media if media.direction == "sendonly"]
            channel = await session.set_up(back, require="feature")
            await session.play()
            assert session.send(channel, b"one")
            assert session.send(channel, b"two")
            await session.close()
            assert not session.send(channel, b"three")
            return asked, came

    asked, came = asyncio.run(run())
    assert [r.method for r in asked] == ["DESCRIBE", "SETUP", "PLAY"]
    assert [r.get("require") for r in asked[:2]] == ["feature", "feature"]
    assert asked[1].uri.endswith("/live/back")
    assert came == [b"one", b"two"]


@pytest.mark.parametrize(("public", "method"), [("GET_PARAMETER", "GET_PARAMETER"), ("DESCRIBE", "OPTIONS")])
def test_a_session_is_kept_alive_as_the_camera_understands_it(public: str, method: str) -> None:
    enough = asyncio.Event()
    count = itertools.count(1)

    def answer(request: Request) -> str:
        if next(count) == 5:
            enough.set()
        body = BACK if request.method == "DESCRIBE" else ""
        return f"200 OK\r\nPublic: {public}\r\nSession: 5;timeout=2\r\n\r\n{body}"

    async def run() -> list[Request]:
        async with answering(answer) as (port, asked, _):
            session = RtspSession(f"rtsp://127.0.0.1:{port}/live")
            await session.connect()
            await session.options()
            description = await session.describe()
            await session.set_up(description.media[0])
            await session.play()
            await enough.wait()
            await session.close()
            return asked

    asked = asyncio.run(run())
    assert asked[4].method == method
    assert asked[4].get("session") == "5"


def test_a_camera_without_an_answer_is_told_from_one_that_is_away() -> None:
    async def run() -> None:
        async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await reader.read()

        async with serving(silent) as port:
            session = RtspSession(f"rtsp://127.0.0.1:{port}/live", answer_s=0.1)
            await session.connect()
            with pytest.raises(CameraUnreachable, match="not as a camera"):
                await session.options()
            await session.close()

    asyncio.run(run())


@pytest.mark.parametrize(("kind", "codec"), [("pcmu", "ulaw"), ("aac", "mp4a.40.2")])
def test_sound_comes_on_the_clock_of_the_pictures_and_only_if_asked_for(
    video: Video, kind: str, codec: str
) -> None:
    """The demo camera starts both at one moment; its two clocks begin at unlike numbers."""

    async def run(url: str, *, audio: bool) -> list[Packet | AudioPacket]:
        camera = RtspCamera(url, audio=audio)
        packets = []
        async for packet in camera.packets():
            packets.append(packet)
            if packet.pts_90k > 90_000:
                break
        await camera.close()
        return packets

    async def both() -> tuple[list[Packet | AudioPacket], list[Packet | AudioPacket]]:
        server = DemoCamera(await load(video("plain.mp4")), sound=make_sound(kind))  # type: ignore[arg-type]
        await server.start("127.0.0.1", 0)
        url = f"rtsp://127.0.0.1:{server.port}/door"
        with_sound, without = await run(url, audio=True), await run(url, audio=False)
        await server.stop()
        return with_sound, without

    with_sound, without = asyncio.run(both())
    assert not any(isinstance(packet, AudioPacket) for packet in without)
    heard = [packet for packet in with_sound if isinstance(packet, AudioPacket)]
    assert heard[0].info.codec == codec
    assert {packet.run for packet in heard} == {with_sound[0].run}
    for before, after in itertools.pairwise(heard):
        assert 0 <= after.pts_90k - before.pts_90k - before.duration_90k <= 90


def test_reports_reach_the_camera_and_say_what_arrived() -> None:
    receiver = rtcp.Receiver()
    (said,), _ = rtcp.read(rtcp.sender_report(7, 1_700_000_000_250_000, 90_000, 5, 500))
    assert (said.ssrc, said.rtp) == (7, 90_000)
    assert said.wall_us == pytest.approx(1_700_000_000_250_000, abs=2)
    receiver.heard(said, 1_000_000)
    text = receiver.report(7, 65_541, 2, 3_000_000)
    assert text[1] == 201
    assert int.from_bytes(text[8:12], "big") == 7
    assert int.from_bytes(text[16:20], "big") == 65_541
    assert int.from_bytes(text[24:28], "big") == said.ntp_middle
    assert int.from_bytes(text[28:32], "big") == 2 * 65_536
    assert len(text) % 4 == 0
    assert rtcp.read(text) == ([], False)


def test_what_a_camera_asks_is_answered() -> None:
    """Some ask for parameters of ours; an answer keeps them content."""

    async def run() -> list[str]:
        said: list[str] = []
        gone = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"GET_PARAMETER rtsp://hub RTSP/1.0\r\nCSeq: 9\r\n\r\n")
            writer.write(b"ANNOUNCE rtsp://hub RTSP/1.0\r\nCSeq: 10\r\n\r\n")
            while len(said) < 2:
                said.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.close()

        async with serving(serve) as port:
            session = RtspSession(f"rtsp://127.0.0.1:{port}/live", on_gone=lambda _: gone.set())
            await session.connect()
            await gone.wait()
            await session.close()
        return said

    first, second = asyncio.run(run())
    assert first == "RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n"
    assert second.startswith("RTSP/1.0 501")


def test_a_locked_camera_is_refused_without_trying_for_ever() -> None:
    def locked(_: Request) -> str:
        return '401 Unauthorized\r\nWWW-Authenticate: Digest realm="c", nonce="n", stale=true\r\n\r\n'

    async def run() -> list[Request]:
        async with answering(locked) as (port, asked, _):
            with pytest.raises(CameraError):
                await described(f"rtsp://maya:wrong@127.0.0.1:{port}/live")
            return asked

    assert len(asyncio.run(run())) == 3
