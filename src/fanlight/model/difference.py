"""What changed from one text to another, word by word. Pure, as web/ui/difference.ts is.

In:     two texts of some thousand words.
Out:    pieces in order, each kept, struck or added.
Holds:  kept and struck pieces joined are the old text, kept and added ones the new text, to the letter.
Absent: how it looks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "struck", "added"]
_WORDS = re.compile(r"\s*\S+|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both texts have, or only the old one (`struck`), or only the new one (`added`)."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Compare line by line, then word by word where lines differ; neighbouring pieces of one kind are one."""
    pieces: list[Piece] = []
    for old, new in _blocks(_LINES.findall(before), _LINES.findall(after)):
        if old == new:
            _push(pieces, "same", old)
            continue
        for struck, added in _blocks(_WORDS.findall(old), _WORDS.findall(new)):
            if struck == added:
                _push(pieces, "same", struck)
            else:
                _push(pieces, "struck", struck)
                _push(pieces, "added", added)
    return pieces


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield "".join(old[a:b]), "".join(new[c:d])


def _push(pieces: list[Piece], kind: Kind, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].kind == kind:
        pieces[-1] = Piece(kind, pieces[-1].text + text)
    else:
        pieces.append(Piece(kind, text))
