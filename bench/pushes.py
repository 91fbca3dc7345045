"""What telling many browsers of one report costs, beside encrypting as many bytes and no more (RFC 8291).

100,000 subscriptions with keys of their own, in ten batches, each measured both ways in turn: `near` decides
from a list of incidents and the push is written and encrypted; bare, http_ece encrypts a body of that size.
At home a hub has a handful of browsers; the number shows what deciding and writing add.
"""

import os
import statistics
import time
from datetime import UTC, datetime, timedelta

import h3
import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fanlight.hub.push import encrypting, messages, near
from fanlight.hub.push.behests import Near
from fanlight.hub.push.near import Incident, Listed
from fanlight.model.incident import CLASSES
from machine import Figure, tell

BATCHES, BATCH, INCIDENTS = 10, 10_000, 50
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

FIGURES = [
    Figure(
        key="ratio", what="pushes of one report, of the rate of bare RFC 8291 encryption", unit="",
        at_least=0.8, how="100,000 subscriptions, ten batches both ways in turn, median of the ratios",
    ),
    Figure(
        key="rate", what="pushes of one report, decided, written and encrypted", unit="/s",
        how="the same run, one core, median",
    ),
    Figure(key="bare", what="bare encryptions of a push", unit="/s", how="the same run, http_ece, median"),
]  # fmt: skip

Browser = tuple[bytes, bytes]


def subscriptions(many: int) -> list[Browser]:
    """Return points and secrets of browsers."""
    made = (ec.generate_private_key(ec.SECP256R1()).public_key() for _ in range(many))
    return [(one.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), os.urandom(16)) for one in made]


def town() -> tuple[Near, Listed]:
    """Return what everybody asks for, and a list of which one incident is near them."""
    home = h3.latlng_to_cell(37.78, -122.41, 8)
    far = list(h3.grid_ring(home, 6))[: INCIDENTS - 1]
    cells = [h3.cell_to_center_child(one, 9) for one in (home, *far)]
    found = [
        Incident(
            id=f"{n:032x}", kind="fire", cells=(cell,), began=NOW - timedelta(minutes=30),
            ends=NOW + timedelta(hours=5), over=False,
        )
        for n, cell in enumerate(cells)
    ]  # fmt: skip
    kinds = tuple(name for name, one in CLASSES.items() if one.act)
    part = tuple(sorted(h3.grid_disk(home, 1)))
    return Near(classes=kinds, cells=part), Listed({one.id: one for one in found}, NOW - timedelta(days=2))


def ours(browsers: list[Browser], asked: Near, listed: Listed) -> float:
    """Return the seconds for telling them."""
    started = time.perf_counter()
    for n, (point, auth) in enumerate(browsers, 1):
        (told,) = near.due(asked, {}, listed, None, NOW)
        said = messages.message("near", n, told.at, to="a" * 26, what=told.words, incident=told.incident)
        encrypting.encrypt(said, point, auth)
    return time.perf_counter() - started


def bare(browsers: list[Browser]) -> float:
    """Return the seconds for encrypting as many bytes for them."""
    plain = b" " * encrypting.PLAIN_BYTES
    started = time.perf_counter()
    for point, auth in browsers:
        sender = ec.generate_private_key(ec.SECP256R1())
        http_ece.encrypt(plain, private_key=sender, dh=point, auth_secret=auth, rs=4_096, version="aes128gcm")
    return time.perf_counter() - started


def measure() -> dict[str, float]:
    """Return the figures by key."""
    asked, listed = town()
    pairs = []
    for turn in range(BATCHES):
        browsers = subscriptions(BATCH)
        if turn % 2:
            base, own = bare(browsers), ours(browsers, asked, listed)
        else:
            own, base = ours(browsers, asked, listed), bare(browsers)
        pairs.append((own, base))
    return {
        "ratio": statistics.median(base / own for own, base in pairs),
        "rate": statistics.median(BATCH / own for own, _ in pairs),
        "bare": statistics.median(BATCH / base for _, base in pairs),
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
