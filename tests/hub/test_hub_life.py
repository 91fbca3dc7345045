"""A hub as a process without a household: it records, shows its page, takes changes, and stops cleanly."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.hub.pages import FIRST, camera, write
from tests.ports import free_port

from fanlight.hub import systemd
from fanlight.hub.journal import Journal
from fanlight.hub.options import HubOptions, Page
from fanlight.hub.page import load_page_key


@contextlib.contextmanager
def hub(folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "fanlight.hub", "--home", str(folder)]
    env = {**os.environ, **environment}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(listening: socket.socket, what: str) -> None:
    """Wait until systemd's socket was told something."""
    listening.settimeout(60)
    while listening.recv(100).decode() != what:
        pass


async def ask(port: int, key: str, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        while True:
            with contextlib.suppress(httpx.ConnectError):
                return await client.get(path)
            await asyncio.sleep(0.05)


def test_a_hub_without_a_household_records_at_home_and_stops_with_everything_on_disk(tmp_path: Path) -> None:
    """R02: no account. systemd hears that it is ready, that it lives, and that it ends."""
    port, folder = free_port(), tmp_path / "hub"
    write(folder, HubOptions(camera=(camera(record="always"),), page=Page(port=port)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000000"}
        with hub(folder, **environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "hub ready 1\n"
            told(listening, systemd.READY)
            told(listening, systemd.ALIVE)
            key = load_page_key(folder)

            async def scene() -> str:
                while True:
                    answer = await ask(port, key, "/api/hub")
                    if answer.json()["storage"]["used_bytes"] > 0:
                        return str(answer.json())
                    await asyncio.sleep(0.05)

            shown = asyncio.run(scene())
            assert "'paired': False" in shown
            assert asyncio.run(ask(port, "x" * 43, "/api/hub")).status_code == 401
            process.send_signal(signal.SIGHUP)  # read the settings again, and go on
            assert asyncio.run(ask(port, key, "/api/hub")).status_code == 200
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate()
            told(listening, systemd.ENDING)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert key not in err
    journal = Journal(folder)
    try:
        assert journal.spans(FIRST)
    finally:
        journal.close()


def test_a_hub_says_what_is_wrong_with_its_settings_and_ends(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text("[page]\nport = 0\n")
    with hub(tmp_path) as process:
        out, err = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert "`page.port`" in err
    assert "Traceback" not in err


def test_a_systemd_that_does_not_read_does_not_hold_the_hub_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        for _ in range(10_000):
            systemd.tell(systemd.ALIVE)
        assert deaf.recv(100).decode() == systemd.ALIVE


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all", "@no-one-listens"])
def test_a_systemd_that_does_not_listen_is_no_trouble(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    systemd.tell(systemd.READY)
