"""The list of what was seen: kept at home, encrypted with the recording, gone with it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fanlight.hub.events import Events, Row
from fanlight.model.ids import new_id

CAMERA, OTHER = new_id(), new_id()
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
THUMB = b"\xff\xd8 a picture of somebody at the door \xff\xd9"


class DayKeys:
    """Stands for the journal's day keys: reversible, and forgotten by day."""

    def __init__(self) -> None:
        self.gone: set[date] = set()

    def seal(self, day: date, data: bytes) -> bytes:
        return day.isoformat().encode() + bytes(byte ^ 0x5A for byte in data)

    def open(self, day: date, data: bytes) -> bytes | None:
        head = day.isoformat().encode()
        if day in self.gone or not data.startswith(head):
            return None
        return bytes(byte ^ 0x5A for byte in data.removeprefix(head))


@pytest.fixture
def keys() -> DayKeys:
    return DayKeys()


@pytest.fixture
def events(tmp_path: Path, keys: DayKeys) -> Iterator[Events]:
    opened = Events(tmp_path, keys.seal, keys.open)
    yield opened
    opened.close()


def row(minutes: int, *, camera: str = CAMERA, label: str = "person", lasts: bool = False) -> Row:
    start = NOON + timedelta(minutes=minutes)
    end = None if lasts else start + timedelta(seconds=20)
    return Row(
        id=new_id(), camera=camera, label=label, start=start, end=end, score=80, zones=("path", "steps")
    )


def test_an_event_is_listed_as_it_was_kept_newest_first(events: Events) -> None:
    first, second = row(0), row(1, label="vehicle")
    events.put(first, THUMB)
    events.put(second, b"")
    assert events.find() == [second, first]
    assert events.find(label="person") == [first]
    assert events.find(before=second.start) == [first]
    assert events.find(since=second.start) == [second]
    assert events.find(limit=1) == [second]
    assert events.find(camera=OTHER) == []


def test_what_is_learnt_later_does_not_undo_what_was_known(events: Events) -> None:
    """A clip or a member's mark may come before the event's end."""
    begun = row(0, lasts=True)
    events.put(begun, THUMB)
    events.has_clip(begun.id, "clip")
    assert events.mark(begun.id, not_this=True) is not None
    ended = Row(id=begun.id, camera=CAMERA, label="person", start=begun.start, end=NOON, score=93)
    events.put(ended, b"")
    (kept,) = events.find()
    assert (kept.clip, kept.not_this, kept.score, kept.end) == ("clip", True, 93, NOON)
    assert events.thumb(begun.id) == THUMB
    marked = events.mark(begun.id, not_this=False)
    assert marked is not None
    assert not marked.not_this


def test_a_picture_is_on_disk_under_its_days_key_only(events: Events, keys: DayKeys, tmp_path: Path) -> None:
    """V1, R05: a copied disk shows nobody, and a forgotten day shows nobody to us either."""
    seen = row(0)
    events.put(seen, THUMB)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert THUMB[4:20] not in stored
    assert keys.seal(seen.start.date(), THUMB)[10:30] in stored, "the control: what was kept is there"
    keys.gone.add(seen.start.date())
    assert events.thumb(seen.id) is None
    assert events.thumb("nothing") is None


def test_events_go_with_the_recording(events: Events) -> None:
    """R51: after its days an event is forgotten; one that lasts is not."""
    old, lasting, new, others = row(0), row(1, lasts=True), row(60), row(0, camera=OTHER)
    for one in (old, lasting, new, others):
        events.put(one, b"")
    assert events.expire(CAMERA, NOON + timedelta(minutes=30)) == 1
    assert {one.id for one in events.find()} == {lasting.id, new.id, others.id}


def test_the_cameras_of_all_events_are_known_removed_ones_too(events: Events) -> None:
    assert events.cameras() == []
    for minutes, camera in enumerate([OTHER, CAMERA, OTHER]):
        events.put(row(minutes, camera=camera), b"")
    assert events.cameras() == sorted([CAMERA, OTHER])
    for camera in events.cameras():
        events.expire(camera, NOON + timedelta(days=1))
    assert events.cameras() == []


def test_an_event_that_a_killed_hub_left_open_is_over_at_the_next_start(
    tmp_path: Path, keys: DayKeys
) -> None:
    events = Events(tmp_path, keys.seal, keys.open)
    lasting = row(0, lasts=True)
    events.put(lasting, b"")
    events.close()
    again = Events(tmp_path, keys.seal, keys.open)
    found = again.get(lasting.id)
    again.close()
    assert found is not None
    assert found.end == lasting.start
