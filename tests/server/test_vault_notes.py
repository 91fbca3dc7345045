"""Notes on clips: sealed, of one size, for those who live there, gone with the clip."""

import asyncio
import secrets
from pathlib import Path

import psycopg
from tests.seal.notes import open_note, seal_note
from tests.server.acting import make_household
from tests.server.sealed import clip
from tests.server.vaults import Vault, send

from fanlight.model.clock import now
from fanlight.server.vault.rules import NOTE_LENGTH
from fanlight.store.postgres import Postgres

TEXT = "Žofie took the parcel in"


def test_a_note_is_kept_sealed_replaced_removed_and_goes_with_its_clip(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    """R01, R05: the server holds bytes of one size; another household finds no clip to write on."""
    with psycopg.connect(database) as connection:
        vault = Vault(tmp_path, postgres, connection.info.dbname, None)
    file_key = secrets.token_bytes(16)

    async def body() -> None:
        async with vault.running() as town:
            home, other = await make_household(town.http), await make_household(town.http, b"o" * 32)
            name = await send(home, *clip(home, now()))
            path = f"/v1/clips/{name}/note"
            assert (await home.owner.call("GET", path)).json()["code"] == "vault.no_note"

            sealed = seal_note(file_key, name, secrets.token_bytes(12), TEXT.encode())
            assert (await home.owner.call("PUT", path, content=sealed)).status_code == 204
            told = await home.owner.call("GET", path)
            assert open_note(file_key, name, told.content) == TEXT
            again = seal_note(file_key, name, secrets.token_bytes(12), b"")
            assert (await home.owner.call("PUT", path, content=again)).status_code == 204
            assert (await home.owner.call("GET", path)).content == again

            for wrong in (b"", sealed[:-1], sealed + b"x"):
                assert (await home.owner.call("PUT", path, content=wrong)).status_code in {400, 413}
            assert (await home.owner.call("GET", path)).content == again
            for method in ("GET", "PUT", "DELETE"):
                options = {"content": sealed} if method == "PUT" else {}
                answer = await other.owner.call(method, path, **options)
                assert (answer.status_code, answer.json()["code"]) == (404, "vault.no_clip")

            assert (await home.owner.call("DELETE", path)).status_code == 204
            assert (await home.owner.call("DELETE", path)).status_code == 204
            assert (await home.owner.call("GET", path)).json()["code"] == "vault.no_note"
            await home.owner.call("PUT", path, content=sealed)
            assert (await home.owner.call("DELETE", f"/v1/clips/{name}")).status_code == 204
            assert (await home.owner.call("GET", path)).status_code == 404
            assert await town.count("SELECT count(*) FROM clip WHERE note IS NOT NULL") == 0

    asyncio.run(body())
    assert len(seal_note(file_key, "a" * 26, bytes(12), TEXT.encode())) == NOTE_LENGTH


def test_the_database_itself_takes_a_note_of_no_other_size(database: str) -> None:
    """R05: whatever the code above it does."""
    with psycopg.connect(database) as owner:
        (said,) = owner.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'clip'::regclass"
            " AND pg_get_constraintdef(oid) LIKE %s",
            [f"%octet_length(note) = {NOTE_LENGTH}%"],
        ).fetchone() or (0,)
    assert said == 1
