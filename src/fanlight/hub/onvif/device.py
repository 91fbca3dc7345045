"""One device: ask it what it is, how it sends, what its clock says, and to cover parts of its picture.

In:     the address of its device service, a user and a password.
Out:    values; addresses of streams with the password in them, for the camera room alone.
Holds:  OnvifError is the only error raised. Every address a device gives is used with the host that
        answered us, so it cannot send us elsewhere.
Absent: changing anything in a device but its masks.
Why:    docs/design/onvif.md
"""

import contextlib
from html import escape
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

from fanlight.hub.onvif import messages, signals, soap
from fanlight.hub.onvif.client import Client
from fanlight.hub.onvif.errors import BadAnswer, OnvifError, OnvifFault, OnvifRefused
from fanlight.hub.onvif.events import Events
from fanlight.hub.onvif.painting import Masks
from fanlight.model import clock

LARGEST_OFFSET_S = 2.0


def clock_note(offset_s: float) -> str:
    """Return what to tell people about a camera's clock; empty if it is right enough."""
    if abs(offset_s) <= LARGEST_OFFSET_S:
        return ""
    size = abs(offset_s)
    unit, count = next(
        (name, size / length)
        for name, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
        if size >= 2 * length or name == "seconds"
    )
    where = "ahead of" if offset_s > 0 else "behind"
    return f"The camera's clock is {count:.0f} {unit} {where} the hub's. Set it, or give it a time server."


class Device:
    """A device, asked one thing at a time. Use it with `async with`, or call `close`."""

    def __init__(self, xaddr: str, user: str = "", password: str = "") -> None:
        """Take note; nothing is sent."""
        self._xaddr, self._user, self._password = xaddr, user, password
        self._client = Client(user, password)
        self._services: dict[str, str] = {}
        self._knows_clock = False

    async def __aenter__(self) -> Self:
        """Return itself; nothing is sent."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def clock_offset(self) -> float:
        """Return how many seconds the device's clock is ahead of ours, to about one; negative if behind.

        Raises:
            OnvifUnreachable, BadAnswer: it does not tell.
        """
        question = f'<GetSystemDateAndTime xmlns="{soap.DEVICE}"/>'
        before = clock.mono_us()
        try:
            data = await self._ask(self._xaddr, question, soap.DEVICE, known=False)
        except OnvifRefused:  # the standard wants it told to anybody; not every device does
            self._knows_clock = True
            before = clock.mono_us()
            data = await self._ask(self._xaddr, question, soap.DEVICE)
        took_s = (clock.mono_us() - before) / 1e6
        told = messages.parse_clock(data)
        # It tells whole seconds, so on average half a second has passed since; and it told half way through.
        offset = (told - clock.now()).total_seconds() + took_s / 2 + 0.5
        self._client.offset_s, self._knows_clock = offset, True
        return offset

    async def info(self) -> messages.Info:
        """Return maker and model; raises an OnvifError."""
        return messages.parse_info(await self._device("GetDeviceInformation"))

    async def streams(self) -> list[messages.Stream]:
        """Return the streams the hub can use, main before sub; raises an OnvifError.

        A device with several lenses (a recorder, a camera with two) gives a main stream for each.
        """
        space, profiles = await self._profiles()
        found: list[messages.Stream] = []
        failed: OnvifError | None = None
        for role, profile in messages.choose(profiles):
            try:
                found.append(await self._stream(space, role, profile))
            except (OnvifFault, BadAnswer) as error:  # of one profile; the others may do
                failed = failed or error
        if failed is not None and not any(stream.role == "main" for stream in found):
            raise failed
        return found

    async def _stream(
        self, space: str, role: Literal["main", "sub"], profile: messages.Profile
    ) -> messages.Stream:
        uri = messages.parse_uri(await self._ask_media(space, "Stream", profile.token))
        place = messages.at_host(uri, self._host)
        if urlsplit(place).scheme not in ("rtsp", "rtsps"):
            raise BadAnswer("its stream is not sent by RTSP")
        return messages.Stream(
            role=role,
            token=profile.token,
            source=profile.source,
            url=messages.with_login(place, self._user, self._password),
            codec=profile.codec,
            width=profile.width,
            height=profile.height,
            fps=profile.fps,
            audio=profile.audio,
        )

    async def snapshot(self, token: str = "") -> bytes:
        """Return a JPEG of a stream's profile, of the first if none is named; raises an OnvifError."""
        space, profiles = await self._profiles()
        if not profiles:
            raise BadAnswer("it has no pictures")
        uri = messages.parse_uri(await self._ask_media(space, "Snapshot", token or profiles[0].token))
        if not messages.is_web(uri):
            raise BadAnswer("it gives no address")
        return await self._client.picture(messages.at_host(uri, self._host, self._ports()))

    async def topics(self) -> frozenset[str]:
        """Return the topics of its events as paths without prefixes; raises an OnvifError."""
        url = await self._service(soap.EVENTS)
        data = await self._ask(
            url,
            f'<GetEventProperties xmlns="{soap.EVENTS}"/>',
            f"{soap.EVENTS}/EventPortType",
            addressed=True,
        )
        return signals.parse_topics(data)

    async def inputs(self) -> list[str]:
        """Return the tokens of its digital inputs, one of which may be the bell; raises an OnvifError."""
        url = await self._service(soap.DEVICE_IO)
        data = await self._ask(url, f'<GetDigitalInputs xmlns="{soap.DEVICE_IO}"/>', soap.DEVICE_IO)
        return messages.parse_inputs(data)

    async def masks(self) -> Masks:
        """Return the way to its own masks; raises an OnvifError, OnvifFault if it has none."""
        url = await self._service(soap.MEDIA2)
        data = await self._ask(url, f'<GetServiceCapabilities xmlns="{soap.MEDIA2}"/>', soap.MEDIA2)
        if not messages.parse_mask_capability(data):
            raise OnvifFault("ActionNotSupported")

        async def ask(name: str, inside: str) -> bytes:
            return await self._ask(url, f'<{name} xmlns="{soap.MEDIA2}">{inside}</{name}>', soap.MEDIA2)

        return Masks(ask)

    @property
    def _host(self) -> str:
        return urlsplit(self._xaddr).hostname or ""

    def _ports(self) -> dict[int, int]:
        """Return how a port that the device names is reached from here: it may sit behind a router."""
        own = self._services.get(soap.DEVICE, "")
        if not own:
            return {}
        inner, outer = urlsplit(own), urlsplit(self._xaddr)
        assumed = {"http": 80, "https": 443}
        return {inner.port or assumed[inner.scheme]: outer.port or assumed[outer.scheme]}

    async def _service(self, space: str) -> str:
        """Return the address of a service as it is reached from here.

        Raises:
            OnvifFault: the device has no such service.
        """
        if not self._services:
            self._services = await self._all_services()
        if space not in self._services:
            raise OnvifFault("ActionNotSupported")
        return messages.at_host(self._services[space], self._host, self._ports())

    async def _all_services(self) -> dict[str, str]:
        try:
            services = messages.parse_services(
                await self._device("GetServices", "<IncludeCapability>false</IncludeCapability>")
            )
        except (OnvifFault, BadAnswer):
            services = {}
        if soap.MEDIA not in services and soap.MEDIA2 not in services:  # an old device
            old = messages.parse_services(await self._device("GetCapabilities", "<Category>All</Category>"))
            services = {**old, **services}
        return services

    async def _profiles(self) -> tuple[str, list[messages.Profile]]:
        """Return the namespace of the media service that answered, and its profiles with pictures."""
        try:
            url = await self._service(soap.MEDIA2)
            body = f'<GetProfiles xmlns="{soap.MEDIA2}"><Type>All</Type></GetProfiles>'
            profiles = messages.parse_profiles(await self._ask(url, body, soap.MEDIA2))
            if profiles:
                return soap.MEDIA2, profiles
        except (OnvifFault, BadAnswer):
            pass
        url = await self._service(soap.MEDIA)
        data = await self._ask(url, f'<GetProfiles xmlns="{soap.MEDIA}"/>', soap.MEDIA)
        return soap.MEDIA, messages.parse_profiles(data)

    async def _ask_media(self, space: str, what: str, profile: str) -> bytes:
        """Ask for the address of a stream or snapshot."""
        setup = ""
        if what == "Stream" and space == soap.MEDIA2:
            setup = "<Protocol>RTSP</Protocol>"
        elif what == "Stream":
            setup = (
                f'<StreamSetup><Stream xmlns="{soap.SCHEMA}">RTP-Unicast</Stream>'
                f'<Transport xmlns="{soap.SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
            )
        name = f"Get{what}Uri"
        body = f'<{name} xmlns="{space}">{setup}<ProfileToken>{escape(profile)}</ProfileToken></{name}>'
        return await self._ask(await self._service(space), body, space)

    async def _device(self, name: str, inside: str = "") -> bytes:
        return await self._ask(self._xaddr, f'<{name} xmlns="{soap.DEVICE}">{inside}</{name}>', soap.DEVICE)

    async def _ask(
        self, url: str, body: str, port: str, *, known: bool = True, addressed: bool = False
    ) -> bytes:
        """Ask; the clock first, since a device refuses a token that is late by its own."""
        if known and self._user and not self._knows_clock:
            self._knows_clock = True
            with contextlib.suppress(OnvifFault, OnvifRefused, BadAnswer):  # then its clock is taken for ours
                await self.clock_offset()
        name = body[1:].partition(" ")[0]
        return await self._client.ask(
            url, body, action=f"{port}/{name}", echo="" if addressed else None, known=known
        )

    async def events(self) -> Events:
        """Return the way to its events, with the login and the clock of this device; raises an OnvifError."""
        return Events(self._client, await self._service(soap.EVENTS), self._host, self._ports())
