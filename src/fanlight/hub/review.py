"""Make the copy that leaves the home: trimmed to what the member chose, sealed anew to the case.

The home app does the same in the browser (web/core/fmp4, web/core/seal); this twin serves the tour and tests.
"""

from datetime import timedelta

from fanlight.hub.places import from_manifest, to_manifest
from fanlight.hub.segmenter import fmp4
from fanlight.model import ids
from fanlight.seal.clip import SealedDisclosure, seal_disclosure
from fanlight.seal.keys import case_signing_key
from fanlight.seal.manifest import ClipManifest, DisclosureFacts


def choose(manifest: ClipManifest, from_ms: int, to_ms: int) -> tuple[int, int]:
    """Return the first and last segment that together cover [from_ms, to_ms) of a clip."""
    chosen = [
        number
        for number, segment in enumerate(manifest.facts.segments)
        if segment.start_ms < to_ms and segment.start_ms + segment.duration_ms > from_ms
    ]
    return (chosen[0], chosen[-1]) if chosen else (0, len(manifest.facts.segments) - 1)


def disclose(  # noqa: PLR0913 - each is a different thing, all by keyword
    clip: bytes, manifest: ClipManifest, *, keep: tuple[int, int], request: str, case_key: str, seed: bytes
) -> tuple[str, SealedDisclosure]:
    """Seal the kept segments of an opened clip to a case.

    Args:
        clip: the clip's plaintext.
        manifest: its manifest, already checked.
        keep: first and last segment to keep.
        request: the footage request it answers.
        case_key: age1pq1..., already found in the record by the caller.
        seed: the member's; gives a signing key that serves this case only.

    Returns:
        The disclosure's id and what is dropped.
    """
    first, last = keep
    facts = manifest.facts
    spans = [span.to_list() for span in from_manifest(facts.segments)]
    cut = fmp4.trim(clip, facts.init, spans, first, last)
    identifier = ids.new_id()
    sealed = seal_disclosure(
        cut.media,
        facts=DisclosureFacts(
            disclosure=identifier,
            request=request,
            start=facts.start + timedelta(milliseconds=facts.segments[first].start_ms),
            duration_ms=cut.duration_ms,
            clock=facts.clock,
            label=facts.label,
            mime=facts.mime,
            width=facts.width,
            height=facts.height,
            init=cut.init,
            segments=to_manifest(cut.segments),
            trimmed=(first, last) != (0, len(facts.segments) - 1),
        ),
        case_recipient=case_key,
        signing_key=case_signing_key(seed, case_key),
    )
    return identifier, sealed
