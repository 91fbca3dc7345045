import asyncio
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hub.painted import Luma, Played, demuxed, lossless, masked, seen
from tests.hub.sources import DEMO_CLIP

from fanlight.hub.camera import FileCamera
from fanlight.hub.camera.paint import cells, pixels
from fanlight.hub.options import Outline, Privacy
from fanlight.hub.packet import AudioInfo, AudioPacket, Packet
from fanlight.hub.privacy import NotMeasured, estimate, measure, propose, sample
from fanlight.hub.privacy.proof import is_painted
from fanlight.hub.privacy.proposal import HIGHEST, LOWEST, MARGIN

ZONE: Outline = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.6), (0.1, 0.6))
shares = st.floats(0, 1, allow_nan=False)
points = st.lists(st.tuples(shares, shares), max_size=60)


def scene(seed: int, width: int = 320, height: int = 180) -> Luma:
    """Return a picture with something everywhere: bars, a slope and some noise."""
    y, x = np.mgrid[:height, :width]
    picture = (
        (x // 20 % 2) * 90 + y * 90 // height + np.random.default_rng(seed).integers(0, 20, (height, width))
    )
    return np.asarray(picture + 20, np.uint8)


def with_zone(picture: Luma, outline: Outline, colour: int = 128) -> Luma:
    painted = picture.copy()
    height, width = picture.shape
    painted[pixels(cells((outline,), width, height), width, height)] = colour
    return painted


def jpeg(picture: Luma) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "yuvj420p"
        frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuvj420p")
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()


def test_cost_is_measured_by_painting_the_cameras_own_pictures() -> None:
    """R09: the cost is shown when the zone is drawn."""
    packets = asyncio.run(sample(FileCamera(DEMO_CLIP), 1.0))
    assert packets[0].is_key
    assert 0.9 < (packets[-1].pts_90k - packets[0].pts_90k) / 90_000 < 1.2
    cost = estimate(packets, (ZONE,))
    assert 0.5 < cost.cpu_percent < 400
    assert cost.note.startswith(f"Painting takes about {cost.cpu_percent:.0f} % of one core")
    assert estimate(packets[:1], (ZONE,), fps=10).cpu_percent > 0.5
    assert estimate(packets, ()).cpu_percent == 0


@pytest.mark.parametrize("there", [True, False], ids=["it lets us in", "it lets nobody in"])
def test_cost_is_told_also_of_a_camera_that_lets_nobody_in_beside_the_recorder(
    tmp_path: Path, *, there: bool
) -> None:
    (lone,) = lossless([scene(1)])
    camera = FileCamera(DEMO_CLIP if there else tmp_path / "gone.mp4")
    assert asyncio.run(measure(camera, (ZONE,), lone=lone, fps=15)).cpu_percent > 0.1


def test_twice_the_pictures_cost_twice_as_much(video: Callable[[str], Path]) -> None:
    packets = demuxed(video("plain.mp4"))
    costs = sorted(estimate(packets, (ZONE,), fps=fps).cpu_percent for fps in (1_000, 10_000))
    assert costs[0] > 0
    assert costs[1] > 2 * costs[0]


def test_a_camera_of_which_nothing_can_be_decoded_is_not_measured() -> None:
    (packet,) = lossless([scene(1, 64, 48)])
    spoiled = Packet(
        info=packet.info, run=0, pts_90k=0, dts_90k=None, is_key=True, data=b"\0\0\0\1\x65", wall=packet.wall
    )
    for packets in ([], [spoiled], [spoiled] * 10):
        with pytest.raises(NotMeasured):
            estimate(packets, (ZONE,))


def test_a_sample_begins_at_a_keyframe_holds_no_sound_and_closes_the_camera() -> None:
    pictures = lossless([scene(n, 64, 48) for n in range(25)])
    sound = AudioPacket(
        info=AudioInfo(codec="ulaw", rate_hz=8000, channels=1), run=0, pts_90k=0, duration_90k=1, data=b"s",
        wall=pictures[0].wall,
    )  # fmt: skip
    camera = Played([sound, *pictures[3:], sound])
    assert asyncio.run(sample(camera, 1.0)) == pictures[10:21]
    assert camera.closed == 1


@pytest.mark.parametrize(
    "as_seen", [lambda p: p, jpeg, lambda p: lossless([p])[0]], ids=["pixels", "jpeg", "keyframe"]
)
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_a_flat_zone_is_painted_and_the_same_picture_without_it_is_not(
    as_seen: Callable[[Luma], Packet | bytes | Luma], colour: int
) -> None:
    plain = scene(2)
    painted = with_zone(plain, ZONE, colour)
    assert is_painted(as_seen(painted), ZONE)
    assert is_painted(as_seen(painted), ZONE, before=as_seen(plain))
    assert not is_painted(as_seen(plain), ZONE)


def blurred(picture: Luma) -> Luma:
    """Return what a camera's mosaic makes of a picture: blocks of 16 pixels, each of its mean."""
    height, width = picture.shape
    blocks = (
        picture[: height // 16 * 16, : width // 16 * 16]
        .reshape(height // 16, 16, width // 16, 16)
        .mean((1, 3))
    )
    full = np.kron(blocks, np.ones((16, 16))).astype(np.uint8)
    return np.pad(full, ((0, height - full.shape[0]), (0, width - full.shape[1])), mode="edge")


def test_a_mosaic_is_no_paint() -> None:
    plain = scene(3)
    height, width = plain.shape
    mask = pixels(cells((ZONE,), width, height), width, height)
    assert not is_painted(np.where(mask, blurred(plain), plain), ZONE, before=plain)


def test_a_zone_painted_in_part_is_not_painted() -> None:
    half: Outline = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.5), (0.1, 0.5))
    assert not is_painted(with_zone(scene(4), half), ZONE)


def test_what_was_flat_before_proves_nothing() -> None:
    night = with_zone(scene(5), ZONE, 4)
    assert not is_painted(night, ZONE, before=night)
    assert not is_painted(np.full((180, 320), 3, np.uint8), ZONE)


@pytest.mark.parametrize("nonsense", [b"", b"\xff\xd8\xff", b"\0" * 500, jpeg(scene(6))[:300]])
def test_a_picture_that_cannot_be_read_proves_nothing(nonsense: bytes) -> None:
    assert not is_painted(nonsense, ZONE)
    assert not is_painted(with_zone(scene(6), ZONE), ZONE, before=nonsense)


def test_what_the_hub_paints_passes_the_proof_that_cameras_must_pass() -> None:
    source = lossless([scene(n) for n in range(3)])
    for picture, plain in zip(seen(masked(source, ZONE)), seen(source), strict=True):
        assert is_painted(picture, ZONE, before=plain)


@settings(max_examples=200)
@given(points)
def test_a_proposal_is_a_band_at_the_far_edge_whatever_was_seen(edges: list[tuple[float, float]]) -> None:
    proposal = propose(edges)
    (a, b, (right_x, right), (left_x, left)) = proposal.outline
    assert (a, b, left_x, right_x) == ((0, 0), (1, 0), 0, 1)
    assert HIGHEST <= left <= LOWEST
    assert HIGHEST <= right <= LOWEST
    assert proposal.why.endswith("Move it to where your lot ends.")
    assert msgspec.convert({"zones": [proposal.outline]}, Privacy).zones == (proposal.outline,)


def test_a_proposal_hides_the_street_where_passers_by_were_seen_and_one_visitor_does_not_move_it() -> None:
    street = [(x / 20, 0.2 + 0.1 * (x > 10)) for x in range(21)]
    (_, _, (_, right), (_, left)) = propose([*street, (0.4, 0.95)]).outline
    assert left == pytest.approx(0.2 + MARGIN)
    assert right == pytest.approx(0.3 + MARGIN)


@pytest.mark.parametrize("room", ["camera.masked", "privacy", "integrations"])
def test_a_hub_that_paints_nothing_and_tells_nobody_loads_no_decoder_and_no_broker(room: str) -> None:
    probe = f"import fanlight.hub.{room}, sys; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", probe], text=True).split()
    assert not {"av", "numpy", "onnxruntime", "aiomqtt", "prometheus_client"} & set(loaded)
