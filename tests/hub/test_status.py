"""The status box: what it says, and that its size says nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.hub.cells import PLACE
from tests.hub.homes import HOUSEHOLD, HUB, make_epoch

from fanlight.hub.status import BOX_BYTES, CameraStatus, Match, StatusTooLarge, make_status
from fanlight.model.ids import new_id
from fanlight.seal import keys
from fanlight.seal.errors import BadSignature
from fanlight.seal.opening import open_age
from fanlight.wire import b64, jcs

AT = datetime(2026, 11, 21, 18, 36, 41, tzinfo=UTC)
IDENTITY, EPOCH = make_epoch()


def test_the_box_tells_from_which_day_on_the_hub_needs_the_households_keys() -> None:
    """R05: members destroy no key that opens what is still at home; one that keeps nothing says today."""
    assert box(keys_since=date(2026, 10, 3))[1]["keys_since"] == "2026-10-03"
    assert box()[1]["keys_since"] == AT.date().isoformat()


DAYS = {name * 26: {f"2026-11-{day:02d}": 10 * day for day in range(8, 22)} for name in "cdefghijklmnopqrst"}


def camera(name: str = "Front door", note: str = "") -> CameraStatus:
    return CameraStatus(id=new_id(), name=name, state="recording", since=AT - timedelta(hours=1), note=note)


def match(clips: int = 1) -> Match:
    return Match(request=new_id(), clips=tuple(new_id() for _ in range(clips)))


def box(
    matches: Sequence[Match] = (),
    cameras: Sequence[CameraStatus] = (),
    waiting: int = 0,
    sent: dict[str, dict[str, int]] | None = None,
    keys_since: date | None = None,
) -> tuple[bytes, dict[str, Any]]:
    """Return the sealed box and what a member reads in it."""
    sealed = make_status(
        household=HOUSEHOLD,
        at=AT,
        place=PLACE,
        cameras=cameras,
        matches=matches,
        waiting=waiting,
        sent=sent,
        keys_since=keys_since,
        epoch=EPOCH,
        signing=HUB.signing,
    )
    plain = open_age(sealed, [IDENTITY.secret])
    assert len(plain) == BOX_BYTES
    opened = jcs.loads(plain)
    signed = opened["manifest"].encode()
    keys.verify(HUB.signing.public, "hub-status", signed, b64.decode(opened["sig"]))
    return sealed, jcs.loads(signed)


def test_the_box_tells_the_head_of_the_book_so_that_members_can_compare() -> None:
    """R03: a server that shows the hub other keys than the members is found out by them."""
    _, said = box()
    assert said["head"] == {"n": EPOCH.statement.n, "hash": EPOCH.chain_hash.hex()}


def test_the_server_sees_one_size_whatever_happened() -> None:
    """R24: no match, one, two hundred; no camera or eight; nothing waiting or much: the same bytes' count."""
    boxes = [
        box(),
        box([match()]),
        box([match() for _ in range(200)]),
        box([match(clips=5_000)]),
        box(cameras=[camera() for _ in range(8)]),
        box(cameras=[camera("Tür — hinten 🚪", "Die Kamera antwortet nicht.")], waiting=1_000_000),
        box([match(3), match(500)], [camera(), camera()], 7),
        box(sent=DAYS),
    ]
    assert len({len(sealed) for sealed, _ in boxes}) == 1


def test_a_member_reads_what_the_hub_wrote() -> None:
    one, door = match(3), camera(note="A clip was lost.")
    _, said = box([one], [door], 4)
    assert said["matches"] == [{"request": one.request, "clips": list(one.clips)}]
    assert said["cameras"][0] == {
        "id": door.id,
        "name": "Front door",
        "state": "recording",
        "since": "2026-11-21T17:36:41.000Z",
        "note": "A clip was lost.",
    }
    assert said["held"] == {"clips_waiting": 4}
    assert (said["household"], said["at"]) == (HOUSEHOLD, "2026-11-21T18:36:41.000Z")
    assert said["place"] == list(PLACE)


def test_when_not_all_fits_the_newest_clips_and_requests_stay() -> None:
    long = match(5_000)
    _, said = box([long])
    (kept,) = said["matches"]
    assert tuple(kept["clips"]) == long.clips[-len(kept["clips"]) :]
    assert len(kept["clips"]) > 100
    many = [match() for _ in range(500)]
    _, said = box(many)
    assert [one["request"] for one in said["matches"]] == [
        one.request for one in many[-len(said["matches"]) :]
    ]


def test_days_that_were_counted_make_room_for_matches_and_the_latest_stay() -> None:
    """R03: the box says of each camera and day how many clips went; older days give way first."""
    _, said = box(sent=DAYS)
    assert said["sent"] == DAYS
    matches = [match(250), match(150)]
    _, said = box(matches, sent=DAYS)
    assert [len(one["clips"]) for one in said["matches"]] == [250, 150]
    left = {day for by_day in said["sent"].values() for day in by_day}
    assert left == set(sorted(DAYS["c" * 26])[-len(left) :])
    assert len(left) < len(DAYS["c" * 26])


def test_a_request_with_many_clips_does_not_push_out_one_with_few() -> None:
    few = match(1)
    _, said = box([few, match(5_000)])
    assert said["matches"][0]["request"] == few.request


def test_more_cameras_than_a_box_holds_are_refused_rather_than_shown_by_size() -> None:
    """R24: a larger box would tell."""
    with pytest.raises(StatusTooLarge) as refused:
        box([match()], [camera(note="n" * 400) for _ in range(60)])
    assert "second hub" in refused.value.do


def test_a_box_is_for_members_and_signed_by_the_hub() -> None:
    sealed, _ = box()
    opened = jcs.loads(open_age(sealed, [IDENTITY.secret]))
    with pytest.raises(BadSignature):
        keys.verify(HUB.signing.public, "clip", opened["manifest"].encode(), b64.decode(opened["sig"]))
