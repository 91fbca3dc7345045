"""The ordinance that ships with Fanlight, kept as files a lawyer can read.

In:     packs/model-ordinance/{pack.json, ordinance.cedar, schema.cedarschema}.
Out:    its canonical bytes, and the Pack they make.
Holds:  the hash is of the canonical bytes; how the files are laid out does not change it.
Why:    docs/guide/ordinance-packs.md
"""

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from fanlight.policy.pack import Pack, bad_pack, load_pack
from fanlight.wire import jcs


def assemble(folder: Traversable) -> bytes:
    """Return the canonical bytes of the pack in `folder` (a `pathlib.Path` will do).

    Raises:
        BadPack: a file is missing or not readable as text or JSON.
    """
    try:
        value = json.loads(folder.joinpath("pack.json").read_text("utf-8"))
        value["policies"] = folder.joinpath("ordinance.cedar").read_text("utf-8")
        value["schema"] = folder.joinpath("schema.cedarschema").read_text("utf-8")
        return jcs.dumps(value)
    except (OSError, ValueError, TypeError, RecursionError, jcs.BadJson) as error:
        raise bad_pack(
            "its folder lacks a readable pack.json, ordinance.cedar or schema.cedarschema"
        ) from error


@cache
def default_pack() -> Pack:
    """Return the Fanlight model ordinance, parsed once."""
    return load_pack(assemble(resources.files("fanlight.policy").joinpath("packs/model-ordinance")))
