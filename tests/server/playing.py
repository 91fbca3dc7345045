"""Disclosures that play: moving pictures that ffmpeg drew, sealed as a home seals a copy.

In:     a pattern, a length, what the copy says of its clock.
Out:    a disclosure's id and its sealed form, which a browser plays.
"""

import hashlib
import struct
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Literal

from fanlight.model.ids import new_id
from fanlight.seal.clip import SealedDisclosure, seal_disclosure
from fanlight.seal.keys import case_signing_key
from fanlight.seal.manifest import DisclosureFacts, Segment

_PART_MS = 2_000
_WIDE, _HIGH = 320, 180


def film(folder: Path, pattern: str, parts: int) -> bytes:
    """Return `parts` times two seconds, each a fragment of its own."""
    made = folder / f"{pattern}-{parts}.mp4"
    drawn = ["-f", "lavfi", "-i", f"{pattern}=d={parts * 2}:s={_WIDE}x{_HIGH}:r=10"]
    coded = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "20", "-sc_threshold", "0"]
    cut = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]
    subprocess.run(["ffmpeg", "-v", "error", *drawn, *coded, *cut, str(made)], check=True)
    return made.read_bytes()


def _places(media: bytes) -> tuple[tuple[int, int], tuple[Segment, ...]]:
    """Return where the beginning lies, and each fragment with its pictures."""
    at, begun, init, found = 0, 0, (0, 0), []
    while at < len(media):
        size, kind = struct.unpack_from(">I4s", media, at)
        if kind == b"moov":
            init = (0, at + size)
        elif kind == b"moof":
            begun = at
        elif kind == b"mdat":
            found.append((begun, at + size - begun))
        at += size
    return init, tuple(
        Segment(offset=offset, length=length, start_ms=i * _PART_MS, duration_ms=_PART_MS)
        for i, (offset, length) in enumerate(found)
    )


def playing(
    media: bytes,
    request: str,
    case_key: str,
    start: datetime,
    clock: Literal["hub", "media"],
) -> tuple[str, SealedDisclosure]:
    """Return a disclosure's id and its sealed form, around a film of `film`."""
    init, segments = _places(media)
    profile = media[media.index(b"avcC") + 5 :][:3].hex()
    made = new_id()
    facts = DisclosureFacts(
        start=start,
        duration_ms=len(segments) * _PART_MS,
        clock=clock,
        label="person",
        mime=f'video/mp4; codecs="avc1.{profile}"',
        width=_WIDE,
        height=_HIGH,
        init=init,
        segments=segments,
        disclosure=made,
        request=request,
        trimmed=False,
    )
    signer = case_signing_key(hashlib.sha256(made.encode()).digest(), case_key)  # each from a home of its own
    return made, seal_disclosure(media, facts=facts, case_recipient=case_key, signing_key=signer)
