"""Wishes compared at home: near this place, in the time of a clip; whatever strangers write."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.answering import Answer, answering
from tests.hub.cells import CELL, CELL_KEY, PLACE
from tests.hub.homes import HUB, make_pairing

from fanlight.hub.sealer import Kept
from fanlight.hub.uplink import Uplink
from fanlight.hub.wishes import (
    MOST,
    MOST_CLIPS,
    NEAR_M,
    Wishes,
    WishesRefused,
    distance_m,
    find_wishes,
    read_wishes,
)
from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.seal import keys, sealing
from fanlight.wire import b64, jcs

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LON, LAT = PLACE


def words(**change: Any) -> dict[str, Any]:
    said = {"v": 1, "type": "wish", "lon": LON, "lat": LAT, "start": to_text(AT)}
    said |= {"end": to_text(AT + timedelta(hours=1)), "want": "erase", "words": "A red coat.", "pad": "00"}
    return said | change


def entry(**change: Any) -> dict[str, str]:
    return {
        "wish": new_id(),
        "sealed": b64.encode(sealing.seal(jcs.dumps(words(**change)), [CELL_KEY.recipient])),
    }


def file(*entries: dict[str, str], cell: str = CELL) -> bytes:
    return jcs.dumps({"v": 1, "type": "cell-wishes", "cell": cell, "wishes": list(entries)})


def clip(start: datetime, camera: str = "c" * 26) -> Kept:
    return Kept(clip=new_id(), camera=camera, label="person", start=start, end=start + timedelta(seconds=10))


def read(*entries: dict[str, str]) -> Any:
    return read_wishes(file(*entries), cell=CELL, identity=CELL_KEY.secret)


def test_a_wish_meets_the_clips_of_its_time_near_its_place_and_no_others() -> None:
    """R09: the home a street away and the clip of an hour later are not meant."""
    (wish,) = read(entry())
    inside, outside = clip(AT + timedelta(minutes=5)), clip(AT + timedelta(hours=2))
    (match,) = find_wishes([wish], [inside, outside], LON, LAT)
    assert (match.request, match.clips) == (wish.wish, (inside.clip,))
    assert find_wishes([wish], [outside], LON, LAT) == []
    far = LAT + 2 * NEAR_M / 111_000
    assert find_wishes([wish], [inside], LON, far) == []
    assert distance_m(LON, LAT, LON, far) == pytest.approx(2 * NEAR_M, rel=0.01)


def test_what_strangers_write_counts_for_nothing_and_hides_no_wish() -> None:
    """R09: wishes of another form, for whole days, or to another key beside a good one."""
    foreign = {"wish": new_id(), "sealed": b64.encode(sealing.seal(b"x", [keys.new_identity().recipient]))}
    bad = [
        entry(end=to_text(AT - timedelta(hours=1))),
        entry(end=to_text(AT + timedelta(days=2))),
        entry(want="identify"),
        entry(more="x"),
        entry(lon=500.0),
        entry(words="x" * 301),
        {"wish": new_id(), "sealed": "not base64"},
        foreign,
    ]
    good = entry()
    assert [wish.wish for wish in read(*bad, good)] == [good["wish"]]


def test_nobody_fills_a_households_box() -> None:
    """R09: a hundred wishes for one place show as a few, with a few clips each."""
    one = read(entry())[0]
    clips = [clip(AT + timedelta(seconds=20 * n)) for n in range(40)]
    found = find_wishes([one] * 100, clips, LON, LAT)
    assert len(found) == MOST
    assert {len(match.clips) for match in found} == {MOST_CLIPS}


@given(st.binary(max_size=300))
def test_bytes_that_are_no_list_are_refused_in_one_way(raw: bytes) -> None:
    """R05: whatever a server sends."""
    with pytest.raises(WishesRefused):
        read_wishes(raw, cell=CELL, identity=CELL_KEY.secret)


def test_another_areas_list_is_refused() -> None:
    """R24: a server cannot try a wish on homes elsewhere under their own area's name."""
    with pytest.raises(WishesRefused):
        read_wishes(file(cell="85283473fffffff"), cell=CELL, identity=CELL_KEY.secret)


def test_a_hub_asks_like_every_other_and_keeps_what_it_knew_over_a_bad_answer() -> None:
    """R24: the file is a public call; only the cell's key needs a sign-in."""
    path = f"GET /v1/cells/{CELL}/wishes"
    with answering() as server:
        server.answers[path] = Answer(body=file(entry()), headers={"ETag": '"a"'})
        server.answers[f"GET /v1/cells/{CELL}/key"] = Answer(body={"identity": CELL_KEY.secret})
        wishes = Wishes(make_pairing(server.url))

        async def refresh() -> None:
            async with Uplink(server.url, HUB.signing) as uplink:
                await wishes.refresh(uplink)

        asyncio.run(refresh())
        assert wishes.oldest == AT
        asked = [one for one in server.asked if one.path.endswith("/wishes")]
        assert not any("Authorization" in one.headers for one in asked)
        server.answers[path] = Answer(body=b"nonsense")
        with pytest.raises(WishesRefused):
            asyncio.run(refresh())
        assert len(wishes.known) == 1
        assert wishes.matches([clip(AT)])
