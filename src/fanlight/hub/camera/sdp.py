"""What a camera says it sends (SDP), as far as we need it.

In:     text from a camera, never trusted.
Out:    its media, in order.
Holds:  BadSdp is the only error raised.
Source: RFC 8866; RFC 6184, 8.1 (H.264); RFC 7798, 7.1 (H.265); RFC 3551, 6; RFC 2326, appendix C (control).
"""

import base64
import binascii
from dataclasses import dataclass, field

from fanlight.model.errors import FanlightError

_MAX_MEDIA = 32
_SETS = ("sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps")
_DIRECTIONS = frozenset({"sendonly", "recvonly", "sendrecv", "inactive"})
_STATIC = {0: ("PCMU", 8_000), 8: ("PCMA", 8_000), 26: ("JPEG", 90_000)}  # RFC 3551, 6


class BadSdp(FanlightError):
    """No session description."""

    code = "camera.bad_sdp"


@dataclass(slots=True)
class Media:
    """One `m=` section. `codec` is upper case (`H264`), empty if none; `clock_hz` is of its times.

    `direction` is as written, seen by who wrote it: a back channel is `sendonly` for us (ONVIF Streaming).
    """

    kind: str
    payload_type: int
    codec: str = ""
    clock_hz: int = 90_000
    control: str = ""
    channels: int = 1
    direction: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def parameter_sets(self) -> list[bytes]:
        """Return the NAL units of the sprop- parameters; what is not base64 is left out."""
        units = []
        for name in _SETS:
            for text in self.parameters.get(name, "").split(","):
                try:
                    unit = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
                except (binascii.Error, ValueError):
                    continue
                if unit:
                    units.append(unit)
        return units


@dataclass(frozen=True, slots=True)
class Description:
    """`control` is of the whole session, empty if not given."""

    control: str
    media: tuple[Media, ...]


def parse_sdp(text: str) -> Description:
    """Read a description; lines that make no sense are passed over, since cameras write many.

    Raises:
        BadSdp: it has no media section at all.
    """
    control = ""
    media: list[Media] = []
    for line in text.replace("\r", "\n").split("\n"):
        key, _, value = line.strip().partition("=")
        if key == "m" and len(media) < _MAX_MEDIA:
            media.append(_media(value))
        elif key == "a" and value.startswith("control:"):
            if media:
                media[-1].control = value[8:].strip()
            else:
                control = value[8:].strip()
        elif key == "a" and media:
            _attribute(media[-1], value)
    if not media:
        raise BadSdp(
            "The camera describes no stream.",
            kept="Nothing was recorded.",
            do="Check the path in its address.",
        )
    return Description(control, tuple(media))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def _media(value: str) -> Media:
    words = value.split()
    payload_type = _number(words[3]) if len(words) > 3 else None  # noqa: PLR2004 - kind port protocol type
    number = -1 if payload_type is None else payload_type
    codec, clock_hz = _STATIC.get(number, ("", 90_000))
    return Media(words[0] if words else "", number, codec, clock_hz)


def _attribute(media: Media, value: str) -> None:
    if value in _DIRECTIONS:
        media.direction = value
    name, _, rest = value.partition(":")
    number, _, rest = rest.strip().partition(" ")
    if _number(number) != media.payload_type:
        return
    if name == "rtpmap":
        parts = rest.strip().split("/")
        media.codec = parts[0].upper()
        media.clock_hz = (_number(parts[1]) if len(parts) > 1 else None) or 90_000
        media.channels = (_number(parts[2]) if len(parts) > 2 else None) or 1  # noqa: PLR2004
    elif name == "fmtp":
        for item in rest.split(";"):
            parameter, _, setting = item.strip().partition("=")
            if parameter:
                media.parameters[parameter.lower()] = setting.strip()
