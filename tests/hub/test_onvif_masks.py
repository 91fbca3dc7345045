"""Masks of a camera's own: believed after they are read back (R09)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from tests.hub.onvif_device import OnvifDevice, house_camera

from fanlight.hub import onvif, options
from fanlight.hub.onvif import masks, soap

LOT_LINE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.25), (0.0, 0.25))
STAR = ((0.5, 0.0), (0.8, 1.0), (0.0, 0.35), (1.0, 0.35), (0.2, 1.0))
GATE = ((0.6, 0.5), (0.9, 0.5), (0.75, 0.9))


@asynccontextmanager
async def covering(**how: Any) -> AsyncIterator[tuple[OnvifDevice, options.Camera]]:
    async with OnvifDevice(**how) as device:
        yield device, house_camera(device)


def device_mask(outline: masks.Outline, kind: str = "Color", *, enabled: str = "true") -> str:
    body = masks.mask_xml("VSC_1", outline).partition(">")[2].removesuffix("</Mask>")
    return (
        body.replace("<Type>Color", f"<Type>{kind}")
        .replace("<Enabled>true", f"<Enabled>{enabled}")
        .replace("<tt:Point", f'<tt:Point xmlns:tt="{soap.SCHEMA}"')
    )


def test_a_camera_that_masks_is_believed_after_it_was_read_back() -> None:
    """R09: applied, applied again without a second mask, changed, and taken away."""

    async def run() -> None:
        async with covering() as (device, ours):
            device.made["theirs"] = device_mask(GATE)
            applied = await onvif.cover(ours, (LOT_LINE, GATE))
            assert isinstance(applied, masks.Applied)
            assert len(device.made) == 2  # somebody's own mask did for the gate
            assert all(any(masks.covers(one, drawn) for one in applied.painted) for drawn in (LOT_LINE, GATE))
            assert await onvif.cover(ours, (LOT_LINE, GATE), applied.tokens) == applied
            assert device.asked.count("CreateMask") == 1
            none = await onvif.cover(ours, (), applied.tokens)
            assert isinstance(none, masks.Applied)
            assert list(device.made) == ["theirs"]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"masks": False}, "no masks"),
        ({"media2": False}, "no masks"),
        ({"mask_types": ("Blurred", "Pixelated")}, "undone"),
        ({"max_masks": 1}, "room for 1"),
        ({"adapt": lambda text: text.replace("true", "false")}, "covers less"),
        ({"adapt": lambda text: text.replace(">Color<", ">Blurred<")}, "covers less"),
        ({"adapt": lambda text: text.replace('"1.000000"', '"0.500000"')}, "covers less"),
        ({"adapt": lambda text: text.replace("VSC_1", "VSC_2")}, "covers less"),
    ],
)  # fmt: skip
def test_a_camera_that_does_not_cover_what_was_drawn_is_refused_with_the_reason(
    how: dict[str, Any], why: str
) -> None:
    """R09: the hub paints instead, or records nothing."""

    async def run() -> None:
        async with covering(**how) as (device, ours):
            refused = await onvif.cover(ours, (((0.5, 0.0), (1.0, 0.0), (1.0, 0.5)), GATE))
            assert isinstance(refused, masks.Refused)
            assert why in refused.why
            assert device.made == {}  # nothing is left that nobody would know for ours

    asyncio.run(run())


def test_a_camera_for_rectangles_covers_the_rectangle_around_what_was_drawn() -> None:
    async def run() -> None:
        async with covering(rectangles_only=True) as (_, ours):
            applied = await onvif.cover(ours, (GATE,))
            assert isinstance(applied, masks.Applied)
            (painted,) = applied.painted
            assert {(round(x, 3), round(y, 3)) for x, y in painted} == {
                (0.6, 0.5), (0.9, 0.5), (0.9, 0.9), (0.6, 0.9),
            }  # fmt: skip

    asyncio.run(run())


@pytest.mark.parametrize(("path", "masked"), [("/100", ["VSC_2"]), ("/000", ["VSC_1"]), ("/other", [])])
def test_of_a_device_with_two_lenses_the_one_that_is_recorded_is_covered(
    path: str, masked: list[str]
) -> None:
    async def run() -> None:
        async with covering(two_lenses=True) as (device, ours):
            one = msgspec.structs.replace(ours, url=f"rtsp://127.0.0.1{path}")
            done = await onvif.cover(one, (LOT_LINE,))
            assert isinstance(done, masks.Applied if masked else masks.Refused)
            assert [name for name in ("VSC_1", "VSC_2") if name in str(device.made)] == masked

    asyncio.run(run())


@pytest.mark.parametrize(
    ("painted", "drawn", "expected"),
    [
        (LOT_LINE, LOT_LINE[::-1], True),
        (LOT_LINE, (*LOT_LINE[2:], *LOT_LINE[:2]), True),
        (((0.0, 0.0), (0.55, 0.0), (0.55, 0.3), (0.0, 0.3)), LOT_LINE, True),  # rounded up to blocks
        (((0.0, 0.0), (0.4, 0.0), (0.4, 0.25), (0.0, 0.25)), LOT_LINE, False),
        # A shape with a bay holds all corners and still shows what is in the bay.
        (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.1), (0.0, 1.0)), LOT_LINE, False),
        # A five-pointed star turns one way only and has holes.
        (STAR, ((0.45, 0.45), (0.55, 0.45), (0.5, 0.5)), False),
        ((), LOT_LINE, False), (((0.0, 0.0), (1.0, 1.0)), LOT_LINE, False),
    ],
)  # fmt: skip
def test_covering_is_judged_by_shape(painted: masks.Outline, drawn: masks.Outline, *, expected: bool) -> None:
    assert masks.covers(painted, drawn) is expected
