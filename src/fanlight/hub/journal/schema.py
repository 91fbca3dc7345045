"""The tables of `hub.sqlite`, their version, and how an older journal is carried over.

Holds:  a database of a newer version is never written to; carrying over is one transaction.
Why:    docs/design/journal.md, "Versions"
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.errors import newer, unreadable
from fanlight.model.ids import new_id

VERSION = 2  # in `PRAGMA user_version`; 0.1 wrote 0
REST, EVENT = 0, 1  # classes of footage
FLAT, RECORDS = 1, 2  # forms of a file: of 0.1, one fragment a file; of now, records one behind the other
HOUR_US = 3_600_000_000

# `segment` of 0.1 had a column `name`. This one has none: 0.1 meets an error before it touches a file.
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE line (id INTEGER PRIMARY KEY, camera TEXT NOT NULL, role TEXT NOT NULL,
    UNIQUE (camera, role)) STRICT;
CREATE TABLE boot (id INTEGER PRIMARY KEY, kernel TEXT NOT NULL, wall_us INTEGER NOT NULL,
    mono_us INTEGER NOT NULL) STRICT;
CREATE TABLE stream (
    id INTEGER PRIMARY KEY, codec TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    config BLOB NOT NULL, audio_codec TEXT NOT NULL, audio_rate INTEGER NOT NULL,
    audio_channels INTEGER NOT NULL, audio_config BLOB NOT NULL,
    UNIQUE (codec, width, height, config, audio_codec, audio_rate, audio_channels, audio_config)
) STRICT;
CREATE TABLE file (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, root INTEGER NOT NULL REFERENCES root,
    line INTEGER NOT NULL REFERENCES line, day TEXT NOT NULL, form INTEGER NOT NULL,
    class INTEGER NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, kept_us INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL, settled INTEGER NOT NULL
) STRICT;
CREATE INDEX file_by_time ON file (line, start_us);
CREATE INDEX file_by_class ON file (line, class);
CREATE INDEX file_by_day ON file (day);
CREATE INDEX file_unsettled ON file (line) WHERE NOT settled;
CREATE TABLE segment (
    file INTEGER NOT NULL REFERENCES file, place INTEGER NOT NULL, length INTEGER NOT NULL,
    tag BLOB, stream INTEGER NOT NULL REFERENCES stream, boot INTEGER NOT NULL REFERENCES boot,
    run INTEGER NOT NULL, start_90k INTEGER NOT NULL, duration_90k INTEGER NOT NULL,
    wall_us INTEGER NOT NULL, mono_us INTEGER NOT NULL, is_key INTEGER NOT NULL,
    is_discontinuous INTEGER NOT NULL, PRIMARY KEY (file, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE garbage (name TEXT PRIMARY KEY, root INTEGER NOT NULL REFERENCES root, path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE gap (id INTEGER PRIMARY KEY, line INTEGER NOT NULL REFERENCES line,
    start_us INTEGER NOT NULL, end_us INTEGER, why TEXT NOT NULL) STRICT;
CREATE INDEX gap_by_time ON gap (line, end_us);
CREATE INDEX gap_open ON gap (line, why) WHERE end_us IS NULL;
CREATE TABLE span (line INTEGER NOT NULL REFERENCES line, hour INTEGER NOT NULL,
    start_us INTEGER NOT NULL, class INTEGER NOT NULL, end_us INTEGER NOT NULL,
    PRIMARY KEY (line, hour, start_us, class)) STRICT, WITHOUT ROWID;
"""

# One statement each; in order. A flat file of 0.1 becomes a file with one segment and stays where it is.
_CARRY = (
    "INSERT INTO line (camera, role) SELECT DISTINCT camera, 'main' FROM old_segment ORDER BY camera",
    "INSERT INTO stream SELECT id, codec, width, height, avcc, '', 0, 0, x'' FROM old_stream",
    "INSERT INTO boot SELECT 1, '', min(wall_us), 0 FROM old_segment HAVING count(*)",
    (
        "INSERT INTO file SELECT place, name, 1, line.id, day, 1, 0, wall_us,"
        " wall_us + duration_90k * 100 / 9, wall_us, size_bytes, 0"
        " FROM old_segment JOIN line USING (camera) WHERE NOT lost"
    ),
    (
        "INSERT INTO segment SELECT place, 0, size_bytes, NULL, stream, 1, run, start_90k, duration_90k,"
        " wall_us, 0, is_key, is_discontinuous FROM old_segment WHERE NOT lost"
    ),
    "DROP TABLE old_segment",
    "DROP TABLE old_stream",
)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a database of ours; raises sqlite3.Error."""
    address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    db = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    try:
        if not read_only:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA foreign_keys=ON")
    except BaseException:
        db.close()
        raise
    return db


def version(db: sqlite3.Connection) -> int:
    """Return the version of a database, -1 if it is empty."""
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    empty = not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    return -1 if empty and not found else found


def refuse_newer(db: sqlite3.Connection) -> None:
    """Raise JournalNewer where a newer version wrote the database."""
    if version(db) > VERSION:
        raise newer()


@contextlib.contextmanager
def transaction(db: sqlite3.Connection, disk: Disk) -> Iterator[None]:
    """Do all of the block or nothing. A failed commit may have landed: who cares must look."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        disk.commit(db)
    except BaseException:
        if db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise


def prepare(db: sqlite3.Connection, disk: Disk) -> None:
    """Make the tables, or carry an older journal over.

    Raises:
        JournalNewer: a newer version wrote it; nothing was changed.
        JournalUnreadable: it is no journal. sqlite3.Error: the disk or the database refuses.
    """
    found = version(db)
    refuse_newer(db)
    if found == VERSION:
        return
    if found not in (-1, 0):
        raise unreadable()
    with transaction(db, disk):
        if found == 0:
            _set_aside(db)
        for statement in SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute("INSERT INTO root VALUES (1, '')")
        db.execute("INSERT INTO meta VALUES ('journal', ?)", (new_id(),))
        if found == 0:
            for statement in _CARRY:
                db.execute(statement)
        db.execute(f"PRAGMA user_version={VERSION}")


def _set_aside(db: sqlite3.Connection) -> None:
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not {"segment", "stream"} <= tables:
        raise unreadable()
    for index in ("segment_by_time", "segment_by_day"):
        db.execute(f"DROP INDEX IF EXISTS {index}")
    db.execute("ALTER TABLE segment RENAME TO old_segment")
    db.execute("ALTER TABLE stream RENAME TO old_stream")
