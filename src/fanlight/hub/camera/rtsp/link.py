"""One TCP or TLS connection that speaks RTSP/1.0: questions, answers, interleaved packets.

In:     bytes, as the event loop receives them.
Out:    each answer to who asked; each packet to its channel's sink, then one call of `on_data`.
Holds:  what a camera asks us is answered; when it goes, whoever waits is told and `on_gone` is called once.
Absent: who asks what (session), and what packets mean (camera).
"""

import asyncio
import ssl
import threading
from collections.abc import Callable
from typing import cast

from fanlight.hub.camera.errors import CameraError
from fanlight.hub.camera.rtsp import refusals
from fanlight.hub.camera.rtsp.address import Address
from fanlight.hub.camera.wire import BadRtsp, Request, Response, Sink, Wire

_MAX_BEHIND_BYTES = 1 << 20  # what a camera may leave unread of what we send (sound of a back channel)


# All connections of a thread receive into the same memory, since what arrived is taken out before another
# can: a buffer of its own for each read, cut to size afterwards, tears the heap of 40 cameras.
_of_thread = threading.local()
_READ_BYTES = 256 * 1024


def _shared() -> memoryview:
    if not hasattr(_of_thread, "memory"):
        _of_thread.memory = memoryview(bytearray(_READ_BYTES))
    return cast("memoryview", _of_thread.memory)


class Link(asyncio.BufferedProtocol):
    """One connection."""

    def __init__(self, on_data: Callable[[], object], on_gone: Callable[[CameraError], object]) -> None:
        """Say whom to tell of data and of the end."""
        self.sinks: dict[int, Sink] = {}
        self.error: CameraError | None = None
        self._wire = Wire(self.sinks)
        self._memory = _shared()
        self._on_data, self._on_gone = on_data, on_gone
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._closed = asyncio.get_running_loop().create_future()

    async def connect(self, address: Address) -> None:
        """Connect, within as long as the caller waits.

        Raises:
            CameraUnreachable: nobody is there, it speaks no TLS, or it shows another certificate.
        """
        tls: ssl.SSLContext | None = None
        if address.tls:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # see address.py
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self, address.host, address.port, ssl=tls)
        except (OSError, UnicodeError, OverflowError) as error:  # TimeoutError is an OSError
            raise refusals.unreachable("The camera does not answer.") from error
        if address.pin and _fingerprint(self._transport) != address.pin:
            self.abort()
            raise refusals.unreachable("The camera shows another certificate than its address names.")

    @property
    def is_open(self) -> bool:
        """Whether something can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, data: bytes) -> bool:
        """Send bytes as they are; False where the connection is closed or the camera reads nothing."""
        transport = self._transport
        if transport is None or not self.is_open or transport.get_write_buffer_size() > _MAX_BEHIND_BYTES:
            return False
        transport.write(data)
        return True

    async def ask(self, number: int, question: bytes) -> Response:
        """Send a question whose CSeq is `number`; return its answer, however long that takes.

        Raises:
            CameraError: the connection ended first.
        """
        if not self.is_open or not self.send(question):
            raise self.error or refusals.gone("The connection is closed.")
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    def pause(self) -> None:
        """Read nothing for now; the camera will notice and slow down or drop."""
        if self._transport is not None and self.is_open:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and self.is_open:
            self._transport.resume_reading()

    def fail(self, error: CameraError) -> None:
        """Close the connection because of `error`; harmless once it is closed."""
        if self._end(error):
            self._on_gone(error)
        self.abort()

    def abort(self) -> None:
        """Close without ceremony."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Send what waits, then close."""
        if self._transport is None:
            return
        self._end(refusals.gone("The connection is closed."))
        self._transport.close()
        try:
            async with asyncio.timeout(1):
                await asyncio.shield(self._closed)
        except TimeoutError:
            self.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)  # TCP gives no other, uvloop one of its own

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - it is as large as any hint
        """Say where to put what arrives."""
        return self._memory

    def buffer_updated(self, nbytes: int) -> None:
        """Take what arrived."""
        try:
            messages = self._wire.feed(bytes(self._memory[:nbytes]))
        except BadRtsp as error:
            problem = refusals.gone("The camera sends something that is not RTSP.")
            problem.__cause__ = error
            self.fail(problem)
            return
        for message in messages:
            if isinstance(message, Response):
                self._answered(message)
            else:
                self._asked(message)
        self._on_data()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if not self._closed.done():
            self._closed.set_result(None)
        said = "The connection to the camera broke." if exc else "The camera closed the connection."
        self.fail(refusals.gone(said))

    def _end(self, error: CameraError) -> bool:
        """Tell whoever waits why nothing comes; return whether this is the first time."""
        if self.error is not None:
            return False
        self.error = error
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)
        return True

    def _answered(self, answer: Response) -> None:
        number = answer.get("cseq")
        key = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None  # noqa: PLR2004
        if key is None:  # some leave it out: then it answers what was asked first
            key = next(iter(self._waiting), None)
        waiting = self._waiting.get(key) if key is not None else None
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def _asked(self, request: Request) -> None:
        status = "200 OK" if request.method in ("OPTIONS", "GET_PARAMETER") else "501 Not Implemented"
        self.send(f"RTSP/1.0 {status}\r\nCSeq: {request.get('cseq', '0')}\r\n\r\n".encode("latin-1"))


def _fingerprint(transport: asyncio.Transport | None) -> bytes:
    import hashlib  # noqa: PLC0415 - rarely needed

    shown = transport.get_extra_info("ssl_object") if transport is not None else None
    certificate = shown.getpeercert(binary_form=True) if shown is not None else None
    return hashlib.sha256(certificate).digest() if certificate else b""
