"""The copy that leaves a home: as short as was chosen, for one case, naming nobody."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub import demuxed
from tests.hub.homes import CAMERA, HUB, MEMBER, make_epoch

from fanlight.hub.camera import FileCamera, Packet
from fanlight.hub.packet import AudioPacket
from fanlight.hub.review import choose, disclose
from fanlight.hub.sealer import Occasion, Sealer
from fanlight.hub.segmenter import Segment
from fanlight.hub.segmenter.boxes import BadFmp4
from fanlight.model.ids import new_id
from fanlight.seal import keys
from fanlight.seal.clip import SealedDisclosure
from fanlight.seal.errors import SealError
from fanlight.seal.manifest import ClipManifest
from fanlight.seal.opening import open_age
from fanlight.seal.reading import (
    ClipReader,
    OpenedDisclosure,
    check_disclosure_manifest,
    open_clip_manifest,
    open_disclosure_manifest,
)

HOUSEHOLD, REQUEST = new_id(), new_id()
CASE, OTHER_CASE = keys.new_identity(), keys.new_identity()
SEED = b"m" * 32
Clip = tuple[bytes, ClipManifest]


@pytest.fixture
def clip(
    tmp_path: Path,
    video: Callable[[str], Path],
    read: Callable[[Path], tuple[list[Packet], FileCamera]],
    cut: Callable[[list[Packet]], list[Segment]],
) -> Clip:
    """Return a clip of four segments of a second, as a member opened it."""
    return seal_and_open(tmp_path, cut(read(video("plain.mp4"))[0]))


def seal_and_open(folder: Path, segments: list[Segment]) -> Clip:
    identity, epoch = make_epoch()
    occasion = Occasion(
        label="person", start=segments[0].wall, end=segments[-1].wall, score=90, thumb=b"thumb"
    )
    sealer = Sealer(folder, HOUSEHOLD, HUB.signing)
    parcel, _ = sealer.seal(CAMERA, occasion, segments, epoch, "hub")
    sealer.close()
    opened = open_clip_manifest(parcel.manifest, [identity.secret], HUB.signing.public)
    reader = ClipReader(opened.manifest.seal, parcel.hdr, [identity.secret])
    return reader.whole(parcel.pay), opened.manifest


def share(
    clip: Clip, keep: tuple[int, int], case: keys.Identity = CASE, seed: bytes = SEED
) -> SealedDisclosure:
    plain, manifest = clip
    identifier, sealed = disclose(
        plain, manifest, keep=keep, request=REQUEST, case_key=case.recipient, seed=seed
    )
    assert open_with(sealed, case).manifest.facts.disclosure == identifier
    return sealed


def open_with(sealed: SealedDisclosure, case: keys.Identity) -> OpenedDisclosure:
    return open_disclosure_manifest(sealed.manifest_age, [case.secret], case.recipient)


def plain_of(sealed: SealedDisclosure, case: keys.Identity = CASE) -> bytes:
    return ClipReader(open_with(sealed, case).manifest.seal, sealed.hdr, [case.secret]).whole(sealed.pay)


@pytest.mark.parametrize(
    ("keep", "pictures"), [((0, 3), 40), ((1, 2), 20), ((0, 0), 10), ((3, 3), 10)], ids=str
)
def test_a_trimmed_copy_opens_with_the_case_key_and_plays(
    clip: Clip, frames: Callable[[bytes], int], keep: tuple[int, int], pictures: int
) -> None:
    """What was cut away is not in the copy; what was kept plays by itself, from its own zero."""
    assert [segment.duration_ms for segment in clip[1].facts.segments] == [1_000] * 4
    sealed = share(clip, keep)
    facts = open_with(sealed, CASE).manifest.facts
    assert frames(plain_of(sealed)) == pictures
    assert facts.trimmed == (keep != (0, 3))
    assert facts.start == clip[1].facts.start + timedelta(seconds=keep[0])
    assert facts.duration_ms == pictures * 100
    assert facts.segments[0].start_ms == 0


def test_what_was_cut_away_is_nowhere_in_the_copy(clip: Clip) -> None:
    plain, manifest = clip
    copy = plain_of(share(clip, (1, 2)))
    pictures = [plain[s.offset : s.offset + s.length][-500:] for s in manifest.facts.segments]
    assert [picture in copy for picture in pictures] == [False, True, True, False]


def test_a_copy_has_sound_exactly_if_the_clip_has_and_no_second_of_it_more_than_was_kept(
    tmp_path: Path, frames: Callable[[bytes], int]
) -> None:
    """R03: what was said before and after stays at home with the pictures."""
    found = demuxed.packets(demuxed.make(tmp_path / "film", "h264", "aac", seconds=4))
    plain, manifest = seal_and_open(tmp_path, demuxed.cut(found))
    assert manifest.facts.mime.endswith(', mp4a.40.2"')
    sealed = share((plain, manifest), (1, 2))
    copy = plain_of(sealed)
    assert open_with(sealed, CASE).manifest.facts.mime == manifest.facts.mime
    spoken = [p for p in found if isinstance(p, AudioPacket) and len(p.data) > 40]
    assert len(spoken) > 50
    for packet in spoken:
        assert (packet.data in copy) == (90_000 <= packet.pts_90k < 270_000)
    assert frames(copy) > 60


def test_a_copy_names_no_household_camera_or_clip(clip: Clip) -> None:
    """The agency learns what is to be seen and when, not from whom."""
    facts = clip[1].facts
    sealed = share(clip, (1, 2))
    box = open_age(sealed.manifest_age, [CASE.secret])
    names = (HOUSEHOLD, CAMERA.id, CAMERA.name, facts.clip, "thumb", "camera", "household")
    for secret in (*names, MEMBER.signing.public.hex(), HUB.signing.public.hex()):
        assert secret.encode() not in box
        assert secret.encode() not in plain_of(sealed)


def test_two_cases_cannot_be_linked_by_who_signed(clip: Clip) -> None:
    """One case knows its household by one key; another case, or another home, by another."""
    one, again = share(clip, (0, 1)), share(clip, (2, 3))
    other = share(clip, (0, 1), OTHER_CASE)
    neighbour = share(clip, (0, 1), seed=b"n" * 32)
    signers = [open_with(sealed, CASE).manifest.signer for sealed in (one, again, neighbour)]
    elsewhere = open_with(other, OTHER_CASE).manifest.signer
    assert signers[0] == signers[1]
    assert len({*signers, elsewhere, MEMBER.signing.public}) == 4


def test_a_copy_opens_for_its_own_case_only(clip: Clip) -> None:
    sealed = share(clip, (0, 3))
    with pytest.raises(SealError):
        open_with(sealed, OTHER_CASE)
    opened = open_with(sealed, CASE)
    assert opened.manifest.case_key_sha256 == hashlib.sha256(CASE.recipient.encode()).digest()
    with pytest.raises(SealError):
        check_disclosure_manifest(opened.raw.replace(b'"trimmed":false', b'"trimmed":true'), opened.sig)


def test_each_copy_has_a_key_of_its_own(clip: Clip) -> None:
    """R03: who gets a copy cannot open the clip it was made of."""
    one, again = share(clip, (0, 3)), share(clip, (0, 3))
    commitments = {open_with(sealed, CASE).manifest.seal.kc for sealed in (one, again)}
    assert len(commitments | {clip[1].seal.kc}) == 3


@pytest.mark.parametrize(
    ("span", "segments"),
    [
        ((0, 4_000), (0, 3)),
        ((1_000, 3_000), (1, 2)),
        ((999, 3_001), (0, 3)),
        ((1_500, 1_501), (1, 1)),
        ((3_900, 9_000), (3, 3)),
        ((0, 1), (0, 0)),
        ((9_000, 9_500), (0, 3)),
    ],
)
def test_the_segments_chosen_cover_the_span_and_no_more(
    clip: Clip, span: tuple[int, int], segments: tuple[int, int]
) -> None:
    assert choose(clip[1], *span) == segments


@pytest.mark.parametrize("keep", [(2, 1), (0, 4), (-1, 2)])
def test_segments_that_are_not_there_make_no_copy(clip: Clip, keep: tuple[int, int]) -> None:
    with pytest.raises(BadFmp4):
        share(clip, keep)


def test_a_case_key_that_a_quantum_computer_breaks_gets_nothing(clip: Clip) -> None:
    weak = keys.Identity("", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
    with pytest.raises(SealError, match="post-quantum"):
        share(clip, (0, 3), weak)
