"""Write `vectors/register/statements.json`: papers, statements, signatures and work, for both languages.

python -m tests.server.make_register_vectors
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from fanlight.seal.keys import SigningKey
from fanlight.server.errors import TooMany
from fanlight.server.programme.comments import Said, check_work
from fanlight.wire import b64, register

PATH = Path(__file__).resolve().parents[2] / "vectors/register/statements.json"
KEY = SigningKey(bytes(range(32)))
AGREEMENT, CLERK, PACK = "a" * 26, "b" * 26, "c" * 64
DAY = date(2026, 11, 22)
PAPERS: dict[str, Any] = {
    "agreement": AGREEMENT,
    "agency": "CA0389900",
    "pack": PACK,
    "from": "2027-01-01",
    "until": "2028-01-01",
    "renewal": "By another vote \u2013 “heard” again.",
    "exit_cost": "",
    "clauses": [{"kind": "cad-feed", "words": "Kind, day, place.\nNothing else."}],
    "documents": [
        {
            "kind": "impact-report",
            "title": "Bericht über die Folgen 🧥",
            "author": "J. Alvarez",
            "day": "2026-10-01",
            "sha256": "d" * 64,
            "parts": ["equity", "fiscal"],
        }
    ],
    "renews": None,
}
HEARING = {"body": "The board", "date": "2026-11-20", "minutes": "e" * 64}
VOTE: dict[str, Any] = {
    "body": "The board",
    "date": "2026-11-21",
    "form": "resolution",
    "ayes": 5,
    "noes": 2,
    "reference": "26-1",
    "findings": True,
    "meetings": 1,
    "advisory": "silent",
    "asked": "2026-09-01",
    "counsel_reviewed": False,
    "minutes": None,
}
APPOINTED = {"body": "The board", "date": "2026-01-05", "reference": "26-3", "document": "f" * 64}
WORDS, BITS = "Ich bin dagegen \u2013 山田", 14


def vectors() -> dict[str, Any]:
    """Return them."""
    text = register.Papers(
        **{name: PAPERS[name] for name in PAPERS if name not in {"from", "until"}},
        first=date.fromisoformat(PAPERS["from"]),
        until=date.fromisoformat(PAPERS["until"]),
    ).text()
    saying = register.Saying(
        agreement=AGREEMENT, papers=register.digest(text), pack=PACK, clerk=CLERK, day=DAY
    )
    vote = saying.vote(**VOTE)
    person = {"clerk": CLERK, "name": "P. Ivers", "office": "City Clerk", "key": b64.encode(KEY.public)}
    statements = {
        "hearing": saying.hearing(**HEARING),
        "voted": vote,
        "rejected": saying.vote(**{**VOTE, "ayes": 2}),
        "in_force": saying.force(vote),
        "appointment": register.appointment(**person, day=DAY, appointed=APPOINTED),
    }
    return {
        "seed": KEY.seed.hex(),
        "papers": PAPERS,
        "papers_text": text,
        "papers_sha256": register.digest(text),
        "saying": {"clerk": CLERK, "day": DAY.isoformat()},
        "hearing": HEARING,
        "vote": VOTE,
        "appointment": {**person, "day": DAY.isoformat(), "appointed": APPOINTED},
        "statements": {
            name: {"text": said, "signature": b64.encode(KEY.sign(register.CONTEXT, said.encode()))}
            for name, said in statements.items()
        },
        "work": {"agreement": AGREEMENT, "words": WORDS, "bits": BITS, "first": work(BITS)},
    }


def work(bits: int) -> str:
    """Return the first nonce that is work enough."""
    nonce = 0
    while True:
        try:
            check_work(Said(agreement=AGREEMENT, name="Ana", words=WORDS, work=str(nonce)), bits)
        except TooMany:
            nonce += 1
            continue
        return str(nonce)


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", "utf-8")
