"""The ordinances that ship with Fanlight, kept as files a lawyer can read.

In:     packs/NAME/{pack.json, ordinance.cedar, schema.cedarschema}; a folder of a town's own, or its zip.
Out:    their canonical bytes, and the Packs they make.
Holds:  the hash is of the canonical bytes; how the files are laid out does not change it.
Why:    docs/guide/ordinance-packs.md
"""

import io
import json
import zipfile
import zlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from fanlight.policy.pack import BadPack, Pack, bad_pack, load_pack
from fanlight.wire import jcs

DEFAULT = "model-ordinance"
FILES = ("pack.json", "ordinance.cedar", "schema.cedarschema")
MAX_FILE = 256 * 1024
MAX_ZIP = 1024 * 1024
_PACKS = resources.files("fanlight.policy").joinpath("packs")


def assemble(folder: Traversable) -> bytes:
    """Return the canonical bytes of the pack in `folder` (a `pathlib.Path` will do).

    Raises:
        BadPack: a file is missing or not readable as text or JSON.
    """
    try:
        return _assembled(*(folder.joinpath(name).read_bytes() for name in FILES))
    except OSError as error:
        raise _unreadable() from error


def is_zip(data: bytes) -> bool:
    """Tell whether bytes begin as a zip does; no pack's own file does."""
    return data.startswith(b"PK\x03\x04")


def assemble_zip(data: bytes) -> bytes:
    """Return the canonical bytes of the pack whose folder was put into a zip.

    Raises:
        BadPack: it is no zip, too large, or has not each of the three files once, all in one folder.
    """
    if len(data) > MAX_ZIP:
        raise bad_pack("its zip is larger than 1 MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [name for name in packed.namelist() if name.rpartition("/")[2] in FILES]
            below = names[0][: names[0].rfind("/") + 1] if names else ""
            wanted = [below + name for name in FILES]
            if sorted(names) != sorted(wanted):
                raise _unreadable()
            return _assembled(*(_bounded(packed, name) for name in wanted))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _unreadable() from error
    except (ValueError, KeyError, zlib.error) as error:
        raise _unreadable() from error


def _bounded(packed: zipfile.ZipFile, name: str) -> bytes:
    # What a zip says of its files' sizes need not be so.
    with packed.open(name) as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise _unreadable()
    return data


def _assembled(pack: bytes, policies: bytes, schema: bytes) -> bytes:
    try:
        value = json.loads(pack.decode("utf-8"))
        value["policies"] = _text(policies)
        value["schema"] = _text(schema)
        return jcs.dumps(value)
    except (ValueError, TypeError, RecursionError, jcs.BadJson) as error:
        raise _unreadable() from error


def _text(data: bytes) -> str:
    """Read a text however its lines end: an editor's habit is no other ordinance."""
    return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _unreadable() -> BadPack:
    return bad_pack("its folder lacks a readable pack.json, ordinance.cedar or schema.cedarschema")


def shipped_packs() -> tuple[str, ...]:
    """Return the names of all packs that ship, the default first."""
    folders = sorted(item.name for item in _PACKS.iterdir() if item.joinpath("pack.json").is_file())
    return (DEFAULT, *(name for name in folders if name != DEFAULT))


@cache
def shipped_pack(name: str) -> Pack:
    """Return a pack that ships, parsed once.

    Raises:
        BadPack: none of that name ships.
    """
    if name not in shipped_packs():
        raise bad_pack(f"none of the name {name} ships with Fanlight")
    return load_pack(assemble(_PACKS.joinpath(name)))


def default_pack() -> Pack:
    """Return the Fanlight model ordinance, parsed once."""
    return shipped_pack(DEFAULT)
