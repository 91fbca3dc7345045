"""Write `vectors/calls/N.json`: what programs of version N say and are told. Once a version, and never again.

python -m tests.server.make_call_vectors
"""

import asyncio
import json
import tempfile
from pathlib import Path

from tests.server.running import running
from tests.server.told import Ear, story

from fanlight.store.database import migrate
from fanlight.store.postgres import temporary
from fanlight.wire import speaks

FOLDER = Path(__file__).resolve().parents[2] / "vectors/calls"


async def record(database: str, home: Path) -> list[dict[str, object]]:
    """Return each route's first call."""
    ear = Ear()
    async with running(home, database) as town:
        await story(town, ear)
    first = {one.route: one for one in reversed(ear.heard) if one.answer is not None or one.body is not None}
    return [
        {"call": one.route, "who": one.who, "body": one.body, "status": one.status, "answer": one.answer}
        for one in sorted(first.values(), key=lambda one: one.route)
        if not one.route.startswith("GET /healthz")
    ]


def main() -> None:
    """Refuse to write over a version that was released."""
    path = FOLDER / f"{speaks.NEWEST}.json"
    with path.open("x") as file, temporary() as postgres, tempfile.TemporaryDirectory() as home:
        migrate(postgres.url)
        calls = asyncio.run(record(postgres.url, Path(home)))
        why = "recorded calls of one version: servers take them and pages read them while it is answered"
        json.dump({"speaks": speaks.NEWEST, "why": why, "calls": calls}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
