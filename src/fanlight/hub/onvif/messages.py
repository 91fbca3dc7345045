"""What a device says about itself: its answers as values.

In:     the bytes of one answer, never trusted.
Out:    frozen values; what is missing in an answer is empty or 0.
Holds:  pure functions; OnvifError is the only error raised.
Absent: events (hub.onvif.events), masks (hub.onvif.masks).
Source: ONVIF Core, Media and Media2, 26.06.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from fanlight.hub.onvif import soap
from fanlight.hub.onvif.errors import BadAnswer
from fanlight.hub.onvif.tree import Node, read, whole

_SCOPE = "onvif://www.onvif.org/"
_LONGEST_WORD = 80
_MAX_PROFILES = 64
_OLD_NAMES = {  # of GetCapabilities -> namespace that GetServices would give
    "Device": soap.DEVICE,
    "Media": soap.MEDIA,
    "Events": soap.EVENTS,
    "DeviceIO": soap.DEVICE_IO,
}
_CODECS = {"H264": "h264", "H265": "h265", "HEVC": "h265", "JPEG": "jpeg", "MPEG4": "mpeg4"}
_SOUNDS = {"G711": "ulaw", "PCMU": "ulaw", "AAC": "aac", "MP4A-LATM": "aac", "MPEG4-GENERIC": "aac"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A device that answered on the local network; `xaddr` is where to ask it."""

    name: str
    host: str
    xaddr: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """Who made it and what it is, by its own account. The serial number is left out on purpose."""

    maker: str
    model: str
    firmware: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One way of sending: `source` is the token of the video source configuration, `lens` of the source."""

    token: str
    name: str
    source: str
    lens: str
    codec: str
    width: int
    height: int
    fps: int
    audio: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A profile that the hub can use. `url` holds user and password: it is never shown."""

    role: Literal["main", "sub"]
    token: str
    source: str
    url: str
    codec: str
    width: int
    height: int
    fps: int
    audio: str


def parse_probe(data: bytes, sender: str) -> list[Found]:
    """Return the devices of a WS-Discovery answer that came from the address `sender`.

    Of several addresses that a device gives, the one with the sender's is taken; if none has it, the first
    is used with the sender's put in, since that is the one that answered.
    """
    found = []
    for match in (node for node in read(data).walk() if node.name == "ProbeMatch"):
        if not {"NetworkVideoTransmitter", "Device"} & {
            word.rpartition(":")[2] for word in match.get("Types").split()
        }:
            continue
        offered = [word for word in match.get("XAddrs").split() if is_web(word)]
        if not offered:
            continue
        same = [word for word in offered if urlsplit(word).hostname == sender]
        scopes = [word.removeprefix(_SCOPE) for word in match.get("Scopes").split() if _SCOPE in word]
        found.append(
            Found(
                name=_scope(scopes, "name") or _scope(scopes, "hardware") or "Camera",
                host=sender,
                xaddr=same[0] if same else at_host(offered[0], sender),
                model=_scope(scopes, "hardware"),
            )
        )
    return found


def _scope(scopes: Sequence[str], kind: str) -> str:
    texts = [scope.removeprefix(f"{kind}/") for scope in scopes if scope.startswith(f"{kind}/")]
    return plain(unquote(texts[0])) if texts else ""


def plain(text: str) -> str:
    """Return a device's word as it may be shown: printable, one line, short."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_LONGEST_WORD]


def is_web(url: str) -> bool:
    """Tell whether it is an http or https address with a host and a port that exists."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def at_host(url: str, host: str, ports: dict[int, int] | None = None) -> str:
    """Return a device's address with the host that really answers, and ports as they are seen from here.

    Raises:
        BadAnswer: it is no address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAnswer("it gives an address that is none") from error
    if not parts.scheme or not parts.netloc:
        raise BadAnswer("it gives an address that is none")
    shown = f"[{host}]" if ":" in host else host
    assumed = port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    seen = (ports or {}).get(assumed, port)
    return urlunsplit((parts.scheme, f"{shown}:{seen}" if seen else shown, parts.path, parts.query, ""))


def with_login(url: str, user: str, password: str) -> str:
    """Return a stream's address with user and password put in, percent-encoded; others are taken out."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    return urlunsplit((parts.scheme, login + place, parts.path, parts.query, ""))


def parse_services(data: bytes) -> dict[str, str]:
    """Return namespace -> address, of GetServices or of the older GetCapabilities."""
    body = soap.answer(data)
    services = {node.get("Namespace"): node.get("XAddr") for node in body.all("Service")}
    old = body.find("Capabilities")
    if old is not None:
        extension = old.find("Extension")
        for node in [*old.children, *(extension.children if extension is not None else [])]:
            if node.name in _OLD_NAMES:
                services[_OLD_NAMES[node.name]] = node.get("XAddr")
    return {space: address for space, address in services.items() if space and is_web(address)}


def parse_info(data: bytes) -> Info:
    """Return the answer to GetDeviceInformation."""
    body = soap.answer(data)
    return Info(
        maker=plain(body.get("Manufacturer")),
        model=plain(body.get("Model")),
        firmware=plain(body.get("FirmwareVersion")),
    )


def parse_clock(data: bytes) -> datetime:
    """Return the device's time of GetSystemDateAndTime.

    Raises:
        BadAnswer: there is no UTC time in it, which the standard demands.
    """
    place = ("SystemDateAndTime", "UTCDateTime")
    body = soap.answer(data)
    date, time = body.find(*place, "Date"), body.find(*place, "Time")
    if date is None or time is None:
        raise BadAnswer("it gives no UTC time")
    try:
        return datetime(
            date.number("Year"), date.number("Month"), date.number("Day"),
            time.number("Hour"), time.number("Minute"), min(time.number("Second"), 59), tzinfo=UTC,
        )  # fmt: skip
    except ValueError as error:
        raise BadAnswer("its time is none") from error


def parse_profiles(data: bytes) -> list[Profile]:
    """Return the profiles that have pictures, of Media or Media2, in the device's order."""
    profiles = []
    for node in list(soap.answer(data).all("Profiles"))[:_MAX_PROFILES]:
        place = node.find("Configurations") or node
        source = place.find("VideoSource") or place.find("VideoSourceConfiguration")
        video = place.find("VideoEncoder") or place.find("VideoEncoderConfiguration")
        audio = place.find("AudioEncoder") or place.find("AudioEncoderConfiguration")
        token = node.attributes.get("token", "")
        if video is None or not token:
            continue
        profiles.append(
            Profile(
                token=token,
                name=plain(node.get("Name")),
                source=source.attributes.get("token", "") if source is not None else "",
                lens=source.get("SourceToken") if source is not None else "",
                codec=_CODECS.get(video.get("Encoding").upper(), plain(video.get("Encoding")).lower()),
                width=video.number("Resolution", "Width"),
                height=video.number("Resolution", "Height"),
                fps=video.number("RateControl", "FrameRateLimit"),
                audio=_sound(audio),
            )
        )
    return profiles


def _sound(audio: Node | None) -> str:
    if audio is None:
        return ""
    name = audio.get("Encoding")
    return _SOUNDS.get(name.upper(), plain(name).lower())


def choose(profiles: Sequence[Profile]) -> list[tuple[Literal["main", "sub"], Profile]]:
    """Return which profiles to use, for each lens: the largest picture, and a smaller one for looking.

    The smaller one is the largest that is H.264, of the same source and no wider than 1,280 pixels; there
    may be none. The standard does not say which profile is meant for what.
    """
    chosen: list[tuple[Literal["main", "sub"], Profile]] = []
    usable = [profile for profile in profiles if profile.codec in ("h264", "h265")]
    for lens in dict.fromkeys(profile.lens or profile.source for profile in usable):
        mine = [profile for profile in usable if (profile.lens or profile.source) == lens]
        main = max(mine, key=_area)
        chosen.append(("main", main))
        smaller = [
            profile
            for profile in mine
            if profile.codec == "h264" and _area(profile) < _area(main) and profile.width <= 1280  # noqa: PLR2004
        ]
        if smaller:
            chosen.append(("sub", max(smaller, key=_area)))
    return chosen


def _area(profile: Profile) -> int:
    return profile.width * profile.height


def parse_uri(data: bytes) -> str:
    """Return the address in GetStreamUri's or GetSnapshotUri's answer.

    Raises:
        BadAnswer: there is none.
    """
    body = soap.answer(data)
    text = body.get("MediaUri", "Uri") or body.get("Uri")
    if "://" not in text or set(text) & set("\r\n\t ") or len(text) > 2000:  # noqa: PLR2004
        raise BadAnswer("it gives no address")
    return text


def parse_inputs(data: bytes) -> list[str]:
    """Return the tokens of the digital inputs."""
    nodes = soap.answer(data).all("DigitalInputs")
    return [node.attributes["token"] for node in nodes if node.attributes.get("token")]


def parse_mask_capability(data: bytes) -> bool:
    """Tell whether Media2's GetServiceCapabilities promises masks."""
    node = soap.answer(data).find("Capabilities")
    return node is not None and node.attributes.get("Mask", "").strip().lower() in ("true", "1")


__all__ = [
    "Found", "Info", "Profile", "Stream", "at_host", "choose", "is_web", "parse_clock", "parse_info",
    "parse_inputs", "parse_mask_capability", "parse_probe", "parse_profiles", "parse_services", "parse_uri",
    "plain", "whole", "with_login",
]  # fmt: skip
