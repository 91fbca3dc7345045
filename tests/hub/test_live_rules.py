"""The rules of live viewing without a socket: messages, keys, rungs, the list of who watched."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.hub.live import asking, words
from fanlight.hub.live.adapt import BAD_FOR, LATE_MS, Ladder, ladder
from fanlight.hub.live.errors import BadAsk, BadMessage
from fanlight.hub.live.people import Person, find, people
from fanlight.hub.live.sealed import Listener, Speaker, StreamKey, open_picture
from fanlight.hub.live.streams import Stream, Told
from fanlight.hub.live.viewings import MOST, MOST_OPENED, OPENED_IN_BOX, Viewings
from fanlight.hub.packet import Packet, StreamInfo
from fanlight.model import clock
from fanlight.seal import book, keys, sealing
from fanlight.seal.epoch import Epoch
from fanlight.seal.notes import Guest, Notes
from fanlight.seal.roll import Member, Role, Roll
from fanlight.seal.sheet import new_sheet
from fanlight.wire.relay import Class, Send

ROOT = Path(__file__).resolve().parents[2]
HOME, CAMERA, OTHER = "h" * 26, "c" * 26, "d" * 26
OWNER, GUEST = keys.member_keys(b"o" * 32), keys.member_keys(b"g" * 32)
HUB, HUB_SIGNS = keys.new_identity(), keys.SigningKey(b"s" * 32)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY, SESSION = bytes(32), bytes(16)


def vector() -> dict[str, object]:
    return dict(json.loads((ROOT / "vectors/live/sealed.json").read_text()))


def test_the_vectors_open_as_they_say() -> None:
    case = vector()
    key, session = bytes.fromhex(str(case["key"])), bytes.fromhex(str(case["session"]))
    up = Listener(key, session, "up")
    opened = [up.open(bytes.fromhex(text)) for text in case["sealed_words"]]  # type: ignore[attr-defined]
    assert [(kind, body.hex()) for kind, body in opened] == [
        (one["kind"], one["body"])
        for one in case["words"]  # type: ignore[attr-defined]
    ]
    for text, told in zip(case["sealed_pictures"], case["pictures"], strict=True):  # type: ignore[call-overload]
        _, number, is_key, at_us, wall_us, data = open_picture(key, CAMERA, "main", bytes.fromhex(text))
        assert (number, is_key, at_us, wall_us, data.decode()) == tuple(told.values())


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=50)), min_size=2, max_size=6), st.data())
def test_words_that_are_altered_repeated_moved_or_left_out_are_noticed(
    said: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    """R03: the relay can end a session and do nothing else to it."""
    speaker = Speaker(KEY, SESSION, "up")
    messages = [speaker.seal(kind, body) for kind, body in said]
    place = data.draw(st.integers(0, len(messages) - 1))
    how = data.draw(st.sampled_from(["altered", "repeated", "left out", "other way", "other session"]))
    listener = Listener(KEY, SESSION, "up")
    for message in messages[:place]:
        listener.open(message)
    if how == "altered":
        at = data.draw(st.integers(0, len(messages[place]) - 1))
        bad = bytearray(messages[place])
        bad[at] ^= 1 << data.draw(st.integers(0, 7))
        wrong = bytes(bad)
    elif how == "repeated":
        listener.open(messages[place])
        wrong = messages[place]
    elif how == "left out":
        wrong = messages[place + 1] if place + 1 < len(messages) else messages[0][:5]
    elif how == "other way":
        listener, wrong = Listener(KEY, SESSION, "down"), messages[0]
    else:
        listener, wrong = Listener(KEY, bytes([1] * 16), "up"), messages[0]
    with pytest.raises(BadMessage):
        listener.open(wrong)


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_as_words_and_as_a_picture(data: bytes) -> None:
    with pytest.raises(BadMessage):
        Listener(KEY, SESSION, "up").open(data)
    with pytest.raises(BadMessage):
        open_picture(KEY, CAMERA, "main", data)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_a_known_word_or_refused(body: bytes) -> None:
    with contextlib.suppress(BadMessage):
        assert isinstance(words.read(body), words.Word)


def test_a_picture_of_one_camera_cannot_be_shown_as_anothers() -> None:
    stream = StreamKey(3, CAMERA, "main")
    message = stream.seal(b"picture", is_key=True, at_us=1, wall_us=2)
    for camera, role in ((OTHER, "main"), (CAMERA, "sub")):
        with pytest.raises(BadMessage):
            open_picture(stream.key, camera, role, message)
    moved = message[:1] + (4).to_bytes(4) + message[5:]
    with pytest.raises(BadMessage):
        open_picture(stream.key, CAMERA, "main", moved)


def ask(challenge: bytes, who: keys.MemberKeys = OWNER, account: str = "a" * 26) -> bytes:
    return asking.make_ask(
        household=HOME,
        challenge=challenge,
        account=account,
        age_recipient=who.age.recipient,
        nonce=bytes(16),
        at=AT,
        signing=who.signing,
        hub_recipient=HUB.recipient,
    )


def read(asked: bytes, challenge: bytes, listed: tuple[Person, ...]) -> asking.Asked:
    return asking.read_ask(asked, identity=HUB.secret, household=HOME, challenge=challenge, listed=listed)


def test_a_question_counts_for_its_own_challenge_and_its_own_people() -> None:
    """R04 R05: what the relay kept of an earlier question opens nothing."""
    challenge = asking.new_challenge()
    listed = (Person("a" * 26, OWNER.signing.public, OWNER.age.recipient),)
    asked = read(ask(challenge), challenge, listed)
    made, answer = asking.make_answer(asked, household=HOME, at=AT, signing=HUB_SIGNS)
    ours: dict[str, Any] = {"identity": OWNER.age.secret, "household": HOME, "nonce": bytes(16)}
    assert asking.read_answer(answer, hub=HUB_SIGNS.public, **ours) == made
    with pytest.raises(BadAsk):
        asking.read_answer(answer, hub=OWNER.signing.public, **ours)
    with pytest.raises(BadAsk):
        asking.read_answer(answer, hub=HUB_SIGNS.public, **(ours | {"nonce": bytes([1] * 16)}))
    with pytest.raises(BadAsk):
        asking.read_answer(answer, hub=HUB_SIGNS.public, **(ours | {"identity": GUEST.age.secret}))
    for wrong in (
        (ask(challenge), asking.new_challenge(), listed),
        (ask(challenge, GUEST), challenge, listed),
        (ask(challenge, account="b" * 26), challenge, listed),
        (ask(challenge), challenge, (Person("a" * 26, OWNER.signing.public, GUEST.age.recipient),)),
        (ask(challenge), challenge, ()),
        (sealing.seal(b"{}", [HUB.recipient]), challenge, listed),
    ):
        with pytest.raises(BadAsk):
            read(*wrong)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_a_question(data: bytes) -> None:
    with pytest.raises(BadAsk):
        read(data, bytes(32), ())


def household(*roles: tuple[str, Role]) -> Epoch:
    members = tuple(
        Member(account=account, sign_pub=who.signing.public, age_recipient=who.age.recipient, role=role)
        for (account, role), who in zip(roles, (OWNER, GUEST), strict=False)
    )
    _, made = book.next_epoch(
        household=HOME,
        after=None,
        roll=Roll(members=members, recovery=new_sheet().public),
        notes=Notes(why="founded"),
        signer=OWNER.signing,
        day=AT.date(),
    )
    return made


def test_a_guest_sees_chosen_cameras_until_the_end_and_an_installer_or_landlord_nothing() -> None:
    """R10 R52: roles are the book's, as an owner signed it."""
    guests = {"g" * 26: Guest(cameras=frozenset({CAMERA}), until=AT + timedelta(hours=1))}
    listed = people(household(("o" * 26, "owner"), ("g" * 26, "guest")), guests, b"")
    owner, guest = (find(listed, who.signing.public) for who in (OWNER, GUEST))
    assert owner is not None
    assert guest is not None
    for what in ("live", "footage", "talk"):
        assert owner.may(what, OTHER, AT)
    assert guest.may("live", CAMERA, AT)
    assert not guest.may("live", OTHER, AT)
    assert not guest.may("live", CAMERA, AT + timedelta(hours=1))
    assert not guest.may("footage", CAMERA, AT)
    assert not guest.may("talk", CAMERA, AT)
    for role in ("installer", "landlord"):
        listed = people(household(("o" * 26, "owner"), ("g" * 26, role)), {}, b"")
        assert find(listed, GUEST.signing.public) is None
    assert people(None, {}, OWNER.signing.public) == ()


_Reports = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 3)), max_size=200)


@given(st.sampled_from(["auto", "main", "sub"]), st.integers(0, 4000), st.booleans(), st.booleans(), _Reports)
def test_a_ladder_never_leaves_its_rungs_and_goes_to_the_smaller_stream_at_once(
    quality: str,
    width: int,
    main_plays: bool,  # noqa: FBT001 - drawn
    has_sub: bool,  # noqa: FBT001 - drawn
    reports: list[tuple[int, int]],
) -> None:
    at: Ladder = ladder(
        quality,  # type: ignore[arg-type]
        width=width,
        main_width=1920,
        sub_width=640,
        main_plays=main_plays,
        has_sub=has_sub,
    )
    if quality == "sub" and has_sub:
        assert all(rung.role == "sub" for rung in at.rungs)
    if not main_plays and has_sub:
        assert all(rung.role == "sub" for rung in at.rungs)
    for behind_ms, missed in reports:
        before = at
        at = at.hear(behind_ms=behind_ms, missed=missed)
        assert at.rung in at.rungs
        assert abs(at.step - before.step) <= 1
        if missed:
            assert at.step >= before.step
            below = at.rungs[min(before.step + 1, len(at.rungs) - 1)]
            assert at.step > before.step or below.keys_only
            assert at.step > before.step or at.bad > before.bad or before.step == len(at.rungs) - 1


def test_one_bad_second_costs_nobody_all_pictures_but_key_frames() -> None:
    """R01: a browser that was busy for a moment sees on; who is behind for good sees key frames."""
    at = ladder("auto", width=1900, main_width=1920, sub_width=0, main_plays=True, has_sub=False)
    for missed in (1, 0, 2, 3, 0):
        at = at.hear(behind_ms=100, missed=missed)
        assert not at.rung.keys_only
    for _ in range(BAD_FOR):
        assert not at.rung.keys_only
        at = at.hear(behind_ms=4_000, missed=0)
    assert at.rung.keys_only


def test_nobody_stays_with_key_frames_who_is_a_little_behind() -> None:
    """R01: two reports that are not bad give all pictures back, however often that did not last before."""
    at = ladder("auto", width=1900, main_width=1920, sub_width=0, main_plays=True, has_sub=False)
    for _ in range(5):
        while not at.rung.keys_only:
            at = at.hear(behind_ms=LATE_MS + 1, missed=0)
        at = at.hear(behind_ms=LATE_MS, missed=0).hear(behind_ms=LATE_MS, missed=0)
        assert not at.rung.keys_only


def test_who_recovers_gets_the_better_picture_back_and_who_does_not_waits_longer_each_time() -> None:
    at = ladder("auto", width=1900, main_width=1920, sub_width=640, main_plays=True, has_sub=True)
    waits: list[int] = []
    for _ in range(3):
        at = at.hear(behind_ms=0, missed=1)
        assert at.rung.role == "sub"
        count = 0
        while at.rung.role == "sub":
            at, count = at.hear(behind_ms=100, missed=0), count + 1
        waits.append(count)
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_opened_clips_are_told_for_each_person_and_camera_and_push_nobody_else_out(tmp_path: Path) -> None:
    """R52: what one member opened all can see, over a restart too; many openings hide no viewing."""
    viewings = Viewings(tmp_path)
    viewing = viewings.begin("o" * 26, CAMERA, "live")
    viewings.end(viewing)
    now = clock.now()
    for number in range(3):
        viewings.open("o" * 26, CAMERA, f"clip{number}", now - timedelta(minutes=number))
        viewings.open("o" * 26, CAMERA, f"clip{number}", now)
    [told] = viewings.opened
    assert (told.account, told.camera, len(told.clips)) == ("o" * 26, CAMERA, 3)
    assert (told.since, told.until) == (now - timedelta(minutes=2), now)
    for number in range(MOST_OPENED + 20):
        viewings.open("g" * 26, OTHER, f"other{number}", now - timedelta(hours=number))
    viewings.open("g" * 26, OTHER, "tomorrow", now + timedelta(days=2))
    again = Viewings(tmp_path)
    assert [one.account for one in again.lately] == ["o" * 26]
    assert len([one for one in again.opened if one.account == "g" * 26]) == MOST_OPENED
    assert [one for one in again.opened if one.account == "o" * 26] == [told]
    assert all(one.until <= clock.now() for one in again.opened)
    assert len(again.opened_for_box()) <= OPENED_IN_BOX
    assert again.opened_for_box()[0].keys() == {"account", "camera", "clips", "since", "until"}


INFO = StreamInfo(codec="avc1.42e01e", width=320, height=180, config=b"\1")


def packets(count: int, run: int = 0) -> Iterator[Packet]:
    for number in range(count):
        yield Packet(
            info=INFO,
            run=run,
            pts_90k=number * 6_000,
            dts_90k=None,
            is_key=number % 5 == 0,
            data=b"picture %d" % number,
            wall=AT + timedelta(seconds=number / 15),
        )


def test_a_stream_is_sealed_once_for_all_and_not_at_all_for_nobody() -> None:
    numbers = iter(range(1, 100))
    stream = Stream(CAMERA, "main", lambda: next(numbers))
    seen = list(packets(20))
    assert not [out for packet in seen[:7] for out in stream.feed(packet)]
    assert stream.sealed == 0
    list(stream.add(1, None, keys_only=False))
    outs = [out for packet in seen[7:13] for out in stream.feed(packet)]
    assert isinstance(outs[0], Told)
    sends = [out for out in outs if isinstance(out, Send)]
    assert [send.kind for send in sends] == [Class.KEY, Class.DELTA, Class.DELTA], "from a key frame on"
    late = list(stream.add(2, None, keys_only=False))
    assert [out.payload for out in late if isinstance(out, Send)] == [send.payload for send in sends]
    assert stream.sealed == 3
    (both,) = [out for out in stream.feed(seen[13]) if isinstance(out, Send)]
    assert both.viewers == (1, 2)
    stream.remove(2)
    assert not list(stream.feed(seen[14])), "nothing is shown under the key that somebody took along"
    renewed = list(stream.feed(seen[15]))
    assert isinstance(renewed[0], Told)
    assert renewed[0].viewers == (1,)
    assert isinstance(outs[0], Told)
    assert renewed[0].key.key != outs[0].key.key
    assert [out.viewers for out in stream.feed(seen[16]) if isinstance(out, Send)] == [(1,)]


def test_who_sees_key_frames_only_gets_no_other() -> None:
    numbers = iter(range(1, 100))
    stream = Stream(CAMERA, "sub", lambda: next(numbers))
    list(stream.add(1, None, keys_only=True))
    outs = [out for packet in packets(15) for out in stream.feed(packet)]
    assert {out.kind for out in outs if isinstance(out, Send)} == {Class.KEY}


def test_each_viewing_is_kept_and_beginning_many_does_not_push_one_out(tmp_path: Path) -> None:
    """R52: it outlives the hub's restart; stopping and beginning again is one viewing."""
    viewings = Viewings(tmp_path)
    first = viewings.begin("a" * 26, CAMERA, "live")
    for _ in range(MOST + 50):
        again = viewings.begin("b" * 26, CAMERA, "live")
        viewings.end(again)
    assert len(viewings.lately) == 2
    viewings.end(first)
    assert viewings.current == []
    other = Viewings(tmp_path)
    assert {(one.account, one.camera, one.what) for one in other.lately} == {
        ("a" * 26, CAMERA, "live"),
        ("b" * 26, CAMERA, "live"),
    }
    lasting = other.begin("a" * 26, OTHER, "footage")
    assert [one["until"] for one in other.for_box()][:1] == [None]
    assert lasting
    restarted = Viewings(tmp_path)
    assert restarted.current == [], "a hub that was switched off ended what was under way"
    assert (tmp_path / "viewings.json").stat().st_mode & 0o077 == 0
    assert clock.now() >= max(one.until or AT for one in restarted.lately)
