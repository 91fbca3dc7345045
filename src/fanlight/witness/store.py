"""What a witness remembers, in its own folder: its key and the checkpoint it cosigned last.

In:     a request's body.
Out:    the cosignature line, after the new state is on disk; or the refusal.
Holds:  W1 check and store are one SQLite transaction, so a slower request cannot roll a log back.
        W2 no cosignature leaves before its row is durable (WAL with synchronous = FULL).
        W3 a key without its state is refused: it could sign what contradicts the lost state.
        W4 times never go back, whatever the clock does.
Absent: sockets (witness.http).
Why:    docs/spec/log.md
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fanlight.proof.cosignature import cosign
from fanlight.proof.errors import ProofError
from fanlight.proof.handover import Handover, Handovers, sign_handover
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import COSIGNATURE, Note, Signature, SignerKey, VerifierKey
from fanlight.witness.errors import CannotStart
from fanlight.witness.rules import Cosign, Refused, judge

_SCHEMA = """
CREATE TABLE IF NOT EXISTS latest (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
    time_s INTEGER NOT NULL, note BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS contradiction (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, cosigned BLOB, refused BLOB NOT NULL,
    UNIQUE (origin, refused)
) STRICT;
"""
_KEPT_CONTRADICTIONS = 100  # one is proof enough; a log that signs thousands shall not fill the disk


def open_key(home: Path, name: str) -> SignerKey:
    """Read `witness.key`, or make it (mode 0600) in a folder that holds no state yet.

    Raises:
        CannotStart: it is there without its state, is of another name, or cannot be read.
        OSError: the folder cannot be used.
    """
    path = home / "witness.key"
    if path.exists():
        try:
            key = SignerKey.parse(path.read_text("utf-8").strip())
        except (ProofError, UnicodeDecodeError) as error:
            raise _cannot(f"{path} holds no signing key.", "Put the key back from a backup.") from error
        if key.name != name or key.kind != COSIGNATURE:
            raise _cannot(f"{path} is the key of {key.name}.", f"Start with --name {key.name}.")
        return key
    key = SignerKey(name, COSIGNATURE, secrets.token_bytes(32))
    _write(path, f"{key.skey}\n".encode())
    return key


def change_key(home: Path, name: str, clock: Callable[[], float]) -> bytes:
    """Make a new key that takes over from `witness.key`; return the hand-over that both signed.

    The witness signs with both from then on, until somebody removes `witness.old.key`. A crash in between
    is finished by the next call.

    Raises:
        CannotStart: there is no key to change, or it cannot be read.
        OSError: the folder cannot be used.
    """
    if not (home / "witness.key").exists():
        raise _cannot(f"{home} holds no key to change.", "Start the witness without --new-key first.")
    old, pending = open_key(home, name), home / "witness.next.key"
    if pending.exists():
        new = SignerKey.parse(pending.read_text("utf-8").strip())
    else:
        new = SignerKey(name, COSIGNATURE, secrets.token_bytes(32))
        _write(pending, f"{new.skey}\n".encode())
    note = sign_handover(old, new, max(1, int(clock())))
    _write(home / f"handover.{new.verifier.id.hex()}", note)
    _write(home / "witness.old.key", f"{old.skey}\n".encode())
    pending.rename(home / "witness.key")
    _sync(home)
    return note


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _cannot(what: str, do: str) -> CannotStart:
    return CannotStart(what, kept="Nothing was signed or changed.", do=do)


class Store:
    """The witness's memory. Safe for several threads, and for a second process by mistake.

    Args:
        home: its folder, made if it is not there (mode 0700).
        name: the witness's name.
        logs: the logs it follows, one key an origin.
        clock: POSIX seconds.
        handovers: changes of these logs' keys; what the newest key signed is cosigned as well.
    """

    def __init__(
        self,
        home: Path,
        name: str,
        logs: Mapping[str, VerifierKey],
        clock: Callable[[], float],
        handovers: Sequence[Handover] = (),
    ) -> None:
        """Open or make the state and the key.

        Raises:
            CannotStart: see `open_key`.
            OSError: the folder cannot be used.
        """
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = home / "state.sqlite"
        if (home / "witness.key").exists() and not state.exists():
            raise _cannot(
                f"{home} has the witness's key but not what it signed.",
                "Restore state.sqlite, or move witness.key away and publish the new key.",
            )
        try:
            self._db = sqlite3.connect(state, isolation_level=None, check_same_thread=False, timeout=10)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise _cannot(f"{state} cannot be used: {error}.", "Check the folder and the disk.") from error
        self._lock = threading.Lock()
        changes = Handovers(handovers)
        self._logs = {origin: changes.follow(key) for origin, key in logs.items()}
        self._clock = clock
        self._key = open_key(home, name)
        old = home / "witness.old.key"
        self._keys = [self._key, *([SignerKey.parse(old.read_text("utf-8").strip())] if old.exists() else [])]

    @property
    def verifier(self) -> VerifierKey:
        """The public key that cosigns."""
        return self._key.verifier

    def close(self) -> None:
        """Close the database; all that was answered is in it."""
        with self._lock:
            self._db.close()

    def add(self, body: bytes) -> str | Refused:
        """Judge a request; store and cosign it if it may be.

        Returns:
            The cosignature line, durable by then, or the refusal. Two lines while an old key signs too.

        Raises:
            sqlite3.Error: the state could not be stored. Nothing was signed.
        """
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                outcome = judge(body, self._logs, self._latest)
                answer = self._keep(outcome) if isinstance(outcome, Cosign) else outcome
                if isinstance(answer, Refused) and answer.signed:
                    self._keep_contradiction(answer.signed)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return answer

    def _latest(self, origin: str) -> TreeHead | None:
        row = self._db.execute("SELECT size, root FROM latest WHERE origin = ?", (origin,)).fetchone()
        return TreeHead(*row) if row else None

    def _keep(self, cosigned: Cosign) -> str:
        row = self._db.execute("SELECT max(time_s) FROM latest").fetchone()
        time_s = max(int(self._clock()), row[0] or 1)
        lines = [cosign(cosigned.note.text, key, time_s) for key in self._keys]
        signatures = (*cosigned.note.signatures, *(Signature.parse(line[:-1]) for line in lines))
        self._db.execute(
            "INSERT OR REPLACE INTO latest (origin, size, root, time_s, note) VALUES (?, ?, ?, ?, ?)",
            (
                cosigned.origin,
                cosigned.head.size,
                cosigned.head.root,
                time_s,
                Note(cosigned.note.text, signatures).format(),
            ),
        )
        return "".join(lines)

    def _keep_contradiction(self, note: Note) -> None:
        origin = note.text.partition("\n")[0]
        self._db.execute(
            "INSERT OR IGNORE INTO contradiction (origin, cosigned, refused)"
            " SELECT ?, (SELECT note FROM latest WHERE origin = ?), ?"
            " WHERE (SELECT count(*) FROM contradiction) < ?",
            (origin, origin, note.format(), _KEPT_CONTRADICTIONS),
        )

    def checkpoint(self, origin: str) -> bytes | None:
        """Return the checkpoint cosigned last, with the log's and this witness's signatures."""
        with self._lock:
            row = self._db.execute("SELECT note FROM latest WHERE origin = ?", (origin,)).fetchone()
        return bytes(row[0]) if row else None

    def contradictions(self) -> list[tuple[bytes | None, bytes]]:
        """Return (cosigned, refused) notes of logs that signed what contradicts what they signed before."""
        with self._lock:
            return self._db.execute("SELECT cosigned, refused FROM contradiction ORDER BY id").fetchall()

    def origins(self) -> list[str]:
        """Return the logs this witness follows."""
        return list(self._logs)
