"""Alerts: from a notice on the board to the browsers that asked for it. One for each paired hub.

In:     notices; behests from the server; the household's book; the present.
Out:    encrypted pushes through the server; the mode of the household, by behest and timetable.
Holds:  A1 nothing here can stop or slow recording: it listens as home automation does; what fails is said.
        A2 a browser is told under its member's own signed choices only, and only while they are a member; a
        guest's of the cameras that the guest may see, until the guest's end, and sets no mode.
        A3 every push of every browser has one size and goes out by one call, whatever it says.
Absent: endpoints, the key that signs for push services (both at the server); footage.
Why:    docs/design/alerts.md
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fanlight.hub.push import encrypting, messages, rules, timetable
from fanlight.hub.push.behests import Behest, BehestRefused, Mode, Signed, check_signed, read_behest, time_of
from fanlight.hub.push.kept import Device, Kept
from fanlight.hub.push.nearby import Nearby
from fanlight.hub.push.needs import Hub, Means
from fanlight.hub.push.news import News, Reader
from fanlight.hub.push.rules import Happening
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.wire import b64

POLL_S = 10.0
NEAR_S = 600.0  # lists of incidents change at each full ten minutes
TICK_S = 5.0
CHECK_AFTER = timedelta(hours=24)
PICTURE_S = 0.8  # a press is told within two seconds, with its picture or without
TRIES_S = (0.0, 2.0, 10.0, 60.0)
_MOST_DEVICES = 64
_RANDOM = random.SystemRandom()
log = logging.getLogger("fanlight.hub")


class Alerts:
    """The room. `trouble` is a sentence for the health page, empty when all is well."""

    def __init__(self, folder: Path, hub: Hub, means: Means, now: Callable[[], datetime] = clock.now) -> None:
        """Take up what was kept."""
        self._hub, self._means, self._now = hub, means, now
        self._kept = Kept(folder)
        self._tag, self._refused, self._unsent = "", "", ""
        self._asked_as: Collection[bytes] = ()
        self._told: dict[tuple[str, str, str], datetime] = {}
        self._reader, self._saving = Reader(), asyncio.Lock()
        self._nearby = Nearby(means.incidents)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def trouble(self) -> str:
        """What does not work, in a sentence."""
        return self._kept.trouble or self._refused or self._unsent

    @property
    def mode(self) -> Mode:
        """The household's mode now."""
        if self._kept.state.off:
            return "off"
        return "home" if self._hub.home else "away"

    def report(self) -> dict[str, Any]:
        """Return what the household's members may know, for the status box."""
        state = self._kept.state
        return {
            "mode": self.mode,
            "turns": [] if state.mode is None else [
                {"days": list(turn.days), "at": turn.at, "set": turn.set} for turn in state.mode.turns
            ],
            "devices": [
                {"device": name, "n": one.n, "sent": one.sent, "state": one.state}
                for name, one in sorted(state.devices.items())
            ],
        }  # fmt: skip

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fetch_for_ever())
                group.create_task(self._tick_for_ever())
                group.create_task(self._listen())
                group.create_task(self._look_for_ever())
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    # ---- behests

    async def _fetch_for_ever(self) -> None:
        while True:
            with contextlib.suppress(FanlightError):  # the server is away: what is known holds
                await self.refresh()
            await asyncio.sleep(POLL_S * _RANDOM.uniform(0.8, 1.2))

    async def refresh(self) -> None:
        """Take new behests; raises FanlightError if the server cannot be asked."""
        members = frozenset(self._means.members())
        # What was refused is looked at again when the book has changed.
        found = await self._means.fetch(self._tag if members == self._asked_as else "")
        if found is None:
            return
        bodies, self._tag = found
        self._asked_as, self._refused = members, ""
        for body in bodies:
            try:
                plain = await asyncio.to_thread(self._means.open, body)
                signed = read_behest(plain, household=self._means.household, members=members)
            except BehestRefused as error:
                self._refused = error.what
            except FanlightError:
                continue  # sealed to other hubs only, for instance before this one was let in
            else:
                await self._take(signed)
        await self._save()

    async def _take(self, signed: Signed) -> None:
        behest, devices = signed.behest, self._kept.state.devices
        known = devices.get(behest.device)
        before = self._behest(known) if known else None
        if before is not None and (before.by != behest.by or before.at >= behest.at):
            return  # another member's browser, or nothing new: a server may show an older behest again
        if known is None:
            if len(devices) >= _MOST_DEVICES:
                return
            now = clock.to_text(self._now())
            known = devices[behest.device] = Device(text=signed.text, sig=signed.sig, base=now)
        elif before is None or before.subscription != behest.subscription:
            known.state = "ok"
        known.text, known.sig = signed.text, signed.sig
        lives = self._means.lives(b64.decode(behest.by))  # who lives there says who is home; a guest does not
        if (
            behest.mode is not None
            and lives
            and (before is None or before.mode is None or before.mode.at < behest.mode.at)
        ):
            # By order of arrival: the clocks of two browsers may differ by a day.
            self._kept.state.mode, self._kept.state.turned = behest.mode, clock.to_text(self._now())
            await self._set(behest.mode.set)
        if behest.test is not None and behest.test > known.tested:
            known.tested = behest.test
            self._send(behest.device, "test", self._now())

    async def _set(self, mode: Mode) -> None:
        self._kept.state.off = mode == "off"
        if mode != "off":
            await self._hub.set_home(mode == "home")

    def _behest(self, device: Device) -> Behest | None:
        """Return a kept behest if who signed it may still ask."""
        try:
            return check_signed(
                device.text, device.sig, household=self._means.household, members=self._means.members()
            ).behest
        except BehestRefused:
            return None

    # ---- what happens

    async def _listen(self) -> None:
        async with contextlib.aclosing(self._hub.board.listen()) as notices:  # type: ignore[type-var]
            async for notice in notices:
                news = self._reader.read(notice, self._now())
                if news is not None:
                    self._spawn(self._tell(news))

    async def _tell(self, news: News) -> None:
        """Tell every browser that wants to know."""
        told: list[tuple[str, Device, Behest]] = []
        for name, device, behest in self._reachable():
            if not self._means.sees(b64.decode(behest.by), news.camera):
                continue
            local = self._now().astimezone(timetable.zone(behest.tz))
            happening = Happening(kind=news.kind, camera=news.camera, local=local)
            verdict = rules.decide(
                behest.choices, self.mode, happening, self._told.get((name, news.camera, news.kind))
            )
            if verdict == "even":
                device.counts[news.kind] = device.counts.get(news.kind, 0) + 1
            if verdict == "tell":
                self._told[name, news.camera, news.kind] = local
                told.append((name, device, behest))
        said = {
            "camera": self._means.camera_name(news.camera) if news.camera else "",
            "clip": news.clip,
            "change": news.change,
            "state": news.state,
        }
        picture = b""
        if news.kind != "trouble" and any(behest.choices.picture for _, _, behest in told):
            longest = messages.message(news.kind, 1 << 40, news.at, to="a" * 26, **said)
            picture = await self._picture(news, messages.picture_room(longest))
        for name, _, behest in told:
            self._send(name, news.kind, news.at, picture=picture if behest.choices.picture else b"", **said)
        await self._save()

    def _reachable(self) -> list[tuple[str, Device, Behest]]:
        """Return the browsers that asked, may still ask, and have not ended."""
        found = [(name, device, self._behest(device)) for name, device in self._kept.state.devices.items()]
        return [
            (name, device, behest)
            for name, device, behest in found
            if behest is not None and behest.subscription is not None and device.state != "gone"
        ]

    # ---- what dispatch reports

    async def _look_for_ever(self) -> None:
        while True:
            with contextlib.suppress(FanlightError):  # the server is away, or has no town yet
                await self.look_near()
            await asyncio.sleep(NEAR_S * _RANDOM.uniform(0.8, 1.2))

    async def look_near(self) -> None:
        """Read the town's list, as every hub does whether or not anybody asks, and tell who asked.

        Raises:
            FanlightError: the list cannot be had or read; what was told before stays as it is.
        """
        await self._nearby.read()
        for name, device, behest in self._reachable():
            if self._means.sees(b64.decode(behest.by), ""):  # guests are told of cameras alone
                local = self._now().astimezone(timetable.zone(behest.tz))
                for one in self._nearby.sayings(device, behest.choices, self.mode, local):
                    self._send(name, "near", one.at, **one.more)
        await self._save()

    async def _picture(self, news: News, most: int) -> bytes:
        """Return a small picture, or none if it takes too long."""
        if not most:
            return b""
        try:
            async with asyncio.timeout(PICTURE_S):
                jpeg = news.thumb or await self._means.picture(news.camera)
                if not jpeg:
                    return b""
                from fanlight.hub.push.picture import small  # noqa: PLC0415 - it loads a decoder

                return await asyncio.to_thread(small, jpeg, most)
        except TimeoutError:
            return b""
        except Exception:  # an alert without its picture is still an alert
            log.exception("an alert has no picture")
            return b""

    # ---- the clock

    async def _tick_for_ever(self) -> None:
        while True:
            await self.tick()
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Do what the time asks for: the timetable, daily alerts, checks, cameras that stay away."""
        now, state = self._now(), self._kept.state
        changed = False
        if state.mode is not None and state.mode.turns:
            where = timetable.zone(state.mode.tz)
            turn = timetable.due(state.mode.turns, where, time_of(state.turned), now)
            if turn is not None:
                await self._set(turn[1])
                state.turned, changed = clock.to_text(turn[0]), True
        for news in list(self._reader.late(now)):
            await self._tell(news)
        for name, device in list(state.devices.items()):
            changed = self._due(name, device, now) or changed
        if changed:
            await self._save()

    def _due(self, name: str, device: Device, now: datetime) -> bool:
        behest = self._behest(device)
        if behest is None or behest.subscription is None or device.state == "gone":
            return False
        if behest.choices.pace == "even":
            after = max(time_of(device.base), now - timedelta(days=2))
            if timetable.daily(behest.choices.even_at, timetable.zone(behest.tz), after, now) is None:
                return False
            device.base = clock.to_text(now)
            counts, device.counts = device.counts, {}
            self._send(name, "day", now, counts=counts)
            return True
        last = max(time_of(one) for one in (device.sent, device.base) if one)
        if now - last < CHECK_AFTER:
            return False
        self._send(name, "check", now)
        return True

    # ---- sending

    def _send(self, name: str, kind: str, at: datetime, *, picture: bytes = b"", **more: Any) -> None:
        device = self._kept.state.devices[name]
        behest = self._behest(device)
        if behest is None or behest.subscription is None:
            return
        device.n += 1
        device.sent = clock.to_text(self._now())
        said = messages.with_picture(messages.message(kind, device.n, at, to=name, **more), picture)
        point, auth = behest.subscription.keys()
        try:
            body = encrypting.encrypt(said, point, auth)
        except encrypting.PushTooLong:  # a camera's name of many bytes
            body = encrypting.encrypt(said | {"camera": ""}, point, auth)
        self._spawn(self._deliver(name, behest.subscription.ticket, body))

    async def _deliver(self, name: str, ticket: str, body: bytes) -> None:
        state = "away"
        for wait_s in TRIES_S:
            await asyncio.sleep(wait_s)
            try:
                state, again_s = await self._means.post(ticket, body)
            except FanlightError:
                state, again_s = "away", None
            if state not in ("later", "away"):
                break
            state = "away"
            if again_s is not None and again_s > TRIES_S[-1]:
                break
        self._unsent = (
            "Alerts do not get through to the server or to a browser's push service."
            if state == "away"
            else ""
        )
        device = self._kept.state.devices.get(name)
        behest = self._behest(device) if device else None
        if device and behest and behest.subscription and behest.subscription.ticket == ticket:
            device.state = {"sent": "ok"}.get(state, state)
            await self._save()

    async def _save(self) -> None:
        async with self._saving:
            await asyncio.to_thread(self._kept.save)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
