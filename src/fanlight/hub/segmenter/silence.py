"""Sound laid out over a clip's segments, with silence where there is none.

In:     frames of sound with their times on the clip's clock, and when each segment begins and ends.
Out:    the sound of each segment.
Holds:  a frame is in the segment in which it begins; times rise; the first segment has sound from its
        start on, and then there is no hole over GAP_90K, if a silent frame is known for the coding.
Drops:  frames outside all segments, and those that begin before the frame before them has half ended.
Why:    a browser stops the picture where sound is missing (Media Source Extensions: `buffered` is what all
        tracks have): docs/design/segments.md
"""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import pairwise

from fanlight.hub.packet import AudioInfo
from fanlight.hub.segmenter.fragment import Frame, Sound

GAP_90K = 9_000  # 1/10 s: what packets wander; a shorter gap is bridged by the frame before it
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
    waiting = deque(in_order(heard, 0))
    sounds: list[Sound | None] = []
    covered = windows[0][0]
    for start, end in windows:
        while waiting and waiting[0][0] < start:
            waiting.popleft()
        share: list[tuple[int, Frame]] = []
        while waiting and waiting[0][0] < end:
            share.append(waiting.popleft())
        at = max(covered, start)
        first = share[0][0] if share else end
        if silent is not None and first - at > (GAP_90K if sounds else 0):
            share.insert(0, (at, Frame(silent, first - at)))
        if not share:
            sounds.append(None)
            continue
        last_start, last = share[-1]
        covered = last_start + last.duration_90k
        if waiting and waiting[0][0] - covered <= GAP_90K:
            covered = waiting[0][0]
        elif covered < end or not waiting:
            covered = end
        starts = [begin for begin, _ in share]
        steps = [after - before for before, after in pairwise([*starts, covered])]
        sounds.append(Sound(starts[0], [Frame(f.data, n) for (_, f), n in zip(share, steps, strict=True)]))
    return sounds
