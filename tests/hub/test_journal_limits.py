"""Limits of single cameras: of removed ones, and of one that is too small."""

from dataclasses import replace
from pathlib import Path

from tests.hub.footage import SECOND, START, footage, record, rows

from fanlight.hub.journal import CameraLimits, Journal, Limits
from fanlight.hub.options import Camera, HubOptions

DAY_S = 86_400
DOOR = Camera(id="door", name="Door", url="test:", keep_days=3, record="always")
WITH_DOOR = replace(Limits.from_options(HubOptions(camera=(DOOR,))), reserve_bytes=0)
WITHOUT = replace(Limits.from_options(HubOptions()), reserve_bytes=0)


def age(folder: Path, journal: Journal, seconds: float) -> None:
    """Let all that is kept be so much older, and let the journal look for what has had its time."""
    rows(folder, "UPDATE file SET kept_us = kept_us - ?", round(seconds * 1e6))
    journal.change(replace(journal.limits, event_share=journal.limits.event_share / 2))
    assert journal.flush()


def test_a_removed_cameras_footage_goes_after_the_days_it_had(tmp_path: Path) -> None:
    journal = Journal(tmp_path, WITH_DOOR)
    segments = footage(3)
    record(journal, "door", segments)
    journal.keep("door", START, START + SECOND)
    journal.change(WITHOUT)
    assert journal.flush()
    journal.close()
    journal = Journal(tmp_path, WITHOUT)  # what it had is known over a start
    age(tmp_path, journal, 2.9 * DAY_S)
    assert journal.read("door", START, START + 3 * SECOND) == segments
    age(tmp_path, journal, 0.2 * DAY_S)
    assert journal.spans("door") == []
    journal.close()


def test_a_camera_that_nobody_knows_of_any_more_is_kept_for_two_weeks(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Limits(reserve_bytes=0))  # knows of no options
    segments = footage(3)
    record(journal, "door", segments)
    age(tmp_path, journal, 13.9 * DAY_S)
    journal.close()
    journal = Journal(tmp_path, WITHOUT)
    assert journal.read("door", START, START + 3 * SECOND) == segments
    age(tmp_path, journal, 0.2 * DAY_S)
    assert journal.spans("door") == []
    journal.close()


def test_without_options_nothing_ages(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Limits(reserve_bytes=0))
    record(journal, "door", footage(3))
    age(tmp_path, journal, 4_000 * DAY_S)
    assert journal.spans("door") == [(START, START + 3 * SECOND)]
    journal.close()


def test_a_camera_whose_own_limit_is_too_small_costs_the_others_nothing(tmp_path: Path) -> None:
    limits = Limits(reserve_bytes=0, cameras={"door": CameraLimits(quota_bytes=20_000)})
    journal = Journal(tmp_path, limits)
    for door, yard in zip(footage(30), footage(30), strict=True):
        journal.offer("door", door)
        journal.offer("yard", yard)
    assert journal.flush()  # 30 kB of the door at once
    assert journal.state.state == "full"
    assert "A camera's own limit" in journal.state.note
    assert journal.state.abandoned == 30
    record(journal, "yard", footage(1, start=START + 30 * SECOND, run=1))
    assert (journal.state.state, journal.state.note) == ("ok", "")
    assert len(journal.read("yard", START, START + 60 * SECOND)) == 31
    assert journal.timeline("yard", START.date()).gaps == []
    assert journal.timeline("door", START.date()).gaps == [(START, START + 30 * SECOND, "full")]
    journal.close()
