"""Power fails after every single step of the journal's disk; nothing that was promised may be gone."""

import os
import random
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fault.powerless import Luck, Remembering, Volume
from tests.hub.footage import SECOND, footage, now, rows

from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.check import check
from fanlight.hub.journal.record import micros
from fanlight.hub.segmenter.segment import Segment
from fanlight.model.check import State
from fanlight.seal.keys import new_identity

SEED = int(os.environ.get("FANLIGHT_SEED", "0")) or random.SystemRandom().randrange(1 << 32)
LIMITS = Limits(quota_bytes=90_000, reserve_bytes=0)
START = now().replace(hour=12) - timedelta(days=1)  # a hub keeps its own keys of the last days
LATER = START + timedelta(days=2)
MEMORY = Path("/dev/shm")  # noqa: S108 - a thousand replays need no real disk
COMMITTED = (
    "SELECT wall_us FROM segment JOIN file ON file.id = file"
    " JOIN line ON line.id = line WHERE camera = 'door'"
)


def scenario(folder: Path) -> tuple[Remembering, list[Segment]]:
    """Record at two cameras: new folders, days and keys, an event, gaps, files that give way."""
    folder.mkdir()
    disk = Remembering(folder)
    journal = Journal(folder, LIMITS, disk=disk)
    journal.seal_day_keys([new_identity().recipient])
    door: list[Segment] = []

    def keep(segments: list[Segment]) -> None:
        for segment in segments:
            journal.offer("door", segment)
            if len(door) % 3 == 0:
                journal.offer("yard", segment)
            door.append(segment)
            assert journal.flush()
            # What only was committed without `Disk.commit` (a line, a stream) is durable as well.
            disk.look_at(journal._db)
            disk.promised = len(door)
            disk.note("flushed")

    keep(footage(6, size=3_000, start=START))
    journal.keep("door", START, START + 2 * SECOND)
    journal.begin_gap("yard", "away")
    keep(footage(6, size=3_000, start=START + 20 * SECOND, run=1))
    journal.end_gap("yard", "away")
    keep(footage(12, size=6_000, start=START + timedelta(days=1), run=2))
    journal.close()
    return disk, door


def survives(volume: Volume, door: list[Segment], promised: int, folder: Path, luck: Luck) -> str:
    """Return what is wrong once power is back, empty if nothing is."""
    folder.mkdir()
    volume.after_power_loss(luck, random.Random(f"{SEED} {folder.name}"), folder)
    walls = {wall for (wall,) in rows(folder, COMMITTED)}
    committed = [segment for segment in door if micros(segment.wall) in walls]
    journal = Journal(folder, LIMITS)
    try:
        if journal.read("door", START - SECOND, LATER) != committed:
            return "what was committed is not what is read"
        if promised and door[promised - 1] not in committed:
            return "what was promised last is not there"
        if journal.repair.files_lost:
            return "a file is lost"
    finally:
        journal.close()
    found = [one for one in check(folder, limits=LIMITS) if one.state is not State.HOLDS]
    return f"{found}" if found else ""


@pytest.mark.parametrize("luck", ["lost", "kept", "torn"])
def test_power_may_fail_after_every_step(tmp_path: Path, luck: Luck) -> None:
    """J1 to J8, R01: each prefix of the steps, with what was not synced gone, there, or torn."""
    print(f"FANLIGHT_SEED={SEED}")  # noqa: T201 - to run it again
    disk, door = scenario(tmp_path / "first")
    faults = []
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as replays:
        for number, (step, volume, promised) in enumerate(disk.pictures):
            if not volume.database:
                continue  # before the first commit there is nothing to lose
            wrong = survives(volume, door, promised, Path(replays, f"{number}"), luck)
            if wrong:
                faults.append(f"after step {number}, {step}: {wrong}")
    assert faults == []
    assert len(disk.pictures) > 300
