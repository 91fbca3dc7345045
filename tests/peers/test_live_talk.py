"""A doorbell of another make plays what is spoken: GStreamer's RTSP server with an ONVIF back channel."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from tests.peers.test_onvif_backchannel import Serve, serve, spoken_to

from fanlight.hub.doorbell import NoBackChannel, g711
from fanlight.hub.doorbell.spoken import LATE_S, Pacer, speak_live

__all__ = ["serve"]  # a fixture
SPOKEN = random.Random(2).randbytes(2 * 8_000)


async def _as_spoken(pcm: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(pcm), 320):
        yield pcm[at : at + 320]
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_what_is_spoken_arrives_at_the_camera_in_order(law: g711.Law, serve: Serve) -> None:
    """R01: two-way audio over the ONVIF back channel. A late gust may be left out, nothing is mixed up."""
    heard = spoken_to(serve, law, lambda url: speak_live(url, _as_spoken(SPOKEN)))
    whole = g711.encode(SPOKEN, law)
    assert len(heard) > len(whole) * 0.5
    assert heard[-160:] == whole[-160:]
    pieces = [heard[at : at + 160] for at in range(0, len(heard) - 160, 160)]
    places = [whole.find(piece) for piece in pieces]
    assert min(places) >= 0
    assert places == sorted(places)


def test_a_camera_without_a_back_channel_is_told_as_such(serve: Serve) -> None:
    port, _ = serve("none")
    with pytest.raises(NoBackChannel):
        asyncio.run(speak_live(f"rtsp://127.0.0.1:{port}/cam", _as_spoken(SPOKEN)))


def test_sound_that_comes_in_a_gust_is_cut_to_its_newest_part() -> None:
    """It is heard at most LATE_S late; silence sends nothing."""
    pacer = Pacer()
    pacer.feed(bytes(2 * 8_000 * 3), 0.0)
    assert pacer.left_out > 0
    count, now_s = 0, 0.0
    while now_s < 3:
        while pacer.take(now_s) is not None:
            count += 1
        now_s += 0.005
    assert count * 0.02 <= LATE_S
    assert pacer.take(10.0) is None
    pacer.feed(bytes(640), 20.0)
    assert pacer.take(20.0) is None
    assert pacer.take(20.07) is not None
