"""Record on a tiny real disk that fills, becomes read-only and goes away: `python small_disk.py FOLDER`.

Runs in a mount namespace of its own (`unshare --mount`), where it may mount a disk of 3 MB in memory. Says as
JSON how the journal was at each step.
"""

import contextlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.hub.footage import SECOND, START, footage

from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal.check import check

LATER = START + timedelta(days=1)


def run(*command: str) -> None:
    """Run a command of the system."""
    subprocess.run(command, check=True)


def fill(path: Path) -> None:
    """Take all that a disk has left."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def main() -> None:
    """Walk through the faults; print what was seen."""
    folder, seen = Path(sys.argv[1]), dict[str, object]()
    disk, hub = folder / "disk", folder / "hub"
    disk.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk))
    limits = Limits(folder=disk, reserve_bytes=0, quota_bytes=200_000_000)
    journal = Journal(hub, limits)
    clock = [START]

    def record(count: int, size: int = 100_000) -> str:
        for segment in footage(count, start=clock[0], size=size, run=len(seen)):
            journal.offer("door", segment)
            assert journal.flush()
        clock[0] += (count + 5) * SECOND
        return journal.state.state

    ballast = disk / "ballast"
    fill(ballast)
    seen["full of others"] = record(3)
    ballast.unlink()
    seen["with room"] = record(20)
    fill(ballast)
    abandoned = journal.state.abandoned
    seen["full of ours and others"] = record(20)
    seen["lost then"] = journal.state.abandoned - abandoned
    ballast.unlink()
    seen["more than fits"] = record(40)
    before = len(journal.read("door", START, LATER))

    journal._writer.close_files()  # the system lets nobody make it read-only while a file is written to
    run("mount", "-o", "remount,ro", str(disk))
    seen["read-only"] = record(2)
    seen["read when read-only"] = len(journal.read("door", START, LATER)) == before
    run("mount", "-o", "remount,rw", str(disk))
    seen["writable again"] = record(2)

    run("umount", "--lazy", str(disk))
    seen["gone"] = record(2)
    seen["nothing written below"] = list(disk.iterdir()) == []
    journal.close()
    again = Journal(hub, limits)
    seen["nothing lost for that"] = again.repair.files_lost == 0
    seen["gaps"] = sorted({why for _, _, why in again.timeline("door", START.date()).gaps})
    again.close()
    seen["check"] = sorted({one.state for one in check(hub, limits=limits)})
    print(json.dumps(seen))  # noqa: T201 - for the test


if __name__ == "__main__":
    main()
