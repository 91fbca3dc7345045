"""A thief's view of a stolen server: every row and every file, and all that given keys open of it."""

import base64
import contextlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from tests.seal.wrapping import unwrap_seed

from fanlight.model.errors import FanlightError
from fanlight.seal import opening
from fanlight.seal.keys import member_keys

_AGE = b"age-encryption.org/v1\n"
_HEX = re.compile(rb"\\x((?:[0-9a-f]{2}){24,})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")
_SECRET = re.compile(rb"AGE-SECRET-KEY-PQ-1[0-9A-Z]+")


@dataclass
class Dump:
    """All that lies at a server, in pieces: values of rows, texts within them decoded, files."""

    pieces: list[bytes] = field(default_factory=list)

    def secrets(self) -> list[str]:
        """Return the age identities that lie about as they are."""
        return sorted({secret.decode() for piece in self.pieces for secret in _SECRET.findall(piece)})

    def opened_by(self, *secrets: str) -> list[bytes]:
        """Return all that these keys open, and that keys found within open in turn."""
        known, plains = set(secrets), dict[bytes, None]()
        sealed = [piece for piece in self.pieces if piece.startswith(_AGE)]
        while True:
            before = len(known)
            for one in list(sealed):
                found = self._open(one, sorted(known))
                if found is not None:
                    sealed.remove(one)
                    plains[found] = None
                    known |= {secret.decode() for secret in _SECRET.findall(found)}
            if len(known) == before:
                return list(plains)

    def _open(self, sealed: bytes, known: list[str]) -> bytes | None:
        with contextlib.suppress(FanlightError):
            return opening.open_age(sealed, known)
        with contextlib.suppress(FanlightError):
            file_key = opening.open_header(sealed, known)
            for piece in self.pieces:  # a header may stand apart from what it opens
                with contextlib.suppress(FanlightError):
                    return bytes(opening.open_payload(file_key, piece))
        return None

    def seeds_under(self, prf: bytes, account: str) -> list[bytes]:
        """Return the seeds that a passkey unwraps, whatever row or file they lie in."""
        found = (unwrap_seed(prf, account, piece) for piece in self.pieces)
        return [seed for seed in found if seed is not None]

    def opened_by_passkey(self, prf: bytes, account: str) -> list[bytes]:
        """Return all that follows from a passkey."""
        secrets = [member_keys(seed).age.secret for seed in self.seeds_under(prf, account)]
        return self.opened_by(*secrets) if secrets else []


def dump_of(database: str, home: Path) -> Dump:
    """Take everything: each table as PostgreSQL writes it out, each file below the server's home."""
    dump = Dump()
    with psycopg.connect(database) as thief:
        names = thief.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with thief.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as rows:
                text = b"".join(rows).replace(b"\\\\x", b"\\x")
                dump.pieces += [text, *_pieces(text)]
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            dump.pieces += [data, *_pieces(data)]
    dump.pieces = list(dict.fromkeys(dump.pieces))
    return dump


def _pieces(data: bytes) -> list[bytes]:
    raw = [bytes.fromhex(found.decode()) for found in _HEX.findall(data)]
    texts: list[bytes] = []
    for text in (data, *raw):
        texts += [base64.b64decode(found) for found in _BASE64.findall(text) if len(found) % 4 == 0]
    return raw + texts
