"""Sealed clips and disclosures around made-up bytes: the server cannot tell them from real footage."""

import random
from datetime import datetime

from tests.server.acting import Household

from fanlight.model.ids import new_id
from fanlight.model.padding import padded_length
from fanlight.seal.clip import SealedClip, SealedDisclosure, seal_clip, seal_disclosure
from fanlight.seal.keys import case_signing_key
from fanlight.seal.manifest import ClipFacts, DisclosureFacts, Onward, Segment, ShareNote

_INIT, _BODY = 800, 400_000


def _media(seed: int) -> bytes:
    return random.Random(seed).randbytes(_INIT + _BODY)


def clip(home: Household, start: datetime, *, seed: int = 1) -> tuple[str, SealedClip]:
    """Return a clip's id and its sealed form, of about 400 kB."""
    made = new_id()
    facts = ClipFacts(
        start=start,
        duration_ms=4_000,
        clock="hub",
        label="person",
        mime='video/mp4; codecs="avc1.4d401f"',
        width=640,
        height=360,
        init=(0, _INIT),
        segments=(Segment(offset=_INIT, length=_BODY, start_ms=0, duration_ms=4_000),),
        household=home.id,
        camera="a" * 26,
        camera_name="Front door",
        clip=made,
        score=90,
        thumb=b"jpeg",
    )
    sealed = seal_clip(
        _media(seed),
        facts=facts,
        seq=0,
        prev=None,
        epoch=0,
        epoch_recipient=home.recipient,
        hub_key=home.hub.keys.signing,
    )
    return made, sealed


def disclosure(  # noqa: PLR0913 - each is a different fact
    request: str,
    case_key: str,
    start: datetime,
    *,
    seed: int = 2,
    note: ShareNote | None = None,
    onward: Onward | None = None,
) -> tuple[str, SealedDisclosure]:
    """Return a disclosure's id and its sealed form."""
    made = new_id()
    facts = DisclosureFacts(
        start=start,
        duration_ms=4_000,
        clock="hub",
        label="person",
        mime='video/mp4; codecs="avc1.4d401f"',
        width=640,
        height=360,
        init=(0, _INIT),
        segments=(Segment(offset=_INIT, length=_BODY, start_ms=0, duration_ms=4_000),),
        disclosure=made,
        request=request,
        trimmed=False,
        note=note,
        onward=onward,
    )
    return made, seal_disclosure(
        _media(seed),
        facts=facts,
        case_recipient=case_key,
        signing_key=case_signing_key(b"m" * 32, case_key),
        pad_to=padded_length(_INIT + _BODY),  # as copies were at first: the server takes any length
    )
