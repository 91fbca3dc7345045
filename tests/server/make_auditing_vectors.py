"""Write `vectors/auditing/statements.json`: what an auditor and a clerk sign, as both languages write it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from fanlight.seal.keys import member_keys
from fanlight.wire import auditing, b64, pseudonyms, register

PATH = Path(__file__).resolve().parents[2] / "vectors" / "auditing" / "statements.json"
PERSON = member_keys(bytes(range(32)))
KEY = PERSON.signing
AUDITOR, CLERK, DAY = "a" * 26, "c" * 26, date(2026, 11, 22)
NAMES = {"b" * 26: "abcde-fghij", "a" * 26: "22222-77777"}
APPOINTED = {"body": "The board", "date": "2026-11-20", "reference": "26-12", "document": "f" * 64}


def vectors() -> dict[str, Any]:
    """Return them."""
    mine = {"auditor": AUDITOR, "agency": "CA0389900", "name": "L. Moss"}
    keys = {"key": b64.encode(KEY.public), "recipient": PERSON.age.recipient}
    offer = auditing.offer(**mine, **keys, day=DAY)
    first, until = date(2027, 1, 1), date(2028, 1, 1)
    appointment = {"auditor": AUDITOR, "agency": "CA0389900", "offer": register.digest(offer), "clerk": CLERK}
    ending = {"auditor": AUDITOR, "reason": "Retired \u2013 山田", "clerk": CLERK}
    day = {"day": DAY.isoformat()}
    return {
        "seed": KEY.seed.hex(),
        "offer": _one({**mine, **keys, **day}, offer),
        "appointment": _one(
            {
                **appointment,
                "from": first.isoformat(),
                "until": until.isoformat(),
                **day,
                "appointed": APPOINTED,
            },
            auditing.appointment(**appointment, first=first, until=until, day=DAY, appointed=APPOINTED),
        ),
        "ending": _one({**ending, **day}, auditing.ending(**ending, day=DAY)),
        "pseudonyms": [
            {"key": key.hex(), "agency": agency, "year": year, "account": account}
            | {
                "turns": [
                    pseudonyms.pseudonym(key, agency, year, account, n) for n in range(pseudonyms.TURNS)
                ]
            }
            for key, agency, year, account in (
                (bytes(range(32)), "CA0389900", 2026, AUDITOR),
                (bytes(range(32)), "CA0389900", 2027, AUDITOR),
                (bytes(range(32)), "CA0389900", 2026, CLERK),
                (bytes(32), "WA0170000", 2026, AUDITOR),
            )
        ],
        "naming": _one(
            {"auditor": AUDITOR, "agency": "CA0389900", "year": 2026, "names": NAMES},
            pseudonyms.naming(auditor=AUDITOR, agency="CA0389900", year=2026, names=NAMES),
        ),
        "kept_key": _one(
            {"agency": "CA0389900", "year": 2026, "key": b64.encode(bytes(32))},
            pseudonyms.kept_key(agency="CA0389900", year=2026, key=bytes(32)),
        ),
    }


def _one(fields: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        "fields": fields,
        "text": text,
        "signature": b64.encode(KEY.sign(auditing.CONTEXT, text.encode())),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", "utf-8")
