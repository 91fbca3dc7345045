"""What a device reports as events, and which of it means something at a door.

In:     the bytes of a pull's answer, never trusted.
Out:    Notification; Signal for those that mean something here.
Holds:  pure functions; OnvifError is the only error raised. Who somebody is never becomes a value: reports
        of recognised faces and of licence plates are dropped while they are read (R07).
        `Initialized` tells a state and rings nothing.
Source: ONVIF Core, 9; topics as devices send them (vectors/onvif).
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from fanlight.hub.onvif import soap
from fanlight.hub.onvif.errors import BadAnswer
from fanlight.hub.onvif.messages import is_web
from fanlight.hub.onvif.tree import Node, truth

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T\-](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?\d*(Z|[+-]\d\d:?\d\d)?$")
_WHO = re.compile(r"recognition|licenseplate|licenceplate|platenumber|faceid|faceident", re.IGNORECASE)
_MAX_MESSAGES = 1024

_VISITOR = "RuleEngine/MyRuleDetector/Visitor"
_INPUTS = {  # topic -> name of the source item that holds the input's token
    "Device/Trigger/DigitalInput": "InputToken",
    "Device/Trigger/AlarmIn": "AlarmInToken",
}
_MOTION = frozenset({
    "RuleEngine/CellMotionDetector/Motion", "RuleEngine/MotionRegionDetector/Motion",
    "VideoSource/MotionAlarm", "RuleEngine/MotionDetector/Detection",
})  # fmt: skip

Operation = Literal["Initialized", "Changed", "Deleted", ""]
_OPERATIONS: dict[str, Operation] = {
    "Initialized": "Initialized",
    "Changed": "Changed",
    "Deleted": "Deleted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One report. `topic` is the path without prefixes; `at` is by the device's clock, if it can be read."""

    topic: str
    operation: Operation
    at: datetime | None
    source: dict[str, str] = field(default_factory=dict)
    key: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a report means here: the bell (`visitor`), an `input` with its token, or `motion`."""

    kind: Literal["visitor", "input", "motion"]
    token: str
    on: bool
    is_state: bool
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPoint:
    """Where to pull, what to send back in each header, and how long it lives without a pull."""

    address: str
    echo: str
    lives: timedelta | None


def parse_time(text: str) -> datetime | None:
    """Return an aware time, None if it is none; `2024-08-17-12:30:45Z` is sent by real devices."""
    match = _TIME.match(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    zone = match[8] or "Z"
    try:
        time = datetime(
            year, month, day, hour, minute, min(second, 59), int((match[7] or "0").ljust(6, "0")), tzinfo=UTC
        )
        if zone != "Z":
            sign = -1 if zone[0] == "-" else 1
            time -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    except (ValueError, OverflowError):
        return None
    return time


def path_of(topic: str) -> str:
    """Return a topic's path without prefixes: devices misdeclare them, and no two topics differ by them."""
    return "/".join(step.rpartition(":")[2].strip() for step in topic.strip().split("/"))


def parse_pull_point(data: bytes) -> PullPoint:
    """Read the answer to CreatePullPointSubscription.

    Raises:
        BadAnswer: it names no place to pull from.
    """
    body = soap.answer(data)
    reference = body.find("SubscriptionReference")
    address = reference.get("Address") if reference is not None else ""
    if reference is None or not is_web(address):
        raise BadAnswer("it names no place to pull from")
    echo = reference.find("ReferenceParameters") or reference.find("ReferenceProperties")
    written = "".join(child.written() for child in echo.children) if echo is not None else ""
    return PullPoint(address=address, echo=written, lives=_lives(body))


def parse_lives(data: bytes) -> timedelta | None:
    """Return how long a pull point lives on after this answer, by the device's own clock; None if unsaid."""
    return _lives(soap.answer(data))


def _lives(body: Node) -> timedelta | None:
    now, end = parse_time(body.get("CurrentTime")), parse_time(body.get("TerminationTime"))
    return end - now if now is not None and end is not None else None


def parse_notifications(data: bytes) -> list[Notification]:
    """Read the answer to PullMessages; a message that cannot be read is left out."""
    nodes = list(soap.answer(data).all("NotificationMessage"))[:_MAX_MESSAGES]
    return [read for node in nodes if (read := _notification(node)) is not None]


def _notification(node: Node) -> Notification | None:
    topic = path_of(node.get("Topic"))
    message = node.find("Message", "Message")
    if message is None or not topic or _WHO.search(topic.replace("/", "")):
        return None
    return Notification(
        topic=topic,
        operation=_OPERATIONS.get(message.attributes.get("PropertyOperation", ""), ""),
        at=parse_time(message.attributes.get("UtcTime", "")),
        source=_items(message, "Source"),
        key=_items(message, "Key"),
        data=_items(message, "Data"),
    )


def _items(message: Node, part: str) -> dict[str, str]:
    nodes = [item for place in message.all(part) for item in place.all("SimpleItem")]
    pairs = {item.attributes.get("Name", ""): item.attributes.get("Value", "") for item in nodes}
    return {name: value for name, value in pairs.items() if name and not _WHO.search(name)}


def meaning(notification: Notification) -> Signal | None:
    """Return what a report means here; None for all that means nothing, and for what was deleted."""
    values = [value for text in notification.data.values() if (value := truth(text)) is not None]
    if not values or notification.operation == "Deleted":
        return None
    kind: Literal["visitor", "input", "motion"]
    token = ""
    if notification.topic == _VISITOR:
        kind = "visitor"
    elif notification.topic in _INPUTS:
        kind, token = "input", notification.source.get(_INPUTS[notification.topic], "")
    elif notification.topic in _MOTION:
        kind = "motion"
    else:
        return None
    return Signal(
        kind=kind,
        token=token,
        on=values[0],
        is_state=notification.operation == "Initialized",
        at=notification.at,
    )


def is_press(signal: Signal, bell_input: str) -> bool:
    """Tell whether a signal is a press: `Visitor`, or the input that a person chose, going on."""
    if signal.is_state or not signal.on:
        return False
    return signal.kind == "visitor" or (
        signal.kind == "input" and bool(bell_input) and signal.token == bell_input
    )


def press_time(signal: Signal, offset_s: float, heard: datetime) -> datetime:
    """Return when the bell was pressed by the hub's clock.

    The device's own time, put right by its measured offset, unless that is later than the hub heard of it
    or more than ten seconds before: then its clock is not to be believed.
    """
    if signal.at is None:
        return heard
    try:
        at = signal.at - timedelta(seconds=offset_s)
    except OverflowError:
        return heard
    return at if timedelta() <= heard - at <= timedelta(seconds=10) else heard


def parse_topics(data: bytes) -> frozenset[str]:
    """Return the paths of the topics that a device says it has (GetEventProperties)."""
    topics = soap.answer(data).find("TopicSet")
    if topics is None:
        return frozenset()
    found = set()
    waiting = [(node, node.name) for node in topics.children]
    while waiting:
        node, path = waiting.pop()
        if node.attributes.get("topic", "").lower() in ("true", "1"):
            found.add(path)
        waiting += [(child, f"{path}/{child.name}") for child in node.children]
    return frozenset(path for path in found if not _WHO.search(path.replace("/", "")))


def has_visitor(topics: frozenset[str]) -> bool:
    """Tell whether a device reports the bell as such."""
    return _VISITOR in topics
