import asyncio
import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.homeassistant.reader import Reader, Refused
from tests.homeassistant.scenario import (
    STEPS,
    Kept,
    Recorded,
    Step,
    happen,
    household,
    payload_of,
    record,
    settings,
)  # fmt: skip
from tests.hub.broker import Ear, broker, ear
from tests.hub.talking import DOOR, YARD, in_loop, options, running

from fanlight.hub.integrations.homeassistant import announce, is_ours
from fanlight.hub.integrations.messages import Message
from fanlight.hub.integrations.mqtt import Mqtt, Pace
from fanlight.hub.options import Bell, Camera, Detect, HubOptions

RECORDING = Path(__file__).parents[2] / "vectors" / "homeassistant" / "entity.json"
QUICK = Pace(first_s=0.05, longest_s=0.2, answer_s=0.01, look_s=0.02)
RECORDED = msgspec.json.decode(RECORDING.read_bytes(), type=list[Recorded])


def kept(messages: list[Message]) -> list[Kept]:
    return [Kept(one.topic, one.retain, one.payload.decode()) for one in messages]


def all_of(recorded: list[Recorded]) -> list[Kept]:
    return [message for step in recorded for message in step.messages]


def since(ears: Ear, step: Step, began: int) -> list[Kept]:
    return record(step, ears.heard[began:]).messages


def at_least(heard: Callable[[], list[Kept]], count: int) -> bool:
    return len(heard()) >= count


@in_loop
async def test_the_hub_says_exactly_what_a_real_home_assistant_took(tmp_path: Path) -> None:
    """R12: discovery, ring, motion, availability, as judged by Home Assistant (`make test-homeassistant`)."""
    assert [one.step for one in RECORDED] == [step.name for step in STEPS]
    one = household()
    with broker(tmp_path / "broker") as mosquitto:
        async with (
            ear(mosquitto.port, as_published=True) as ears,
            running(Mqtt(settings(mosquitto.port), one, {}, QUICK).run()),
        ):
            for step, wanted in zip(STEPS, RECORDED, strict=True):
                began = len(ears.heard)
                await happen(step, one, lambda topic, payload: ears.client.publish(topic, payload, qos=1))
                heard = functools.partial(since, ears, step, began)
                await ears.until(functools.partial(at_least, heard, len(wanted.messages)))
                assert heard() == wanted.messages, step.name
            done = len(ears.heard)
            await asyncio.sleep(0.1)
            assert since(ears, STEPS[-1], done) == []


def test_a_strict_reader_takes_every_recorded_message() -> None:
    reader = Reader()
    reader.take(all_of(RECORDED))
    assert len(reader.entities) == 2 + 2 * 8


@pytest.mark.parametrize("discovery", ["entity", "device"])
def test_a_strict_reader_takes_both_ways_of_announcing_and_finds_the_same_entities(discovery: str) -> None:
    one_way, chosen = Reader(), Reader()
    one_way.take(kept(announce(options(snapshots=True))))
    chosen.take(kept(announce(options(discovery=discovery, snapshots=True))))
    assert set(one_way.entities) == set(chosen.entities)
    ring = chosen.entities[f"fanlight_{DOOR}_ring"]
    assert (ring["platform"], ring["device_class"], ring["event_types"]) == ("event", "doorbell", ["ring"])
    assert ring["default_entity_id"] == "event.front_door_ring"
    assert ring["availability_mode"] == "all"


def _ring(recorded: list[Kept]) -> int:
    return next(n for n, one in enumerate(recorded) if one.topic.endswith("/ring"))


def _config(recorded: list[Kept], word: str) -> int:
    return next(n for n, one in enumerate(recorded) if word in one.topic and one.topic.endswith("/config"))


def _body(word: str, change: Callable[[dict[str, Any]], object]) -> Callable[[list[Kept]], None]:
    def spoil(recorded: list[Kept]) -> None:
        at = _config(recorded, word)
        body = msgspec.json.decode(recorded[at].payload.encode())
        change(body)
        recorded[at] = Kept(recorded[at].topic, recorded[at].retain, msgspec.json.encode(body).decode())

    return spoil


def _message(find: Callable[[list[Kept]], int], **changes: Any) -> Callable[[list[Kept]], None]:
    def spoil(recorded: list[Kept]) -> None:
        at = find(recorded)
        recorded[at] = msgspec.structs.replace(recorded[at], **changes)

    return spoil


BROKEN: dict[str, Callable[[list[Kept]], None]] = {
    "a retained ring": _message(_ring, retain=True),
    "a ring of an unknown type": _message(_ring, payload='{"event_type":"press"}'),
    "a ring that is no JSON": _message(_ring, payload="ring"),
    "discovery that is not retained": _message(lambda all_: _config(all_, "motion"), retain=False),
    "a doorbell without ring": _body("ring", lambda body: body.update(event_types=["press"])),
    "an event without event types": _body("ring", lambda body: body.pop("event_types")),
    "the old object_id": _body("ring", lambda body: body.update(object_id="front_door_ring")),
    "no device": _body("motion", lambda body: body.pop("device")),
    "a device without identifiers": _body("motion", lambda body: body["device"].pop("identifiers")),
    "no unique id": _body("motion", lambda body: body.pop("unique_id")),
    "an unknown device class": _body("motion", lambda body: body.update(device_class="movement")),
    "a sensor without a state topic": _body("motion", lambda body: body.pop("state_topic")),
    "an image with two sources": _body("snapshot", lambda body: body.update(url_topic="x")),
    "two topics and the latest counts": _body("motion", lambda body: body.pop("availability_mode")),
    "a misspelt key": _body("motion", lambda body: body.update(state_topics="x")),
    "an entity id of another kind": _body("motion", lambda body: body.update(default_entity_id="event.x")),
    "a topic with a space": _message(
        lambda all_: _config(all_, "motion"), topic="homeassistant/event/ /config"
    ),
    "a state that is neither": _message(
        lambda all_: next(n for n, one in enumerate(all_) if one.topic.endswith("/motion")), payload="on"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_strict_reader_refuses(name: str) -> None:
    recorded = all_of(RECORDED)
    BROKEN[name](recorded)
    with pytest.raises(Refused):
        Reader().take(recorded)


def test_nothing_secret_is_announced_or_said() -> None:
    spoken = b" ".join(payload_of(one) for one in all_of(RECORDED))
    for secret in (b"192.0.2.7", b"geheim", b"rtsp", b"disk is full"):
        assert secret not in spoken


def test_only_what_a_camera_looks_for_is_announced() -> None:
    blind = Camera(id=DOOR, name="Tür ☀", url="test:", detect=Detect(enabled=False))
    person = Camera(
        id=YARD, name="庭", url="test:", detect=Detect(labels=("person",)), bell=Bell(mqtt_topic="b")
    )
    reader = Reader()
    reader.take(kept(announce(options(cameras=(blind, person), snapshots=True))))
    keys = {name.removeprefix("fanlight_") for name in reader.entities}
    assert keys == {
        "hub_home", "hub_problem", f"{DOOR}_ring", f"{DOOR}_problem",
        *(f"{YARD}_{key}" for key in ("ring", "motion", "person", "snapshot", "problem")),
    }  # fmt: skip
    assert reader.entities[f"fanlight_{DOOR}_ring"]["default_entity_id"] == "event.tur_ring"
    assert "default_entity_id" not in reader.entities[f"fanlight_{YARD}_ring"]
    assert reader.entities[f"fanlight_{YARD}_ring"]["availability"] == [
        {"topic": "fanlight/hub/availability"}
    ]


names = st.text(min_size=1, max_size=80)
prefixes = st.from_regex(re.compile(r"[A-Za-z0-9_/-]{1,64}", re.ASCII), fullmatch=True)


@given(names, prefixes, st.sampled_from(["entity", "device"]))
def test_whatever_cameras_are_called_a_strict_reader_takes_it_and_the_hub_knows_it_again(
    name: str, prefix: str, discovery: str
) -> None:
    camera = Camera(id=DOOR, name=name, url="test:")
    wanted = options(cameras=(camera,), prefix=prefix, discovery=discovery, snapshots=True)
    messages = announce(wanted)
    Reader().take(kept(messages))
    assert all(is_ours(wanted, one.payload) for one in messages)
    assert not any(
        is_ours(options(prefix=prefix + "x"[: 64 - len(prefix)] or "y"), one.payload) for one in messages
    )


def test_without_discovery_nothing_is_announced() -> None:
    assert announce(options(discovery="off")) == []
    assert HubOptions().mqtt.discovery == "entity"
