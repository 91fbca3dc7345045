"""What each topic says now: notices become messages.

In:     the hub's options, how its cameras are, and notices in order.
Out:    messages, few: only what changed, and all of it when a connection is new.
Holds:  a ring is told once, when it happens, and kept by nobody: it is not retained and not in `everything`.
        A picture is not retained. `motion` is on while any event of the camera lasts.
Absent: names of persons (there are none), notes, scores.
"""

from collections.abc import Iterator, Mapping

from fanlight.hub.integrations.homeassistant import LABELS, RING
from fanlight.hub.integrations.messages import OFF, OFFLINE, ON, ONLINE, Message, Topics
from fanlight.hub.notices import CameraTold, EventBegan, EventEnded, Notice, Pressed, StorageTold
from fanlight.hub.options import HubOptions

_THERE = frozenset({"recording", "watching"})
_TROUBLED = frozenset({"away", "refused", "unreadable", "unkept"})
_SENSORS = ("motion", *LABELS)
RUNG = b'{"event_type":"ring"}'


class States:
    """The present state of one hub's topics."""

    def __init__(self, options: HubOptions, cameras: Mapping[str, str], *, home: bool) -> None:
        """Start with how things are.

        Args:
            options: of the hub.
            cameras: states by id, as in hub.status; a camera that is not in it is away.
            home: whether somebody is home.
        """
        self.home = home
        self._options, self._topics = options, Topics(options.mqtt.prefix)
        self._cameras = {camera.id: cameras.get(camera.id, "away") for camera in options.camera}
        self._labels = {
            camera.id: frozenset(camera.detect.labels if camera.detect.enabled else ())
            for camera in options.camera
        }
        self._lasting: dict[str, dict[str, set[str]]] = {each: {} for each in self._cameras}
        self._parcels: dict[str, bool] = {}  # whether something lies there; unknown until seen
        self._losing = False

    def take(self, notice: Notice) -> list[Message]:
        """Return what a notice changes."""
        match notice:
            case StorageTold():
                before, self._losing = self._losing, notice.state != "ok"
                changed = before != self._losing
                return [Message(self._topics.problem, ON if self._losing else OFF)] if changed else []
            case Pressed() if notice.camera in self._cameras:
                return [Message(self._topics.camera(notice.camera, RING), RUNG, retain=False)]
            case CameraTold() if notice.camera in self._cameras:
                known = set(self._camera(notice.camera))
                self._cameras[notice.camera] = notice.state
                return [message for message in self._camera(notice.camera) if message not in known]
            case EventBegan() | EventEnded() if notice.camera in self._cameras:
                return self._event(notice)
            case _:
                return []  # of a camera that was taken away meanwhile

    def set_home(self, *, home: bool) -> list[Message]:
        """Return what it changes that somebody is home, or nobody."""
        changed, self.home = self.home != home, home
        return [Message(self._topics.home, ON if home else OFF)] if changed else []

    def everything(self) -> Iterator[Message]:
        """Yield how everything is now, for a new connection; the hub's own availability comes last."""
        yield Message(self._topics.home, ON if self.home else OFF)
        yield Message(self._topics.problem, ON if self._losing else OFF)
        for camera in self._cameras:
            yield from self._camera(camera)
            yield from self._sensors(camera, _SENSORS)
        yield Message(self._topics.availability, ONLINE)

    def _camera(self, camera: str) -> Iterator[Message]:
        state = self._cameras[camera]
        there, troubled = state in _THERE, state in _TROUBLED
        yield Message(self._topics.camera(camera, "availability"), ONLINE if there else OFFLINE)
        yield Message(self._topics.camera(camera, "problem"), ON if troubled else OFF)

    def _sensors(self, camera: str, which: tuple[str, ...]) -> Iterator[Message]:
        lasting = self._lasting[camera].values()
        seen = set().union(*lasting)
        for sensor in which:
            if sensor != "motion" and sensor not in self._labels[camera]:
                continue
            if sensor == "package" and camera in self._parcels:
                yield Message(self._topics.camera(camera, sensor), ON if self._parcels[camera] else OFF)
            elif sensor != "package":
                is_on = bool(lasting) if sensor == "motion" else sensor in seen
                yield Message(self._topics.camera(camera, sensor), ON if is_on else OFF)

    def _event(self, notice: EventBegan | EventEnded) -> list[Message]:
        camera = notice.camera
        before = set(self._sensors(camera, _SENSORS))
        if notice.label == "package":  # what was left lies there when its event is long over
            self._parcels[camera] = _lies_there(notice)
        if isinstance(notice, EventBegan):
            self._lasting[camera].setdefault(notice.event, set()).add(notice.label)
        else:
            self._lasting[camera].pop(notice.event, None)
        changed = [message for message in self._sensors(camera, _SENSORS) if message not in before]
        if self._options.mqtt.snapshots and notice.thumb:
            topic = self._topics.camera(camera, "snapshot")
            changed.append(Message(topic, notice.thumb, retain=False))
        return changed


def _lies_there(notice: EventBegan | EventEnded) -> bool:
    if notice.change is None:
        return isinstance(notice, EventBegan)
    return notice.change == "left"


def of_camera(prefix: str, camera_id: str) -> list[Message]:
    """Return what removes a camera's retained states from a broker."""
    retained = ("availability", "problem", *_SENSORS)
    return [Message(Topics(prefix).camera(camera_id, what), b"") for what in retained]
