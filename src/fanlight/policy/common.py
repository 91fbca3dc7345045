"""The facts that all packs share, so that one request can be decided by two of them.

In:     packs/common.cedarschema.
Out:    what each action is decided on: fact -> `Bool`, `Long` or `String`; a schema cut from it.
Holds:  a pack that ships with Fanlight asks for facts of this list only, as this list has them.
Why:    docs/spec/packs.md
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

_ACTION = re.compile(
    r'^(?://[^\n]*\n)action "([a-z.]+)" appliesTo \{[^}]*?context: (?:(\w+) \}|\{[^}]*\},\n\});\n',
    re.MULTILINE,
)
_TYPE = re.compile(r"^type (\w+) = \{[^}]*\};\n", re.MULTILINE)
_FACT = re.compile(r"^\s+(\w+): (Bool|Long|String),$", re.MULTILINE)


@cache
def _text() -> str:
    return resources.files("fanlight.policy").joinpath("packs/common.cedarschema").read_text("utf-8")


@cache
def common_facts() -> Mapping[str, Mapping[str, str]]:
    """Return action -> fact -> its Cedar type, in the order of the list."""
    types = {found[1]: found[0] for found in _TYPE.finditer(_text())}
    return {
        found[1]: dict(_FACT.findall(types[found[2]] if found[2] else found[0]))
        for found in _ACTION.finditer(_text())
    }


def schema_of(actions: Iterable[str]) -> str:
    """Return the part of the common schema that these actions need, as a pack carries it.

    Raises:
        KeyError: the list has no such action.
    """
    wanted = list(actions)
    blocks = {found[1]: found for found in _ACTION.finditer(_text())}
    missing = next((action for action in wanted if action not in blocks), None)
    if missing is not None:
        raise KeyError(missing)
    named = {found[1]: found[0] for found in _TYPE.finditer(_text())}
    parts = ["entity Agency;\nentity Town;\n"]
    written: set[str] = set()
    for action, found in blocks.items():
        if action not in wanted:
            continue
        if found[2] and found[2] not in written:
            written.add(found[2])
            parts.append(named[found[2]])
        parts.append(found[0])
    return "\n".join(parts)
