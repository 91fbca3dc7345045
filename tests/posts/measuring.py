"""How often the form's rules ask for what the labels say: precision and recall of each label.

In:     a file of labelled posts.
Out:    Counts for each label, with the ids of the posts that were asked too much or too little.
Holds:  a held-out file is measured only if it is, byte for byte, the one that README.md commits to.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fanlight.neighbors import read_post

FOLDER = Path(__file__).parent
LABELS = ("behaviour", "descriptors")


class AnotherFileError(Exception):
    """A held-out file that is not the one that was committed to."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one label: asked rightly, asked too much, asked too little."""

    label: str
    right: int
    too_much: tuple[str, ...]
    too_little: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Of the posts that are asked, the share that should be."""
        asked = self.right + len(self.too_much)
        return self.right / asked if asked else 1.0

    @property
    def recall(self) -> float:
        """Of the posts that should be asked, the share that is."""
        due = self.right + len(self.too_little)
        return self.right / due if due else 1.0


def load(half: str) -> list[dict[str, Any]]:
    """Return a half's posts; of the held-out one, only those that were committed to.

    Raises:
        AnotherFileError: its SHA-256 is not in README.md.
    """
    body = (FOLDER / f"{half}.jsonl").read_bytes()
    if half != "development":
        check(body, (FOLDER / "README.md").read_text("utf-8"))
    return [json.loads(line) for line in body.decode("utf-8").splitlines()]


def check(body: bytes, readme: str) -> None:
    """Refuse bytes whose SHA-256 does not stand in the page on labels."""
    found = hashlib.sha256(body).hexdigest()
    if f"`{found}`" not in readme:
        raise AnotherFileError(
            f"The file's SHA-256 is {found}; tests/posts/README.md commits to another. Nothing was measured."
            " Put the file there that was committed to."
        )


def measure(posts: list[dict[str, Any]]) -> list[Counts]:
    """Return the counts of each label."""
    asked = {post["id"]: set(read_post(post["text"]).ask) for post in posts}
    return [
        Counts(
            label,
            sum(label in post["labels"] and label in asked[post["id"]] for post in posts),
            tuple(post["id"] for post in posts if label in asked[post["id"]] and label not in post["labels"]),
            tuple(post["id"] for post in posts if label in post["labels"] and label not in asked[post["id"]]),
        )
        for label in LABELS
    ]
