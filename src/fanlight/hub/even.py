"""When and how much a hub sends that sends evenly: as many clips of the same sizes at the same times.

In:     the time; the household's `[uploads]`.
Out:    the moment of the last sending, and the next; the size to which a clip is padded; filler.
Holds:  none of it depends on what happened at home.
Absent: the queue (outbox), keys (sealer), the network (town).
Why:    docs/design/vault.md
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fanlight.hub.options import Uploads
from fanlight.model.ids import new_id
from fanlight.seal.age_format import payload_length
from fanlight.seal.manifest import FILLER_CAMERA, ClipFacts, Segment

MIB = 1 << 20
_BOX = 8  # the header of the `free` box that pads
# Ten minutes before a stretch of the UTC day ends, so that its last sending is still of its day.
BEFORE_THE_END = timedelta(minutes=10)


def places(uploads: Uploads) -> tuple[int, ...]:
    """Return the sizes of one sending, in bytes before sealing; none if clips leave at once."""
    return tuple(place * MIB for place in uploads.places_mib) if uploads.mode == "even" else ()


def place_for(length: int, sizes: Sequence[int]) -> int | None:
    """Return the smallest place that a clip of `length` bytes fits into; None if there is none."""
    return min((size for size in sizes if length + _BOX <= size), default=None)


def sealed_sizes(sizes: Sequence[int]) -> list[int]:
    """Return how long payloads of these sizes are when they are sealed."""
    return [payload_length(size) for size in sizes]


def last_sending(now: datetime, every_h: int) -> datetime:
    """Return the latest moment of sending up to `now`."""
    ahead = now.astimezone(UTC) + BEFORE_THE_END
    begun = ahead.replace(hour=ahead.hour - ahead.hour % every_h, minute=0, second=0, microsecond=0)
    return begun - BEFORE_THE_END


def offset_of(household: str) -> timedelta:
    """Return by how much a household's moments are later than others', so that not all send in one second."""
    return timedelta(seconds=int.from_bytes(hashlib.sha256(household.encode()).digest()[:4]) % 480)


def until_next(now: datetime, every_h: int) -> float:
    """Return the seconds until the next moment of sending."""
    return (last_sending(now, every_h) + timedelta(hours=every_h) - now).total_seconds()


def filler(household: str, size: int, now: datetime) -> tuple[bytes, ClipFacts]:
    """Return noise that fills a place of `size` bytes, and what a manifest says of it: that it is filler."""
    media = os.urandom(size - _BOX)
    facts = ClipFacts(
        household=household,
        camera=FILLER_CAMERA,
        camera_name="Filler",
        clip=new_id(),
        start=now,
        duration_ms=1_000,
        clock="hub",
        label="person",
        score=0,
        mime='video/mp4; codecs="avc1.4d401f"',
        width=640,
        height=360,
        init=(0, _BOX),
        segments=(Segment(offset=_BOX, length=len(media) - _BOX, start_ms=0, duration_ms=1_000),),
        thumb=b"",
    )
    return media, facts
