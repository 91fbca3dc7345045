"""Prove the journal's invariants, one line each, on a hub that stands or runs; mend if asked.

In:     the hub's folder.
Out:    one Check an invariant, in order; after `fix`, what still does not hold.
Holds:  without `fix` nothing is written. On a running hub what lies beyond the last commit is not judged.
        `fix` may be stopped at any point and begun again.
Absent: the pictures themselves: whether a fragment plays is hub.segmenter's to prove.
Why:    docs/design/journal.md
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from fanlight.hub.journal.appending import day_of
from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.errors import JournalError
from fanlight.hub.journal.findings import (
    Finding,
    Store,
    of_files,
    of_gaps,
    of_garbage,
    of_keys,
    of_quota,
    of_records,
    of_rows,
    of_spans,
)
from fanlight.hub.journal.limits import Limits
from fanlight.hub.journal.record import micros
from fanlight.hub.journal.repair import settle_all
from fanlight.hub.journal.roots import OWN, Roots, read_marker
from fanlight.hub.journal.schema import VERSION, connect, refuse_newer, version
from fanlight.model import clock
from fanlight.model.check import Check, State

INVARIANTS = {
    "J0": "the database is whole",
    "J1": "every row has its record, whole and synced",
    "J2": "every file has one row, or is on its way out",
    "J3": "records lie one behind the other, and rows agree",
    "J4": "all files stay within the quota",
    "J5": "every day has its key, and no key outlives its days",
    "J6": "the timeline is what the files are",
    "J7": "gaps make sense",
    "J8": "each folder of the recording is this hub's",
}
_SHOWN = 3  # findings that are told in words; the others are counted


def check(
    folder: Path, *, limits: Limits | None = None, fix: bool = False, running: bool = False
) -> Iterator[Check]:
    """Look at the journal of a hub's folder.

    Args:
        folder: the hub's; keys in `folder/keys`.
        limits: what it may take; without them J4 is not known.
        fix: put right what can be, then look again.
        running: a hub works there now: nothing is mended, and what it is writing is not judged.
    """
    if not (folder / "hub.sqlite").exists():
        yield Check("journal", State.UNKNOWN, "There is no recording here.")
        return
    try:
        db = connect(folder / "hub.sqlite", read_only=not fix or running)
    except sqlite3.Error:
        yield _result("J0", State.FAILS, "hub.sqlite cannot be opened.")
        return
    try:
        if (whole := _database(db)).state is not State.HOLDS:
            yield whole
            return
        disk = Disk()
        store = Store(db, disk, Roots(folder, db, disk), DayKeys(folder / "keys", disk))
        if fix and not running:
            yield from _mend(store, limits)
        if running:
            db.execute("BEGIN")  # one view of the rows, however long the reading takes
        yield whole
        yield from _judge(folder, store, limits, running=running)
    finally:
        db.close()


def _mend(store: Store, limits: Limits | None) -> Iterator[Check]:
    """Put right what can be; what mends one thing may bring up another, so that it takes some rounds."""
    mended = 0
    settle_all(store.db, store.disk)
    for _ in range(4):
        found = [finding for finding in _findings(store, limits) if finding.mend is not None]
        for finding in found:
            if finding.mend is not None:
                finding.mend()
        mended += len(found)
        if not found:
            break
    if mended:
        yield Check("mended", State.HOLDS, f"{mended} findings.")


def _findings(store: Store, limits: Limits | None) -> Iterator[Finding]:
    """Find all there is, cheap before dear; what was found twice is mended once."""
    yield from of_files(store)
    yield from of_garbage(store)
    yield from of_rows(store)
    yield from of_records(store)
    yield from of_gaps(store)
    yield from of_spans(store)
    if limits is not None:
        yield from of_quota(store, limits)
    yield from of_keys(store, day_of(micros(clock.now())), _age(store))


def _judge(folder: Path, store: Store, limits: Limits | None, *, running: bool) -> Iterator[Check]:
    found: dict[str, list[str]] = {name: [] for name in INVARIANTS}
    for finding in _findings(store, limits):
        if running and not _stands(folder, finding):
            continue
        found[finding.invariant].append(finding.what)
    details = {
        "J1": f"{store.records} records read"
        + (
            f", {store.forgotten} by their tags only: their keys are forgotten here"
            if store.forgotten
            else ""
        ),
        "J2": "what the running hub is writing was not judged" if running else "",
    }
    for name in list(INVARIANTS)[1:-1]:
        if found[name]:
            yield _result(name, State.FAILS, _told(found[name]))
        elif store.unseen and name in ("J1", "J2", "J3"):
            yield _result(name, State.UNKNOWN, " ".join(store.unseen))
        elif name == "J4" and limits is None:
            yield _result(name, State.UNKNOWN, "The hub's settings do not say how much it may be.")
        else:
            yield _result(name, State.HOLDS, details.get(name, ""))
    yield _marked(store)


def _database(db: sqlite3.Connection) -> Check:
    try:
        refuse_newer(db)
        if (found := version(db)) != VERSION:
            why = f"It is of version {found}, carried over when the hub next starts."
            return _result("J0", State.UNKNOWN, why)
        said = [str(row[0]) for row in db.execute("PRAGMA integrity_check(3)")]
        said = [] if said == ["ok"] else said
        if db.execute("PRAGMA foreign_key_check").fetchone():
            said.append("A row names another that is not there.")
    except JournalError as error:
        return _result("J0", State.UNKNOWN, error.what)
    except sqlite3.Error as error:
        said = [f"It is damaged ({error})."]
    return _result("J0", State.FAILS if said else State.HOLDS, " ".join(said))


def _marked(store: Store) -> Check:
    folders = {root: path for root, path in store.roots.all().items() if root != OWN}
    others = [path for path in folders.values() if read_marker(path) not in ("", store.roots.journal)]
    away = [why for root in folders if (why := store.roots.why_missing(root))]
    if others:
        return _result("J8", State.FAILS, f"{others[0]} holds the recording of another hub.")
    return _result("J8", State.UNKNOWN if away else State.HOLDS, " ".join(dict.fromkeys(away)))


def _stands(folder: Path, finding: Finding) -> bool:
    """Tell whether a finding cannot come of the hub's own work while we looked."""
    if finding.file is None:
        return not finding.in_passing
    # A file that gave way meanwhile lost its row first. We see the rows of when we began: look anew.
    with contextlib.closing(connect(folder / "hub.sqlite", read_only=True)) as db:
        return bool(db.execute("SELECT 1 FROM file WHERE id = ?", (finding.file,)).fetchone())


def _age(store: Store) -> int | None:
    (known,) = store.db.execute("SELECT max(value) FROM meta WHERE name = 'age_us'").fetchone()
    return None if known is None else int(known)


def _told(found: Iterable[str]) -> str:
    said = list(found)
    more = f" And {len(said) - _SHOWN} more." if len(said) > _SHOWN else ""
    return " ".join(said[:_SHOWN]) + more


def _result(name: str, state: State, detail: str) -> Check:
    return Check(f"{name} {INVARIANTS[name]}", state, detail)
