"""Two small memories of a hub: whether somebody is home, and since when each thing is as it is."""

from pathlib import Path

from fanlight.hub.at_home import AtHome
from fanlight.hub.health import Found, Memory


def test_somebody_is_home_until_somebody_says_otherwise(tmp_path: Path) -> None:
    """R51: indoor cameras are off until then; what was said outlives a restart."""
    assert AtHome(tmp_path).is_home
    AtHome(tmp_path).say(is_home=False)
    assert not AtHome(tmp_path).is_home
    AtHome(tmp_path).say(is_home=True)
    assert AtHome(tmp_path).is_home


def test_a_switch_that_cannot_be_read_is_home(tmp_path: Path) -> None:
    """R51: in doubt nobody is filmed in their living room."""
    (tmp_path / "home").write_bytes(b"\xff\x00 away?")
    assert AtHome(tmp_path).is_home


def test_health_lists_what_works_too_and_the_worst_first() -> None:
    memory = Memory()
    listed = memory.look(
        [Found("clock", "ok"), Found("storage", "bad", "The disk is full."), Found("bell", "warn")]
    )
    assert [health.what for health in listed] == ["storage", "bell", "clock"]


def test_health_says_since_when_something_is_as_it_is() -> None:
    memory = Memory()
    (first,) = memory.look([Found("storage", "bad", "The disk is full.")])
    (same,) = memory.look([Found("storage", "bad", "The disk is full.")])
    (other,) = memory.look([Found("storage", "bad", "The disk cannot be written.")])
    assert same.since == first.since
    assert other.since >= first.since
    assert other.note != first.note
