"""Write `vectors/media/signed.json`: tickets and receipts, and what is near to one and is none."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fanlight.wire import b64, jcs
from fanlight.wire.media import Receipt, Ticket, public_half, write_receipt, write_ticket

PATH = Path(__file__).resolve().parents[2] / "vectors" / "media" / "signed.json"
SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
MEDIA, NOW = "a" * 26, datetime(2026, 11, 23, 12, tzinfo=UTC)
TICKET: dict[str, Any] = {
    "v": 1,
    "type": "media-ticket",
    "act": "put",
    "media": MEDIA,
    "kind": "photo",
    "until": "2026-11-23T12:10:00.000Z",
}
RECEIPT: dict[str, Any] = {
    "v": 1,
    "type": "media-receipt",
    "media": MEDIA,
    "kind": "clip",
    "size": 1_234_567,
    "sha256": "0f" * 32,
    "width": 1280,
    "height": 720,
    "seconds": 12.5,
    "alike": "00ff00ff12345678",
}


def signed(body: bytes, seed: bytes = SEED) -> str:
    """Return a signed text over any bytes."""
    halves = body, Ed25519PrivateKey.from_private_bytes(seed).sign(body)
    return ".".join(base64.urlsafe_b64encode(half).decode().rstrip("=") for half in halves)


def vectors() -> dict[str, Any]:
    """Return them."""
    ticket = write_ticket(
        SEED, Ticket(act="put", media=MEDIA, kind="photo", until=datetime(2026, 11, 23, 12, 10, tzinfo=UTC))
    )
    fields = {name: value for name, value in RECEIPT.items() if name not in {"v", "type"}}
    return {
        "why": "a ticket of the town and a receipt of its pictures' place; here one key signs both",
        "key": b64.encode(public_half(SEED)),
        "now": "2026-11-23T12:00:00.000Z",
        "ticket": {"text": ticket, "says": TICKET},
        "receipt": {"text": write_receipt(SEED, Receipt(**fields)), "says": RECEIPT},
        "no_ticket": dict(_wrong(TICKET, ticket))
        | {
            "of another act": signed(jcs.dumps(TICKET | {"act": "see"})),
            "of another thing": signed(jcs.dumps(TICKET | {"media": "b" * 26})),
            "ended this moment": signed(jcs.dumps(TICKET | {"until": "2026-11-23T12:00:00.000Z"})),
            "without milliseconds": signed(jcs.dumps(TICKET | {"until": "2026-11-23T12:10:00Z"})),
            "of no kind": signed(jcs.dumps(TICKET | {"kind": "film"})),
        },
        "no_receipt": dict(_wrong(RECEIPT, write_receipt(SEED, Receipt(**fields))))
        | {
            "a ticket": ticket,
            "a clip of no length": signed(jcs.dumps(RECEIPT | {"seconds": 0})),
            "a photo with a length": signed(jcs.dumps(RECEIPT | {"kind": "photo"})),
            "a clip too long": signed(jcs.dumps(RECEIPT | {"seconds": 61})),
            "no byte": signed(jcs.dumps(RECEIPT | {"size": 0})),
            "a hash in capitals": signed(jcs.dumps(RECEIPT | {"sha256": "0F" * 32})),
            "a width that is text": signed(jcs.dumps(RECEIPT | {"width": "1280"})),
        },
    }


def _wrong(says: dict[str, Any], text: str) -> list[tuple[str, str]]:
    body, _, signature = text.partition(".")
    return [
        ("nothing", ""),
        ("no signature", body),
        ("an empty signature", f"{body}."),
        ("of another key", signed(jcs.dumps(says), OTHER)),
        ("of another type", signed(jcs.dumps(says | {"type": "media"}))),
        ("of another version", signed(jcs.dumps(says | {"v": 2}))),
        ("a version that is true", signed(jcs.dumps(says | {"v": True}))),
        ("one member more", signed(jcs.dumps(says | {"by": "x"}))),
        ("one member less", signed(jcs.dumps({name: says[name] for name in says if name != "kind"}))),
        ("not in canonical form", signed(json.dumps(says).encode())),
        ("a list", signed(b"[]")),
        ("no JSON", signed(b"\xff\x00")),
        ("padded", f"{body}==.{signature}"),
        ("three parts", f"{text}.x"),
        ("with a space", f" {text}"),
        ("too long", signed(jcs.dumps(says | {"media": "a" * 2_000}))),
    ]


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), indent=1) + "\n")
