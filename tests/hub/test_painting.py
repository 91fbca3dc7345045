"""Who paints a camera's privacy zones: believed on pictures only, and until then nobody records (R09)."""

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from tests.hub.onvif_device import OnvifDevice

from fanlight.hub.camera import FileCamera
from fanlight.hub.camera.masked import MaskedCamera
from fanlight.hub.options import Camera, Privacy
from fanlight.hub.packet import Packet
from fanlight.hub.painting import Decision, Painting
from fanlight.hub.segmenter import Segmenter, fmp4

Video = Callable[[str], Path]
By = Literal["auto", "camera", "hub"]
ZONE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
ID = "c" * 26


def camera(url: Path | str, by: By, onvif: str = "", zones: tuple[object, ...] = (ZONE,)) -> Camera:
    return Camera(id=ID, name="Door", url=str(url), onvif=onvif, privacy=Privacy(zones=zones, by=by))  # type: ignore[arg-type]


def decide(folder: Path, one: Camera) -> Decision:
    return asyncio.run(Painting(folder).decide(one))


@pytest.fixture
def stream(tmp_path: Path, video: Video) -> Path:
    """A camera's picture, unpainted so far."""
    path = tmp_path / "stream.mp4"
    shutil.copy(video("plain.mp4"), path)
    return path


def paint(path: Path) -> None:
    """Let the camera's picture be painted from now on."""

    async def painted() -> bytes:
        inner = MaskedCamera(FileCamera(path), [ZONE])
        cutter = Segmenter()
        segments = []
        async for packet in inner.packets():
            assert isinstance(packet, Packet)
            segments += cutter.feed(packet)
        await inner.close()
        return fmp4.join([*segments, *cutter.finish()]).data

    path.write_bytes(asyncio.run(painted()))


@pytest.mark.parametrize(("by", "painter"), [("auto", "hub"), ("hub", "hub"), ("camera", "waiting")])
def test_without_a_way_to_the_camera_the_hub_paints_or_nobody_records(
    tmp_path: Path, by: By, painter: str
) -> None:
    assert decide(tmp_path, camera("test:", by)).painter == painter
    assert decide(tmp_path, camera("test:", by, zones=())).painter == "none"


@pytest.mark.parametrize(("by", "painter"), [("auto", "hub"), ("camera", "waiting")])
def test_a_camera_that_only_says_that_it_paints_is_not_believed(
    tmp_path: Path, stream: Path, by: By, painter: str
) -> None:
    """R09: it reports the mask, enabled and of solid colour, and its pictures still show the neighbour."""

    async def run() -> Decision:
        async with OnvifDevice() as device:
            decision = await Painting(tmp_path, pause_s=0).decide(camera(stream, by, device.xaddr))
            assert device.made, "the camera took the mask"
            return decision

    decision = asyncio.run(run())
    assert decision.painter == painter
    assert by == "auto" or "still show" in decision.note


def test_a_camera_whose_pictures_show_the_mask_paints_and_is_asked_again_at_the_next_start(
    tmp_path: Path, stream: Path, video: Video
) -> None:
    """G1, G3: and when it forgets the mask, the hub paints."""
    painted = tmp_path / "painted.mp4"
    shutil.copy(stream, painted)
    paint(painted)

    async def run() -> list[str]:
        async with OnvifDevice() as device:

            def shows(mask: str) -> str:
                shutil.copy(painted, stream)
                return mask

            device.adapt = shows
            one = camera(stream, "auto", device.xaddr)
            said: list[str] = [(await Painting(tmp_path, pause_s=0).decide(one)).painter for _ in range(2)]
            shutil.copy(video("plain.mp4"), stream)
            device.adapt = str
            said.append((await Painting(tmp_path, pause_s=0).decide(one)).painter)
            return said

    assert asyncio.run(run()) == ["camera", "camera", "hub"]


def test_a_zone_drawn_beside_another_is_proved_as_the_first_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G1: our own masks must not hide, in the picture from before, what they are to be seen to hide."""
    scene = np.random.default_rng(1).integers(0, 255, (200, 200)).astype(np.uint8)
    other = ((0.6, 0.6), (1.0, 0.6), (1.0, 1.0), (0.6, 1.0))

    async def run() -> list[str]:
        async with OnvifDevice() as device:

            async def pictures(_camera: Camera) -> list[object]:
                shown = scene.copy()
                for mask in device.made.values():
                    at = {
                        axis: [float(found) for found in re.findall(rf'\b{axis}="([-.0-9]+)"', mask)]
                        for axis in "xy"
                    }
                    left, right = (round((edge + 1) * 100) for edge in (min(at["x"]), max(at["x"])))
                    top, bottom = (round((1 - edge) * 100) for edge in (max(at["y"]), min(at["y"])))
                    shown[top : bottom + 1, left : right + 1] = 0
                return [shown]

            monkeypatch.setattr("fanlight.hub.painting._pictures", pictures)
            painting = Painting(tmp_path, pause_s=0)
            drawn = [(ZONE,), (ZONE, other), (ZONE, other), (ZONE,)]
            return [
                (await painting.decide(camera("test:", "camera", device.xaddr, zones))).painter
                for zones in drawn
            ]

    assert asyncio.run(run()) == ["camera"] * 4


def test_masks_of_ours_leave_the_camera_with_the_zones(tmp_path: Path, stream: Path) -> None:
    async def run() -> tuple[Decision, dict[str, str]]:
        async with OnvifDevice() as device:
            await Painting(tmp_path, pause_s=0).decide(camera(stream, "auto", device.xaddr))
            assert device.made
            bare = camera(stream, "auto", device.xaddr, ())
            return await Painting(tmp_path, pause_s=0).decide(bare), device.made

    decision, left = asyncio.run(run())
    assert (decision.painter, left) == ("none", {})


def test_a_camera_that_does_not_answer_leaves_the_painting_to_the_hub(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/onvif/device_service"
    assert decide(tmp_path, camera("test:", "auto", nowhere)).painter == "hub"
    assert decide(tmp_path, camera("test:", "camera", nowhere)).painter == "waiting"
