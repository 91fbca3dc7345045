"""`kill -9` of a recording process at random moments: what was committed is there, and the journal is clean.

FANLIGHT_KILLS says how often (20; `make soak` says 200), FANLIGHT_SEED which moments.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.check import check
from fanlight.hub.journal.record import micros, moment
from fanlight.model.check import State

KILLS = int(os.environ.get("FANLIGHT_KILLS", "20"))
SEED = int(os.environ.get("FANLIGHT_SEED", "0")) or random.SystemRandom().randrange(1 << 32)
LIMITS = Limits(reserve_bytes=0, quota_bytes=8_000_000)
CAMERAS = ("door", "yard")


def run_and_kill(folder: Path, after_s: float) -> list[list[str]]:
    """Record until `after_s` seconds after the first commit; return what the process said."""
    program = str(Path(__file__).with_name("recording_process.py"))
    command = [sys.executable, program, str(folder), ",".join(CAMERAS)]
    lines: list[list[str]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        timer = threading.Timer(after_s, process.send_signal, [signal.SIGKILL])
        for line in process.stdout:
            lines.append(line.split())
            if line.startswith("ready"):
                timer.start()
        timer.join()
        assert process.wait() == -signal.SIGKILL
    return [line for line in lines if len(line) == 3]


@pytest.mark.timeout(60 + KILLS * 20)
def test_a_killed_hub_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    """J1 to J8, R01."""
    print(f"FANLIGHT_SEED={SEED} FANLIGHT_KILLS={KILLS}")  # noqa: T201 - to run it again
    dice = random.Random(SEED)
    committed_at_all = 0
    for number in range(KILLS):
        said = run_and_kill(tmp_path, dice.uniform(0.05, 1.2))
        journal = Journal(tmp_path, LIMITS)
        lost = journal.repair.files_lost
        for camera in CAMERAS:
            offered = [int(at) for what, name, at in said if (what, name) == ("offered", camera)]
            safe = [int(at) for what, name, at in said if (what, name) == ("committed", camera)]
            if not offered:
                continue
            begin = moment(offered[0]) - timedelta(seconds=2)
            kept = [micros(found.wall_end) for found in journal.read(camera, begin, moment(offered[-1] + 1))]
            # All in order and none left out: of what was offered, the first ones, up to what was committed.
            assert kept == offered[: len(kept)], f"kill {number}"
            assert len(kept) >= len([at for at in offered if safe and at <= safe[-1]]), f"kill {number}"
            committed_at_all += len(safe)
        journal.close()
        wrong = [found for found in check(tmp_path, limits=LIMITS) if found.state is not State.HOLDS]
        assert (wrong, lost) == ([], 0), f"kill {number}"
    assert committed_at_all > 0
