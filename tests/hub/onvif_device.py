"""A doorbell that speaks ONVIF: pull points and masks after the standard's text, as no real peer has them.

Where a recording of a real device exists (vectors/onvif), it answers with that. A client of another make
(onvif-zeep-async) works with it: tests/peers/test_onvif_peers.py. It can be made to misbehave as devices do.
"""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from tests.hub.onvif_answers import GONE, envelope, fault, lifetime, notification, profiles, system_time, text

from fanlight.hub import options
from fanlight.hub.camera import auth
from fanlight.hub.onvif import soap, tree
from fanlight.hub.onvif.device import Device

RECORDED = Path(__file__).parents[2] / "vectors" / "onvif"
PASSWORD = "it's <my> p@ss/word"
NONCE = "5ccc069c403ebaf9f0171e9517f40e41"
VISITOR = "tns1:RuleEngine/MyRuleDetector/Visitor"


async def until(true: Callable[[], bool]) -> None:
    """Wait for a condition; the test's own limit ends a wait in vain."""
    while not true():  # noqa: ASYNC110 - the condition is another's
        await asyncio.sleep(0.005)


@dataclass
class Point:
    """One pull point: what waits in it, and until when it lives by the device's clock."""

    until: datetime
    waiting: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class OnvifDevice:
    """`login` is how it wants to be asked, `ahead` how far its clock is; `broken` holds answers by name."""

    user: str = ""
    password: str = ""
    login: str = "none"
    ahead: timedelta = timedelta()
    media2: bool = True
    old: bool = False
    renew: bool = True
    masks: bool = True
    two_lenses: bool = False
    rectangles_only: bool = False
    max_masks: int = 4
    mask_types: tuple[str, ...] = ("Color", "Pixelated")
    adapt: Callable[[str], str] = str
    told_host: str = "10.9.8.7"
    told_port: int = 80
    broken: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    points: dict[str, Point] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    port: int = 0
    states: list[tuple[str, tuple[str, str]]] = field(default_factory=lambda: [(VISITOR, ("Source", "000"))])
    _count: int = 0
    _ways: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:  # noqa: D105
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:  # noqa: D105
        await self.stop()

    async def stop(self) -> None:
        """Go away, as in a reboot: connections end, pull points are forgotten. The port stays the same."""
        self._server.close()
        for key in list(self.points):
            self._end(key)
        for way in list(self._ways):
            way.transport.abort()
        await until(lambda: not self._ways)
        await self._server.wait_closed()

    async def hang_up(self) -> None:
        """End all connections; the pull points stay."""
        ways = set(self._ways)
        for way in ways:
            way.transport.abort()
        for point in self.points.values():
            point.news.set()
        await until(lambda: not ways & self._ways)

    async def start(self) -> None:
        """Come back."""
        await self.__aenter__()

    @property
    def xaddr(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def report(
        self, topic: str = VISITOR, operation: str = "Changed", *, value: str = "true", token: str = "000",  # noqa: S107 - of an input
        name: str = "Source",
    ) -> None:  # fmt: skip
        """Tell every pull point of a change, now."""
        for point in self.points.values():
            point.waiting.append(notification(topic, operation, value, (name, token), self.now))
            point.news.set()

    async def heard(self) -> None:
        """Wait until somebody waits at a pull point."""
        await until(lambda: bool(self.points) and self.asked[-1:] == ["PullMessages"])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ways.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                size = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(size[1]) if size else 0)
                status, extra, answer = await self._answer(head, body)
                writer.write(
                    f"HTTP/1.1 {status} x\r\nContent-Type: application/soap+xml; charset=utf-8\r\n{extra}"
                    f"Content-Length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._ways.discard(writer)

    async def _answer(self, head: str, body: bytes) -> tuple[int, str, bytes]:
        if head.startswith("GET "):
            return self._picture(head)
        message = tree.read(body)
        inside = soap.answer(body)
        name = inside.name
        if name != "GetSystemDateAndTime" and not self._knows(head, message):
            self.refused += 1
            extra = ""
            if self.login.startswith("digest"):
                kind = self.login.removeprefix("digest") or "MD5"
                offer = f'Digest realm="cam", qop="auth", algorithm={kind}, nonce="{NONCE}"'
                extra = f"WWW-Authenticate: {offer}\r\n"
            said = fault("Sender", "NotAuthorized")
            return (401 if extra else 400), extra, envelope(said)
        self.asked.append(name)
        if name in self.broken:
            return 200, "", self.broken[name]
        path = head.split(" ", 2)[1]
        said = await self._do(name, inside, path, message)
        if said.startswith("<s:Fault"):
            return 500, "", envelope(said)
        return 200, "", said.encode() if said.startswith("<?xml") else envelope(said)

    def _picture(self, head: str) -> tuple[int, str, bytes]:
        self.asked.append(head.split(" ", 2)[1])
        if self.login.startswith("digest") and "authorization: digest" not in head.lower():
            return 401, f'WWW-Authenticate: Digest realm="cam", qop="auth", nonce="{NONCE}"\r\n', b""
        return 200, "", b"\xff\xd8picture\xff\xd9"

    def _knows(self, head: str, message: tree.Node) -> bool:
        if self.login == "none":
            return True
        if self.login.startswith("digest"):
            header = re.search(r"authorization: *(.+)", head, re.IGNORECASE)
            kind = self.login.removeprefix("digest") or "MD5"
            challenge = auth.Challenge(1, "cam", NONCE, algorithm=kind)
            return header is not None and auth.expected(
                challenge, "POST", self.user, self.password, header[1].strip()
            )
        place = message.find("Header", "Security", "UsernameToken")
        if place is None:
            return False
        created = place.get("Created")
        digest = soap.password_digest(base64.b64decode(place.get("Nonce")), created, self.password)
        late = abs((datetime.fromisoformat(created) - self.now).total_seconds())
        return place.get("Username") == self.user and digest == place.get("Password") and late < 5

    async def _do(self, name: str, inside: tree.Node, path: str, message: tree.Node) -> str:  # noqa: PLR0911
        base = f"http://{self.told_host}:{self.told_port}/onvif"
        if name == "GetSystemDateAndTime":
            return system_time(self.now)
        if name == "GetServices":
            if self.old:
                return fault("Receiver", "ActionNotSupported")
            spaces = {soap.DEVICE: "device_service", soap.MEDIA: "media", soap.EVENTS: "event_service?Idx=1"}
            spaces |= {soap.DEVICE_IO: "io"} | ({soap.MEDIA2: "media2"} if self.media2 else {})
            services = "".join(
                f"<tds:Service><tds:Namespace>{space}</tds:Namespace><tds:XAddr>{base}/{place}</tds:XAddr>"
                "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
                for space, place in spaces.items()
            )
            return f"<tds:GetServicesResponse>{services}</tds:GetServicesResponse>"
        if name == "GetProfiles" and path.endswith("media2"):
            return profiles(two_lenses=self.two_lenses)
        if name == "GetStreamUri" and path.endswith("media2"):
            token = inside.get("ProfileToken")
            return (
                f"<tr2:GetStreamUriResponse><tr2:Uri>rtsp://{self.told_host}/{token}</tr2:Uri>"
                "</tr2:GetStreamUriResponse>"
            )
        if name == "GetServiceCapabilities":
            return (
                f'<tr2:GetServiceCapabilitiesResponse><tr2:Capabilities Mask="{str(self.masks).lower()}"/>'
                "</tr2:GetServiceCapabilitiesResponse>"
            )
        if name == "GetDigitalInputs":
            inputs = '<tmd:DigitalInputs token="In_1"/>'
            return f"<tmd:GetDigitalInputsResponse>{inputs}</tmd:GetDigitalInputsResponse>"
        if "Mask" in name:
            return self._mask(name, inside)
        if name in ("CreatePullPointSubscription", "PullMessages", "Renew", "Unsubscribe"):
            return await self._events(name, inside, path, message)
        recorded = RECORDED / f"soap_{name}.xml"
        return recorded.read_text() if recorded.exists() else fault("Sender", "ActionNotSupported")

    def _mask(self, name: str, inside: tree.Node) -> str:
        if name == "GetMaskOptions":
            types = "".join(f"<tr2:Types>{kind}</tr2:Types>" for kind in self.mask_types)
            return (
                "<tr2:GetMaskOptionsResponse>"
                f'<tr2:Options RectangleOnly="{str(self.rectangles_only).lower()}">'
                f"<tr2:MaxMasks>{self.max_masks}</tr2:MaxMasks><tr2:MaxPoints>8</tr2:MaxPoints>{types}"
                "<tr2:Color/></tr2:Options></tr2:GetMaskOptionsResponse>"
            )
        if name == "CreateMask":
            if len(self.made) >= self.max_masks:
                return fault("Receiver", "Action", "MaxMasks")
            mask = inside.find("Mask")
            assert mask is not None
            self._count += 1
            token = f"Mask_{self._count}"
            self.made[token] = self.adapt("".join(child.written() for child in mask.children))
            return f"<tr2:CreateMaskResponse><tr2:Token>{token}</tr2:Token></tr2:CreateMaskResponse>"
        if name == "DeleteMask":
            if self.made.pop(inside.get("Token"), None) is None:
                return fault("Sender", "InvalidArgVal", "NoConfig")
            return "<tr2:DeleteMaskResponse/>"
        masks = "".join(f'<tr2:Masks token="{token}">{body}</tr2:Masks>' for token, body in self.made.items())
        return f"<tr2:GetMasksResponse>{masks}</tr2:GetMasksResponse>"

    async def _events(  # noqa: PLR0911
        self, name: str, inside: tree.Node, path: str, message: tree.Node
    ) -> str:
        if name == "CreatePullPointSubscription":
            self._count += 1
            key = f"p{self._count}"
            point = self.points[key] = Point(self.now + timedelta(seconds=60))
            point.waiting = [
                notification(topic, "Initialized", "true", source, self.now) for topic, source in self.states
            ]
            return (
                "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
                f"<a:Address>http://{self.told_host}:{self.told_port}/onvif/event_service?Idx={key}</a:Address>"
                f'<a:ReferenceParameters><v:Key xmlns:v="urn:vendor">{key}</v:Key></a:ReferenceParameters>'
                "</tev:SubscriptionReference>"
                f"<wsnt:CurrentTime>{text(self.now)}</wsnt:CurrentTime>"
                f"<wsnt:TerminationTime>{text(point.until)}</wsnt:TerminationTime>"
                "</tev:CreatePullPointSubscriptionResponse>"
            )
        key = path.rpartition("=")[2]
        echoed = message.get("Header", "Key")
        if key not in self.points or echoed not in (key, ""):
            return GONE
        point = self.points[key]
        if name == "Unsubscribe":
            self._end(key)
            return "<wsnt:UnsubscribeResponse/>"
        if name == "Renew":
            if not self.renew:
                return fault("Receiver", "ActionNotSupported")
            point.until = self.now + timedelta(seconds=120)
            return f"<wsnt:RenewResponse>{lifetime(self.now, point.until)}</wsnt:RenewResponse>"
        if not point.waiting:
            wait_s = re.fullmatch(r"PT(\d+(?:\.\d+)?)S", inside.get("Timeout"))
            assert wait_s is not None
            with contextlib.suppress(TimeoutError):
                point.news.clear()
                async with asyncio.timeout(float(wait_s[1])):
                    await point.news.wait()
        if key not in self.points:
            return GONE
        waiting, point.waiting = point.waiting, []
        return (
            f"<tev:PullMessagesResponse><tev:CurrentTime>{text(self.now)}</tev:CurrentTime>"
            f"<tev:TerminationTime>{text(point.until)}</tev:TerminationTime>{''.join(waiting)}"
            "</tev:PullMessagesResponse>"
        )

    def _end(self, key: str) -> None:
        """Forget a pull point; whoever waits at it is told that it is gone."""
        self.points.pop(key).news.set()


def house_camera(device: OnvifDevice, **bell_options: Any) -> options.Camera:
    return options.Camera(
        id="a" * 26,
        name="Door",
        url=f"rtsp://{device.user}:it%27s%20%3Cmy%3E%20p%40ss%2Fword@127.0.0.1/x",
        onvif=device.xaddr,
        bell=options.Bell(**bell_options),
    )


def opened(device: OnvifDevice) -> Device:
    return Device(device.xaddr, device.user, device.password)
