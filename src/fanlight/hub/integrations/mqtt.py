"""The hub at an MQTT broker: tells what happens, hears presses and whether somebody is home.

In:     the hub's options, its notices, messages of the broker.
Out:    states (retained), rings and pictures (not retained), discovery for Home Assistant.
Holds:  the broker cannot slow or stop the hub: what happens while it is away changes the states that it is
        told on its return, and rings of that time are left out, since a late ring is a wrong one. The broker
        itself says `offline` for a hub that goes without a word. A retained message never rings.
Drops:  messages beyond QUEUE that a slow broker has not taken; presses less than AGAIN_S after the last.
Absent: what messages mean (messages, states, homeassistant).
"""

import asyncio
import contextlib
import logging
import random
import ssl
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import aiomqtt

from fanlight.hub.integrations import homeassistant
from fanlight.hub.integrations.messages import OFFLINE, ONLINE, Message, Topics, is_home, is_press
from fanlight.hub.integrations.needs import Hub, Troubles
from fanlight.hub.integrations.states import States, of_camera
from fanlight.hub.notices import Pressed
from fanlight.hub.options import HubOptions
from fanlight.model import clock
from fanlight.model.errors import FanlightError

QUEUE = 4_096  # all that a hub of 64 cameras says at once, several times over
AGAIN_S = 1.0  # buttons bounce, and a stranger at the broker must not be able to flood the hub
_KEEPALIVE_S = 30
_GOODBYE_S = 2.0
_REFUSED = frozenset({4, 5, 134, 135})  # bad user name or password, not authorised; MQTT 3.1.1 and 5
_WHAT = "mqtt"
log = logging.getLogger("fanlight.hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: between tries at first and at most, before an answer to Home Assistant, between looks."""

    first_s: float = 1.0
    longest_s: float = 60.0
    answer_s: float = 5.0
    look_s: float = 1.0


class Mqtt:
    """One hub at one broker."""

    def __init__(self, options: HubOptions, hub: Hub, troubles: Troubles, pace: Pace = Pace()) -> None:
        """Name the parts; nothing is connected.

        Args:
            options: of the hub; a change is a new instance.
            hub: the hub.
            troubles: where it is said that the broker cannot be reached.
            pace: how fast to try again.
        """
        self._options, self._hub, self._troubles, self._pace = options, hub, troubles, pace
        self._topics = Topics(options.mqtt.prefix)
        self._states = self._fresh()
        self._announced = homeassistant.announce(options)
        self._wanted = {message.topic for message in self._announced}
        self._waiting: deque[Message] = deque(maxlen=QUEUE)
        self._wake = asyncio.Event()
        # Flags beside cancellation: `asyncio.wait_for` of Python 3.11, which aiomqtt calls, loses a
        # cancellation that comes together with the answer, and the hub would wait for ever to stop.
        self._connected = False
        self._ending = asyncio.Event()
        self._pressed: dict[str, float] = {}
        self._gone: set[str] = set()  # cameras of which nothing is left at the broker

    async def run(self) -> None:
        """Be at the broker for ever; ends when cancelled, and then says so there."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._watch_home())
            tasks.create_task(self._stay(tasks))
            try:
                await asyncio.Event().wait()
            finally:
                self._ending.set()

    def _fresh(self) -> States:
        cameras = {camera: line.status.state for camera, line in self._hub.lines.items()}
        return States(self._options, cameras, home=self._hub.home)

    async def _follow(self) -> None:
        self._states = self._fresh()
        async for notice in self._hub.board.listen():
            self._say(self._states.take(notice))
            chime = self._options.chime
            if isinstance(notice, Pressed) and _is_topic(chime.mqtt_topic):
                self._say([Message(chime.mqtt_topic, chime.mqtt_payload.encode(), retain=False)])

    async def _watch_home(self) -> None:
        while True:  # the page and the hub itself set it too
            self._say(self._states.set_home(home=self._hub.home))
            await asyncio.sleep(self._pace.look_s)

    def _say(self, messages: Iterable[Message]) -> None:
        if self._connected:
            self._waiting.extend(messages)
            self._wake.set()

    async def _stay(self, presses: asyncio.TaskGroup) -> None:
        wait_s = self._pace.first_s
        while not self._ending.is_set():
            try:
                async with self._client() as client:
                    wait_s = self._pace.first_s
                    await self._visit(client, presses)
            except* (aiomqtt.MqttError, UnicodeError) as errors:  # a host that is no name at all
                self._fails(_why(errors))
            finally:
                self._connected = False
                self._waiting.clear()
            if self._ending.is_set():
                return
            await asyncio.sleep(wait_s * random.uniform(0.75, 1.25))  # noqa: S311 - spread, not secrecy
            wait_s = min(wait_s * 2, self._pace.longest_s)

    def _client(self) -> aiomqtt.Client:
        mqtt = self._options.mqtt
        return aiomqtt.Client(
            mqtt.host,
            mqtt.port,
            username=mqtt.user or None,
            password=mqtt.password or None,
            tls_context=ssl.create_default_context() if mqtt.tls else None,
            will=aiomqtt.Will(self._topics.availability, OFFLINE, qos=1, retain=True),
            keepalive=_KEEPALIVE_S,
            max_queued_incoming_messages=QUEUE,
        )

    async def _visit(self, client: aiomqtt.Client, presses: asyncio.TaskGroup) -> None:
        try:
            for topic in self._subscriptions():
                await client.subscribe(topic, qos=1)
            if self._ending.is_set():
                return
            self._connected = True  # from here on what happens is queued behind the whole state
            self._say(self._announced)
            self._say(self._states.everything())
            if self._troubles.pop(_WHAT, None) is not None:
                log.warning("%s: it works again.", _WHAT)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(client))
                tasks.create_task(self._read(client, tasks, presses))
                try:
                    await asyncio.Event().wait()
                finally:
                    self._connected = False
        finally:
            with contextlib.suppress(aiomqtt.MqttError):  # the connection may be what failed
                goodbye = Message(self._topics.availability, OFFLINE)
                await client.publish(goodbye.topic, goodbye.payload, qos=1, retain=True, timeout=_GOODBYE_S)

    def _subscriptions(self) -> list[str]:
        discovery = self._options.mqtt.discovery_prefix
        bells = {camera.bell.mqtt_topic for camera in self._options.camera} - {""}
        wanted = {self._topics.set_home, f"{discovery}/status", f"{discovery}/+/+/config", *bells}
        return sorted(topic for topic in wanted if _is_filter(topic))

    async def _write(self, client: aiomqtt.Client) -> None:
        while self._connected:
            self._wake.clear()
            while self._waiting and self._connected:
                message = self._waiting.popleft()
                await client.publish(message.topic, message.payload, qos=1, retain=message.retain)
            if self._connected:
                await self._wake.wait()

    async def _read(
        self, client: aiomqtt.Client, tasks: asyncio.TaskGroup, presses: asyncio.TaskGroup
    ) -> None:
        status = f"{self._options.mqtt.discovery_prefix}/status"
        async for message in client.messages:
            topic, payload = message.topic.value, message.payload
            if not isinstance(payload, bytes):
                continue
            if topic.startswith(f"{self._options.mqtt.discovery_prefix}/") and topic.endswith("/config"):
                self._tidy(topic, payload)
            elif message.retain:
                continue  # said some time ago, and kept: nobody presses or leaves now
            elif topic == status and payload == ONLINE:
                tasks.create_task(self._answer())
            else:
                self._hear(message.topic, payload, presses)

    def _hear(self, topic: aiomqtt.Topic, payload: bytes, presses: asyncio.TaskGroup) -> None:
        if topic.matches(self._topics.set_home) and (home := is_home(payload)) is not None:
            presses.create_task(self._set_home(home=home))
        for camera in self._options.camera:
            bell = camera.bell.mqtt_topic
            if bell and _is_filter(bell) and topic.matches(bell) and is_press(payload):
                now = time.monotonic()
                if now - self._pressed.get(camera.id, -AGAIN_S) >= AGAIN_S:
                    self._pressed[camera.id] = now
                    presses.create_task(self._press(camera.id))  # its clip outlives this connection

    async def _press(self, camera_id: str) -> None:
        try:
            await self._hub.press(camera_id, clock.now(), "mqtt")
        except FanlightError as error:
            log.warning("%s: a press was lost: %s", _WHAT, error)

    async def _set_home(self, *, home: bool) -> None:
        try:
            await self._hub.set_home(home)
        except (FanlightError, OSError) as error:
            log.warning("%s: that somebody is home, or nobody, was lost (%s)", _WHAT, type(error).__name__)
        self._say(self._states.set_home(home=self._hub.home))

    async def _answer(self) -> None:
        """Announce again after Home Assistant has started, not at the same moment as everything else."""
        await asyncio.sleep(random.uniform(0, self._pace.answer_s))  # noqa: S311 - spread, not secrecy
        self._say(self._announced)
        self._say(self._states.everything())

    def _tidy(self, topic: str, payload: bytes) -> None:
        """Take back what a hub with this prefix announced before and does not any more."""
        if topic in self._wanted or not payload or not homeassistant.is_ours(self._options, payload):
            return
        self._say(homeassistant.withdraw(self._options, topic))
        gone = homeassistant.camera_of(topic)
        known = {camera.id for camera in self._options.camera} | self._gone
        if gone is not None and gone not in known:
            self._gone.add(gone)
            self._say(of_camera(self._options.mqtt.prefix, gone))

    def _fails(self, why: str) -> None:
        if self._troubles.get(_WHAT) != why:
            self._troubles[_WHAT] = why
            log.warning("%s: %s", _WHAT, why)


def _is_filter(topic: str) -> bool:
    try:
        aiomqtt.Wildcard(topic)
    except ValueError:
        return False
    return True


def _is_topic(text: str) -> bool:
    try:
        aiomqtt.Topic(text)
    except ValueError:
        return False
    return True


def _why(errors: BaseExceptionGroup[Exception]) -> str:
    """Return a sentence without address, name or password."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, aiomqtt.MqttCodeError) and getattr(error.rc, "value", error.rc) in _REFUSED:
        return "The MQTT broker refuses the user name or password. Check them in the settings."
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "The MQTT broker's certificate is not trusted here. Add its authority to the system's."
    return "The MQTT broker cannot be reached. It is tried again for as long as it takes."
