"""The bytes of one RTSP connection: messages and interleaved packets.

In:     bytes as they arrive, never trusted.
Out:    Response and Request (cameras send some too); interleaved packets go at once to the sink of their
        channel, as a place in what arrived: some 270 a second and camera, so none becomes an object.
Holds:  BadRtsp is the only error raised; at most MAX_HEADER_BYTES + MAX_BODY_BYTES are held back.
Drops:  packets of a channel without a sink.
Source: RFC 2326, 4 to 7 and 10.12.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fanlight.model.errors import FanlightError

MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024
_FRAME_HEADER = 4
_DOLLAR, _CR, _LF = b"$\r\n"

Sink = Callable[[bytes, int, int], object]  # bytes, and from where to where the packet lies in them


class BadRtsp(FanlightError):
    """Bytes that are no RTSP."""

    code = "camera.bad_rtsp"


def _bad(why: str) -> BadRtsp:
    return BadRtsp(
        f"The camera's answer cannot be read: {why}.", kept="What it sent before is kept.", do="Reconnect."
    )


@dataclass(frozen=True, slots=True)
class Message:
    """`headers` are (lower-case name, value) in order."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for key, value in self.headers if key == name]

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a header."""
        return next(iter(self.all(name)), default)


@dataclass(frozen=True, slots=True)
class Response(Message):
    """An answer; `status` as in 200."""

    status: int


@dataclass(frozen=True, slots=True)
class Request(Message):
    """A question."""

    method: str
    uri: str


class Wire:
    """Cuts what arrives into messages and packets."""

    def __init__(self, sinks: Mapping[int, Sink]) -> None:
        """Start at the beginning of a connection; `sinks` by channel may change at any time."""
        self._sinks = sinks
        self._pieces: list[bytes] = []  # what arrived of an unfinished item
        self._held = 0
        self._need = 0  # bytes that `_pieces` must reach before another look at them is worth it

    def feed(self, data: bytes) -> list[Response | Request]:  # noqa: C901 - see `Out`
        """Take bytes; hand on the packets and return the messages that they complete; raises BadRtsp."""
        if self._pieces:
            self._pieces.append(data)
            self._held += len(data)
            if self._held < self._need:
                return []
            data = b"".join(self._pieces)
            self._pieces.clear()
        found: list[Response | Request] = []
        sink_of = self._sinks.get
        at, size, need = 0, len(data), 0
        while at < size:
            first = data[at]
            if first == _DOLLAR:
                body = at + _FRAME_HEADER
                if body > size:
                    need = _FRAME_HEADER
                    break
                end = body + (data[at + 2] << 8 | data[at + 3])
                if end > size:
                    need = end - at
                    break
                sink = sink_of(data[at + 1])
                if sink is not None:
                    sink(data, body, end)
                at = end
            elif first in {_CR, _LF}:
                at += 1
            else:
                message, at, need = _text(data, at)
                if message is None:
                    break
                found.append(message)
        if at < size:
            self._pieces.append(data[at:])
            self._held, self._need = size - at, need
        return found


def _text(data: bytes, at: int) -> tuple[Response | Request | None, int, int]:
    """Return the message at `at` and where it ends, or None and how many bytes it needs at least."""
    stop = data.find(b"\r\n\r\n", at, at + MAX_HEADER_BYTES)
    if stop < 0:
        if len(data) - at >= MAX_HEADER_BYTES:
            raise _bad("its header has no end")
        return None, at, len(data) - at + 1
    lines = data[at:stop].decode("latin-1").split("\r\n")
    headers = tuple(_header(line) for line in lines[1:])
    end = stop + 4 + _size(headers)
    if len(data) < end:
        return None, at, end - at
    return _message(lines[0], headers, data[stop + 4 : end]), end, 0


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _size(headers: tuple[tuple[str, str], ...]) -> int:
    text = next((value for name, value in headers if name == "content-length"), "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) > MAX_BODY_BYTES:  # noqa: PLR2004
        raise _bad("its length makes no sense")
    return int(text)


def _message(first: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Response | Request:
    words = first.split(" ", 2)
    if words[0].startswith("RTSP/"):
        status = words[1] if len(words) > 1 else ""
        if not (status.isascii() and status.isdigit() and len(status) == 3):  # noqa: PLR2004
            raise _bad("its status is no number")
        return Response(headers, body, int(status))
    if len(words) != 3 or not words[2].startswith("RTSP/"):  # noqa: PLR2004 - method, URI, version
        raise _bad("it is not RTSP")
    return Request(headers, body, words[0], words[1])
