"""What a demo camera plays: a clip in memory, a small copy of it, a made sound.

In:     a video file.
Out:    pictures and frames of sound with their times, and what a description says of them.
Absent: sockets.
"""

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fanlight.hub.camera import FileCamera, Packet, StreamInfo, hevc, nal
from fanlight.hub.camera.tone import chime, mu_law
from fanlight.hub.demo_camera.rtp import aac_payload

CLIP = Path(__file__).parents[1] / "data" / "one-by-one-person-detection.mp4"
SUB_SIZE = (320, 180)
SoundKind = Literal["none", "pcmu", "aac"]
_DEFAULT_FRAME_90K = 9_000
_AAC_FRAME = 1_024
_RATES: dict[SoundKind, int] = {"pcmu": 8_000, "aac": 16_000}


@dataclass(frozen=True, slots=True)
class Loop:
    """A clip in memory. `duration_90k` leads from its first picture to its first of the next round."""

    info: StreamInfo
    packets: tuple[Packet, ...]
    duration_90k: int

    def sets(self) -> list[bytes]:
        """Return the parameter sets, in the order a decoder wants them."""
        if self.info.is_h264:
            sps, pps, _ = nal.parse_avcc(self.info.config)
            return [*sps, *pps]
        vps, sps, pps, _ = hevc.parse_hvcc(self.info.config)
        return [*vps, *sps, *pps]

    def describe(self, payload_type: int) -> list[str]:
        """Return the lines of a description."""
        if self.info.is_h264:
            sps, pps, _ = nal.parse_avcc(self.info.config)
            sets = "sprop-parameter-sets=" + ",".join(map(_base64, (*sps, *pps)))
            profile = self.info.config[1:4].hex().upper()
            name, words = "H264", f"packetization-mode=1;profile-level-id={profile};{sets}"
        else:
            vps, sps, pps, _ = hevc.parse_hvcc(self.info.config)
            named = zip(("vps", "sps", "pps"), (vps, sps, pps), strict=True)
            name, words = "H265", ";".join(f"sprop-{key}={','.join(map(_base64, u))}" for key, u in named)
        return [
            f"m=video 0 RTP/AVP {payload_type}",
            f"a=rtpmap:{payload_type} {name}/90000",
            f"a=fmtp:{payload_type} {words}",
            "a=control:video",
        ]


def _base64(unit: bytes) -> str:
    return base64.b64encode(unit).decode()


def _loop(packets: list[Packet]) -> Loop:
    times = sorted(packet.pts_90k for packet in packets)
    step = times[-1] - times[-2] if len(times) > 1 else _DEFAULT_FRAME_90K
    return Loop(packets[0].info, tuple(packets), times[-1] - times[0] + max(step, 1))


async def load(path: Path) -> Loop:
    """Read a clip whole; raises a CameraError."""
    camera = FileCamera(path)
    try:
        return _loop([packet async for packet in camera.packets() if isinstance(packet, Packet)])
    finally:
        await camera.close()


async def load_small(loop: Loop) -> Loop:
    """Return a small copy of a clip, as a camera's second stream; takes seconds of one core."""
    return await asyncio.to_thread(_shrink, loop)


def _shrink(loop: Loop) -> Loop:
    import av  # noqa: PLC0415 - only where the second stream is asked for

    from fanlight.hub.camera.transcode import Transcoder  # noqa: PLC0415 - likewise

    decoder = av.CodecContext.create("h264" if loop.info.is_h264 else "hevc", "r")
    decoder.extradata = loop.info.config
    rate = 90_000 * len(loop.packets) / loop.duration_90k
    coder = Transcoder(*SUB_SIZE, rate)
    coded = []
    for packet in (*loop.packets, None):
        coming = None
        if packet is not None:
            coming = av.Packet(packet.data)
            coming.pts = packet.pts_90k
        for frame in decoder.decode(coming):
            coded += coder.encode(frame, frame.pts or 0)
    coded += coder.flush()
    first = loop.packets[0]
    return _loop(
        [
            Packet(
                info=coder.info,
                run=first.run,
                pts_90k=c.pts_90k,
                dts_90k=None,
                is_key=c.is_key,
                data=c.data,
                wall=first.wall,
            )
            for c in coded
        ]
    )


@dataclass(frozen=True, slots=True)
class Sound:
    """A made sound, two notes every ten seconds. `frames` are payloads of `ticks` each and repeat."""

    kind: SoundKind
    rate_hz: int
    ticks: int
    frames: tuple[bytes, ...]
    config: bytes = b""

    def describe(self, payload_type: int) -> list[str]:
        """Return the lines of a description."""
        if self.kind == "pcmu":
            return ["m=audio 0 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=control:audio"]
        words = "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"
        return [
            f"m=audio 0 RTP/AVP {payload_type}",
            f"a=rtpmap:{payload_type} MPEG4-GENERIC/{self.rate_hz}/1",
            f"a=fmtp:{payload_type} {words};config={self.config.hex()}",
            "a=control:audio",
        ]


def make_sound(kind: SoundKind) -> Sound:
    """Make ten seconds of sound."""
    rate = _RATES[kind]
    samples = list(chime(rate))
    if kind == "pcmu":
        data = bytes(map(mu_law, samples))
        step = rate // 25
        cut = tuple(data[at : at + step] for at in range(0, len(data), step))
        return Sound(kind, rate, step, cut)
    return _aac(samples, rate)


def _aac(samples: list[int], rate: int) -> Sound:
    import av  # noqa: PLC0415 - only where it is asked for

    codec = av.CodecContext.create("aac", "w")
    codec.sample_rate, codec.layout, codec.format = rate, "mono", "fltp"
    codec.flags |= av.codec.context.Flags.global_header
    codec.open()
    frames = []
    for at in [*range(0, len(samples) - _AAC_FRAME + 1, _AAC_FRAME), None]:
        frame = None
        if at is not None:
            frame = av.AudioFrame(format="s16", layout="mono", samples=_AAC_FRAME)
            cut = samples[at : at + _AAC_FRAME]
            frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in cut))
            frame.sample_rate, frame.pts = rate, at
            (frame,) = av.AudioResampler(format="fltp", layout="mono", rate=rate).resample(frame)
        frames += [aac_payload(bytes(packet)) for packet in codec.encode(frame)]
    return Sound("aac", rate, _AAC_FRAME, tuple(frames), bytes(codec.extradata or b""))
