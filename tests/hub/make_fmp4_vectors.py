"""Write the vectors of clips with sound: python -m tests.hub.make_fmp4_vectors. The others are older."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlight.hub.packet import AudioInfo, AudioPacket, Packet, StreamInfo
from fanlight.hub.segmenter import Segmenter, fmp4

FOLDER = Path(__file__).parents[2] / "vectors" / "fmp4"
START = datetime(2026, 11, 21, 18, 36, 41, tzinfo=UTC)
INFO = StreamInfo(codec="avc1.42001e", width=16, height=16, config=b"\1")
AAC = AudioInfo(codec="mp4a.40.2", rate_hz=16_000, channels=1, config=bytes.fromhex("1408"))
FRAMES = range(0, 4 * 90_000, 5_760)
STEP = 22_500  # four pictures a second
ORDERS = {"plain": [0, 1, 2, 3], "b-frames": [0, 3, 1, 2]}


def clip(order: list[int], *, quiet: range = range(0)) -> fmp4.Joined:
    """Return a clip of four seconds; nothing is heard in the seconds of `quiet`."""
    found: list[Packet | AudioPacket] = []
    for second in range(4):
        for place in order:
            pts = (4 * second + place) * STEP
            found.append(Packet(
                info=INFO, run=1, pts_90k=pts, dts_90k=None, is_key=place == 0,
                data=bytes([second, place] * 8), wall=START + timedelta(microseconds=pts * 100 // 9),
            ))  # fmt: skip
        begins = [] if second in quiet else [pts for pts in FRAMES if pts // 90_000 == second]
        found += [
            AudioPacket(
                info=AAC, run=1, pts_90k=pts, duration_90k=5_760, data=pts.to_bytes(3), wall=START
            ) for pts in begins
        ]  # fmt: skip
    segmenter = Segmenter()
    segments = [s for packet in found for s in segmenter.feed(packet)] + segmenter.finish()
    return fmp4.join(segments)


def write(name: str, why: str, joined: fmp4.Joined, kept: tuple[int, int], *, spoil: int = 0) -> None:
    """Write one vector; `spoil` moves the sound of the first kept segment by so much."""
    first, last = kept
    data = bytearray(joined.data)
    spans = [span.to_list() for span in joined.segments]
    if spoil:
        at = data.index(b"tfdt", data.index(b"tfdt", spans[first][0]) + 4) + 8
        data[at : at + 8] = (int.from_bytes(data[at : at + 8]) + spoil).to_bytes(8)
    case: dict[str, Any] = {"expect": "refused" if spoil else "trimmed", "why": why, **_whole(bytes(data))}
    case |= {"init": list(joined.init), "segments": spans, "first": first, "last": last}
    if not spoil:
        cut = fmp4.trim(bytes(data), joined.init, spans, first, last)
        places = {"init": list(cut.init), "segments": [span.to_list() for span in cut.segments]}
        case["trimmed"] = {**_whole(cut.data), **places}
    (FOLDER / f"{name}.json").write_text(json.dumps(case, indent=1) + "\n")


def _whole(data: bytes) -> dict[str, object]:
    used = data.rstrip(b"\0")
    return {"clip": used.hex(), "zeros": len(data) - len(used)}


def main() -> None:
    """Write them."""
    plain = clip(ORDERS["plain"])
    long = clip(ORDERS["plain"], quiet=range(1, 3))
    write("sound", "sound moves with its pictures", plain, (1, 2))
    write("sound-b-frames", "the edit that takes the delay off stays", clip(ORDERS["b-frames"]), (1, 3))
    write("sound-silence", "a stretch without sound has silence", long, (2, 3))
    write("sound-early", "sound before the first picture has no time", plain, (1, 2), spoil=-90_001)


if __name__ == "__main__":
    main()
