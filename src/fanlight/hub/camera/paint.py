"""Paint over parts of a camera's pictures, for good: decode, paint, encode anew.

In:     encoded pictures of one run, and outlines as shares of the picture.
Out:    H.264 pictures with the same times, each outline one flat colour; no B-frames, a keyframe a second.
Holds:  the encoder is given painted pictures and nothing else, so nothing of what was painted is in its
        output: no pixel, no motion, no side message of the camera's. A picture that cannot be decoded is
        left out and counted, never passed on.
Drops:  pictures whose time does not go on.
Absent: sound, and who decides what is painted (hub.privacy).
Why:    docs/design/privacy.md
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from fanlight.hub.camera.transcode import Coded, Transcoder
from fanlight.hub.options import Outline
from fanlight.hub.packet import Packet, StreamInfo

Mask = NDArray[np.bool_]
BLACK = (16, 128, 128)  # luma and chroma, limited range
_CELL = 2  # pixels: a chroma sample serves so many each way, so masks are drawn in its cells
_RATE = 15.0
_MAX_WAITING = 64  # pictures inside a decoder: four times what any level of H.264 or H.265 may hold back


def cells(outlines: Sequence[Outline], width: int, height: int) -> Mask:
    """Return which cells of 2 by 2 pixels the outlines touch, grown by one cell on every side.

    Whatever an outline crosses is inside, and so is what it winds around at least once: an outline that
    crosses itself, or has no area at all, hides more than it had to and never less.
    """
    rows, columns = -(-height // _CELL), -(-width // _CELL)
    mask = np.zeros((rows, columns), np.bool_)
    for outline in outlines:
        points = np.array(outline, float) * (columns, rows)
        _fill(mask, points)
        _trace(mask, points)
    return _grown(mask)


def _fill(mask: Mask, points: NDArray[np.float64]) -> None:
    """Mark the cells whose middle the points wind around."""
    (x0, y0), (x1, y1) = points.T, np.roll(points, -1, axis=0).T
    middles = np.arange(mask.shape[1]) + 0.5
    for row in range(mask.shape[0]):
        y = row + 0.5
        crossed = (y0 <= y) != (y1 <= y)
        if crossed.any():
            at = x0[crossed] + (y - y0[crossed]) * (x1 - x0)[crossed] / (y1 - y0)[crossed]
            way = np.where(y1[crossed] > y0[crossed], 1, -1)
            mask[row] |= (way[:, None] * (at[:, None] <= middles)).sum(axis=0) != 0


def _trace(mask: Mask, points: NDArray[np.float64]) -> None:
    """Mark the cells that the sides pass through."""
    rows, columns = mask.shape
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        steps = int(max(abs(x1 - x0), abs(y1 - y0)) * 4) + 1  # four to a cell: none is stepped over by much
        along = np.linspace(0.0, 1.0, steps + 1)
        x = np.clip((x0 + (x1 - x0) * along).astype(int), 0, columns - 1)
        y = np.clip((y0 + (y1 - y0) * along).astype(int), 0, rows - 1)
        mask[y, x] = True


def _grown(mask: Mask) -> Mask:
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    high = wide.copy()
    high[1:] |= wide[:-1]
    high[:-1] |= wide[1:]
    return high


def pixels(mask: Mask, width: int, height: int) -> Mask:
    """Return a mask of cells as one of pixels."""
    return mask.repeat(_CELL, axis=0).repeat(_CELL, axis=1)[:height, :width]


class _Area:
    """The part of one plane that a mask covers: its bounding box, and the mask in it."""

    def __init__(self, mask: Mask, colour: int) -> None:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        self._box = (
            (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
            if rows.size
            else (slice(0), slice(0))
        )
        self._mask, self._colour = np.ascontiguousarray(mask[self._box]), colour

    def paint(self, plane: NDArray[np.uint8]) -> None:
        plane[self._box][self._mask] = self._colour


class Painter:
    """Paints one run's pictures; `info` is how the result is coded, `damage` what could not be decoded."""

    def __init__(self, info: StreamInfo, outlines: Sequence[Outline]) -> None:
        """Open decoder and encoder.

        Args:
            info: how the pictures that come are coded, H.264 or H.265.
            outlines: what is painted.

        Raises:
            av.FFmpegError: `info` makes no sense to the decoder.
        """
        self.damage = 0
        self._decoder = av.CodecContext.create("h264" if info.is_h264 else "hevc", "r")
        self._decoder.extradata = info.config
        self._decoder.thread_count = 1  # more threads hold back a picture each
        self._decoder.open()
        self._encoder = Transcoder(info.width, info.height, _RATE, live=True)
        self.info = self._encoder.info
        width, height = self.info.width, self.info.height
        mask = cells(outlines, width, height)
        chroma = mask[: height // _CELL, : width // _CELL]
        masks = (pixels(mask, width, height), chroma, chroma)
        self._areas = [_Area(*each) for each in zip(masks, BLACK, strict=True)]
        self._waiting: dict[int, Packet] = {}
        self._wall: datetime | None = None

    def feed(self, packet: Packet) -> list[Packet]:
        """Take a picture in decode order; return those that are painted and coded, in the order shown."""
        self._waiting[packet.pts_90k] = packet
        while len(self._waiting) > _MAX_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
            self.damage += 1
        coded = av.Packet(packet.data)
        coded.pts, coded.dts = packet.pts_90k, packet.dts_90k
        coded.time_base = Fraction(1, 90_000)
        return self._decode(coded)

    def finish(self) -> list[Packet]:
        """Return what decoder and encoder still hold; nothing may be fed afterwards."""
        return self._decode(None) + [self._packet(coded) for coded in self._encoder.flush()]

    def _decode(self, coded: "av.Packet[av.stream.Stream] | None") -> list[Packet]:
        done: list[Packet] = []
        try:
            for frame in self._decoder.decode(coded):
                if frame.pts is not None and frame.pts in self._waiting:
                    done += self._encode(frame, frame.pts)
                else:
                    self.damage += 1
        except av.FFmpegError:
            self.damage += 1
        return done

    def _encode(self, frame: av.VideoFrame, pts_90k: int) -> list[Packet]:
        return [self._packet(coded) for coded in self._encoder.encode(self._painted(frame), pts_90k)]

    def _painted(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return a painted copy; the decoder still needs what it decoded to build the next picture."""
        size = self.info.width, self.info.height
        plain = frame.reformat(*size, "yuv420p")
        copy = av.VideoFrame(*size, "yuv420p")
        for source, target, area in zip(plain.planes, copy.planes, self._areas, strict=True):
            pixels_in, pixels_out = _view(source), _view(target)
            pixels_out[:] = pixels_in
            area.paint(pixels_out)
        return copy

    def _packet(self, coded: Coded) -> Packet:
        source = self._waiting.pop(coded.pts_90k)
        for lost in [at for at in self._waiting if at < coded.pts_90k]:  # shown before, and never decoded
            self._waiting.pop(lost)
        # Pictures leave in the order shown, which is not that of arrival where the camera uses B-frames.
        self._wall = max(self._wall or source.wall, source.wall)
        return Packet(
            info=self.info,
            run=source.run,
            pts_90k=coded.pts_90k,
            dts_90k=None,
            duration_90k=source.duration_90k,
            is_key=coded.is_key,
            data=coded.data,
            wall=self._wall,
            mono_us=source.mono_us,
        )


def _view(plane: av.video.plane.VideoPlane) -> NDArray[np.uint8]:
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
