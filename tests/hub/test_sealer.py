"""Clips as they are sealed: numbered, chained, readable by members only."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tests.hub import demuxed
from tests.hub.homes import CAMERA, HUB, MEMBER, make_epoch
from tests.hub.limits import full_disk

from fanlight.hub.camera import FileCamera, Packet
from fanlight.hub.options import Camera
from fanlight.hub.outbox import OutboxFull, Parcel
from fanlight.hub.sealer import Kept, Occasion, Sealer
from fanlight.hub.segmenter import Segment
from fanlight.hub.segmenter.boxes import BadFmp4
from fanlight.seal.container import open_card
from fanlight.seal.epoch import Epoch
from fanlight.seal.errors import NotForUs
from fanlight.seal.keys import new_identity
from fanlight.seal.opening import open_age
from fanlight.seal.reading import ClipReader, OpenedClip, Order, check_card, open_clip_manifest, open_epoch

HOUSEHOLD = "h" * 26
BACK = Camera(id="b" * 26, name="Back door", url="/nowhere.mp4")
Read = Callable[[Path], tuple[list[Packet], FileCamera]]
Cut = Callable[[list[Packet]], list[Segment]]
Video = Callable[[str], Path]
_, EPOCH = make_epoch()


@pytest.fixture
def segments(video: Video, read: Read, cut: Cut) -> list[Segment]:
    packets, _ = read(video("plain.mp4"))
    return cut(packets)


def open_sealer(folder: Path) -> Sealer:
    return Sealer(folder, HOUSEHOLD, HUB.signing)


def seal(sealer: Sealer, segments: list[Segment], camera: Camera = CAMERA) -> tuple[Parcel, Kept]:
    occasion = Occasion(
        label="person", start=segments[0].wall, end=segments[-1].wall_end, score=87, thumb=b"\xff\xd8jpeg"
    )
    return sealer.seal(camera, occasion, segments, EPOCH, "media")


def open_parcel(parcel: Parcel, epoch: Epoch = EPOCH) -> OpenedClip:
    """Open a parcel as a member does: epoch, manifest, card."""
    identity = open_epoch(epoch, [MEMBER.age.secret])
    opened = open_clip_manifest(parcel.manifest, [identity], HUB.signing.public)
    check_card(opened, open_card(parcel.card, parcel.card_sig, HUB.signing.public), parcel.manifest)
    return opened


def test_a_guest_opens_the_clips_that_are_theirs_with_their_own_key_and_no_other(
    tmp_path: Path, segments: list[Segment]
) -> None:
    """R52: header and manifest of a guest's camera open for them; the other camera's stay closed."""
    guest = new_identity()
    asked: list[datetime] = []

    def guests(camera: str, at: datetime) -> list[str]:
        asked.append(at)
        return [guest.recipient if camera == CAMERA.id else new_identity().recipient]

    sealer = Sealer(tmp_path, HOUSEHOLD, HUB.signing, guests)
    theirs, _ = seal(sealer, segments)
    others, _ = seal(sealer, segments, BACK)
    assert asked == [segments[0].wall] * 2
    opened = open_clip_manifest(theirs.manifest, [guest.secret], HUB.signing.public)
    reader = ClipReader(opened.manifest.seal, theirs.hdr, [guest.secret])
    identity = open_epoch(EPOCH, [MEMBER.age.secret])
    whole = ClipReader(open_parcel(theirs).manifest.seal, theirs.hdr, [identity]).whole(theirs.pay)
    assert reader.whole(theirs.pay) == whole
    for closed in (others.manifest, others.hdr + others.pay):
        with pytest.raises(NotForUs):
            open_age(closed, [guest.secret])
    stanzas = [part.hdr.count(b"\n-> mlkem768x25519 ") for part in (theirs, others)]
    assert stanzas == [2, 2]  # the server cannot tell which of the two the guest may see
    assert len(theirs.hdr) == len(others.hdr)


def test_the_clips_of_a_day_are_counted_once_they_went(tmp_path: Path, segments: list[Segment]) -> None:
    """R03: what the hub counts and signs is what members compare with what the server shows them."""
    sealer = open_sealer(tmp_path)
    made = [seal(sealer, segments)[1] for _ in range(3)] + [seal(sealer, segments, BACK)[1]]
    day, end = made[0].start.date(), made[0].end
    assert sealer.sent(day, end, []) == {
        CAMERA.id: {day.isoformat(): 3},
        BACK.id: {day.isoformat(): 1},
    }
    sealer.lose(made[1].clip)
    assert sealer.sent(day, end, [made[0].clip, made[3].clip]) == {CAMERA.id: {day.isoformat(): 1}}
    assert sealer.sent(day, end - timedelta(milliseconds=1), []) == {}
    assert sealer.sent(day + timedelta(days=1), end, []) == {}


def test_a_member_opens_what_was_sealed_and_it_plays(
    tmp_path: Path, segments: list[Segment], frames: Callable[[bytes], int]
) -> None:
    """R03: what the hub recorded is what a member sees, and every piece is checked."""
    parcel, kept = seal(open_sealer(tmp_path), segments)
    opened = open_parcel(parcel)
    identity = open_epoch(EPOCH, [MEMBER.age.secret])
    plain = ClipReader(opened.manifest.seal, parcel.hdr, [identity]).whole(parcel.pay)
    assert frames(plain) == 40
    facts = opened.manifest.facts
    assert (facts.clip, facts.camera_name, facts.label, facts.score) == (
        kept.clip,
        "Front door",
        "person",
        87,
    )
    assert (facts.start, facts.duration_ms, facts.clock) == (segments[0].wall, 4_000, "media")
    for place, segment in zip(facts.segments, segments, strict=True):
        inside = plain[place.offset : place.offset + place.length]
        assert len(inside) == len(segment.fragment)
        assert inside[-1_000:] == segment.fragment[-1_000:]


def test_nothing_of_it_can_be_read_on_its_way(tmp_path: Path, segments: list[Segment]) -> None:
    """R03: no name, label, thumbnail or picture is in a parcel, and no key that opens it is at the hub."""
    parcel, kept = seal(open_sealer(tmp_path), segments)
    everything = b"".join([parcel.card, parcel.card_sig, parcel.manifest, parcel.hdr, parcel.pay])
    for secret in (
        b"Front door",
        b"person",
        b"\xff\xd8jpeg",
        b"ftyp",
        CAMERA.id.encode(),
        HOUSEHOLD.encode(),
    ):
        assert secret not in everything
    assert kept.clip.encode() in parcel.card
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert EPOCH.statement.recipient.encode() not in on_disk
    assert b"Front door" not in on_disk


def test_numbers_and_links_go_on_over_restarts(tmp_path: Path, segments: list[Segment]) -> None:
    """A camera's clips are one chain; a number is used once."""
    opened = []
    for _ in range(3):
        sealer = open_sealer(tmp_path)
        opened += [open_parcel(seal(sealer, segments)[0]) for _ in range(2)]
        sealer.close()
    assert [one.manifest.seq for one in opened] == list(range(6))
    assert opened[0].manifest.prev is None
    assert all(after.manifest.prev == before.chain_hash for before, after in pairwise(opened))
    order = Order()
    for one in reversed(opened):
        order.add(one)


def test_each_camera_has_a_chain_of_its_own(tmp_path: Path, segments: list[Segment]) -> None:
    sealer = open_sealer(tmp_path)
    first, other = seal(sealer, segments)[0], seal(sealer, segments, BACK)[0]
    assert [open_parcel(one).manifest.seq for one in (first, other)] == [0, 0]


def test_two_clips_share_no_key_and_no_size_tells_them_apart(tmp_path: Path, segments: list[Segment]) -> None:
    """R11: a second's difference does not show in what is stored."""
    sealer = open_sealer(tmp_path)
    long, short = seal(sealer, segments)[0], seal(sealer, segments[:2])[0]
    assert len(long.pay) == len(short.pay)
    assert len(long.manifest) == len(short.manifest)
    assert open_parcel(long).manifest.seal.kc != open_parcel(short).manifest.seal.kc


def test_what_was_kept_is_remembered_for_matching(tmp_path: Path, segments: list[Segment]) -> None:
    sealer = open_sealer(tmp_path)
    later = [replace(segment, wall=segment.wall + timedelta(hours=1)) for segment in segments]
    second, first = seal(sealer, later)[1], seal(sealer, segments)[1]
    sealer.close()
    assert open_sealer(tmp_path).kept() == [first, second]
    assert first.end - first.start == timedelta(seconds=4)


def test_clips_that_ended_before_a_time_are_not_asked_for_again(
    tmp_path: Path, segments: list[Segment]
) -> None:
    """A hub that was on for years reads what its open requests can concern, no more."""
    sealer = open_sealer(tmp_path)
    found = []
    for hours in (0, 1, 2):
        moved = [replace(s, wall=s.wall + timedelta(hours=hours, milliseconds=hours)) for s in segments]
        found.append(seal(sealer, moved)[1])
    assert sealer.kept(found[1].end) == found[2:]
    assert sealer.kept(found[1].end - timedelta(microseconds=1)) == found[1:]
    assert sealer.kept(found[0].start) == sealer.kept() == found
    assert sealer.kept(found[2].end) == []


@pytest.mark.parametrize(
    ("picture", "sound", "codec"), [("h264", "opus", "opus"), ("h265", "alaw", "mp4a.40.2")]
)
def test_a_manifest_names_what_a_player_must_know(
    tmp_path: Path, picture: str, sound: str, codec: str
) -> None:
    """The clip is in codings that browsers play, and says in which."""
    recorded = demuxed.cut(demuxed.packets(demuxed.make(tmp_path / "film", picture, sound, seconds=2)))
    parcel, _ = seal(open_sealer(tmp_path), recorded)
    said = open_parcel(parcel).manifest.facts.mime
    assert re.fullmatch(rf'video/mp4; codecs="avc1\.[0-9a-f]{{6}}, {re.escape(codec)}"', said)


def test_a_clip_that_was_lost_matches_nothing_but_keeps_its_number(
    tmp_path: Path, segments: list[Segment]
) -> None:
    sealer = open_sealer(tmp_path)
    lost = seal(sealer, segments)[1]
    sealer.lose(lost.clip)
    parcel, kept = seal(sealer, segments)
    assert sealer.kept() == [kept]
    assert open_parcel(parcel).manifest.seq == 1


def test_segments_that_make_no_clip_use_no_number(tmp_path: Path, segments: list[Segment]) -> None:
    sealer = open_sealer(tmp_path)
    with pytest.raises(BadFmp4):
        seal(sealer, [replace(segments[0], is_key=False)])
    assert open_parcel(seal(sealer, segments)[0]).manifest.seq == 0


def test_a_full_disk_uses_no_number(tmp_path: Path, segments: list[Segment]) -> None:
    sealer = open_sealer(tmp_path)
    first = seal(sealer, segments)[0]
    with full_disk(), pytest.raises(OutboxFull):
        seal(sealer, segments)
    second = open_parcel(seal(sealer, segments)[0])
    assert second.manifest.seq == 1
    assert second.manifest.prev == open_parcel(first).chain_hash


def test_a_number_cannot_be_given_twice_even_by_two_hubs_on_one_disk(
    tmp_path: Path, segments: list[Segment]
) -> None:
    one, other = open_sealer(tmp_path), open_sealer(tmp_path)
    numbers = [open_parcel(seal(sealer, segments)[0]).manifest.seq for sealer in (one, other, one)]
    assert numbers == [0, 1, 2]
    with sqlite3.connect(tmp_path / "clips.sqlite") as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(
            "INSERT INTO clip SELECT 'x', camera, seq, hash, label, start, finish, 0 FROM clip LIMIT 1"
        )


def test_an_event_of_an_older_epoch_opens_with_that_epochs_key_only(
    tmp_path: Path, segments: list[Segment]
) -> None:
    parcel, _ = seal(open_sealer(tmp_path), segments)
    newer, _ = make_epoch(EPOCH)
    with pytest.raises(Exception, match="sealed to other keys"):
        open_age(parcel.manifest, [newer.secret])
