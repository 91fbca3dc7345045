# ruff: noqa: T201 - a script that says what it does
"""Let a real Home Assistant judge what the hub says over a real broker, and record what it was told.

    make test-homeassistant

Runs outside CI: it installs Home Assistant first (install.py). Broker, Home Assistant and hub meet in a
network of their own (`unshare -n`): a Home Assistant that starts in recovery mode listens to nobody. It
passes if everything of `EXPECTED` was seen there, and the bell was rung by presses alone: not by a restart of
Home Assistant, of the hub or of the broker. What was heard goes to vectors/homeassistant/entity.json.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.homeassistant import install  # noqa: E402 - found by the line above
from tests.homeassistant.scenario import STEPS, Recorded, happen, household, record, settings  # noqa: E402
from tests.hub.broker import Broker, Ear, broker, ear  # noqa: E402
from tests.hub.talking import DOOR, StandIn, pressed, running  # noqa: E402
from tests.ports import free_port  # noqa: E402

from fanlight.hub.integrations.mqtt import Mqtt, Pace  # noqa: E402

RECORDING = ROOT / "vectors" / "homeassistant" / "entity.json"
INSIDE = "--inside"
PATIENCE_S = 120.0
PACE = Pace(first_s=0.1, longest_s=1.0, answer_s=0.5, look_s=0.05)
RING = "event.front_door_ring"
LOSING = "binary_sensor.fanlight_hub_recording_problem"
HOME = "switch.fanlight_hub_somebody_is_home"

EXPECTED: dict[str, dict[str, str]] = {
    "Home Assistant starts": {
        RING: "unknown", "binary_sensor.front_door_motion": "off", "binary_sensor.yard_vehicle": "off",
        "binary_sensor.front_door_camera_problem": "off", LOSING: "off", HOME: "on",
        "image.front_door_last_event": "unknown",
    },
    "the bell is pressed": {},
    "a person comes": {"binary_sensor.front_door_motion": "on", "binary_sensor.front_door_person": "on"},
    "the person goes": {"binary_sensor.front_door_motion": "off", "binary_sensor.front_door_person": "off"},
    "a vehicle comes to the yard": {"binary_sensor.yard_vehicle": "on", "binary_sensor.yard_person": "off"},
    "a package is left": {"binary_sensor.front_door_package": "on"},
    "its event is over": {"binary_sensor.front_door_package": "on", "binary_sensor.front_door_motion": "off"},
    "the package is taken": {"binary_sensor.front_door_package": "off"},
    "the yard's camera goes away": {
        "binary_sensor.yard_motion": "unavailable", "binary_sensor.yard_camera_problem": "on",
        "binary_sensor.front_door_motion": "on",
    },
    "the yard's camera comes back": {
        "binary_sensor.yard_motion": "on", "binary_sensor.yard_camera_problem": "off",
    },
    "the disk is full": {LOSING: "on"},
    "the disk has room": {LOSING: "off"},
    "everybody leaves": {HOME: "off"},
    "somebody comes home, says the page": {HOME: "on"},
}  # fmt: skip


class HomeAssistant:
    """One installation: a folder, a port, and what it shows."""

    def __init__(self, folder: Path, broker_port: int) -> None:
        """Write what its own set-up of MQTT would have written."""
        self.folder, self.port = folder, free_port()
        self.log = folder / "hass.log"
        storage = folder / ".storage"
        storage.mkdir(parents=True)
        (folder / "configuration.yaml").write_text(
            f"http:\n  server_host: 127.0.0.1\n  server_port: {self.port}\napi:\nwebsocket_api:\nlogger:\n"
            "  default: warning\n  logs:\n    homeassistant.components.mqtt: info\n"
        )
        entry = {
            "entry_id": "fanlightjudge", "version": 1, "minor_version": 1, "domain": "mqtt",
            "title": "broker", "source": "user", "unique_id": None, "disabled_by": None,
            "data": {"broker": "127.0.0.1", "port": broker_port, "discovery": True,
                     "discovery_prefix": "homeassistant"},
            "options": {}, "pref_disable_new_entities": False, "pref_disable_polling": False,
        }  # fmt: skip
        body = {"version": 1, "minor_version": 2, "key": "core.config_entries", "data": {"entries": [entry]}}
        (storage / "core.config_entries").write_text(json.dumps(body))
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=20)
        self._token = ""

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Run it for the block; end it as its owner would."""
        process = await asyncio.to_thread(self._start)
        try:
            await asyncio.to_thread(self._wait, process)
            yield
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 60)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [str(install.HASS), "-c", str(self.folder), "--skip-pip"]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"Home Assistant did not start:\n{self.log.read_text()[-3000:]}")
            with contextlib.suppress(httpx.TransportError):
                if self._http.get("/manifest.json").is_success:
                    break
            time.sleep(0.3)
        if not self._token:
            self._enter()

    def _enter(self) -> None:
        client = f"http://127.0.0.1:{self.port}/"
        person = {
            "client_id": client,
            "name": "J",
            "username": "judge",
            "password": "judge",
            "language": "en",
        }
        code = self._http.post("/api/onboarding/users", json=person).raise_for_status().json()["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        self._token = self._http.post("/auth/token", data=form).raise_for_status().json()["access_token"]

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        head = {"Authorization": f"Bearer {self._token}"}
        return self._http.request(method, path, headers=head, **more).raise_for_status().json()

    def states(self) -> dict[str, str]:
        """Return the state of every entity by its id."""
        return {one["entity_id"]: one["state"] for one in self._ask("GET", "/api/states")}

    def attributes(self, entity: str) -> dict[str, Any]:
        """Return what else it shows of an entity."""
        return dict(self._ask("GET", f"/api/states/{entity}")["attributes"])

    def switch(self, entity: str, *, on: bool) -> None:
        """Turn a switch as a person does."""
        service = "turn_on" if on else "turn_off"
        self._ask("POST", f"/api/services/switch/{service}", json={"entity_id": entity})

    async def shows(self, wanted: dict[str, str], why: str) -> None:
        """Wait until states are as wanted."""
        deadline = time.monotonic() + 30
        while True:
            now = await asyncio.to_thread(self.states)
            wrong = {entity: now.get(entity) for entity, state in wanted.items() if now.get(entity) != state}
            if not wrong:
                print(f"  ok: {why}")
                return
            if time.monotonic() > deadline:
                raise SystemExit(
                    f"{why}: wanted {wanted}, Home Assistant shows {wrong}.\n{self.log.read_text()[-3000:]}"
                )
            await asyncio.sleep(0.1)

    async def changes(self, entity: str, old: str, why: str) -> str:
        """Wait until a state is another than `old`; return it."""
        deadline = time.monotonic() + 30
        while (now := (await asyncio.to_thread(self.states)).get(entity, "")) in (old, "unavailable"):
            if time.monotonic() > deadline:
                raise SystemExit(f"{why}: {entity} stayed {old}.\n{self.log.read_text()[-3000:]}")
            await asyncio.sleep(0.1)
        print(f"  ok: {why}")
        return now


async def _heard(ears: Ear) -> None:
    """Wait until the broker has been silent for a while: a step is over."""
    while True:
        count = len(ears.heard)
        await asyncio.sleep(1.2)
        if len(ears.heard) == count:
            return


async def _play(one: StandIn, home: HomeAssistant, ears: Ear, began: int) -> list[Recorded]:
    """Run the steps but the first; return what was heard in each. The second began at message `began`."""
    recorded, rung = [], "unknown"
    for step in STEPS[1:]:
        if step != STEPS[1]:  # that one Home Assistant does itself, by starting
            began = len(ears.heard)
            await happen(step, one, lambda topic, payload: ears.client.publish(topic, payload, qos=1))
        await _heard(ears)
        await home.shows(EXPECTED.get(step.name, {}), step.name)
        if step.name == "the bell is pressed":
            rung = await home.changes(RING, rung, "it shows the ring")
            assert home.attributes(RING)["event_type"] == "ring"
            assert home.attributes(RING)["device_class"] == "doorbell"
        if step.name == "the yard's button is pressed":
            await home.changes("event.yard_ring", "unknown", "it shows the ring of the yard")
        recorded.append(record(step, ears.heard[began:]))
    return recorded


@contextlib.asynccontextmanager
async def _hub(port: int, one: StandIn) -> AsyncIterator[None]:
    async with running(Mqtt(settings(port), one, {}, PACE).run()):
        yield


async def _judge(folder: Path, mosquitto: Broker) -> list[Recorded]:
    home, one = HomeAssistant(folder / "ha", mosquitto.port), household()
    async with ear(mosquitto.port, as_published=True) as ears:
        async with _hub(mosquitto.port, one):
            await _heard(ears)
            recorded, began = [record(STEPS[0], ears.heard)], len(ears.heard)
            print(f"The hub has said {began} things. Home Assistant starts.")
            async with home.run():
                recorded += await _play(one, home, ears, began)
                await asyncio.to_thread(home.switch, HOME, on=False)
                await home.shows({HOME: "off"}, "its switch reaches the hub, and comes back from there")
                assert not one.home
                rung = home.states()[RING]
            print("Home Assistant starts again.")
            async with home.run():
                await home.shows({RING: rung, "binary_sensor.yard_motion": "on"}, "its restart rings nobody")
                one.board.post(pressed(DOOR))
                rung = await home.changes(RING, rung, "a press after it does ring")
        print("The hub starts again.")
        async with home.run():
            await home.shows(
                {RING: "unavailable", HOME: "unavailable"}, "without a hub nothing is shown as known"
            )
            async with _hub(mosquitto.port, one):
                await home.shows({RING: rung, HOME: "off"}, "the hub's restart rings nobody")
                print("The broker starts again.")
                await asyncio.to_thread(mosquitto.stop)
                await home.shows({RING: "unavailable"}, "without a broker nothing is known")
                await asyncio.to_thread(mosquitto.start)
                await home.shows({RING: rung, HOME: "off"}, "the broker's restart rings nobody")
                one.board.post(pressed(DOOR))
                await home.changes(RING, rung, "a press after it does ring")
    return recorded


def main() -> int:
    """Install, enter a network of our own, judge and record."""
    if INSIDE not in sys.argv:
        if status := install.main():
            return status
        alone = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
        inside = f'ip link set lo up && exec "{sys.executable}" "{__file__}" {INSIDE}'
        return subprocess.run([*alone, "sh", "-c", inside], check=False).returncode
    with tempfile.TemporaryDirectory(prefix="fl-ha-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with broker(folder / "broker") as mosquitto:
            recorded = asyncio.run(_judge(folder, mosquitto))
    RECORDING.parent.mkdir(parents=True, exist_ok=True)
    RECORDING.write_bytes(msgspec.json.format(msgspec.json.encode(recorded), indent=1) + b"\n")
    print(f"Home Assistant took all of it. Written: {RECORDING.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
