"""Write vectors/seal/pairing.json anew: `python tests/seal/make_pairing_vectors.py`. `sealed` is random."""

import hashlib
import json
from pathlib import Path

from fanlight.seal import pairing
from fanlight.seal.keys import SigningKey, identity_of
from fanlight.wire import b64

PATH = Path(__file__).parents[2] / "vectors" / "seal" / "pairing.json"
IDENTITY = identity_of(hashlib.sha256(b"a hub's age key").digest())
HUB = pairing.HubHalves(SigningKey(bytes(range(32))).public, IDENTITY.recipient)
OTHER = pairing.HubHalves(SigningKey(bytes(range(1, 33))).public, IDENTITY.recipient)
HOUSE = pairing.House(household="a" * 26, owner=SigningKey(bytes(32)).public, cell="85283083fffffff")
CODE = pairing.Code(HUB.fingerprint, bytes(range(16)))
SERVER = "https://town.example:8420"


def main() -> None:
    """Write the file."""
    text = CODE.text(SERVER)
    path = text.partition("/home")[2]
    bad = {
        "it ends early": text[:-1],
        "it is too long": text + "A",
        "a letter that base64url has not": text[:-1] + "+",
        "another spelling of the same bytes": text[:-1] + "x",
        "another page": text.replace("/hub/", "/join/"),
        "no address of the web": text.replace("https://", "file://"),
        "fingerprint and secret alone": path.removeprefix("#/hub/"),
        "something before it": "see " + path,
        "an old code": "hub-eyJhIjoxfQ",
        "nothing": "",
    }
    told = {
        "why": "a code pins the hub's keys, and its secret tags the household's answer",
        "identity": IDENTITY.secret,
        "hub": {"sign_pub": b64.encode(HUB.sign_pub), "age_recipient": HUB.age_recipient},
        "other": {"sign_pub": b64.encode(OTHER.sign_pub), "age_recipient": OTHER.age_recipient},
        "server": SERVER,
        "fingerprint": CODE.fingerprint.hex(),
        "secret": CODE.secret.hex(),
        "texts": [text, path, f" {text[:40]}\n{text[40:]} "],
        "meeting": CODE.meeting,
        "house": HOUSE.to_json(),
        "tag": pairing.tag(CODE, HOUSE).hex(),
        "sealed": b64.encode(pairing.seal_answer(CODE, HOUSE, HUB)),
        "bad": [{"why": why, "text": one} for why, one in bad.items()],
    }
    PATH.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
