"""A segment: at most about a second of one camera, pictures and sound, as one fMP4 fragment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fanlight.hub.packet import AudioInfo, StreamInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`fragment` is moof+mdat whose first picture is decoded at `start_90k`.

    `audio` says how the sound in it is coded, None if there is none. `wall` is the UTC time of its first
    picture, `mono_us` the hub's monotonic clock at that moment (0: unknown). `is_key` is False for the
    continuation of a group of pictures longer than a segment: it needs those before it, back to a key.
    `is_discontinuous`: it does not continue the segment before it, and begins a `run`; the numbers of runs
    differ within one life of the hub only.
    """

    info: StreamInfo
    audio: AudioInfo | None = None
    run: int
    fragment: bytes
    start_90k: int
    duration_90k: int
    wall: datetime
    mono_us: int = 0
    is_key: bool
    is_discontinuous: bool

    @property
    def wall_end(self) -> datetime:
        """When its last picture ends, UTC."""
        return self.wall + timedelta(microseconds=self.duration_90k * 100 / 9)

    def follows(self, before: "Segment | None") -> bool:
        """Tell whether nothing is missing between `before` and this one."""
        return (
            before is not None
            and not self.is_discontinuous
            and self.run == before.run
            and self.start_90k == before.start_90k + before.duration_90k
        )
