"""Films that play: two seconds of moving picture, fragmented as a browser seals them."""

import struct
import subprocess
from pathlib import Path


def film(folder: Path, pattern: str = "testsrc2") -> bytes:
    made = folder / f"{pattern}.mp4"
    graph = ["-f", "lavfi", "-i", f"{pattern}=d=2:s=320x180:r=10"]
    coded = ["-c:v", "libx264", "-pix_fmt", "yuv420p"]
    how = [*coded, "-movflags", "+frag_keyframe+empty_moov+default_base_moof"]
    subprocess.run(["ffmpeg", "-v", "error", *graph, *how, str(made)], check=True)
    return made.read_bytes()


def with_box(media: bytes, copy: bytes) -> bytes:
    """Return a film with the manifest's box of another copy, as a forger puts it."""
    (first,) = struct.unpack_from(">I", media)
    (size,) = struct.unpack_from(">I", copy, first)
    return media[:first] + copy[first : first + size] + media[first:]
