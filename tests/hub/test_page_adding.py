"""Adding a real camera over the network: by its address with a password, and by ONVIF with both streams."""

import asyncio
import base64
import contextlib
import io
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av
import httpx
import pytest
from tests.hub.onvif_device import PASSWORD, OnvifDevice
from tests.hub.pages import FIRST, camera, recorded, serving, until

from fanlight.hub.demo_camera import DemoCamera, load
from fanlight.hub.demo_camera.tracks import make_sound
from fanlight.hub.onvif import tree
from fanlight.hub.options import HubOptions
from fanlight.hub.page import adding, bell

Video = Callable[[str], Path]
LONG_AGO, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
HI = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@dataclass
class Door(OnvifDevice):
    """A device whose streams really come, from another port."""

    rtsp_port: int = 554

    async def _do(self, name: str, inside: tree.Node, path: str, message: tree.Node) -> str:
        said = await super()._do(name, inside, path, message)
        return said.replace(f"rtsp://{self.told_host}/", f"rtsp://{self.told_host}:{self.rtsp_port}/")


@contextlib.asynccontextmanager
async def camera_at(path: Path, password: str = PASSWORD) -> AsyncIterator[DemoCamera]:
    server = DemoCamera(await load(path), user="maya", password=password)
    await server.start("127.0.0.1", 0)
    try:
        yield server
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def saying(answer: Callable[[bytes], bytes]) -> AsyncIterator[int]:
    """Give the port of something that answers whatever it is asked."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while asked := await reader.read(65536):
                writer.write(answer(asked))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def code(answer: httpx.Response) -> str:
    assert answer.status_code == 422, answer.text
    assert answer.json()["do"]
    return str(answer.json()["code"])


def sdp(media: str) -> Callable[[bytes], bytes]:
    """Answer as a camera does that has `media` and nothing else."""
    body = f"v=0\r\n{media}".encode()

    def answer(asked: bytes) -> bytes:
        number = asked.partition(b"CSeq: ")[2].partition(b"\r")[0]
        head = b"RTSP/1.0 200 OK\r\nCSeq: " + number + b"\r\nContent-Type: application/sdp\r\n"
        return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body

    return answer


def test_a_wrong_password_a_wrong_codec_and_what_is_no_camera_are_told_apart(
    tmp_path: Path, video: Video
) -> None:
    """R01: each says so, and nothing of the address comes back."""

    async def scene() -> None:
        async with serving(tmp_path) as hub, camera_at(video("plain.mp4"), "right") as door:

            async def tried(url: str) -> httpx.Response:
                return await hub.client.post("/api/try", json={"url": url})

            wrong = await tried(f"rtsp://maya:wrong-pass@127.0.0.1:{door.port}/demo")
            assert code(wrong) == "hub.try.refused"
            assert "wrong-pass" not in wrong.text
            assert code(await tried(f"rtsp://127.0.0.1:{door.port}/demo")) == "hub.try.refused"
            async with saying(sdp("m=video 0 RTP/AVP 26\r\n")) as port:
                jpeg = await tried(f"rtsp://127.0.0.1:{port}/x")
                assert code(jpeg) == "hub.try.codec"
            async with saying(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
                page = await tried(f"rtsp://127.0.0.1:{port}/x")
                assert code(page) == "hub.try.unreachable"
                assert "not as a camera" in page.json()["what"]
            async with saying(sdp("m=audio 0 RTP/AVP 0\r\n")) as port:
                assert code(await tried(f"rtsp://127.0.0.1:{port}/x")) == "hub.try.not_a_video"
            with socket.create_server(("127.0.0.1", 0)) as nobody:
                port = nobody.getsockname()[1]
            assert code(await tried(f"rtsp://127.0.0.1:{port}/x")) == "hub.try.unreachable"
            good = await tried(f"rtsp://maya:right@127.0.0.1:{door.port}/demo")
            assert good.status_code == 200
            assert good.json()["picture"]
            assert "right" not in good.text.replace(good.json()["picture"], "")

    asyncio.run(scene())


def test_a_camera_that_speaks_onvif_is_added_with_both_its_streams(tmp_path: Path, video: Video) -> None:
    """R02: from its ONVIF address and a password to recording, well within a minute."""

    async def scene() -> None:
        async with (
            serving(tmp_path) as hub,
            camera_at(video("plain.mp4")) as there,
            Door(user="maya", password=PASSWORD, login="digest", rtsp_port=there.port) as device,
        ):
            began = time.monotonic()
            asked = {"xaddr": device.xaddr, "user": "maya", "password": PASSWORD}
            tried = await hub.client.post("/api/try", json=asked)
            assert tried.status_code == 200, tried.text
            shown = tried.json()
            assert [one["role"] for one in shown["streams"]][:2] == ["main", "sub"]
            assert abs(shown["clock_offset_s"]) < 2
            assert shown["picture"]
            ref = shown["proposal"]["url_ref"]
            added = await hub.client.post("/api/cameras", json={"name": "Front door", "url_ref": ref})
            view = added.json()
            assert (view["has_sub"], view["onvif"]) == (True, True)
            await recorded(hub, view["id"])
            await until(lambda: hub.pipeline.journal.committed(view["id"], "sub").year > 1)
            assert time.monotonic() - began < 60
            assert PASSWORD not in added.text
            refused = await hub.client.post("/api/try", json=asked | {"password": "other"})
            assert code(refused) == "hub.try.refused"

    asyncio.run(scene())


def test_something_else_than_a_camera_in_the_network_is_no_camera(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            serving(tmp_path) as hub,
            saying(lambda _: HI) as port,
        ):
            answer = await hub.client.post("/api/try", json={"xaddr": f"http://127.0.0.1:{port}/onvif"})
            assert code(answer) == "hub.try.not_a_video"
            found = await hub.client.post("/api/discover")
            assert found.status_code == 200
            assert isinstance(found.json()["found"], list)

    assert adding.PROBE_S <= 10
    asyncio.run(scene())


def test_the_live_picture_of_a_camera_with_sound_is_one_that_browsers_take(
    tmp_path: Path, video: Video
) -> None:
    """G.711, as old cameras send it, would stop the picture; the live picture goes without sound."""

    async def scene() -> None:
        server = DemoCamera(await load(video("plain.mp4")), sound=make_sound("pcmu"))
        await server.start("127.0.0.1", 0)
        heard = camera(url=f"rtsp://127.0.0.1:{server.port}/demo", audio=True)
        try:
            async with serving(tmp_path, HubOptions(camera=(heard,))) as hub:
                await until(lambda: any(one.audio for one in hub.pipeline.journal.read(FIRST, LONG_AGO, FAR)))
                data = b""
                async with hub.client.stream("GET", f"/api/cameras/{FIRST}/live.mp4") as answer:
                    async for piece in answer.aiter_bytes():
                        data += piece
                        if data.count(b"moof") >= 2:
                            break
        finally:
            await server.stop()
        assert b"avc1" in data
        assert b"ulaw" not in data
        with av.open(io.BytesIO(data), "r") as film:
            assert [stream.type for stream in film.streams] == ["video"]
            assert len(list(film.decode(video=0))) >= 20

    asyncio.run(scene())


def test_a_bell_is_found_by_pressing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R01: its input or its Visitor is kept; where nothing is heard, nothing changes and it is said."""

    async def scene() -> None:
        async with OnvifDevice() as device:
            known = HubOptions(camera=(camera(onvif=device.xaddr), camera("d" * 26, "Shed")))
            async with serving(tmp_path, known) as hub:
                path = f"/api/cameras/{FIRST}/bell/learn"
                asking = asyncio.create_task(hub.client.post(path))
                await device.heard()
                device.report("tns1:Device/Trigger/DigitalInput", name="InputToken", token="In_1")
                learned = (await asking).json()
                assert (learned["heard"], learned["bell"]["onvif_input"]) == ("input", "In_1")
                assert hub.settings.options.camera[0].bell.onvif_input == "In_1"
                monkeypatch.setattr(bell, "LISTEN_S", 0.05)
                silent = await hub.client.post(path)
                assert (silent.status_code, silent.json()["code"]) == (409, "hub.page.not_now")
                assert hub.settings.options.camera[0].bell.onvif_input == "In_1"
                other = await hub.client.post(f"/api/cameras/{'d' * 26}/bell/learn")
                assert "without ONVIF" in other.json()["what"]

    asyncio.run(scene())


def test_a_camera_whose_stream_does_not_decode_here_shows_its_own_picture(
    tmp_path: Path, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "_picture", lambda _: b"")  # as `still` answers for what does not decode

    async def scene() -> None:
        async with (
            serving(tmp_path) as hub,
            camera_at(video("plain.mp4")) as there,
            Door(user="maya", password=PASSWORD, login="digest", rtsp_port=there.port) as device,
        ):
            asked = {"xaddr": device.xaddr, "user": "maya", "password": PASSWORD}
            shown = (await hub.client.post("/api/try", json=asked)).json()
            assert base64.b64decode(shown["picture"]) == b"\xff\xd8picture\xff\xd9"

    asyncio.run(scene())
