"""The server as it is started: alone in its process, ready, stopped, refused."""

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import structlog
from tests.ports import free_port
from tests.server.running import prepare, running

from fanlight.server.__main__ import main

COMMAND = [sys.executable, "-m", "fanlight.server"]


@contextlib.contextmanager
def server(home: Path, *more: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """Run a server in its own process until the end of the block."""
    port = free_port()
    command = [*COMMAND, "--home", str(home), "--port", str(port), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        assert said == f"server ready {port}\n", process.stderr.read()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client, process
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
        assert process.stderr.read() == ""


def test_the_server_holds_no_code_that_opens_clips_or_decodes_media() -> None:
    """R03: asked of a process that has loaded all of the server, not of its source."""
    probe = "import sys, fanlight.server.__main__; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", probe], text=True).split())
    assert "fanlight.seal.sealing" in loaded
    for forbidden in (
        "fanlight.seal.opening",
        "fanlight.hub",
        "fanlight.custody",
        "av",
        "onnxruntime",
        "c2pa",
        "rfc3161_client",
    ):
        assert forbidden not in loaded


def test_an_empty_server_starts_with_its_own_database_says_what_is_next_and_stops_clean(
    tmp_path: Path,
) -> None:
    with server(tmp_path) as (client, _):
        page = client.get("/")
        assert "Nothing is set up yet" in page.text
        assert client.get("/v1/town").json()["code"] == "programme.no_town"
        assert client.get("/record").status_code == 200
        vkey = client.get("/log/vkey").text
    with server(tmp_path) as (client, _):
        assert client.get("/log/vkey").text == vkey
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()


def test_the_demos_front_page_has_a_card_for_each_role_and_pages_obey_one_policy(
    database: str, tmp_path: Path
) -> None:
    prepare(tmp_path)
    with server(tmp_path, "--database", database, "--demo") as (client, _):
        page = client.get("/")
        port = client.base_url.port or 0
        for role in ("resident", "officer", "supervisor", "custodian", "operator"):
            assert f"http://localhost:{port + 1}/{role}" in page.text
        assert 'href="/home/#/begin"' in page.text
        assert 'href="/ask"' in page.text
        for path in ("/", "/home/", "/agency/requests/x", "/v1/nothing", "/log/checkpoint"):
            headers = client.get(path).headers
            assert "default-src 'self'" in headers["content-security-policy"]
            assert "unsafe-inline" not in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/assets/../../app.py", "/home/x.js"):
            assert client.get(path).status_code == 404
        town = client.get("/v1/town").json()
        assert (town["demo"], [one["ori"] for one in town["agencies"]]) == (True, ["CA0389900"])
        schema = client.get("/schema/openapi.json").json()
        assert client.get("/schema").json() == schema  # and no page that loads scripts from elsewhere
        assert client.get("/schema/swagger").status_code == 404
        names = [
            call["operationId"]
            for path in schema["paths"].values()
            for call in path.values()
            if isinstance(call, dict) and "operationId" in call
        ]
        assert {"signIn", "putClip", "submitRequest", "exportDisclosure"} <= set(names)
        assert len(names) == len(set(names))


def test_nothing_that_names_a_caller_is_logged(database: str, tmp_path: Path) -> None:
    """R05: no address, token, id or path of a call enters a log."""
    with server(tmp_path, "--database", database) as (client, _):
        client.get("/v1/clips/secretsecretsecretsecret22/hdr", headers={"Authorization": "Bearer tokentoken"})
        client.put("/v1/drops/droptoken/secretsecretsecretsecret22/pay", content=b"x")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in (b"secretsecret", b"tokentoken", b"droptoken", b"127.0.0.1"):
                assert word not in data, path
    for line in (tmp_path / "server" / "server.log").read_text().splitlines():
        json.loads(line)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Start a server that must not start; return what it says."""
    try:
        assert main(arguments) == 1
    finally:
        structlog.reset_defaults()
    said = capsys.readouterr().err
    assert " Kept: " in said
    assert " To do: " in said
    return said


def test_what_keeps_it_from_starting_is_said_in_three_sentences(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused(capsys, "--home", str(tmp_path), "--port", port, "--database", database)
        assert "already listens" in said
    free = str(free_port())
    rest = ("--port", free, "--database", database)
    (tmp_path / "file").write_text("")
    assert "cannot be" in refused(capsys, "--home", str(tmp_path / "file"), *rest)
    nowhere = "postgresql://fanlight@/x?host=/nonexistent"
    assert "database" in refused(capsys, "--home", str(tmp_path), "--port", free, "--database", nowhere)
    with psycopg.connect(database) as owner:
        owner.execute("INSERT INTO schema_version VALUES (9999, 'later', 'x')")
    assert "another version" in refused(capsys, "--home", str(tmp_path), *rest)
    (tmp_path / "server" / "setup.json").write_text('{"v": 2}')
    with psycopg.connect(database) as owner:
        owner.execute("DELETE FROM schema_version WHERE version = 9999")
    assert "town document" in refused(capsys, "--home", str(tmp_path), *rest)


def test_an_app_answers_at_every_address_within_it(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database, town=False) as town:
            for app in ("/home", "/agency", "/operator"):
                pages = {(await town.http.get(f"{app}{more}")).content for more in ("", "/", "/some/where")}
                assert len(pages) == 1

    asyncio.run(body())
