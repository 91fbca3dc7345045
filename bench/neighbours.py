"""How often the post form asks for what the labels say, for each half of the labelled posts that is there.

    make bench-neighbours

Precision: of the posts that the form asks about, the share that should be asked. Recall: of those that should
be asked, the share that is. Wrong ones are named by id. The held-out half (tests/posts/held-out.jsonl) is
measured only if it is the file that tests/posts/README.md commits to.
"""

import sys
import time

from machine import ROOT

sys.path.insert(0, str(ROOT))

from tests.posts.measuring import FOLDER, AnotherFileError, load, measure
from tests.posts.talking import OWN, POINTS, reused

from fanlight.neighbors import read_post
from fanlight.neighbors.alike import register, supplied

HALVES = ("development", "held-out")


def tell_supplied() -> None:
    """Print how often a reused talking point is labelled, on made examples."""
    reusing = reused(7)
    known = [register(name, text) for name, text in POINTS.items()]
    right = sum(name in [one.text_id for one in supplied(text, known)] for name, text in reusing)
    wrong = sum(bool(supplied(text, known)) for text in OWN)
    print(f"talking points (made examples): {len(reusing)} posts that reuse one, {len(OWN)} in own words")
    print(
        f"  precision {right / (right + wrong):.3f}  recall {right / len(reusing):.3f}"
        f"  (rightly {right}, too much {wrong}, too little {len(reusing) - right})"
    )


def main() -> int:
    """Print a table for each half."""
    for half in HALVES:
        if not (FOLDER / f"{half}.jsonl").exists():
            print(f"{half}: not here")
            continue
        try:
            posts = load(half)
        except AnotherFileError as refused:
            print(f"{half}: {refused}")
            return 1
        print(f"{half}: {len(posts)} posts")
        for one in measure(posts):
            wrong = len(one.too_much) + len(one.too_little)
            print(
                f"  {one.label:<12} precision {one.precision:.3f}  recall {one.recall:.3f}"
                f"  (rightly {one.right}, too much {len(one.too_much)}, too little {len(one.too_little)})"
            )
            if wrong:
                print(f"    asked too much: {' '.join(one.too_much) or 'none'}")
                print(f"    asked too little: {' '.join(one.too_little) or 'none'}")
        began = time.perf_counter()
        for post in posts:
            read_post(post["text"])
        print(f"  {1_000 * (time.perf_counter() - began) / len(posts):.2f} ms a post")
    tell_supplied()
    return 0


if __name__ == "__main__":
    sys.exit(main())
