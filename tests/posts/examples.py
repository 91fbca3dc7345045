"""Posts made for the tests: plain ones, the same ones disguised, and noise. No line of either labelled half.

    python -m tests.posts.examples    writes vectors/posts anew; what told.json is to be
                                       asked is written by hand

In:     a seed.
Out:    texts.
Holds:  the same texts on every machine.
"""

import json
import random
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fanlight.neighbors import read_post

VECTORS = Path(__file__).parents[2] / "vectors/posts"
_WHO = [
    "man",
    "woman",
    "guy",
    "teen boy",
    "lady",
    "couple",
    "two kids",
    "person",
    "driver",
    "girl",
    "neighbor",
    "dog",
]
_FROM = [
    "",
    "Black ",
    "white ",
    "Asian ",
    "Hispanic ",
    "tall ",
    "young ",
    "dark-skinned ",
    "foreign looking ",
    "bald ",
]
_LOOKS = [
    "",
    ", 40s",
    ", about 25",
    " in a red hoodie",
    " with a grey beard",
    ", blue jeans",
    " on a bike",
    ", 6'2\"",
    " w/ glasses",
]
_DID = [
    "walking around.",
    "stole a package!",
    "standing by the school",
    "might break in somewhere",
    "tried my door handle",
    "did not take anything",
    "was missing since noon.",
    "asked for help",
    "looking at houses",
    "I yelled at him.",
    "ran a red light; silver Honda Civic",
    "is lost, red collar",
    "sells tacos.",
]
_REST = [
    "",
    " Stay safe.",
    " Thanks!",
    " He has an accent.",
    " She was Korean.",
    " (see picture)",
    "\nLock your doors",
    " Mr. White saw it.",
]
_SIGNS = [*" -'\n@14$/*(!", ", ", ". ", "5'6\"", *"\U0001f600\u200d\u00e9\u00df\U0001f171\u0663\u6f22"]
_WORDS = [
    *"abhklmw",
    *[
        "black",
        "guy",
        "hoodie",
        "bl4ck",
        "20",
        "s",
        "in",
        "to",
        "not",
        "steal",
        "took",
        "it",
        "he's",
        "Asian",
        "is",
        "dark",
        "skin",
    ],
]


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _alike(text: str) -> str:
    return text.translate(
        str.maketrans(
            "aceopxyABCEHKMOPTX",
            "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425",
        )
    )


def _unseen(text: str) -> str:
    return "\u200b".join(text)


def _marked(text: str) -> str:
    return "".join(c + "\u0301" if c.isascii() and c.isalpha() else c for c in text)


def _bold(text: str) -> str:
    return "".join(chr(_BOLD[c.isupper()] + ord(c)) if c.isascii() and c.isalpha() else c for c in text)


_BOLD = (0x1D41A - ord("a"), 0x1D400 - ord("A"))
TRICKS: dict[str, Callable[[str], str]] = {
    "wide letters": _wide,
    "letters that look alike": _alike,
    "invisible signs": _unseen,
    "marks on letters": _marked,
    "bold letters": _bold,
    "capitals": str.upper,
}


def made(seed: int, count: int) -> list[str]:
    """Return so many posts, most plain, some disguised."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        parts = (["A ", "", "My ", "The ", "Some "], _FROM, _WHO, _LOOKS, _LOOKS, [" "], _DID, _REST)
        text = "".join(rng.choice(part) for part in parts)
        if rng.random() < 0.3:
            text = rng.choice(list(TRICKS.values()))(text)
        out.append(text)
    return out


def noise(seed: int, count: int) -> list[str]:
    """Return texts of listed words, figures and signs in any order."""
    rng = random.Random(seed)
    return [
        "".join(rng.choice(rng.choice([_SIGNS, _WORDS])) for _ in range(rng.randint(1, 60)))
        for _ in range(count)
    ]


def write() -> None:
    """Write the answers to the made texts and to the examples of the tests."""
    texts = [*made(1, 250), *noise(2, 250)]
    _put("made", [{"text": text, **asdict(read_post(text))} for text in texts])
    told = json.loads((VECTORS / "told.json").read_text("ascii"))
    _put("told", [case | asdict(read_post(case["text"])) | {"ask": case["ask"]} for case in told])


def _put(name: str, cases: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(case) for case in cases)
    (VECTORS / f"{name}.json").write_text(f"[\n{lines}\n]\n", "ascii")


if __name__ == "__main__":
    write()
