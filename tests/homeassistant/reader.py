"""A reader as strict as Home Assistant's documentation and code: what it does not accept is refused.

Rules: homeassistant 2026.2.3, components/mqtt (discovery, schemas, event, binary_sensor, image, switch), and
the release notes after it: `object_id` no longer works, a doorbell must offer `ring`.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from tests.homeassistant.scenario import Kept, payload_of

_TOPIC = re.compile(r"^homeassistant/(?P<component>[a-z_]+)/(?P<id>[a-zA-Z0-9_-]+)/config$")
_CLASSES: dict[str, set[str | None]] = {
    "event": {"doorbell", "motion", "button"},
    "binary_sensor": {"motion", "occupancy", "connectivity", "problem", "tamper"},
    "image": {None},
    "switch": {None, "switch", "outlet"},
}
_ENTITY = {
    "unique_id", "name", "icon", "device_class", "entity_category", "default_entity_id", "availability",
    "availability_mode", "qos",
}  # fmt: skip
_KEYS = {
    "event": {"state_topic", "event_types"},
    "binary_sensor": {"state_topic", "off_delay"},
    "image": {"image_topic", "url_topic", "content_type", "image_encoding"},
    "switch": {"state_topic", "command_topic"},
}
_NEEDED = {
    "event": {"state_topic", "event_types"},
    "binary_sensor": {"state_topic"},
    "image": set[str](),
    "switch": {"command_topic"},
}


class Refused(Exception):
    """Home Assistant would not take this, or take it for something else."""


def _must(holds: object, why: str) -> None:
    if not holds:
        raise Refused(why)


class Reader:
    """Takes messages in order; `entities` are those that are there now, by unique id."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        self._of_topic: dict[str, set[str]] = {}
        self._states: dict[str, Callable[[Kept], None]] = {}

    def take(self, messages: Iterable[Kept]) -> None:
        """Take messages; raises Refused."""
        for message in messages:
            if message.topic.startswith("homeassistant/"):
                self._announced(message)
            else:
                _must(message.topic in self._states, f"nobody announced {message.topic}")
                self._states[message.topic](message)

    def _announced(self, message: Kept) -> None:
        found = _TOPIC.match(message.topic)
        _must(found, "a discovery topic is <prefix>/<component>/<object_id>/config")
        assert found is not None
        _must(message.retain, "a discovery message is retained")
        for gone in self._of_topic.pop(message.topic, set()):
            self.entities.pop(gone, None)
        if not message.payload:
            return
        try:
            body = msgspec.json.decode(message.payload.encode(), type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise Refused("a discovery message is a JSON object") from error
        if body == {"migrate_discovery": True}:
            return
        parts = self._parts(found["component"], body)
        for component, part in parts:
            self._entity(component, part)
            _must(part["unique_id"] not in self.entities, "two entities have one unique id")
            self.entities[part["unique_id"]] = {**part, "platform": component}
            self._of_topic.setdefault(message.topic, set()).add(part["unique_id"])

    def _parts(self, component: str, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        device, origin = body.pop("device", None), body.pop("origin", None)
        _must(device, "an entity with a unique id belongs to a device")
        _must(
            device.get("identifiers") or device.get("connections"),
            "a device needs identifiers or connections",
        )
        known = {"identifiers", "name", "manufacturer", "model", "via_device", "connections"}
        _must(not set(device) - known, "a device has unknown keys")
        _must(origin and origin.get("name"), "the origin has a name")
        if component != "device":
            return [(component, body)]
        components = body.pop("components", None)
        _must(components, "a device needs components")
        shared = {key: body.pop(key) for key in ("availability", "availability_mode", "qos") if key in body}
        _must(not body, f"a device message has unknown keys: {sorted(body)}")
        parts = []
        for part in components.values():
            _must(part.get("platform"), "a component needs a platform")
            rest = {key: value for key, value in part.items() if key != "platform"}
            parts.append((part["platform"], {**shared, **rest}))
        return parts

    def _entity(self, component: str, body: dict[str, Any]) -> None:
        _must(component in _KEYS, f"there is no component {component}")
        _must(body.get("unique_id"), "an entity needs a unique id")
        _must("object_id" not in body, "object_id no longer works")
        unknown = set(body) - _ENTITY - _KEYS[component]
        _must(not unknown, f"{component} does not know {sorted(unknown)}")
        missing = _NEEDED[component] - set(body)
        _must(not missing, f"{component} needs {sorted(missing)}")
        _must(body.get("device_class") in _CLASSES[component] | {None}, "that is no device class of it")
        _must(body.get("entity_category") in (None, "config", "diagnostic"), "that is no entity category")
        wish = body.get("default_entity_id", f"{component}.x")
        _must(re.match(rf"^{component}\.[a-z0-9_]+$", wish), "an entity id begins with its component")
        for topic in self._availability(body):
            self._states[topic] = self._is_there
        self._listen(component, body)

    def _availability(self, body: dict[str, Any]) -> list[str]:
        listed = body.get("availability", [])
        _must(listed, "an entity tells whether it is there")
        _must(body.get("availability_mode", "latest") in ("all", "any", "latest"), "that is no such mode")
        _must(
            len(listed) == 1 or body.get("availability_mode") == "all", "two topics are both needed: mode all"
        )
        return [one["topic"] for one in listed]

    def _listen(self, component: str, body: dict[str, Any]) -> None:
        if component == "event":
            types = body["event_types"]
            _must(isinstance(types, list) and types, "event_types is a list")
            _must(body.get("device_class") != "doorbell" or "ring" in types, "a doorbell offers ring")
            self._states[body["state_topic"]] = lambda message: self._event(message, types)
        elif component == "image":
            _must(
                ("image_topic" in body) != ("url_topic" in body), "exactly one of image_topic and url_topic"
            )
            _must("content_type" not in body or "image_topic" in body, "content_type goes with image_topic")
            self._states[body.get("image_topic", "")] = self._picture
        elif "state_topic" in body:
            self._states[body["state_topic"]] = self._on_or_off

    @staticmethod
    def _is_there(message: Kept) -> None:
        _must(message.payload in ("online", "offline"), "availability is online or offline")
        _must(message.retain, "availability is retained")

    @staticmethod
    def _on_or_off(message: Kept) -> None:
        _must(message.payload in ("ON", "OFF"), "a state is ON or OFF")
        _must(message.retain, "a state is retained: a restart must not forget it")

    @staticmethod
    def _picture(message: Kept) -> None:
        _must(payload_of(message).startswith(b"\xff\xd8"), "an image is a JPEG")
        _must(not message.retain, "no picture stays at the broker")

    @staticmethod
    def _event(message: Kept, types: list[str]) -> None:
        _must(not message.retain, "a retained event is ignored, or rings again")
        try:
            said = msgspec.json.decode(message.payload.encode(), type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise Refused("an event is a JSON object") from error
        _must(said.get("event_type") in types, "an event is of a type that was announced")
