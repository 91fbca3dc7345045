"""`hub.toml`, the file a person and the hub's page both write: bytes to HubOptions and back.

In:     the file's bytes, from an editor or from the page.
Out:    HubOptions, or one BadSettings that names the key. Written (0600, whole or as before, synced) so that
        a person's comments and order stay.
Holds:  a file that changed since it was read is not overwritten.
Absent: what the settings do (pipeline), and the household (pairing.py).
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fanlight.hub.options import HubOptions
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.store.files import write_private

NAME = "hub.toml"
LARGEST = 1 << 20  # 64 cameras with every zone they may have take a quarter of it
_AT = re.compile(r"^(?P<why>.*?)(?: - at `\$\.?(?P<key>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<name>.*)`$", re.DOTALL)
_LACKS = re.compile(r"^Object missing required field `(?P<name>.*)`$", re.DOTALL)
_ID_LACKS = re.compile(r"^`camera\[\d+\]\.id` is missing$")
_CORRECT = "Correct it; docs/ref/hub-settings.md lists every setting."
_FRESH = 'Each camera has an id of its own. Paste this fresh one: id = "{}"'
_WHERE = re.compile(r"at line (\d+)")


class BadSettings(FanlightError):
    """`hub.toml` says something that cannot be."""

    code = "hub.bad_settings"


class SettingsChanged(FanlightError):
    """`hub.toml` was changed by somebody else since it was read."""

    code = "hub.settings_changed"


class SettingsUnwritable(FanlightError):
    """`hub.toml` cannot be read from or written to the disk."""

    code = "hub.settings_unwritable"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What stood in `hub.toml` when it was read; `data` is None if there was none."""

    options: HubOptions
    data: bytes | None = field(repr=False)


def read_options(folder: Path) -> SettingsFile:
    """Read `hub.toml`; a hub without one has every default.

    Raises:
        BadSettings: it cannot be used as it is. SettingsUnwritable: the disk does not give it.
    """
    data = _read(folder / NAME)
    return SettingsFile(parse(data or b""), data)


def write_options(folder: Path, options: HubOptions, before: SettingsFile) -> SettingsFile:
    """Write `hub.toml`, keeping what a person wrote around the values; return what stands there now.

    Args:
        folder: the hub's.
        options: the new settings.
        before: what was read and changed into `options`.

    Raises:
        SettingsChanged, SettingsUnwritable, BadSettings: the file is as it was.
    """
    # tomlkit takes 3 MB that a hub whose settings stay as they are need not spend.
    from fanlight.hub.settings.toml import merge  # noqa: PLC0415

    path = folder / NAME
    if _read(path) != before.data:
        raise SettingsChanged(
            "The settings were changed by somebody else meanwhile.",
            kept="What the other wrote stands in hub.toml; your change was not made.",
            do="Load the page anew and make the change again.",
        )
    data = merge((before.data or b"").decode(), options).encode()
    written = SettingsFile(parse(data), data)
    try:
        write_private(path, data)
    except OSError as error:
        raise _unwritable() from error
    return written


def write_anew(folder: Path, options: HubOptions) -> None:
    """Write `hub.toml` with nothing left of what stood there, in one step; raises OSError."""
    from fanlight.hub.settings.toml import merge  # noqa: PLC0415 - as above

    write_private(folder / NAME, merge("", options).encode())


def parse(data: bytes) -> HubOptions:
    """Return the settings that a file's bytes say; raises BadSettings and nothing else."""
    if len(data) > LARGEST:
        raise _bad("it is larger than settings can be")
    try:
        said = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, RecursionError) as error:
        raise _bad("it is not a TOML text") from error
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        line = _WHERE.search(str(error))
        raise _bad(f"line {line[1]} is not TOML" if line else "it is not a whole TOML text") from error
    try:
        options = msgspec.convert(said, HubOptions)
    except (msgspec.ValidationError, RecursionError) as error:
        why = in_words(str(error))
        raise _bad(why, _FRESH.format(new_id()) if _ID_LACKS.match(why) else _CORRECT) from error
    ids = [camera.id for camera in options.camera]
    if len(set(ids)) != len(ids):
        raise _bad("two cameras have the same `id`")
    return options


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable() from error


def in_words(message: str) -> str:
    """Return what a validation error says of which key, and no value: a misplaced password is one still."""
    found = _AT.match(message)
    why, key = (found["why"], found["key"] or "") if found else (message, "")
    if unknown := _UNKNOWN.match(why):
        return f"`{_key(key, unknown['name'])}` is no setting"
    if lacks := _LACKS.match(why):
        return f"`{_key(key, lacks['name'])}` is missing"
    if why.startswith("Invalid enum value"):
        return f"`{key}` is none of the words that may stand there"
    return f"`{key}` cannot be that: {why[:1].lower()}{why[1:]}"


def _key(table: str, name: str) -> str:
    return f"{table}.{name[:80]}" if table else name[:80]


def _bad(why: str, do: str = _CORRECT) -> BadSettings:
    return BadSettings(
        f"The settings in {NAME} cannot be used: {why}.",
        kept="The file is as you wrote it, and a hub that runs goes on with the settings it had.",
        do=do,
    )


def _unwritable() -> SettingsUnwritable:
    return SettingsUnwritable(
        f"The disk does not take or give {NAME}.",
        kept="The settings are as they were.",
        do="Look whether the hub's folder is there, has room and may be written.",
    )
