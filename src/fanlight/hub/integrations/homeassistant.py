"""What Home Assistant is told so that it shows a hub's cameras without any set-up there.

In:     the hub's options.
Out:    retained discovery messages: one an entity, or one a device where that is chosen.
Holds:  an entity is there while its camera and its hub are (availability, mode `all`). The ring is an `event`
        of class `doorbell` with the one type `ring`, and its topic is never retained. No address and no
        name but the camera's is told.
Absent: connections and states.
Why:    docs/guide/home-assistant.md
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec

import fanlight
from fanlight.hub.integrations.messages import Message, Topics
from fanlight.hub.options import Camera, HubOptions

RING = "ring"
LABELS = ("person", "vehicle", "animal", "package")  # each an occupancy sensor where it makes an event
_ORIGIN = {"name": "Fanlight", "sw_version": fanlight.__version__}
_MIGRATE = b'{"migrate_discovery":true}'
_Entity = dict[str, Any]


def announce(options: HubOptions) -> list[Message]:
    """Return the retained messages that make Home Assistant show this hub, in a steady order."""
    return [
        message for device, entities in _devices(options) for message in _messages(options, device, entities)
    ]


def _messages(options: HubOptions, device: _Entity, entities: list[_Entity]) -> list[Message]:
    if options.mqtt.discovery == "off":
        return []
    if options.mqtt.discovery == "device":
        return [_whole(options, device, entities)]
    return [_single(options, device, entity) for entity in entities]


def is_ours(options: HubOptions, payload: bytes) -> bool:
    """Tell whether a discovery message at the broker is one that a hub with this prefix has sent."""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
        said = msgspec.json.decode(payload, type=_Announced)
        return any(one.topic == Topics(options.mqtt.prefix).availability for one in said.availability)
    return False


def withdraw(options: HubOptions, topic: str) -> list[Message]:
    """Return what takes back an announcement of ours that is no longer made at `topic`.

    What is announced the other way now (by device, not by entity) is told to move: Home Assistant then
    keeps the name and room that a person gave it. What has gone is removed there.
    """
    thing = topic.split("/")[-2]
    for device, entities in _devices(options):
        names = {device["identifiers"][0], *(entity["unique_id"] for entity in entities)}
        if thing in names and options.mqtt.discovery != "off":
            now = _messages(options, device, entities)
            if thing == device["identifiers"][0] or options.mqtt.discovery == "device":
                return [Message(topic, _MIGRATE), *now, Message(topic, b"")]
    return [Message(topic, b"")]


def camera_of(topic: str) -> str | None:
    """Return the id of the camera that an announcement at `topic` is about, None for the hub itself."""
    found = re.search(r"/fanlight_([a-z2-7]{26})(?:_[a-z]+)?/config\Z", topic)
    return found[1] if found else None


class _Topic(msgspec.Struct):
    topic: str = ""


class _Announced(msgspec.Struct):
    availability: list[_Topic] = []


def _devices(options: HubOptions) -> Iterator[tuple[_Entity, list[_Entity]]]:
    topics, hub_id = Topics(options.mqtt.prefix), _slug(options.mqtt.prefix) + "_hub"
    hub = {"identifiers": [hub_id], "name": "Fanlight hub", "manufacturer": "Fanlight"}
    yield hub, _hub_entities(topics, hub_id)
    for camera in options.camera:
        own = {"identifiers": [f"fanlight_{camera.id}"], "name": camera.name, "manufacturer": "Fanlight"}
        yield {**own, "via_device": hub_id}, list(_camera_entities(options, topics, camera))


def _hub_entities(topics: Topics, hub_id: str) -> list[_Entity]:
    here = [{"topic": topics.availability}]
    return [
        {
            "platform": "switch", "unique_id": f"{hub_id}_home", "name": "Somebody is home",
            "icon": "mdi:home", "state_topic": topics.home, "command_topic": topics.set_home,
            "availability": here,
        },
        {
            "platform": "binary_sensor", "unique_id": f"{hub_id}_problem", "name": "Recording problem",
            "device_class": "problem", "entity_category": "diagnostic", "state_topic": topics.problem,
            "availability": here,
        },
    ]  # fmt: skip


def _camera_entities(options: HubOptions, topics: Topics, camera: Camera) -> Iterator[_Entity]:
    hub_here = {"topic": topics.availability}
    both_here = {
        "availability": [hub_here, {"topic": topics.camera(camera.id, "availability")}],
        "availability_mode": "all",
    }
    slug = _slug(camera.name)

    def entity(platform: str, key: str, name: str, **more: object) -> _Entity:
        wanted = {"default_entity_id": f"{platform}.{slug}_{key}"} if slug else {}
        own = {"platform": platform, "unique_id": f"fanlight_{camera.id}_{key}", "name": name}
        return {**own, **wanted, **both_here, **more}

    # A button at the broker rings also while the camera is away.
    rings_alone = {"availability": [hub_here]} if camera.bell.mqtt_topic else {}
    state = {"state_topic": topics.camera(camera.id, RING)}
    yield entity("event", RING, "Ring", device_class="doorbell", event_types=[RING], **state, **rings_alone)
    if camera.detect.enabled:
        state = {"state_topic": topics.camera(camera.id, "motion")}
        yield entity("binary_sensor", "motion", "Motion", device_class="motion", **state)
        for label in LABELS:
            if label in camera.detect.labels:
                state = {"state_topic": topics.camera(camera.id, label)}
                yield entity("binary_sensor", label, label.capitalize(), device_class="occupancy", **state)
        if options.mqtt.snapshots:
            picture = {"image_topic": topics.camera(camera.id, "snapshot"), "content_type": "image/jpeg"}
            yield entity("image", "snapshot", "Last event", **picture)
    yield entity(
        "binary_sensor", "problem", "Camera problem", device_class="problem", entity_category="diagnostic",
        state_topic=topics.camera(camera.id, "problem"), availability=[hub_here],
    )  # fmt: skip


def _single(options: HubOptions, device: _Entity, entity: _Entity) -> Message:
    body = {key: value for key, value in entity.items() if key != "platform"}
    topic = f"{options.mqtt.discovery_prefix}/{entity['platform']}/{entity['unique_id']}/config"
    return Message(topic, _json({**body, "device": device, "origin": _ORIGIN}))


def _whole(options: HubOptions, device: _Entity, entities: list[_Entity]) -> Message:
    name = device["identifiers"][0]
    parts = {entity["unique_id"].removeprefix(f"{name}_"): entity for entity in entities}
    # The hub's availability stands at the top as well: what every component shares, and the mark by which a
    # hub knows its own messages again.
    shared = {"availability": [{"topic": Topics(options.mqtt.prefix).availability}]}
    body = {"device": device, "origin": _ORIGIN, **shared, "components": parts, "qos": 1}
    return Message(f"{options.mqtt.discovery_prefix}/device/{name}/config", _json(body))


def _json(body: _Entity) -> bytes:
    return msgspec.json.encode(body, order="sorted")


def _slug(name: str) -> str:
    """Return a name as Home Assistant writes it in entity ids; empty if no letter of it can be."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
