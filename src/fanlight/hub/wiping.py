"""Destroy what a hub holds of its household: keys first, then recording, clips and settings.

In:     an order in the hub's folder, written for who may: an owner's last word, the page, the command.
Out:    a hub like a new one, and a note of when and why; its page keeps its address and key, to say so.
Holds:  W1 an order is durable before anything goes, and is carried out at the next start after a crash.
        W2 day keys and the hub's own go first: what the disk keeps of the rest opens with nothing.
        W3 of a folder on another disk only this journal's cameras go.
Absent: who may order it (`hub.town` checks an owner's word; a server can order nothing).
Why:    docs/design/hub.md, "Moving out"
"""

import contextlib
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.roots import MARKER, OWN, Roots, read_marker
from fanlight.hub.journal.schema import connect
from fanlight.hub.options import HubOptions
from fanlight.hub.settings import read_options, write_anew
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.store.files import sync_folder, write_private

ORDER, NOTE, SETTINGS = "wipe.json", "wiped.json", "hub.toml"
By = Literal["owner", "page", "command"]


class Wiped(msgspec.Struct, frozen=True):
    """When a hub was wiped (UTC), and by whose word."""

    day: date
    by: By


def order(folder: Path, by: By) -> None:
    """Order that all this hub holds is destroyed; a hub at work ends for it. Raises OSError."""
    write_private(folder / ORDER, msgspec.json.encode(Wiped(clock.now().date(), by)))


def is_ordered(folder: Path) -> bool:
    """Tell whether an order waits."""
    return (folder / ORDER).exists()


def note_of(folder: Path) -> Wiped | None:
    """Return when and by whose word this hub was wiped last; None for one that never was."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Wiped)
    return None


def carry_out(folder: Path) -> bool:
    """Do what was ordered, if anything was; tell whether. Nothing else works in the folder meanwhile.

    Raises:
        OSError: the disk refuses; the order stands, and keys that could be removed are gone.
    """
    if not is_ordered(folder):
        return False
    page = _page_of(folder)
    footage = _footage(folder)  # before the keys' folder goes: the rows say where files lie
    _drop_keys(folder / "keys")
    for path in footage:
        _remove(path)
    write_anew(folder, page)
    keep = {ORDER, NOTE, SETTINGS, "lock", "keys"}
    for path in folder.iterdir():
        if path.name not in keep:
            _remove(path)
    write_private(folder / NOTE, _order_of(folder))
    (folder / ORDER).unlink()
    sync_folder(folder)
    return True


def _order_of(folder: Path) -> bytes:
    """Return the order; one that a crash left damaged is an order all the same."""
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.encode(msgspec.json.decode((folder / ORDER).read_bytes(), type=Wiped))
    return msgspec.json.encode(Wiped(clock.now().date(), "command"))


def _page_of(folder: Path) -> HubOptions:
    """Return settings with nothing in them but where the page is."""
    with contextlib.suppress(FanlightError):
        return HubOptions(page=read_options(folder).options.page)
    return HubOptions()


def _drop_keys(keys: Path) -> None:
    if not keys.is_dir():
        return
    for path in keys.iterdir():
        if path.name != "page.key":
            _remove(path)
    sync_folder(keys)


def _footage(folder: Path) -> list[Path]:
    """Return what this journal has on other disks, the marker last; its own folder goes with the hub's."""
    if not (folder / "hub.sqlite").exists():
        return []
    with (
        contextlib.suppress(sqlite3.Error, TypeError),
        contextlib.closing(connect(folder / "hub.sqlite", read_only=True)) as db,
    ):
        roots = Roots(folder, db, Disk())
        cameras = [camera for (camera,) in db.execute("SELECT DISTINCT camera FROM line")]
        away = [path for root, path in roots.all().items() if root != OWN]
        ours = [path for path in away if read_marker(path) == roots.journal]
        return [path / name for path in ours for name in (*cameras, MARKER)]
    return []


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
