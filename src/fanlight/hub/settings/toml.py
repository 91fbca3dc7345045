"""New settings into a person's TOML text: only values that differ change, comments and order stay.

In:     the text as it stands, the options it shall say.
Out:    a text that says exactly those options.
Holds:  parse(merge(text, options)) == options. Where the text is laid out in a way that tomlkit cannot
        change without saying something else, the text is written anew, without its comments.
"""

import tomllib
from typing import Any, cast

import msgspec
import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Table

from fanlight.hub.options import HubOptions

Tables = Container | Table
IDENTITY = ("id", "url", "name")  # what makes an entry of a list the same one as before


def merge(text: str, options: HubOptions) -> str:
    """Return `text` changed so that it says `options`."""
    try:
        document = tomlkit.parse(text)
        _fill(document, options)
        changed = tomlkit.dumps(document)
        if msgspec.convert(tomllib.loads(changed), HubOptions) == options:
            return changed
    except Exception:  # noqa: BLE001, S110 - tomlkit fails in its own ways on rare layouts; below is the other way
        pass
    fresh = tomlkit.document()
    _fill(fresh, options)
    return tomlkit.dumps(fresh)


def _fill(table: Tables, value: msgspec.Struct) -> None:
    """Write a struct's fields into a table, those with their default only if they stand there already."""
    for field in msgspec.structs.fields(value):
        name, new = field.name, getattr(value, field.name)
        if name not in table and not field.required and new == _default(field):
            continue
        if isinstance(new, msgspec.Struct):
            if name not in table:
                table[name] = tomlkit.table()
            _fill(cast("Tables", table[name]), new)
        elif isinstance(new, tuple) and (isinstance(table.get(name), AoT) or _is_list_of_tables(table, new)):
            _fill_tables(table, name, new)
        else:
            plain = msgspec.to_builtins(new)
            if name not in table or table[name].unwrap() != plain:
                table[name] = _lines(plain) if _long(plain) else plain


def _fill_tables(table: Tables, name: str, entries: tuple[msgspec.Struct, ...]) -> None:
    """Make the `[[name]]` tables say `entries`, each in the table that said it before."""
    there = table.get(name)
    if not isinstance(there, AoT):
        there = tomlkit.aot()
        table.append(name, there)
    before = {_identity(one): one for one in there}
    wanted = {_identity(msgspec.to_builtins(entry)): entry for entry in entries}
    if list(before) != list(wanted):
        del there[:]
        for identity in wanted:
            there.append(before.get(identity, tomlkit.table()))
    for one, entry in zip(there, entries, strict=True):
        _fill(one, entry)
    if not entries:
        table.remove(name)


def _is_list_of_tables(table: Tables, new: tuple[Any, ...]) -> bool:
    # A list within a camera is written as one value: `[[camera.detect.zones]]` far below its camera is hard
    # to read, and easily moved to another one.
    return isinstance(table, Container) and bool(new) and isinstance(new[0], msgspec.Struct)


def _identity(entry: Any) -> str:  # noqa: ANN401 - a table of tomlkit or a plain one
    return next((f"{key} {entry[key]}" for key in IDENTITY if key in entry), "")


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _long(plain: object) -> bool:
    return isinstance(plain, list) and bool(plain) and isinstance(plain[0], dict | list)


def _lines(plain: list[object]) -> tomlkit.items.Array:
    array = tomlkit.array()
    array.extend(plain)
    return array.multiline(multiline=True)
