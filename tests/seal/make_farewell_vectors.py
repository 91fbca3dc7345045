"""Write vectors/seal/farewell.json anew: `python -m tests.seal.make_farewell_vectors`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.seal.books import PEOPLE

from fanlight.seal import farewell
from fanlight.seal.epoch import from_wire

DAY = date(2026, 11, 22)
FOLDER = Path(__file__).parents[2] / "vectors" / "seal"


def make() -> dict[str, Any]:
    """Return a page of the book's vectors, the hubs, and the word of its owner over it."""
    wire = json.loads((FOLDER / "earlier.json").read_text())["chain"][1]
    hubs = [PEOPLE[name].signing.public for name in ("carol", "thief")]
    word = farewell.word(from_wire(wire), hubs, PEOPLE["alice"].signing, DAY)
    return {
        "why": "the same page, hubs, owner and day give the same bytes: JCS and Ed25519 leave no choice",
        "owner_seed": PEOPLE["alice"].seed.hex(),
        "newest": wire,
        "day": DAY.isoformat(),
        "hubs": [key.hex() for key in hubs],
        "word": word.decode(),
    }


if __name__ == "__main__":
    (FOLDER / "farewell.json").write_text(json.dumps(make(), indent=1) + "\n")
