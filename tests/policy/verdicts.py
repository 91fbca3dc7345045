"""The table of sound and broken packs in vectors/policy/verdicts.json, and how its cases are made."""

import base64
import copy
import json
from pathlib import Path
from typing import Any

from fanlight.wire import jcs

TABLE = Path(__file__).parents[2] / "vectors/policy/verdicts.json"


def bytes_of(base: dict[str, Any], case: dict[str, Any]) -> bytes:
    """Return the bytes of a case: as they stand there, or the base pack with its edits."""
    if "text" in case:
        return str(case["text"]).encode()
    if "base64" in case:
        return base64.b64decode(case["base64"])
    pack = copy.deepcopy(base)
    for edit in case["edits"]:
        _edit(pack, edit)
    # An edit may make what canonical JSON cannot hold (2^53): its digits then stand there all the same.
    try:
        return jcs.dumps(pack)
    except jcs.BadJson:
        return json.dumps(pack, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _edit(pack: dict[str, Any], edit: dict[str, Any]) -> None:
    *way, last = edit["at"]
    place: Any = pack
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    name = int(last) if isinstance(place, list) else last
    match edit:
        case {"put": value}:
            place[name] = copy.deepcopy(value)
        case {"drop": True}:
            del place[name]
        case {"find": old, "with": new}:
            assert old in place[name], edit
            place[name] = place[name].replace(old, new, 1)
        case {"before": before, "text": text, "times": times}:
            place[name] = before + text * times + "\n" + place[name]
        case {"text": text, "times": times}:
            place[name] = text * times
        case _:
            raise ValueError(edit)
