"""An agency asks: decisions, second signatures, cell files, ends."""

import asyncio
from pathlib import Path

from tests.server.acting import CELL, make_household, open_request
from tests.server.running import running, witness_process

from fanlight.hub.matching import named_pack, read_cell_file
from fanlight.model.clock import now
from fanlight.policy import load_pack
from fanlight.proof.note import VerifierKey
from fanlight.server import setup


def test_a_cosigned_request_reaches_the_cell_and_the_hub_accepts_it(database: str, tmp_path: Path) -> None:
    """R21, R22, R24: one signed file for the cell, whose entries a hub checks by itself."""

    async def body(vkey: str, witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            home = await make_household(town.http)
            empty = await town.http.get(f"/v1/cells/{CELL}/requests")
            request = await open_request(town.http, now())
            await town.settled()
            answer = await town.http.get(f"/v1/cells/{CELL}/requests")
            tag = {"If-None-Match": answer.headers["etag"]}
            again = await town.http.get(f"/v1/cells/{CELL}/requests", headers=tag)
            identity = (await home.hub.json("GET", f"/v1/cells/{CELL}/key"))["identity"]
            pack = load_pack((await town.http.get(f"/v1/packs/{named_pack(answer.content)}")).content)
            log = VerifierKey.parse(vkey)
            read = read_cell_file(answer.content, log=log, cell=CELL, identity=identity, pack=pack)
            before = read_cell_file(empty.content, log=log, cell=CELL, identity=identity, pack=pack)
        assert (before.asked, before.refused) == ((), ())
        assert read.refused == ()
        assert [one.request for one in read.asked] == [request]
        assert read.cosigned_by == ("w.example",)
        assert (again.status_code, again.content) == (304, b"")

    vkey = prepare(tmp_path)
    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(vkey, witness))


def prepare(home: Path) -> str:
    from datetime import UTC, datetime

    from tests.server.acting import PEOPLE

    from fanlight.cli.demo_town import document

    return setup.prepare(home, PEOPLE, town=document(datetime.now(UTC)))
