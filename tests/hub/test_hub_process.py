"""The hub as `fanlight up` starts it: a process that says what is wrong, runs on, and stops when told."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from tests.hub.homes import CAMERA
from tests.hub.towns import House
from tests.ports import free_port

from fanlight.cli.member import Member
from fanlight.hub.journal import Journal
from fanlight.hub.page import load_page_key
from fanlight.hub.settings import load_keys, save_pairing
from fanlight.hub.uplink import Uplink
from fanlight.seal.opening import open_age
from fanlight.wire import jcs

Video = Callable[[str], Path]


@contextlib.contextmanager
def hub_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "fanlight.hub", "--home", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_hub_without_a_household_records_and_is_on_disk_when_it_ends(tmp_path: Path) -> None:
    """R02: no account is needed to record at home."""
    port = free_port()
    camera = f'[[camera]]\nid = "{CAMERA.id}"\nname = "Shed"\nurl = "test:"\nrecord = "always"\n'
    (tmp_path / "hub.toml").write_text(f"[page]\nport = {port}\n{camera}")
    head = {"Authorization": f"Bearer {load_page_key(tmp_path)}"}
    with hub_process(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hub ready 1\n"
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=head, trust_env=False, timeout=60
        ) as page:
            while not (hub := page.get("/api/hub").json())["storage"]["used_bytes"]:
                time.sleep(0.05)
        assert not hub["paired"]
        assert [camera["state"] for camera in hub["cameras"]] == ["recording"]
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "", "")
    journal = Journal(tmp_path)
    spans = journal.spans(CAMERA.id)
    journal.close()
    assert sum((end - start).total_seconds() for start, end in spans) >= 1


def test_a_hub_runs_on_after_its_file_has_ended_and_stops_when_told(
    tmp_path: Path, house: House, video: Video
) -> None:
    own = load_keys(tmp_path)
    camera = {"id": CAMERA.id, "name": "Shed", "url": str(video("plain.mp4"))}
    save_pairing(tmp_path, house.pairing(status_s=0.2, poll_s=0.2))
    stored = json.loads((tmp_path / "hub.json").read_text())
    (tmp_path / "hub.json").write_text(json.dumps({**stored, "cameras": [camera]}))

    async def admitted() -> None:
        member = Member(house.member.seed, house.url)
        async with member.uplink:
            await member.admit_hub(house.id, own.signing.public, own.recipient)

    async def cameras() -> list[str]:
        async with Uplink(house.url, house.member.keys.signing) as uplink:

            async def look() -> list[str]:
                try:
                    box = (await uplink.call("GET", "/v1/hub/status")).content
                except Exception:  # noqa: BLE001 - none was put yet
                    return []
                manifest = jcs.loads(jcs.loads(open_age(box, [house.identity.secret]))["manifest"])
                return [f"{one['name']} {one['state']}" for one in manifest["cameras"]]

            while (found := await look()) != ["Shed recording"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
            return found

    asyncio.run(admitted())
    with hub_process(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hub ready 1\n"
        assert asyncio.run(cameras()) == ["Shed recording"]
        with hub_process(tmp_path) as other:
            assert "Another hub is running" in other.communicate()[1]
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
