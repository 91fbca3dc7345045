"""Sound laid out over a clip's segments, with silence where there is none.

In:     frames of sound with their times on the clip's clock, and when each segment begins and ends.
Out:    the sound of each segment.
Holds:  a frame is in the segment in which it begins; times rise; the first segment has sound from its
        start on, every other from GAP_90K after it at the latest, if a silent frame is known for the coding.
Drops:  frames outside all segments, and those that begin before the frame before them has half ended.
Why:    a browser stops the picture where sound is missing (Media Source Extensions: `buffered` is what all
        tracks have): docs/design/segments.md
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from fanlight.hub.packet import AudioInfo
from fanlight.hub.segmenter.fragment import Frame, Sound

GAP_90K = 22_500  # 1/4 s: two frames of AAC at 8 kHz; a shorter gap is bridged by the frame before it
# 20 ms of Opus (RFC 6716, 3.1: one CELT frame) and one AAC-LC frame of one or two channels, of any rate,
# as libopus and FFmpeg's encoder write them when they are given nothing to hear.
_OPUS = bytes.fromhex("f8fffe")
_AAC = {1: bytes.fromhex("01182007"), 2: bytes.fromhex("211004608c1c")}
_G711 = {"ulaw": b"\xff", "alaw": b"\xd5"}
_G711_BYTES = 160


def silent_frame(audio: AudioInfo) -> bytes | None:
    """Return a frame in which nothing is heard; None if none is known for so many channels."""
    if audio.codec == "opus":
        return _OPUS
    if audio.codec in _G711:
        return _G711[audio.codec] * _G711_BYTES * audio.channels
    return _AAC.get(audio.channels)


def in_order(heard: Iterable[tuple[int, Frame]], floor_90k: int) -> list[tuple[int, Frame]]:
    """Return frames with rising times from `floor_90k` on; one that repeats what was heard is left out."""
    kept = []
    for at, frame in heard:
        if at >= floor_90k - frame.duration_90k // 2:
            place = max(at, floor_90k)
            kept.append((place, frame))
            floor_90k = place + frame.duration_90k
    return kept


def spread(
    heard: Sequence[tuple[int, Frame]], windows: Sequence[tuple[int, int]], audio: AudioInfo
) -> list[Sound | None]:
    """Return the sound of each window, from its start to its end; None where there can be none."""
    silent = silent_frame(audio)
    rising = in_order(heard, 0)
    shares: list[list[tuple[int, Frame]]] = []
    at = 0
    for start, end in windows:
        while at < len(rising) and rising[at][0] < start:
            at += 1
        first = at
        while at < len(rising) and rising[at][0] < end:
            at += 1
        share = rising[first:at]
        if silent is not None and (not share or share[0][0] - start > (GAP_90K if shares else 0)):
            share.insert(0, (start, Frame(silent, (share[0][0] if share else end) - start)))
        shares.append(share)
    following = [share[0][0] for share in shares if share]
    sounds: list[Sound | None] = []
    for share, (_, end) in zip(shares, windows, strict=True):
        if not share:
            sounds.append(None)
            continue
        following.pop(0)
        starts = [start for start, _ in share]
        last_start, last = share[-1]
        # The last frame lasts until the next, or else until its window ends, if that is not now.
        until = following[0] if following else end
        gap = until - last_start - last.duration_90k
        tail = until - last_start if following or gap > GAP_90K or gap < 0 else last.duration_90k
        steps = [*(after - before for before, after in pairwise(starts)), tail]
        frames = [Frame(frame.data, step) for (_, frame), step in zip(share, steps, strict=True)]
        sounds.append(Sound(starts[0], frames))
    return sounds
