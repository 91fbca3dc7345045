"""A camera's picture as it is recorded: the newest fragments of the journal, as they are committed.

In:     one reader.
Out:    an MP4 that goes on: how it is coded, then a fragment a second.
Holds:  the reader sees what is kept, painted where privacy zones are. It ends where the coding changes: the
        reader asks anew.
Absent: sound (browsers do not take what most cameras send), and the low delay of a live view for people
        away from home.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from fanlight.hub.packet import Role
from fanlight.hub.page.errors import NotNow
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.segmenter import Segment
from fanlight.hub.segmenter import fragment as coded
from fanlight.hub.segmenter.init import init_segment
from fanlight.model import clock

LOOK_S = 0.25
BACK = timedelta(seconds=6)  # from here the newest keyframe is looked for: a begun picture at once


def fragments(pipeline: Pipeline, camera: str) -> AsyncIterator[bytes]:
    """Return the stream of one camera, until the reader goes or the coding changes.

    Raises:
        NotNow: it has shown no picture yet; said before an answer has begun.
    """
    return _fragments(pipeline, camera, _role(pipeline, camera))


async def _fragments(pipeline: Pipeline, camera: str, role: Role) -> AsyncIterator[bytes]:
    last: Segment | None = None
    while camera in pipeline.lines:
        found = await asyncio.to_thread(_newer, pipeline, camera, last, role)
        if last is None and found:
            found = found[_newest_key(found) :]
            yield init_segment(found[0].info)
        for segment in found:
            if last is not None and (segment.run, segment.info) != (last.run, last.info):
                return
            yield segment.fragment if segment.audio is None else _silent(segment)
            last = segment
        if not found:
            await asyncio.sleep(LOOK_S)


def _newer(pipeline: Pipeline, camera: str, last: Segment | None, role: Role) -> list[Segment]:
    """Return what was committed after a segment, in order; the last seconds where there is none yet."""
    after = clock.now() - BACK if last is None else last.wall
    if last is not None and pipeline.journal.committed(camera, role) <= last.wall_end:
        return []
    read = pipeline.journal.read(camera, after, clock.now(), role)
    return read if last is None else [segment for segment in read if _is_after(segment, last)]


def _is_after(segment: Segment, last: Segment) -> bool:
    """Tell by the camera's own clock: arrival times of two segments may overlap by a little."""
    if segment.run == last.run:
        return segment.start_90k > last.start_90k
    return segment.wall > last.wall


def _newest_key(found: list[Segment]) -> int:
    return max(index for index, segment in enumerate(found) if segment.is_key or index == 0)


def _role(pipeline: Pipeline, camera: str) -> Role:
    """Return the stream a browser can show: the main one, or the smaller where the main one is H.265."""
    line = pipeline.line(camera)
    if line.info is None:
        raise NotNow(
            "This camera has shown no picture yet.",
            kept="It is tried again all the time.",
            do="Look at its state; it says what is missing.",
        )
    return "main" if line.info.is_h264 or not line.options.sub_url else "sub"


def _silent(segment: Segment) -> bytes:
    """Return a segment's pictures without its sound."""
    pictures = coded.read(segment.fragment).pictures
    samples = map(
        coded.Sample,
        pictures.cut(segment.fragment),
        pictures.durations_90k,
        pictures.offsets_90k,
        pictures.keys,
    )
    return coded.fragment(0, pictures.start_90k, list(samples))
