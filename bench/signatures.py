"""How long the database takes to check a clerk's signature by itself, and to ask an ordinance.

python bench/signatures.py
"""

import os
import statistics
import time
from collections.abc import Callable

import psycopg
from psycopg.types.json import Jsonb

from fanlight.policy import default_pack
from fanlight.seal.keys import SigningKey, signed_bytes
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

RUNS = 15
STATEMENT = b"x" * 800


def median_ms(what: Callable[[], object]) -> float:
    """Return the median of so many runs."""
    took = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        what()
        took.append(1_000 * (time.perf_counter() - begun))
    return statistics.median(took)


def main() -> None:
    """Measure and print."""
    key, pack = SigningKey.new(), default_pack()
    signature, said = key.sign("register", STATEMENT), signed_bytes("register", STATEMENT)
    facts = Jsonb(dict(pack.vectors.base["agreement.approve"]))
    with temporary() as postgres:
        migrate(postgres.url)
        with psycopg.connect(postgres.url) as owner:
            owner.execute("INSERT INTO leaf (id, type, body) VALUES ('l', 'x', 'x')")
            owner.execute("INSERT INTO pack VALUES (%s, 'p', %s, 'l')", [pack.sha256, pack.canonical])
            check = median_ms(
                lambda: owner.execute("SELECT ed25519_holds(%s, %s, %s)", [key.public, said, signature])
            )
            asked = median_ms(
                lambda: owner.execute(
                    "SELECT ordinance_refuses(%s, 'agreement.approve', %s)", [pack.sha256, facts]
                )
            )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"a signature {check:.1f} ms, the model ordinance {asked:.1f} ms; medians of {RUNS}, load {load}")


if __name__ == "__main__":
    main()
