import asyncio
import contextlib
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.broker import Broker, broker, ear
from tests.hub.talking import (
    DOOR,
    YARD,
    StandIn,
    began,
    ended,
    hub,
    in_loop,
    options,
    pressed,
    running,
    storage,
    told,
    until,
)  # fmt: skip

from fanlight.hub.integrations import Troubles, run
from fanlight.hub.integrations.homeassistant import is_ours
from fanlight.hub.integrations.messages import is_home, is_press
from fanlight.hub.integrations.mqtt import Mqtt, Pace
from fanlight.hub.options import Bell, Camera, Chime, HubOptions

QUICK = Pace(first_s=0.05, longest_s=0.2, answer_s=0.05, look_s=0.05)
HERE = "fanlight/hub/availability"


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    with broker(tmp_path / "broker") as one:
        yield one


@contextlib.contextmanager
def killed(program: Path) -> Iterator[None]:
    """Run a program beside a test, and kill it."""
    process = subprocess.Popen([sys.executable, str(program)], env={"PYTHONPATH": ":".join(sys.path)})
    try:
        yield
    finally:
        process.kill()
        process.wait()


def made(folder: Path, *command: str) -> Path:
    """Return a file that a command has made; `FILE` in it is its path."""
    path = folder / f"{command[0]}.made"
    words = [str(path) if word == "FILE" else word for word in command]
    subprocess.run(words, check=True, capture_output=True, cwd=folder)
    return path


def at(one: StandIn, wanted: HubOptions, troubles: Troubles | None = None) -> Mqtt:
    return Mqtt(wanted, one, {} if troubles is None else troubles, QUICK)


@in_loop
async def test_states_are_kept_by_the_broker_and_a_ring_and_a_picture_are_not(mosquitto: Broker) -> None:
    """R12: MQTT without a cloud; a restart of a listener does not ring again."""
    one = hub(y="away")
    async with ear(mosquitto.port) as ears, running(at(one, options(mosquitto.port, snapshots=True)).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        one.board.post(pressed())
        one.board.post(began())
        await ears.until(lambda: ears.known.get(f"fanlight/{DOOR}/person") == b"ON")
        await ears.until(lambda: bool(ears.of(f"fanlight/{DOOR}/snapshot")))
        assert ears.of(f"fanlight/{DOOR}/ring") == [b'{"event_type":"ring"}']
        async with ear(mosquitto.port) as later:
            kept = await later.all_kept()
        assert kept[HERE] == b"online"
        assert kept[f"fanlight/{DOOR}/motion"] == b"ON"
        assert kept[f"fanlight/{YARD}/availability"] == b"offline"
        assert kept[f"fanlight/{YARD}/problem"] == b"ON"
        assert not {topic for topic in kept if topic.endswith(("/ring", "/snapshot"))}
        one.board.post(ended())
        await ears.until(lambda: ears.known.get(f"fanlight/{DOOR}/person") == b"OFF")
        assert ears.known[f"fanlight/{DOOR}/motion"] == b"OFF"


@in_loop
async def test_no_picture_leaves_unless_it_is_switched_on(mosquitto: Broker) -> None:
    """R03: pictures leave the sealed world by no default."""
    one = hub()
    async with ear(mosquitto.port) as ears, running(at(one, options(mosquitto.port)).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        one.board.post(began())
        one.board.post(ended())
        await ears.until(lambda: ears.of(f"fanlight/{DOOR}/motion")[-2:] == [b"ON", b"OFF"])
        assert not [
            h for h in ears.heard if b"jpeg" in h.payload and not h.topic.startswith("homeassistant/")
        ]
        assert not [h for h in ears.heard if "snapshot" in h.topic]


@in_loop
async def test_what_happens_at_cameras_and_disk_is_told(mosquitto: Broker) -> None:
    one = hub()
    async with ear(mosquitto.port) as ears, running(at(one, options(mosquitto.port)).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        one.board.post(told(DOOR, "refused"))
        one.board.post(storage("full"))
        await ears.until(lambda: ears.known.get("fanlight/hub/problem") == b"ON")
        assert ears.known[f"fanlight/{DOOR}/availability"] == b"offline"
        assert ears.known[f"fanlight/{DOOR}/problem"] == b"ON"
        one.board.post(told(DOOR, "recording"))
        one.board.post(storage("ok"))
        await ears.until(lambda: ears.known.get("fanlight/hub/problem") == b"OFF")
        assert ears.known[f"fanlight/{DOOR}/availability"] == b"online"
        spoken = b" ".join(h.payload for h in ears.heard)
        assert b"192.0.2.7" not in spoken
        assert b"geheim" not in spoken


@in_loop
async def test_a_hub_that_ends_is_offline_and_so_is_one_that_is_killed(
    mosquitto: Broker, tmp_path: Path
) -> None:
    program = tmp_path / "hub.py"
    program.write_text(
        "import asyncio\nfrom tests.hub.talking import hub, options\n"
        "from fanlight.hub.integrations.mqtt import Mqtt\n"
        f"asyncio.run(Mqtt(options({mosquitto.port}), hub(), {{}}).run())\n"
    )
    async with ear(mosquitto.port, HERE) as ears:
        async with running(at(hub(), options(mosquitto.port)).run()):
            await ears.until(lambda: ears.of(HERE) == [b"online"])
        await ears.until(lambda: ears.of(HERE) == [b"online", b"offline"])
        with killed(program):
            await ears.until(lambda: ears.of(HERE)[2:] == [b"online"])
        await ears.until(lambda: ears.of(HERE)[3:] == [b"offline"])


@in_loop
async def test_a_broker_that_goes_and_comes_back_is_told_everything_again_but_no_old_ring(
    mosquitto: Broker,
) -> None:
    one, troubles = hub(), Troubles()
    async with running(at(one, options(mosquitto.port), troubles).run()):
        async with ear(mosquitto.port) as ears:
            await ears.until(lambda: ears.known.get(HERE) == b"online")
            await ears.until(lambda: not troubles)
        mosquitto.stop()
        await until(lambda: bool(troubles))
        assert troubles == {
            "mqtt": "The MQTT broker cannot be reached. It is tried again for as long as it takes."
        }
        one.board.post(pressed())
        one.board.post(began())
        await asyncio.sleep(0)
        mosquitto.start()
        async with ear(mosquitto.port) as ears:
            await ears.until(lambda: ears.known.get(HERE) == b"online")
            assert ears.known[f"fanlight/{DOOR}/motion"] == b"ON"
            one.board.post(pressed(YARD))
            await ears.until(lambda: f"fanlight/{YARD}/ring" in ears.known)
            assert not ears.of(f"fanlight/{DOOR}/ring")
            assert not troubles


@in_loop
async def test_a_message_to_the_bells_topic_is_a_press_once_and_a_kept_one_is_none(mosquitto: Broker) -> None:
    """R12: a doorbell button of any make rings through the broker."""
    one = hub()
    async with ear(mosquitto.port) as ears:
        await ears.client.publish("zigbee/button", b"single", retain=True)
        async with running(at(one, options(mosquitto.port)).run()):
            await ears.until(lambda: ears.known.get(HERE) == b"online")
            for payload in (b"OFF", b"", b"0", b"False"):
                await ears.client.publish("zigbee/button", payload)
            for _ in range(50):  # it bounces
                await ears.client.publish("zigbee/button", b"single")
            await ears.client.publish("zigbee/other", b"single")
            await ears.until(lambda: bool(ears.of(f"fanlight/{YARD}/ring")))
            await ears.client.publish("fanlight/hub/home/set", b"OFF")
            await ears.until(lambda: ears.known["fanlight/hub/home"] == b"OFF")
            assert one.presses == [(YARD, "mqtt")]
            assert len(ears.of(f"fanlight/{YARD}/ring")) == 1


@in_loop
async def test_home_and_away_go_both_ways(mosquitto: Broker) -> None:
    """R51: indoor cameras follow it."""
    one = hub()
    async with ear(mosquitto.port) as ears:
        await ears.client.publish("fanlight/hub/home/set", b"OFF", retain=True)  # kept: not said now
        async with running(at(one, options(mosquitto.port)).run()):
            await ears.until(lambda: ears.known.get(HERE) == b"online")
            assert ears.known["fanlight/hub/home"] == b"ON"
            await ears.client.publish("fanlight/hub/home/set", b"away")
            await ears.until(lambda: ears.known["fanlight/hub/home"] == b"OFF")
            assert not one.home
            await ears.client.publish("fanlight/hub/home/set", b"perhaps")
            await one.set_home(True)  # on the page
            await ears.until(lambda: ears.known["fanlight/hub/home"] == b"ON")


@in_loop
async def test_a_chime_at_the_broker_gets_its_message_at_a_press(mosquitto: Broker) -> None:
    wanted = options(mosquitto.port)
    wanted = HubOptions(
        mqtt=wanted.mqtt, camera=wanted.camera, chime=Chime(mqtt_topic="siren/set", mqtt_payload="DING")
    )
    one = hub()
    async with ear(mosquitto.port) as ears, running(at(one, wanted).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        one.board.post(pressed())
        await ears.until(lambda: ears.of("siren/set") == [b"DING"])


@pytest.mark.parametrize("discovery", ["entity", "device"])
@in_loop
async def test_a_hub_of_sixty_four_cameras_announces_and_tells_all_of_them(
    mosquitto: Broker, discovery: str
) -> None:
    ids = ["c" * 24 + a + b for a in "abcdefgh" for b in "abcdefgh"]
    cameras = tuple(Camera(id=each, name=f"Camera {n}", url="test:") for n, each in enumerate(ids))
    wanted = options(mosquitto.port, cameras=cameras, discovery=discovery)
    async with ear(mosquitto.port) as ears, running(at(hub(), wanted).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        announced = [topic for topic in ears.known if topic.endswith("/config")]
        assert len(announced) == (2 + 64 * 7 if discovery == "entity" else 1 + 64)
        assert all(f"fanlight/{each}/motion" in ears.known for each in ids)
    async with ear(mosquitto.port) as ears, running(at(hub(), options(mosquitto.port, cameras=())).run()):
        await ears.until(lambda: not _left(ears.known, "c" * 24))


@pytest.mark.parametrize("topic", ["a/#", "+", "\u2603" * 3, "x" * 1000])
@in_loop
async def test_a_chimes_topic_that_no_broker_takes_silences_nothing_else(
    mosquitto: Broker, topic: str
) -> None:
    wanted = options(mosquitto.port)
    wanted = HubOptions(mqtt=wanted.mqtt, camera=wanted.camera, chime=Chime(mqtt_topic=topic))
    one, troubles = hub(), Troubles()
    async with ear(mosquitto.port) as ears, running(at(one, wanted, troubles).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        one.board.post(pressed())
        one.board.post(pressed(YARD))
        await ears.until(lambda: bool(ears.of(f"fanlight/{YARD}/ring")))
    assert not troubles


@pytest.mark.parametrize("host", ["\u2603." * 80, "a..b", "-", "no.such.host.invalid"])
@in_loop
async def test_a_host_that_is_none_is_said_and_tried_again(host: str) -> None:
    wanted = HubOptions(mqtt=msgspec.structs.replace(options().mqtt, host=host))
    troubles = Troubles()
    async with running(at(hub(), wanted, troubles).run()) as task:
        await until(lambda: bool(troubles))
        assert not task.done()
    assert troubles["mqtt"].startswith("The MQTT broker cannot be reached.")


@in_loop
async def test_home_assistant_is_told_again_when_it_starts(mosquitto: Broker) -> None:
    one = hub()
    topic = f"homeassistant/event/fanlight_{DOOR}_ring/config"
    async with ear(mosquitto.port) as ears, running(at(one, options(mosquitto.port)).run()):
        await ears.until(lambda: ears.known.get(HERE) == b"online")
        assert len(ears.of(topic)) == 1
        await ears.client.publish("homeassistant/status", b"online")
        await ears.until(lambda: len(ears.of(topic)) == 2 and len(ears.of(HERE)) == 2)
        assert not ears.of(f"fanlight/{DOOR}/ring")


@in_loop
async def test_a_camera_that_is_taken_away_leaves_nothing_at_the_broker(mosquitto: Broker) -> None:
    both = options(mosquitto.port)
    others = {
        "homeassistant/light/lamp/config": b'{"availability":[{"topic":"lamp/here"}]}',
        "homeassistant/light/odd/config": b"not json",
    }
    async with ear(mosquitto.port) as ears:
        for topic, payload in others.items():
            await ears.client.publish(topic, payload, retain=True)
        async with running(at(hub(), both).run()):
            await ears.until(lambda: ears.known.get(HERE) == b"online")
        async with running(at(hub(), options(mosquitto.port, cameras=both.camera[:1])).run()):
            await ears.until(lambda: ears.of(HERE)[-2:] == [b"offline", b"online"])
            await ears.until(lambda: ears.known.get(f"fanlight/{YARD}/problem") == b"")
            await ears.until(lambda: not _left(ears.known, YARD))
            async with ear(mosquitto.port) as later:
                kept = await later.all_kept()
            assert not _left(kept, YARD)
            assert _left(kept, DOOR)
            assert {topic: kept[topic] for topic in others} == others


def _left(known: dict[str, bytes], camera: str) -> set[str]:
    return {topic for topic, payload in known.items() if camera in topic and payload}


@pytest.mark.parametrize(("before", "after"), [("entity", "device"), ("device", "entity"), ("entity", "off")])
@in_loop
async def test_announcing_another_way_takes_the_old_way_back(
    mosquitto: Broker, before: str, after: str
) -> None:
    async with ear(mosquitto.port) as ears:
        async with running(at(hub(), options(mosquitto.port, discovery=before)).run()):
            await ears.until(lambda: ears.known.get(HERE) == b"online")
        old = {t for t, payload in ears.known.items() if t.startswith("homeassistant/") and payload}
        assert old
        async with running(at(hub(), options(mosquitto.port, discovery=after)).run()):
            await ears.until(lambda: all(ears.known[topic] == b"" for topic in old))
            now = {t for t, payload in ears.known.items() if t.startswith("homeassistant/") and payload}
            assert bool(now) == (after != "off")
            for topic in old if after != "off" else ():
                assert ears.of(topic)[-2:] == [b'{"migrate_discovery":true}', b""]


@in_loop
async def test_a_broker_with_passwords_lets_the_hub_in_or_is_said_to_refuse(tmp_path: Path) -> None:
    secrets = made(tmp_path, "mosquitto_passwd", "-b", "-c", "FILE", "hub", "right")
    with broker(tmp_path / "broker", "allow_anonymous false", f"password_file {secrets}") as one:
        troubles = Troubles()
        async with running(at(hub(), options(one.port, user="hub", password="wrong"), troubles).run()):
            await until(lambda: bool(troubles))
        assert troubles["mqtt"].startswith("The MQTT broker refuses the user name or password.")
        async with (
            running(at(hub(), options(one.port, user="hub", password="right"), troubles).run()),
            aiomqtt.Client("127.0.0.1", one.port, username="hub", password="right") as client,
        ):
            await until(lambda: not troubles)
            await client.subscribe(HERE)
            message = await anext(aiter(client.messages))
            assert message.payload == b"online"


GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "home-assistant.md"


@in_loop
async def test_the_rights_in_the_guide_are_enough_at_a_broker_with_an_access_list(
    tmp_path: Path,
) -> None:
    secrets = made(tmp_path, "mosquitto_passwd", "-b", "-c", "FILE", "fanlight", "p")
    made(tmp_path, "mosquitto_passwd", "-b", str(secrets), "home", "p")
    rights = textwrap.dedent(GUIDE.read_text().split("```text\n")[1].split("```")[0])
    (tmp_path / "rights").write_text(f"{rights}\nuser home\ntopic readwrite #\n")
    lines = ("allow_anonymous false", f"password_file {secrets}", f"acl_file {tmp_path / 'rights'}")
    one = hub()
    with broker(tmp_path / "broker", *lines) as mosquitto:
        wanted = options(mosquitto.port, user="fanlight", password="p")
        async with ear(mosquitto.port, login=("home", "p")) as ears, running(at(one, wanted).run()):
            await ears.until(lambda: ears.known.get(HERE) == b"online")
            assert f"homeassistant/event/fanlight_{DOOR}_ring/config" in ears.known
            await ears.client.publish("homeassistant/status", b"online")
            await ears.until(lambda: len(ears.of(HERE)) == 2)
            await ears.client.publish("zigbee/button", b"single")
            await ears.until(lambda: bool(ears.of(f"fanlight/{YARD}/ring")))
            await ears.client.publish("fanlight/hub/home/set", b"OFF")
            await ears.until(lambda: ears.known["fanlight/hub/home"] == b"OFF")


# paho leaves a socket whose handshake failed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@in_loop
async def test_a_broker_whose_certificate_nobody_vouches_for_is_not_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = made(
        tmp_path, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-keyout", "key.pem", "-out", "FILE", "-days", "2", "-subj", "/CN=127.0.0.1",
        "-addext", "subjectAltName=IP:127.0.0.1",
    )  # fmt: skip
    lines = ("allow_anonymous true", f"certfile {certificate}", f"keyfile {tmp_path}/key.pem")
    with broker(tmp_path / "broker", *lines) as one:
        troubles = Troubles()
        async with running(at(hub(), options(one.port, tls=True), troubles).run()):
            await until(lambda: bool(troubles))
        assert "certificate is not trusted" in troubles["mqtt"]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with running(at(hub(), options(one.port, tls=True), troubles).run()):
            await until(lambda: not troubles)


@in_loop
async def test_without_broker_hooks_and_chime_there_is_nothing_to_run() -> None:
    troubles = Troubles({"mqtt": "old"})
    await run(HubOptions(), hub(), troubles)
    assert troubles == {}


@in_loop
async def test_with_a_broker_the_room_runs_it(mosquitto: Broker) -> None:
    async with ear(mosquitto.port, HERE) as ears, running(run(options(mosquitto.port), hub(), {})):
        await ears.until(lambda: ears.of(HERE) == [b"online"])


@in_loop
async def test_a_bells_topic_that_no_broker_takes_does_not_end_the_others(mosquitto: Broker) -> None:
    odd = Camera(id=DOOR, name="Door", url="test:", bell=Bell(mqtt_topic="a#b/+c"))
    async with (
        ear(mosquitto.port, HERE) as ears,
        running(at(hub(), options(mosquitto.port, cameras=(odd,))).run()),
    ):
        await ears.until(lambda: ears.of(HERE) == [b"online"])


@given(st.binary(max_size=40) | st.sampled_from([b"ON", b" off ", b"Home", b"not_home", b"0", b"1"]))
def test_any_bytes_are_a_press_or_none_and_home_away_or_nothing(payload: bytes) -> None:
    assert is_press(payload) == (payload.strip().lower() not in (b"", b"off", b"0", b"false"))
    assert is_home(payload) in (True, False, None)


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda t: json.dumps({"availability": t}).encode())
)
def test_no_bytes_at_a_discovery_topic_are_taken_for_ours_or_raise(payload: bytes) -> None:
    assert not is_ours(options(), payload)
