"""A note on a clip in stock cryptography, as docs/spec/seal.md has it. Run, it writes the vector anew."""

import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VECTOR = Path(__file__).parents[2] / "vectors/seal/note.json"
PLAIN = 2048


def note_key(file_key: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, None, b"fanlight/note/v1").derive(file_key))


def seal_note(file_key: bytes, clip: str, iv: bytes, plain: bytes) -> bytes:
    return iv + note_key(file_key).encrypt(iv, plain.ljust(PLAIN, b"\0"), clip.encode())


def open_note(file_key: bytes, clip: str, sealed: bytes) -> str:
    plain = note_key(file_key).decrypt(sealed[:12], sealed[12:], clip.encode())
    return plain.rstrip(b"\0").decode()


def main() -> None:
    file_key, other = (hashlib.sha256(name).digest()[:16] for name in (b"file key", b"other"))
    clip, iv = "fpmansl7byak6gq7ymzi7j3dve", hashlib.sha256(b"iv").digest()[:12]
    text = "The parcel is at number 12. Ask Žofie ☎"
    good = seal_note(file_key, clip, iv, text.encode())
    odd = {
        "text up to the last byte, so that no NUL ends it": b"a" * PLAIN,
        "something after the first NUL": b"a\0b",
        "no UTF-8": b"\xff",
    }
    bad: list[dict[str, str]] = [
        {"why": "another clip", "error": "payload_altered", "clip": "qg3dpwh42ldnuy2z42ldce5bc4"},
        {"why": "another file key", "error": "payload_altered", "file_key": other.hex()},
        {
            "why": "a bit is flipped",
            "error": "payload_altered",
            "sealed": bytes([*good[:-1], good[-1] ^ 1]).hex(),
        },
        {"why": "too short", "error": "malformed", "sealed": good[:-1].hex()},
    ]
    for why, plain in odd.items():
        sealed = seal_note(file_key, clip, iv, plain).hex()
        bad.append({"why": why, "error": "malformed", "sealed": sealed})
    vector = {"file_key": file_key.hex(), "clip": clip, "iv": iv.hex(), "note": text, "sealed": good.hex()}
    VECTOR.write_text(json.dumps(vector | {"bad": bad}, indent=1) + "\n")


if __name__ == "__main__":
    main()
