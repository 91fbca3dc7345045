"""Sealed clips of any size, whole as the server checks them. What they hold is noise."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from fanlight.hub.outbox import Parcel
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.seal.clip import seal_clip
from fanlight.seal.keys import SigningKey
from fanlight.seal.manifest import ClipFacts, Segment


def make_parcel(  # noqa: PLR0913 - all but two by keyword
    recipient: str,
    signing: SigningKey,
    *,
    size: int = 100_000,
    start: datetime | None = None,
    household: str = "h" * 26,
    epoch: int = 0,
    guests: Sequence[str] = (),
) -> Parcel:
    """Return a parcel of about `size` bytes whose clip began at `start`, by default a minute ago."""
    facts = ClipFacts(
        household=household,
        camera="c" * 26,
        camera_name="Front door",
        clip=new_id(),
        start=start or clock.now() - timedelta(minutes=1),
        duration_ms=1_000,
        clock="hub",
        label="person",
        mime='video/mp4; codecs="avc1.4d401f"',
        width=640,
        height=360,
        init=(0, 8),
        segments=(Segment(offset=8, length=size - 8, start_ms=0, duration_ms=1_000),),
        score=80,
        thumb=b"",
    )
    sealed = seal_clip(
        random.randbytes(size),
        facts=facts,
        seq=0,
        prev=None,
        epoch=epoch,
        epoch_recipient=recipient,
        hub_key=signing,
        guests=guests,
    )
    return Parcel(
        clip=facts.clip,
        card=sealed.card,
        card_sig=sealed.card_sig,
        manifest=sealed.manifest_age,
        hdr=sealed.hdr,
        pay=bytes(sealed.pay),
    )
