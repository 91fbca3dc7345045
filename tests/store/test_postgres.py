"""Our own launcher: as whoever runs the tests, and as an ordinary user where that can be had."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fanlight.store import binaries
from fanlight.store.postgres import Postgres, PostgresBusy, PostgresDown


def test_it_keeps_rows_over_a_restart_behind_a_private_socket_and_leaves_parents_alone(
    tmp_path: Path,
) -> None:
    """R05: the database listens on no network."""
    before = {path: path.stat().st_mode for path in (tmp_path, *tmp_path.parents)}
    with Postgres(tmp_path / "postgres") as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE t (a int)")
            connection.execute("INSERT INTO t VALUES (7)")
            listens = connection.execute("SHOW listen_addresses").fetchone()
            synced = connection.execute("SHOW fsync").fetchone()
        assert (tmp_path / "postgres" / "run").stat().st_mode & 0o077 == 0
        with pytest.raises(PostgresBusy):
            Postgres(tmp_path / "postgres").start()
    assert (listens, synced) == (("",), ("on",))
    with Postgres(tmp_path / "postgres", durable=False) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT a FROM t").fetchone() == (7,)
    assert {path: path.stat().st_mode for path in before} == before


def test_a_checkpoint_leaves_little_of_the_log_that_bears_the_moments_of_commits(tmp_path: Path) -> None:
    """R05: who steals the disk must not read from it when a home sent something, weeks back."""
    with Postgres(tmp_path / "postgres", durable=False) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE t (a text)")
            for _ in range(8):
                connection.execute("INSERT INTO t SELECT repeat('x', 500) FROM generate_series(1, 4000)")
            connection.execute("CHECKPOINT")
            connection.execute("CHECKPOINT")
        segments = [path for path in (server.data / "pg_wal").iterdir() if path.is_file()]
        assert sum(path.stat().st_size for path in segments) <= 3 * 1024 * 1024


def test_a_long_home_gets_a_short_private_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    with Postgres(folder, durable=False) as server:
        socket = Path(server.url.partition("host=")[2])
        assert not socket.is_relative_to(folder)
        assert socket.parent.stat().st_mode & 0o077 == 0
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not socket.parent.exists()


def test_a_server_that_outlived_its_starter_is_ended_first(tmp_path: Path) -> None:
    starter = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from fanlight.store import postgres
        postgres._end_with_parent = lambda: None
        postgres.Postgres(Path({str(tmp_path / "postgres")!r}), durable=False).start()
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    ended = subprocess.run([sys.executable, "-c", starter], check=False)
    assert ended.returncode == -signal.SIGKILL
    with Postgres(tmp_path / "postgres", durable=False) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_note_of_a_process_that_is_gone_or_another_is_dropped(tmp_path: Path) -> None:
    with Postgres(tmp_path / "postgres", durable=False) as server:
        data = server.data
    for pid in (os.getpid(), 2**22 - 3):
        (data / "postmaster.pid").write_text(f"{pid}\n{data}\n0\n5432\n\n\n")
        with Postgres(tmp_path / "postgres", durable=False) as server:
            assert server.alive()


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from fanlight.store.postgres import Postgres
        server = Postgres(Path({str(tmp_path / "postgres")!r}), durable=False)
        server.start()
        print((server.data / "postmaster.pid").read_text().splitlines()[0], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    said = subprocess.run([sys.executable, "-c", starter], check=False, capture_output=True, text=True)
    pid = int(said.stdout)
    while _runs(pid):
        pass


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_keeps_it_from_starting_is_said_in_three_sentences(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PostgresDown, match=r"does not start: .* Kept: .* To do: "):
        Postgres(tmp_path / "file").start()
    with Postgres(tmp_path / "postgres", durable=False) as server:
        data = server.data
    (data / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(PostgresDown, match="It said: ") as caught:
        Postgres(tmp_path / "postgres").start()
    assert "shut down" not in caught.value.what
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresDown, match="no PostgreSQL 9"):
        Postgres(tmp_path / "postgres").start()


def test_an_ordinary_user_runs_it_directly() -> None:
    """Run as root, the test becomes a made-up user first; run as an ordinary user, it is one."""
    probe = textwrap.dedent("""
        import os, psycopg
        from fanlight.store.postgres import temporary
        assert os.geteuid() != 0
        with temporary() as server, psycopg.connect(server.url) as connection:
            print(connection.execute("SELECT 1").fetchone())
    """)
    become = ["unshare", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    said = subprocess.run([*become, sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "(1,)"


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that others may pass through; pytest keeps its own private."""
    folder = Path(tempfile.mkdtemp(prefix="fanlight-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("way", ["as_mapped", "as_nobody", "as_nobody_through_private_folders"])
def test_root_has_three_ways_and_each_leaves_the_parents_alone(
    way: str, passable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a kernel or a container forbids one way, the next is taken. An ordinary user needs none."""
    if os.geteuid() == 0:
        monkeypatch.setattr(binaries, "runner_for", getattr(binaries, way))
    above = passable / "above"
    above.mkdir(mode=0o700 if "private" in way else 0o711)
    before = {path: path.stat().st_mode for path in (above, *above.parents)}
    for _ in range(2):
        with (
            Postgres(above / "postgres", durable=False) as server,
            psycopg.connect(server.url) as connection,
        ):
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert {path: path.stat().st_mode for path in before} == before


def test_without_any_way_root_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "runner_for", lambda *_: None)
    with pytest.raises(PostgresDown, match="may not run as root here"):
        Postgres(tmp_path / "postgres").start()
