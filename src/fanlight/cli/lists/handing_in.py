"""Hand a list in at a town's server, as its operator.

In:     the server's address, the file that holds the operator's key, the list with its source.
Out:    the list's id and how many lines the server took over.
Holds:  the key is read here and stays here; the server gets a signature.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fanlight.cli.signed_in import SignedIn
from fanlight.model.errors import FanlightError
from fanlight.seal.keys import SEED_LENGTH


class NoKey(FanlightError):
    """A file does not hold the operator's key."""

    code = "cli.no_key"


async def hand_in(server: str, seed: bytes, listing: Mapping[str, Any]) -> tuple[str, int]:
    """Return the list's id at the server, and its lines.

    Raises:
        ServerAway: no answer. Refused: the server said no; nothing of the list is there then.
    """
    operator = SignedIn(seed, server)
    async with operator.uplink:
        answer = (await operator.uplink.call("POST", "/v1/register/listings", json=dict(listing))).json()
    return str(answer["listing"]), int(answer["lines"])


def operators_seed(path: Path) -> bytes:
    """Return the operator's seed from a file: a demo home's people.json, or the one line that they keep.

    Raises:
        NoKey: it cannot be read, or holds no key.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
        if text.startswith("{"):
            text = json.loads(text)["operator"]
        text = text.rpartition("#k=")[2].rstrip("=").translate(str.maketrans("+/", "-_"))
        seed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise _no_key(path) from error
    if len(seed) != SEED_LENGTH:
        raise _no_key(path)
    return seed


def _no_key(path: Path) -> NoKey:
    return NoKey(
        f"{path.name} holds no operator's key.",
        kept="Nothing was sent.",
        do="Name the file with the line that the operator keeps, or the demo/people.json of a demo home.",
    )
