"""The bytes of one RTSP connection: messages and interleaved packets.

In:     bytes as they arrive, never trusted.
Out:    Response, Request (cameras send some too), Interleaved.
Holds:  BadRtsp is the only error raised; at most MAX_HEADER_BYTES + MAX_BODY_BYTES are held back.
Source: RFC 2326, 4 to 7 and 10.12.
"""

from dataclasses import dataclass

from fanlight.model.errors import FanlightError

MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024
_FRAME_HEADER = 4


class BadRtsp(FanlightError):
    """Bytes that are no RTSP."""

    code = "camera.bad_rtsp"


def _bad(why: str) -> BadRtsp:
    return BadRtsp(
        f"The camera's answer cannot be read: {why}.", kept="What it sent before is kept.", do="Reconnect."
    )


@dataclass(frozen=True, slots=True)
class Interleaved:
    """One packet of a channel."""

    channel: int
    data: bytes


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
    """Cuts what arrives into messages."""

    def __init__(self) -> None:
        """Start at the beginning of a connection."""
        self._data = bytearray()

    def feed(self, data: bytes) -> list[Response | Request | Interleaved]:
        """Take bytes; return what they complete; raises BadRtsp."""
        self._data += data
        found: list[Response | Request | Interleaved] = []
        at = 0
        while (taken := self._next(at)) is not None:
            item, at = taken
            if item is not None:
                found.append(item)
        del self._data[:at]
        return found

    def _next(self, at: int) -> tuple[Response | Request | Interleaved | None, int] | None:
        data = self._data
        if len(data) <= at:
            return None
        if data[at] in b"\r\n":
            return None, at + 1
        return self._packet(at) if data[at] in b"$" else self._text(at)

    def _packet(self, at: int) -> tuple[Interleaved, int] | None:
        data = self._data
        end = at + _FRAME_HEADER + int.from_bytes(data[at + 2 : at + 4], "big")
        if len(data) < at + _FRAME_HEADER or len(data) < end:
            return None
        return Interleaved(data[at + 1], bytes(data[at + _FRAME_HEADER : end])), end

    def _text(self, at: int) -> tuple[Response | Request, int] | None:
        data = self._data
        stop = data.find(b"\r\n\r\n", at, at + MAX_HEADER_BYTES)
        if stop < 0:
            if len(data) - at >= MAX_HEADER_BYTES:
                raise _bad("its header has no end")
            return None
        lines = bytes(data[at:stop]).decode("latin-1").split("\r\n")
        headers = tuple(_header(line) for line in lines[1:])
        size = _size(headers)
        if len(data) < stop + 4 + size:
            return None
        body = bytes(data[stop + 4 : stop + 4 + size])
        return _message(lines[0], headers, body), stop + 4 + size


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
