"""A town's own database on a PostgreSQL that others use, too: its addresses, and the SQL that makes it.

In:     a home; a town's short name and where the PostgreSQL listens.
Out:    `server/database.toml` with two addresses, for the server alone; SQL for whoever runs PostgreSQL.
Holds:  passwords are made here, stand in that file only, and go to PostgreSQL as verifiers (RFC 5803): they
        are in no command line, no environment, no SQL and no log.
Why:    docs/guide/several-towns.md
"""

import base64
import hashlib
import hmac
import re
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from fanlight.model.errors import FanlightError
from fanlight.store.files import write_private

FILE = "server/database.toml"
_ROUNDS = 4096
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class BadDatabaseFile(FanlightError):
    """The file with a town's database cannot be used."""

    code = "store.bad_database_file"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a town's database is: for the owner of its tables, and for the role that the server works as."""

    owner: str
    app: str


def read(home: Path) -> Addresses | None:
    """Return a home's addresses, None if it has a PostgreSQL to itself.

    Raises:
        BadDatabaseFile: others may read it, or it says something else.
    """
    path = home / FILE
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(path, "it cannot be read") from error
    if stat.S_IMODE(mode) & 0o077:
        raise _bad(path, "others may read it, and it holds passwords")
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise _bad(path, "it is no TOML") from None
    owner, app = said.pop("owner", None), said.pop("app", None)
    if said or not isinstance(owner, str) or not isinstance(app, str):
        raise _bad(path, "it must say `owner` and `app`, and nothing else")
    return Addresses(owner, app)


def make(home: Path, name: str, host: str, port: int = 5432) -> str:
    """Write a town's addresses into its home and return the SQL that makes its database and roles.

    Args:
        home: the state folder.
        name: the town's short name, `a-z0-9_`; database and roles are called after it.
        host: a host's name, or the folder of a socket.
        port: where PostgreSQL listens.

    Raises:
        BadDatabaseFile: the name is none, or the home has a database already.
    """
    path = home / FILE
    if not _NAME.fullmatch(name):
        raise _bad(path, "a town's short name is a letter and up to 39 letters, digits or _")
    if path.exists() or (home / "postgres/data").exists():
        raise _bad(path, "the home has a database already", "Take another home for another town.")
    owner = f"fanlight_{name}"
    passwords = {role: secrets.token_urlsafe(24) for role in (owner, f"{owner}_app")}
    address = {
        role: make_conninfo("", host=host, port=port, dbname=owner, user=role, password=password)
        for role, password in passwords.items()
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = (f"{key} = {_toml(address[role])}\n" for key, role in zip(("owner", "app"), address, strict=True))
    write_private(path, "".join(lines).encode())
    roles = "".join(
        f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
        f" PASSWORD '{_verifier(password)}';\n"
        for role, password in passwords.items()
    )
    return (
        f'{roles}CREATE DATABASE "{owner}" OWNER "{owner}" TEMPLATE template0 ENCODING \'UTF8\';\n'
        f'REVOKE ALL ON DATABASE "{owner}" FROM PUBLIC;\n'
        f'GRANT CONNECT ON DATABASE "{owner}" TO "{owner}_app";\n'
        "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;\n"
    )


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _verifier(password: str) -> str:
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(one).decode() for one in (salt, stored, server))
    return f"SCRAM-SHA-256${_ROUNDS}:{salt64}${stored64}:{server64}"


def _bad(
    path: Path, why: str, do: str = "Mend it, or make it anew with `fanlight database`."
) -> BadDatabaseFile:
    return BadDatabaseFile(
        f"{path.name} cannot be used: {why}.", kept="Nothing was started or changed.", do=do
    )
