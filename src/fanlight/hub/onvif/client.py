"""Ask one device over HTTP: who we are, by its clock, and no more of an answer than we can hold.

In:     the address of a service, a request as XML.
Out:    the bytes of the answer.
Holds:  OnvifError is the only error raised. The password leaves as a digest only, never by Basic. A wrong
        password is tried once by HTTP digest and once by UsernameToken, as cameras lock accounts.
Absent: proxies of the environment, redirects, compressed answers: none is needed on a local network.
Source: RFC 7616; ONVIF Core, 5.9; the clock of the device is ours plus `offset_s`.
"""

import asyncio
import secrets
import ssl
import uuid
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from datetime import timedelta

import httpx

from fanlight.hub.onvif import soap, tree
from fanlight.hub.onvif.errors import BadAnswer, OnvifError, OnvifRefused, OnvifUnreachable
from fanlight.model import clock

ANSWER_S = 8.0
_UNAUTHORIZED, _FORBIDDEN, _BAD_REQUEST, _OK, _SERVER_ERROR = 401, 403, 400, 200, 500
_MAX_PICTURE_BYTES = 8 << 20


class _Digest(httpx.DigestAuth):
    """Digest that refuses a challenge it cannot read, with our error instead of any."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        try:
            yield from super().auth_flow(request)
        except (KeyError, ValueError, RuntimeError, httpx.ProtocolError) as error:  # Runtime: only auth-int
            raise BadAnswer("it asks for the password in a way that cannot be read") from error


class Client:
    """One device, one user. Closed by `close`."""

    def __init__(self, user: str, password: str) -> None:
        """Prepare; nothing is sent."""
        self._user, self._password = user, password
        self.offset_s = 0.0  # the device's clock minus ours
        self._digest = _Digest(user, password)
        self._use_token = False
        # Cameras bring certificates that they made themselves. What is read here decides when a bell rings;
        # the password is safe inside its digest, and a stranger on the local network could cut us off anyway.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._http = httpx.AsyncClient(
            verify=context,
            trust_env=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "Fanlight"},
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=2),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(  # noqa: PLR0913 - each is a part of one message
        self,
        url: str,
        body: str,
        *,
        action: str,
        echo: str | None = None,
        known: bool = True,
        timeout_s: float = ANSWER_S,
    ) -> bytes:
        """Send a request and return the answer, whatever it says short of refusing us.

        Args:
            url: of the service.
            body: the request as XML.
            action: of WS-Addressing, and of the content type.
            echo: what the service wants back in the header; None sends no addressing at all.
            known: say who we are; the time is told without.
            timeout_s: how long the answer may take.

        Raises:
            OnvifUnreachable: nothing answers in time.
            OnvifRefused: it does not accept user and password.
            BadAnswer: the answer is too long.
        """
        addressed = "" if echo is None else soap.addressed(action, url, f"urn:uuid:{uuid.uuid4()}", echo)
        login = known and bool(self._user)
        auth = self._digest if login and not self._use_token else None
        token = self._token() if login and self._use_token else ""
        status, data = await self._send(
            url, soap.request(body, header=addressed + token), action, auth, timeout_s
        )
        if login and not self._use_token and _refused(status, data):
            status, data = await self._send(
                url, soap.request(body, header=addressed + self._token()), action, None, timeout_s
            )
            self._use_token = not _refused(status, data)
        if _refused(status, data):
            raise OnvifRefused
        return data

    async def picture(self, url: str) -> bytes:
        """Fetch a snapshot.

        Raises:
            OnvifUnreachable, OnvifRefused, BadAnswer: there is none to be had.
        """
        request = self._request("GET", url, ANSWER_S)
        status, data = await self._exchange(request, self._digest if self._user else None, _MAX_PICTURE_BYTES)
        if status in (_UNAUTHORIZED, _FORBIDDEN):
            raise OnvifRefused
        if status != _OK or not data.startswith(b"\xff\xd8"):
            raise BadAnswer("it sends no picture")
        return data

    def _token(self) -> str:
        created = clock.now() + timedelta(seconds=self.offset_s)
        return soap.username_token(self._user, self._password, created, secrets.token_bytes(16))

    async def _send(
        self, url: str, message: bytes, action: str, auth: httpx.Auth | None, timeout_s: float
    ) -> tuple[int, bytes]:
        request = self._request("POST", url, timeout_s, message)
        request.headers["Content-Type"] = f'application/soap+xml; charset=utf-8; action="{action}"'
        return await self._exchange(request, auth, tree.MAX_BYTES)

    def _request(
        self, method: str, url: str, timeout_s: float, content: bytes | None = None
    ) -> httpx.Request:
        timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, ANSWER_S))
        try:
            return self._http.build_request(method, url, content=content, timeout=timeout)
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise OnvifUnreachable("The address of the camera's ONVIF service cannot be read.") from error

    async def _exchange(
        self, request: httpx.Request, auth: httpx.Auth | None, limit: int
    ) -> tuple[int, bytes]:
        data = bytearray()
        whole_s = (request.extensions["timeout"]["read"] or 0) + ANSWER_S  # httpx limits each piece only
        try:
            async with asyncio.timeout(whole_s):
                answer = await self._http.send(request, auth=auth or httpx.Auth(), stream=True)
                try:
                    async with aclosing(_raw(answer)) as pieces:
                        async for piece in pieces:
                            data += piece
                            if len(data) > limit:
                                raise BadAnswer("it is too long")
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
            raise OnvifUnreachable from error
        return answer.status_code, bytes(data)


async def _raw(answer: httpx.Response) -> AsyncGenerator[bytes]:
    async for piece in answer.aiter_raw():
        yield piece


def _refused(status: int, data: bytes) -> bool:
    """Tell whether an answer is about who asks. Old devices say so in a fault with status 400 or 500."""
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return True
    if status in (_BAD_REQUEST, _SERVER_ERROR) or b"Fault" in data[:8000]:
        try:
            soap.answer(data)
        except OnvifRefused:
            return True
        except OnvifError:
            return False
    return False
