"""A dispatch centre's side: its key, its settings, a try without a server, and handing in.

In:     files of the dispatch centre.
Out:    lines to print.
Holds:  an export is read here by the same code as at the server; the signing key stays in its file.
"""

import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from fanlight.cli.signed_in import SignedIn
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.keys import SEED_LENGTH, SigningKey
from fanlight.server.incidents.intake import CONTEXT, Upload
from fanlight.server.incidents.mapping import BadMapping
from fanlight.server.incidents.reading import read
from fanlight.server.incidents.rules import Settings
from fanlight.wire import b64

_MOST_NAMED = 30


class NoKey(FanlightError):
    """A file holds no signing key, or there is one already."""

    code = "cli.no_cad_key"


def new_key(file: Path) -> str:
    """Make a key in a new file that only its owner reads; return the public half.

    Raises:
        NoKey: the file is there already; it stays as it is.
    """
    seed = secrets.token_bytes(SEED_LENGTH)
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise NoKey(
            f"{file.name} cannot be made: {error.strerror}.",
            kept="What is there stays as it is.",
            do="Name a new file in a folder of yours.",
        ) from error
    with os.fdopen(made, "w") as out:
        out.write(b64.encode(seed) + "\n")
    return b64.encode(SigningKey(seed).public)


def read_key(file: Path) -> SigningKey:
    """Return the key in a file; raises NoKey."""
    try:
        seed = b64.decode(file.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError, FanlightError) as error:
        raise _no_key(file) from error
    if len(seed) != SEED_LENGTH:
        raise _no_key(file)
    return SigningKey(seed)


def settings(file: Path) -> Settings:
    """Read a source's settings.

    Raises:
        BadMapping: no TOML, or parts of it do not fit.
    """
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Settings).check()
    except (msgspec.DecodeError, ValueError, OSError) as error:
        raise BadMapping(
            f"{file.name} cannot be read: {error}.",
            kept="Nothing was changed.",
            do="Look at the examples in docs/guide/dispatch.md.",
        ) from error


def checked(said: Settings, data: bytes) -> list[str]:
    """Say what would be read of an export, by type."""
    found = read(data, said.mapping, clock.now())
    classes = said.classes()
    kinds = Counter(one.kind for one in found.reports)
    states = Counter(one.state for one in found.reports)
    points = sum(one.point is not None or bool(one.outline) for one in found.reports)
    lines = [
        f"{found.rows} rows: {len(found.reports)} incidents, {found.joined} rows joined to them",
        *(f"{n:7} dropped: {why}" for why, n in sorted(found.dropped.items())),
        f"{points} with a place; " + ", ".join(f"{n} {state}" for state, n in sorted(states.items())),
        f"{sum(n for kind, n in kinds.items() if kind.casefold() in classes)} of a type on the list",
    ]
    unlisted = [(kind, n) for kind, n in kinds.most_common() if kind.casefold() not in classes]
    lines += [f"{n:7} not on the list: {kind or '(none)'}" for kind, n in unlisted[:_MOST_NAMED]]
    if len(unlisted) > _MOST_NAMED:
        lines.append(f"        and {len(unlisted) - _MOST_NAMED} types more")
    return lines


async def begin(server: str, seed: bytes, said: Settings) -> str:
    """Begin a source as the operator; return its id."""
    operator = SignedIn(seed, server)
    async with operator.uplink:
        body = msgspec.to_builtins(said)
        answer = await operator.uplink.call("POST", "/v1/cad-sources", json=body)
    return str(answer.json()["source"])


async def send(server: str, source: str, key: SigningKey, data: bytes) -> list[str]:
    """Hand an export in; return what became of it."""
    now = clock.now()
    upload = Upload(source=source, body=data, sent=now, sent_text=clock.to_text(now), signature="")
    headers = {
        "Fanlight-Sent": upload.sent_text,
        "Fanlight-Signature": b64.encode(key.sign(CONTEXT, upload.signed())),
    }
    async with Uplink(server) as uplink:
        path = f"/v1/cad-sources/{source}/uploads"
        taken: Mapping[str, Any] = (await uplink.public("POST", path, content=data, headers=headers)).json()
    dropped: Mapping[str, int] = taken["dropped"]
    return [
        f"{taken['rows']} rows: {taken['kept']} taken, {taken['same']} known already",
        f"{taken['joined']:7} joined to another row, {taken['withdrawn']} withdrawn",
        *(f"{n:7} dropped: {why}" for why, n in sorted(dropped.items())),
        f"SHA-256 of what was sent: {hashlib.sha256(data).hexdigest()}",
    ]


def _no_key(file: Path) -> NoKey:
    return NoKey(
        f"{file.name} holds no key for uploads.",
        kept="Nothing was sent.",
        do="Name the file that `fanlight cad key` made.",
    )
