"""Another ordinance tried on a record, in real Chromium: the page, and the file that it hands out.

The town runs in this process; its officers asked for what the ordinance allows and for what it refuses.
"""

import asyncio
from pathlib import Path

import pytest
from tests.journey.browsing import DESK, walk_by_hand
from tests.journey.walking import ROOT, fanlight
from tests.server.acting import ask, cosign, open_request, staff
from tests.server.conftest import database, postgres
from tests.server.running import Running, running

from fanlight.model.clock import now

__all__ = ["database", "postgres"]


async def asked(town: Running) -> None:
    """Ask for something allowed, for a protest, and for fourteen hours."""
    await open_request(town.http, now())
    officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
    await officer.json("POST", "/v1/agency/requests", json=ask(officer, now(), purpose="protest"))
    long = ask(officer, now(), case_number="HD-2026-0014")
    waiting = await officer.json("POST", "/v1/agency/requests", json=long)
    await cosign(supervisor, waiting["request"])
    await town.settled()


async def walk(database: str, home: Path, out: Path) -> None:
    async with running(home, database) as town:
        await asked(town)
        url = str(town.http.base_url).rstrip("/")
        await asyncio.to_thread(
            walk_by_hand,
            out,
            *DESK,
            FANLIGHT_URL=url.replace("127.0.0.1", "localhost"),
            FANLIGHT_SPEC="simulate.spec.ts",
            FANLIGHT_PACKS=str(ROOT / "src/fanlight/policy/packs"),
        )
        for name in ("all", "part"):
            line = (out / f"{name}.txt").read_text().split()[1:]
            written = out / f"{name}-by-command.csv"
            line[line.index("--csv") + 1] = str(written)
            told = await asyncio.to_thread(fanlight, *line)
            assert told.returncode == 0, told.stderr
            assert written.read_bytes() == (out / f"{name}.csv").read_bytes()


@pytest.mark.timeout(900)
def test_anybody_tries_another_ordinance_and_gets_the_file_that_the_command_writes(
    database: str, tmp_path: Path
) -> None:
    """R42 R43: web/e2e/simulate.spec.ts says each step."""
    asyncio.run(walk(database, tmp_path / "home", tmp_path / "out"))
