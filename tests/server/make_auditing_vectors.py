"""Write `vectors/auditing/statements.json`: what an auditor and a clerk sign, as both languages write it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from fanlight.seal.keys import member_keys
from fanlight.wire import auditing, b64, register

PATH = Path(__file__).resolve().parents[2] / "vectors" / "auditing" / "statements.json"
PERSON = member_keys(bytes(range(32)))
KEY = PERSON.signing
AUDITOR, CLERK, DAY = "a" * 26, "c" * 26, date(2026, 11, 22)
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
    }


def _one(fields: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        "fields": fields,
        "text": text,
        "signature": b64.encode(KEY.sign(auditing.CONTEXT, text.encode())),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", "utf-8")
