"""Whether a camera really paints the zone that it was told to.

In:     a picture from after it was told, and if there is one, a picture from before.
Out:    yes, or no proof.
Holds:  a blurred or mosaic zone is no painted one: what is only smeared can be partly brought back.
        A zone that was flat before it was painted (a night sky) proves nothing, and neither does a picture
        that is flat everywhere (a covered lens). Without proof the hub paints, or nothing is recorded.
Absent: what the camera says about itself: its word is no proof.
"""

import contextlib
import io

import av
import numpy as np
from numpy.typing import NDArray

from fanlight.hub.camera.paint import cells, pixels
from fanlight.hub.options import Outline
from fanlight.hub.packet import Packet

Luma = NDArray[np.uint8]
NEAR = 12  # of 255: how far coding moves a flat colour
SHARE = 0.99
_EDGE = 0.02  # of the picture's height: cameras draw masks on a coarse grid, and coding rings at edges
_LEAST = 64  # pixels


def is_painted(
    picture: Packet | bytes | Luma, outline: Outline, *, before: Packet | bytes | Luma | None = None
) -> bool:
    """Tell whether a picture shows one flat colour in the whole outline, and something elsewhere.

    Args:
        picture: a keyframe, a JPEG, or the brightness of each pixel; from after the camera was told.
        outline: the zone.
        before: the same from before it was told. If the zone was flat already, there is no proof.
    """
    after = _luma(picture)
    if after is None:
        return False
    zone, elsewhere = _parts(after, outline)
    if not _is_flat(zone) or _is_flat(elsewhere):
        return False
    if before is None:
        return True
    earlier = _luma(before)
    return earlier is not None and not _is_flat(_parts(earlier, outline)[0])


def _parts(picture: Luma, outline: Outline) -> tuple[Luma, Luma]:
    height, width = picture.shape
    mask = pixels(cells((outline,), width, height), width, height)
    outside = ~mask
    for _ in range(max(round(_EDGE * height), 1)):
        mask = _shrunk(mask)
    return picture[mask], picture[outside]


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask less one pixel where it borders on something; the picture's own edge is no border."""
    less = mask.copy()
    less[1:] &= mask[:-1]
    less[:-1] &= mask[1:]
    less[:, 1:] &= mask[:, :-1]
    less[:, :-1] &= mask[:, 1:]
    return less


def _is_flat(part: Luma) -> bool:
    if part.size < _LEAST:
        return False
    away = np.abs(part.astype(np.int16) - np.int16(np.median(part)))
    return bool((away <= NEAR).mean() >= SHARE)


def _luma(picture: Packet | bytes | Luma) -> Luma | None:
    if isinstance(picture, np.ndarray):
        return picture
    frame = None
    with contextlib.suppress(av.FFmpegError, ValueError):
        frame = _decoded(picture) if isinstance(picture, Packet) else _unpacked(picture)
    return None if frame is None else frame.to_ndarray(format="gray").astype(np.uint8)


def _decoded(keyframe: Packet) -> av.VideoFrame | None:
    codec = av.CodecContext.create("h264" if keyframe.info.is_h264 else "hevc", "r")
    codec.extradata, codec.thread_count = keyframe.info.config, 1
    frames = [*codec.decode(av.Packet(keyframe.data)), *codec.decode(None)]
    return frames[0] if frames else None


def _unpacked(jpeg: bytes) -> av.VideoFrame | None:
    with av.open(io.BytesIO(jpeg), "r", format="mjpeg") as container:
        return next(container.decode(video=0), None)
