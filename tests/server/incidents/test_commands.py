"""R18: a dispatch centre's commands: a key, a try without a server, a source begun, an export handed in."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.server.acting import SEEDS
from tests.server.incidents import samples
from tests.server.incidents.sending import TYPES, shown, wall
from tests.server.registering import AGENCY
from tests.server.running import Still, running

from fanlight.cli import cad
from fanlight.cli.main import main
from fanlight.model.clock import now


def settings(folder: Path, public: str) -> Path:
    """Write a source's settings as a dispatch centre would."""
    types = "\n".join(f'"{kind}" = "{found}"' for kind, found in TYPES.items())
    plain = [line for line in samples.CSV.strip().splitlines() if " = {" not in line]
    tables = [line for line in samples.CSV.strip().splitlines() if " = {" in line]
    file = folder / "source.toml"
    file.write_text(
        f'agency = "{AGENCY}"\nname = "Dispatch (demo)"\ndelay_min = 30\nkey = "{public}"\n'
        f"[types]\n{types}\n[mapping]\n" + "\n".join([*plain, *tables]) + "\n"
    )
    return file


def test_a_key_is_made_once_and_an_export_is_tried_without_a_server(tmp_path: Path) -> None:
    """A second key never overwrites the first; `check` names types that are on no list, and sends nothing."""
    made = CliRunner().invoke(main, ["cad", "key", str(tmp_path / "cad.key")])
    assert made.exit_code == 0
    assert (tmp_path / "cad.key").stat().st_mode & 0o077 == 0
    before = (tmp_path / "cad.key").read_bytes()
    with pytest.raises(cad.NoKey):
        cad.new_key(tmp_path / "cad.key")
    assert (tmp_path / "cad.key").read_bytes() == before
    source = settings(tmp_path, made.output.strip())
    at = now().replace(tzinfo=None)
    export = tmp_path / "export.csv"
    export.write_bytes(samples.table(samples.row("1", at), samples.row("2", at, kind="Medical Incident")))
    tried = CliRunner().invoke(main, ["cad", "check", "--source", str(source), str(export)])
    assert tried.exit_code == 0, tried.output
    assert "2 rows: 2 incidents" in tried.output
    assert "1 not on the list: Medical Incident" in tried.output
    assert samples.SECRET not in tried.output
    (tmp_path / "bad.toml").write_text("agency = 3")
    refused = CliRunner().invoke(main, ["cad", "check", "--source", str(tmp_path / "bad.toml"), str(export)])
    assert refused.exit_code == 1
    with pytest.raises(cad.NoKey):
        cad.read_key(export)


def test_a_source_is_begun_and_an_export_handed_in(database: str, tmp_path: Path) -> None:
    """The operator begins it, the dispatch centre signs; sent again, nothing changes."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            public = cad.new_key(tmp_path / "cad.key")
            said = cad.settings(settings(tmp_path, public))
            server = str(town.http.base_url)
            source = await cad.begin(server, SEEDS["operator"], said)
            data = samples.table(samples.row("1", wall(town, timedelta(hours=5))))
            key = cad.read_key(tmp_path / "cad.key")
            assert (await cad.send(server, source, key, data))[0].startswith("1 rows: 1 taken")
            assert (await cad.send(server, source, key, data))[0].endswith("1 known already")
            assert len(await shown(town)) == 1

    asyncio.run(body())
