"""Where a clip's segments lie, as the segmenter says it and as a manifest does."""

from collections.abc import Sequence

from fanlight.hub.segmenter.fmp4 import Span
from fanlight.seal.manifest import Segment


def to_manifest(spans: Sequence[Span]) -> tuple[Segment, ...]:
    """Return a clip's spans for its manifest."""
    return tuple(
        Segment(offset=s.offset, length=s.length, start_ms=s.start_ms, duration_ms=s.duration_ms)
        for s in spans
    )


def from_manifest(segments: Sequence[Segment]) -> list[Span]:
    """Return what a manifest says of a clip's segments."""
    return [Span(s.offset, s.length, s.start_ms, s.duration_ms) for s in segments]
