"""A segment: about a second of one camera, from a keyframe on, as one fMP4 fragment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fanlight.hub.packet import StreamInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`fragment` is moof+mdat whose decode time is `start_90k`.

    `wall` is the UTC time of its first picture. `is_key` is False only for the continuation of a group
    of pictures longer than the segmenter's MAX_S; it needs the segments before it. `is_discontinuous`:
    it does not continue the segment before it.
    """

    info: StreamInfo
    run: int
    fragment: bytes
    start_90k: int
    duration_90k: int
    wall: datetime
    is_key: bool
    is_discontinuous: bool

    @property
    def wall_end(self) -> datetime:
        """When its last picture ends, UTC."""
        return self.wall + timedelta(microseconds=self.duration_90k * 100 / 9)
