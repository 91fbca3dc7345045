"""Nothing that is kept tells at what hour something happened at a home.

The run of the blind test noted the spans in which somebody rang, watched or had a clip sent. Every value of
every table, every line of every log, and the times of every file are searched for a moment in one of them.
What may be there, and is: the public record's own times, if all that was entered in it meanwhile are the
dummies of an agency's day; and what PostgreSQL keeps for itself (docs/design/threats.md).
"""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.blind.moments import Moments
from tests.blind.running import FOLDERS, Run

RECORD = ("log", "witness")
DUMMIES = {"case"}
MOST_BYTES = 1 << 18  # a payload is ciphertext that its hub signed: a server can write nothing into it


@pytest.fixture(scope="module")
def moments(run: Run) -> Moments:
    assert len(run.lived.spans) >= 3
    assert all(ended - began < 300 for began, ended in run.lived.spans), "a span is no day"
    return Moments(tuple(run.lived.spans))


def in_rows(run: Run, moments: Moments) -> Iterator[str]:
    """Search every value of every table."""
    for table, rows in run.rows():
        for row in rows:
            for value in row:
                yield from (f"table {table}: {what}" for what in moments.find_value(value))


def in_files(run: Run, moments: Moments) -> Iterator[str]:
    """Search the lines of logs and the contents of small files, and names, and times of all."""
    folders = [run.home / name for name in FOLDERS]
    for path in [*folders, *(path for folder in (*folders, run.temporary) for path in folder.rglob("*"))]:
        where = path.relative_to(run.home.parent)
        yield from (f"{where}: {what}" for what in moments.find_times(path))
        yield from (f"{where}: {what} in its name" for what in moments.find(path.name.encode()))
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            yield from (f"{where}: {what}" for what in moments.find(path.read_bytes()))
    log = run.home / "postgres" / "postgres.log"
    yield from (f"{log.name}: {what}" for what in moments.find(log.read_bytes()))


def of_the_record(found: str) -> bool:
    """Tell whether a find is in what publishes or witnesses the record."""
    place = Path(found.partition(": ")[0]).parts
    return (len(place) > 1 and place[1] in RECORD) or found.startswith("table signed_checkpoint")


def test_no_row_line_or_file_tells_when_something_happened_at_home(run: Run, moments: Moments) -> None:
    """R11 R05: somebody rang, watched, a clip left, each at a known second; the server keeps none of them."""
    found = [*in_rows(run, moments), *in_files(run, moments)]
    assert [one for one in found if not of_the_record(one)] == []


def test_what_the_record_shows_of_that_time_is_dummies(run: Run) -> None:
    """R24: whatever came into the public record meanwhile came by an agency's own clock."""
    with psycopg.connect(run.database) as connection:
        rows = connection.execute("SELECT type FROM leaf ORDER BY queued OFFSET %s", [run.entries]).fetchall()
    assert {kind for (kind,) in rows} <= DUMMIES


# The control: one planted in each kind of place is found, and nothing else is.

VALUES: dict[str, tuple[str, str]] = {
    "a row": ("timestamptz", "to_timestamp(%s)"),
    "a job's row": ("jsonb", "jsonb_build_object('job', 'push', 'queued_ms', (%s * 1000)::bigint)"),
    "a row's id": ("uuid", "(lpad(to_hex((%s * 1000)::bigint), 12, '0') || '70008000000000000001')::uuid"),
    "a sealed row's bytes": ("bytea", "'\\x61'::bytea || int8send((%s * 1000000)::bigint) || '\\x62'::bytea"),
}
WRITTEN: dict[str, tuple[str, str]] = {
    "a server's log": ("server/server.log", "%Y-%m-%dT%H:%M:%SZ warning vault\n"),
    "a job's log": ("server/jobs.log", '{"at":"%H:%M:%S","job":"expire"}\n'),
    "a witness's log": ("witness/planted.log", "%d/%b/%Y:%H:%M:%S +0000 GET /\n"),
    "a temporary file": ("../tmp/planted", "Date: %a, %d %b %Y %H:%M:%S GMT\n"),
    "a file's name": ("blobs/clips/%Y-%m-%dT%H%M%S.age", ""),
    "a database's log": ("postgres/postgres.log", "%Y-%m-%d %H:%M:%S UTC LOG: planted\n"),
}
AT_REST = [
    ("blobs", "mtime"),
    ("server/incoming", "mtime"),
    ("server/shred/list", "mtime"),
    ("server/shred/list", "atime"),
]


@pytest.mark.parametrize(("kind", "value"), VALUES.values(), ids=VALUES.keys())
def test_a_moment_in_a_row_is_found(run: Run, moments: Moments, kind: str, value: str) -> None:
    with psycopg.connect(run.database, autocommit=True) as owner:
        owner.execute(f"CREATE TABLE planted AS SELECT ({value})::{kind} AS planted".encode(), [_inside(run)])
        try:
            found = list(in_rows(run, moments))
        finally:
            owner.execute("DROP TABLE planted")
    assert {one.partition(":")[0] for one in found if not of_the_record(one)} == {"table planted"}


@pytest.mark.parametrize(("name", "line"), WRITTEN.values(), ids=WRITTEN.keys())
def test_a_moment_in_a_line_or_a_name_is_found(run: Run, moments: Moments, name: str, line: str) -> None:
    at = datetime.fromtimestamp(_inside(run), UTC)
    path = run.home / at.strftime(name)
    with _as_it_was(path):
        with path.open("ab") as file:
            file.write(at.strftime(line).encode())
        found = list(in_files(run, moments))
    assert path.name in {Path(one.partition(": ")[0]).name for one in found}


@pytest.mark.parametrize(("name", "which"), AT_REST)
def test_a_moment_as_the_time_of_a_file_is_found(run: Run, moments: Moments, name: str, which: str) -> None:
    path, at = run.home / name, _inside(run)
    kept = path.stat()
    os.utime(path, (at, kept.st_mtime) if which == "atime" else (kept.st_atime, at))
    try:
        found = [one for one in in_files(run, moments) if not of_the_record(one)]
    finally:
        os.utime(path, (kept.st_atime, kept.st_mtime))
    assert found == [f"home/{name}: {which}"]


def _inside(run: Run) -> float:
    """Return a second within a span, and within none of the record's."""
    began, ended = run.lived.spans[-1]
    return float(int((began + ended) / 2)) if ended - began > 2 else ended


@contextlib.contextmanager
def _as_it_was(path: Path) -> Iterator[None]:
    """Put a file back as it was, with its times and its folder's, after the block."""
    before = path.read_bytes() if path.exists() else None
    times = {one: one.stat() for one in (path, path.parent) if one.exists()}
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
        for one, kept in times.items():
            os.utime(one, (kept.st_atime, kept.st_mtime))
