"""Real files, made with ffmpeg, as the packets that a camera would send, in the order of the file."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av

from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, StreamInfo
from fanlight.hub.segmenter import Segment, Segmenter

START = datetime(2026, 11, 1, 5, 59, 58, 250_000, tzinfo=UTC)  # two seconds before clocks go back in Chicago
PICTURES = {
    "h264": ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "15"],
    "h264-b": ["-c:v", "libx264", "-preset", "medium", "-bf", "3", "-g", "24"],
    "h264-long": ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "70", "-sc_threshold", "0"],
    "h265": ["-c:v", "libx265", "-x265-params", "log-level=none:bframes=0:keyint=15", "-tag:v", "hvc1"],
    "h265-b": ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=30", "-tag:v", "hvc1"],
}
SOUNDS = {
    "aac": ["-c:a", "aac", "-ar", "16000", "-ac", "1"],
    "aac-44": ["-c:a", "aac", "-ar", "44100", "-ac", "2"],
    "opus": ["-c:a", "libopus", "-ar", "48000", "-ac", "1"],
    "ulaw": ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"],
    "alaw": ["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"],
}
_CODECS = {"aac": "mp4a.40.2", "opus": "opus", "pcm_mulaw": "ulaw", "pcm_alaw": "alaw"}
_HVC1 = "hvc1.1.6.L60.90"  # what x265 makes of small pictures; a player reads hvcC, not this


def make(
    path: Path, picture: str, sound: str | None = None, *, seconds: int = 5, size: str = "160x90"
) -> Path:
    """Make a file of 15 pictures a second, once."""
    if not path.exists():
        graph = ["-f", "lavfi", "-i", f"testsrc2=d={seconds}:s={size}:r=15"]
        if sound:
            graph += ["-f", "lavfi", "-i", f"sine=d={seconds}:f=440"]
        command = ["ffmpeg", "-v", "error", "-nostdin", *graph, *PICTURES[picture], "-pix_fmt", "yuv420p"]
        command += [*SOUNDS[sound], "-shortest"] if sound else []
        kind = "mov" if sound in {"ulaw", "alaw"} else "mp4"  # neither takes what the other does
        subprocess.run([*command, "-threads", "1", "-y", "-f", kind, str(path)], check=True)
    return path


def packets(path: Path, *, run: int = 1, start: datetime = START) -> list[Packet | AudioPacket]:
    """Return a file's packets; sound and pictures keep their places in the file."""
    found: list[Packet | AudioPacket] = []
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        config = bytes(video.codec_context.extradata or b"")
        codec = f"avc1.{config[1:4].hex()}" if video.codec_context.name == "h264" else _HVC1
        info = StreamInfo(codec=codec, width=video.width, height=video.height, config=config)
        heard = {s.index: _audio(s) for s in container.streams.audio}
        for item in container.demux():
            if item.pts is None or not item.size:
                continue
            pts, duration = (_ticks(time, item.time_base) for time in (item.pts, item.duration or 0))
            when = start + timedelta(microseconds=max(pts, 0) * 100 / 9)
            mono = 5_000_000 + round(pts * 100 / 9)
            if item.stream_index in heard:
                audio = heard[item.stream_index]
                if pts >= 0:
                    found.append(AudioPacket(
                        info=audio, run=run, pts_90k=pts, duration_90k=duration, data=bytes(item), wall=when,
                        mono_us=mono,
                    ))  # fmt: skip
            else:
                found.append(Packet(
                    info=info, run=run, pts_90k=pts, dts_90k=None, duration_90k=duration,
                    is_key=item.is_keyframe, data=bytes(item), wall=when, mono_us=mono,
                ))  # fmt: skip
    return found


def _audio(stream: av.AudioStream) -> AudioInfo:
    context = stream.codec_context
    codec = _CODECS[context.name]
    config = bytes(context.extradata or b"")
    if codec == "opus":  # FFmpeg shows the head of an Ogg file: little-endian, with a name before it
        rate, gain = int.from_bytes(config[12:16], "little"), int.from_bytes(config[16:18], "little")
        skip = int.from_bytes(config[10:12], "little")
        config = bytes([0, config[9], *skip.to_bytes(2), *rate.to_bytes(4), *gain.to_bytes(2), 0])
    return AudioInfo(codec=codec, rate_hz=context.sample_rate, channels=context.channels, config=config)


def _ticks(time: int, base: Fraction) -> int:
    return round(time * base * 90_000)


def cut(found: list[Packet | AudioPacket]) -> list[Segment]:
    """Return packets as segments."""
    segmenter = Segmenter()
    return [s for packet in found for s in segmenter.feed(packet)] + segmenter.finish()


def later(found: list[Packet | AudioPacket], seconds: float, *, run: int) -> list[Packet | AudioPacket]:
    """Return the same packets as another run, so much later."""
    by = timedelta(seconds=seconds)
    return [
        replace(p, run=run, wall=p.wall + by, mono_us=p.mono_us + round(seconds * 1_000_000)) for p in found
    ]
