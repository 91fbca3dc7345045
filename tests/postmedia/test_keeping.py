"""Where a picture is, whatever happens in between."""

import datetime as dt
import threading
from pathlib import Path

import pytest

from fanlight.model.ids import new_id
from fanlight.postmedia.errors import Full, NotHere, Taken
from fanlight.postmedia.keeping import About, Keeping, piece

DAY = dt.timedelta(days=1)
ABOUT = About(kind="photo", size=4, sha256="0" * 64)


class Still:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 23, 13, 37, 21, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


def held(keeping: Keeping) -> str:
    media = new_id()
    folder = keeping.work(media)
    (folder / "came").write_bytes(b"as it came")
    (folder / "media").write_bytes(b"made")
    keeping.hold(media, ABOUT)
    return media


def test_what_nobody_shows_goes_after_a_week_and_what_is_shown_stays(tmp_path: Path) -> None:
    """R14: held 7 days, hidden 40; shown until the town says otherwise."""
    clock = Still()
    keeping = Keeping(tmp_path, clock)
    waits, shown, hidden = held(keeping), held(keeping), held(keeping)
    keeping.show(shown)
    keeping.show(hidden)
    clock.now += 7 * DAY
    keeping.hide(hidden)
    assert keeping.sweep() == 0
    clock.now += DAY
    assert keeping.sweep() == 1
    with pytest.raises(NotHere):
        keeping.find(waits)
    with pytest.raises(Taken):
        keeping.work(waits)
    clock.now += 39 * DAY
    assert keeping.sweep() == 0
    clock.now += DAY
    assert Keeping(tmp_path, clock).find(shown).shown
    with pytest.raises(NotHere):
        keeping.find(hidden)


def test_files_tell_the_day_and_nothing_of_what_came(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, Still())
    media = held(keeping)
    keeping.show(media)
    keeping.drop(held(keeping))
    times = {path.stat().st_mtime for path in (tmp_path / "shown").rglob("*")}
    times |= {path.stat().st_mtime for path in (tmp_path / "gone").rglob("*") if path.is_file()}
    assert times == {dt.datetime(2026, 11, 23, tzinfo=dt.UTC).timestamp()}
    assert {path.name for path in (tmp_path / "shown" / media).iterdir()} == {"about.json", "media"}


def test_what_a_crash_left_goes_at_the_next_start(tmp_path: Path) -> None:
    """R14: half-made files, and a thing whose end was written before its bytes went."""
    clock = Still()
    keeping = Keeping(tmp_path, clock)
    half = new_id()
    (keeping.work(half) / "came").write_bytes(b"half")
    media = held(keeping)
    keeping.show(media)
    (tmp_path / "gone" / media[:2]).mkdir()
    (tmp_path / "gone" / media[:2] / media).touch()
    with pytest.raises(NotHere):
        keeping.find(media)
    again = Keeping(tmp_path, clock)
    assert not (tmp_path / "shown" / media).exists()
    assert not list((tmp_path / "work").iterdir())
    assert again.work(half).exists()


def test_what_is_dropped_while_it_is_made_is_not_held(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, Still())
    media = new_id()
    folder = keeping.work(media)
    (folder / "media").write_bytes(b"made")
    with pytest.raises(Taken):
        keeping.work(media)
    keeping.drop(media)
    with pytest.raises((Taken, OSError)):
        keeping.hold(media, ABOUT)
    with pytest.raises(NotHere):
        keeping.find(media)


def test_who_reads_what_is_dropped_gets_no_further(tmp_path: Path) -> None:
    """R14: gone at once, for those as well who are in the middle of it."""
    keeping = Keeping(tmp_path, Still())
    media = held(keeping)
    found = keeping.find(media)
    assert piece(found, "media", 0, 2) == b"ma"
    keeping.drop(media)
    with pytest.raises(NotHere):
        piece(found, "media", 2, 2)


def test_show_and_drop_at_once_end_with_nothing(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, Still())
    for _ in range(50):
        media = held(keeping)
        begin = threading.Barrier(2)

        def show(media: str = media, begin: threading.Barrier = begin) -> None:
            begin.wait()
            try:
                keeping.show(media)
            except NotHere:
                return

        other = threading.Thread(target=show)
        other.start()
        begin.wait()
        keeping.drop(media)
        other.join()
        with pytest.raises(NotHere):
            keeping.find(media)
        assert not (tmp_path / "shown" / media).exists()


def test_a_disk_that_is_nearly_full_takes_nothing_more(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, Still(), reserve=1 << 60)
    with pytest.raises(Full):
        keeping.work(new_id())
