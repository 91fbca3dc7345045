"""`kill -9` of a process that keeps a log in files, at random moments: what was acknowledged is there.

FANLIGHT_KILLS says how often (8; `make soak` says 200), FANLIGHT_SEED at which moments.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.fault.logging_process import KEY

from fanlight.model.check import State
from fanlight.proof import merkle, tiles
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.verify_log import verify_log
from fanlight.server.log.file_ledger import FileLedger
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.sequencer import Sequencer
from fanlight.store.log_files import LogFiles

KILLS = int(os.environ.get("FANLIGHT_KILLS", "8"))
SEED = int(os.environ.get("FANLIGHT_SEED", "0")) or random.SystemRandom().randrange(1 << 32)


def run_and_kill(folder: Path, after_s: float) -> dict[str, int]:
    """Keep a log until `after_s` seconds after it is ready; return the last number of each thing it said."""
    command = [sys.executable, str(Path(__file__).with_name("logging_process.py")), str(folder)]
    said: dict[str, int] = {"acked": 0, "shown": 0}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        timer = threading.Timer(after_s, process.send_signal, [signal.SIGKILL])
        for line in process.stdout:
            what, *number = line.split()
            if what == "ready":
                timer.start()
            elif number and line.endswith("\n"):
                said[what] = int(number[0])
        timer.join()
        assert process.wait() == -signal.SIGKILL
    return said


async def take_over(folder: Path) -> None:
    ledger = FileLedger(folder / "ledger")
    sequencer = Sequencer(ledger, LogFiles(folder / "log"), LogKeys(KEY), None)
    await sequencer.start()
    await sequencer.catch_up()
    ledger.close()


@pytest.mark.timeout(60 + KILLS * 20)
def test_a_killed_log_loses_nothing_that_was_acknowledged_or_shown(tmp_path: Path) -> None:
    """R42."""
    print(f"FANLIGHT_SEED={SEED} FANLIGHT_KILLS={KILLS}")  # noqa: T201 - to run it again
    dice = random.Random(SEED)
    files = LogFiles(tmp_path / "log")
    acked_at_all = 0
    for number in range(KILLS):
        said = run_and_kill(tmp_path, dice.uniform(0.01, 0.6))
        left = files.read("checkpoint")
        asyncio.run(take_over(tmp_path))
        wrong = [check for check in verify_log(files.read) if check.state is State.FAILS]
        assert not wrong, f"kill {number}"
        now = open_checkpoint(files.read("checkpoint") or b"", KEY.verifier).head
        reader = tiles.TileReader(now.size, files.read)
        assert reader.entries(0, now.size) == [b"leaf %d" % place for place in range(now.size)]
        assert now.size >= max(said.values()), f"kill {number}"
        if left is not None:
            shown = open_checkpoint(left, KEY.verifier).head
            merkle.verify_consistency(shown, now, reader.consistency_proof(shown.size))
        acked_at_all = max(acked_at_all, said["acked"])
    assert acked_at_all > 0
