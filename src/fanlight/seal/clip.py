"""Seal a clip to its household, and a disclosure to its case.

In:     an fMP4 (init, then a fragment a segment), facts about it, the recipient, the signing key.
Out:    header, payload and sealed manifest; for a clip also the card the server sees.
Holds:  every clip and disclosure has its own file key; sizes are padded inside the media (`free` box).
Absent: opening and reading back (`opening`, `reading`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.model.padding import copy_length, padded_length
from fanlight.seal import sealing
from fanlight.seal.age_format import Buffer
from fanlight.seal.container import Card, make_container, sha256
from fanlight.seal.errors import malformed
from fanlight.seal.keys import SigningKey
from fanlight.seal.manifest import (
    THUMB_LIMIT,
    ClipFacts,
    ClipManifest,
    DisclosureFacts,
    DisclosureManifest,
    SealFacts,
    chain_hash,
    describe_payload,
)

_BOX_HEADER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedClip:
    """A clip ready to leave the home. `chain_hash` is the next clip's `prev`."""

    hdr: bytes
    pay: bytearray
    manifest_age: bytes
    card: bytes
    card_sig: bytes
    manifest_bytes: bytes
    chain_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDisclosure:
    """A disclosure ready to be dropped. `length`, `root` and `manifest_sha256` go with `done`."""

    hdr: bytes
    pay: bytearray
    manifest_age: bytes
    manifest_bytes: bytes
    length: int
    root: bytes
    manifest_sha256: bytes


def pad_fmp4(fmp4: Buffer, pad_to: int | None = None) -> bytearray:
    """Return `fmp4` with a `free` box behind it, so that its length tells little, or of `pad_to` bytes."""
    size = len(fmp4)
    if pad_to is not None and pad_to < size + _BOX_HEADER:
        raise malformed("a clip is larger than what it is to be padded to")
    padded = bytearray(pad_to or padded_length(size))
    padded[:size] = fmp4
    padded[size : size + _BOX_HEADER] = (len(padded) - size).to_bytes(4, "big") + b"free"
    return padded


def seal_clip(  # noqa: PLR0913 - each is a different fact, all by keyword
    fmp4: Buffer,
    *,
    facts: ClipFacts,
    seq: int,
    prev: bytes | None,
    epoch: int,
    epoch_recipient: str,
    hub_key: SigningKey,
    guests: Sequence[str] = (),
    pad_to: int | None = None,
) -> SealedClip:
    """Seal one clip to the household's present epoch.

    Args:
        fmp4: init and fragments, not padded yet; this function pads.
        facts: what the hub knows; offsets count from the first byte of `fmp4`.
        seq: the clip's number at its camera, from 0.
        prev: `chain_hash` of the camera's clip before, None for the first.
        epoch: number of the epoch; `epoch_recipient` is its age1pq1... text.
        epoch_recipient: whom it is sealed to.
        hub_key: signs manifest and card.
        guests: age recipients of those who may see this clip beside the household.
        pad_to: bytes of the padded clip where clips of all sizes are to look alike; None for the usual size.

    Raises:
        BadKey: a recipient is not post-quantum. Malformed: the thumbnail is larger than 12 KiB.
    """
    if len(facts.thumb) > THUMB_LIMIT:
        raise malformed("a thumbnail is larger than 12 KiB")
    recipients = [epoch_recipient, *guests]
    hdr, pay, seal = _seal_media(fmp4, recipients, pad_to)
    manifest_bytes = ClipManifest(facts=facts, seal=seal, seq=seq, prev=prev, epoch=epoch).to_bytes()
    box = make_container(manifest_bytes, hub_key.sign("clip", manifest_bytes))
    manifest_age = sealing.seal(box, recipients)
    card = Card(
        clip=facts.clip,
        epoch=epoch,
        day=facts.start.date(),
        length=len(pay),
        root=seal.tree_root,
        manifest_sha256=sha256(manifest_age),
    )
    return SealedClip(
        hdr=hdr,
        pay=pay,
        manifest_age=manifest_age,
        card=card.to_bytes(),
        card_sig=card.sign(hub_key),
        manifest_bytes=manifest_bytes,
        chain_hash=chain_hash(manifest_bytes),
    )


def seal_disclosure(
    fmp4: Buffer,
    *,
    facts: DisclosureFacts,
    case_recipient: str,
    signing_key: SigningKey,
    pad_to: int | None = None,
) -> SealedDisclosure:
    """Seal a disclosure to a case key, signed under the household's key for this one case.

    Args:
        fmp4: trimmed init and fragments, not padded yet.
        facts: what the household says of it.
        case_recipient: the case key, age1pq1..., already found in the log by the caller.
        signing_key: from `keys.case_signing_key`.
        pad_to: bytes of the padded copy, as of one sealed before copies had a size of their own; None for
            `copy_length`.

    Raises:
        BadKey: the recipient is not post-quantum.
    """
    hdr, pay, seal = _seal_media(fmp4, [case_recipient], pad_to or copy_length(len(fmp4)))
    manifest_bytes = DisclosureManifest(
        facts=facts,
        seal=seal,
        case_key_sha256=hashlib.sha256(case_recipient.encode()).digest(),
        signer=signing_key.public,
    ).to_bytes()
    box = make_container(manifest_bytes, signing_key.sign("disclosure", manifest_bytes))
    manifest_age = sealing.seal(box, [case_recipient])
    return SealedDisclosure(
        hdr=hdr,
        pay=pay,
        manifest_age=manifest_age,
        manifest_bytes=manifest_bytes,
        length=len(pay),
        root=seal.tree_root,
        manifest_sha256=sha256(manifest_age),
    )


def _seal_media(
    fmp4: Buffer, recipients: Sequence[str], pad_to: int | None = None
) -> tuple[bytes, bytearray, SealFacts]:
    for recipient in recipients:
        sealing.check_recipient(recipient)
    plain = pad_fmp4(fmp4, pad_to)
    file_key = sealing.new_file_key()
    pay = sealing.encrypt_payload(file_key, sealing.new_nonce(), plain)
    return sealing.header(file_key, recipients), pay, describe_payload(pay, len(plain), file_key)
