"""The hub's way to the server: signs in with a key, retries, never follows a redirect elsewhere.

In:     a sign-in key (Ed25519) and the server's address.
Out:    answers as dicts and bytes; refusals as `Refused` with the server's own three sentences.
Holds:  the bearer token stays in memory; a 401 signs in once more, then gives up.
Absent: what is said over it. `hub.outbox`, `hub.matching` and `hub.status` know that.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
import msgspec

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.wire import b64, speaks

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 30.0


class UplinkError(FanlightError):
    """Base of what can go wrong between the hub and the server."""

    code = "hub.uplink"


class ServerAway(UplinkError):
    """The server cannot be reached or does not answer in our protocol. Try again later."""

    code = "hub.server_away"


class Refused(UplinkError):
    """The server answered no. `status` is the HTTP status and `server_code` its stable code."""

    code = "hub.refused"

    def __init__(self, status: int, server_code: str, what: str, kept: str, do: str) -> None:
        """Carry the server's own sentences."""
        super().__init__(what, kept=kept, do=do)
        self.status, self.server_code = status, server_code


class _Said(msgspec.Struct, frozen=True):
    code: str
    what: str
    kept: str
    do: str


class Uplink:
    """One signed-in conversation with a server. Use as an async context manager.

    Args:
        server: base address such as `http://localhost:8420`.
        signer: the Ed25519 private key whose public half the server knows; None for public calls only.
    """

    def __init__(
        self,
        server: str,
        signer: keys.SigningKey | None = None,
        town: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Remember where and as whom; nothing is sent yet. `town` names its record once that is known.

        Raises:
            ServerAway: that is no address.
        """
        timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            self._http = httpx.AsyncClient(base_url=server.rstrip("/"), timeout=timeout, trust_env=False)
        except (httpx.InvalidURL, ValueError) as error:
            raise ServerAway(
                "The server's address cannot be read.",
                kept="Everything waiting here stays here.",
                do="Write it like https://fanlight.example.org.",
            ) from error
        self._signer = signer
        self._town = town
        self._token: str | None = None
        self.session: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        """Enter; the first call that needs it signs in."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def token(self) -> str:
        """Return the token of this conversation, for a connection of another kind; signs in where needed."""
        if self._token is None:
            await self.sign_in()
        return self._token or ""

    def forget(self) -> None:
        """Sign in anew before the next call: the token has ended."""
        self._token = None

    async def sign_in(self) -> dict[str, Any]:
        """Sign the server's challenge; return the session (account, kind, roles, ...).

        Raises:
            ServerAway: no answer. Refused: the key is not known, or the challenge is another town's, which
                would let this server sign in there as us.
        """
        if self._signer is None:
            raise Refused(
                401, "hub.no_key", "This call needs a key.", "Nothing was sent.", "Pair this hub first."
            )
        public = b64.encode(self._signer.public)
        asked = await self._send("POST", "/v1/sessions/challenge", json={"sign_pub": public})
        challenge = str(member(asked, "challenge"))
        town = self._town()
        if town is not None and challenge.partition(" ")[0] != quote(town, safe="/:"):
            raise Refused(
                httpx.codes.MISDIRECTED_REQUEST,
                "hub.other_town",
                "The server asks for a sign-in at another town than the one this hub belongs to.",
                "Nothing was signed.",
                "Look whether its address is right, else pair this hub anew.",
            )
        signature = b64.encode(self._signer.sign("sign-in", challenge.encode()))
        answer = await self._send(
            "POST",
            "/v1/sessions",
            json={"sign_pub": public, "challenge": challenge, "signature": signature},
        )
        self._token = str(member(answer, "token"))
        self.session = answer.json()
        return self.session

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make a signed-in call; options are httpx's (`json`, `content`, `params`, `headers`).

        Raises:
            ServerAway: no answer. Refused: the server said no.
        """
        if self._token is None:
            await self.sign_in()
        try:
            return await self._send(method, path, token=self._token, **options)
        except Refused as refusal:
            if refusal.status != httpx.codes.UNAUTHORIZED:
                raise
        await self.sign_in()
        return await self._send(method, path, token=self._token, **options)

    async def public(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make a call that carries no token, so that the server does not learn who asks."""
        return await self._send(method, path, **options)

    async def _send(
        self, method: str, path: str, *, token: str | None = None, **options: Any
    ) -> httpx.Response:
        headers = {speaks.HEADER: str(speaks.NEWEST), **options.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = await self._http.request(method, path, headers=headers, **options)
        except httpx.HTTPError as error:
            raise ServerAway(
                f"The server does not answer ({type(error).__name__}).",
                kept="Everything waiting here stays here and is sent when it answers again.",
                do="Look whether the server runs and this machine has a network.",
            ) from error
        if answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED:
            return answer
        raise _refusal(answer)


def member(answer: httpx.Response, name: str) -> object:
    """Return the member `name` of an answer's JSON object.

    Raises:
        ServerAway: the answer is no JSON object or has no such member: whoever answered is not our server.
    """
    try:
        found: object = answer.json()[name]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise unreadable(answer) from error
    return found


def unreadable(answer: httpx.Response) -> ServerAway:
    """Return the error for an answer that no Fanlight server gives."""
    return ServerAway(
        f"The server gave an answer we cannot read (status {answer.status_code}).",
        kept="Everything waiting here stays here.",
        do="Look whether the address really is a Fanlight server.",
    )


def _refusal(answer: httpx.Response) -> UplinkError:
    status = answer.status_code
    # An answer to HEAD has no body, so that its status is all the server can say.
    if answer.request.method == "HEAD" and httpx.codes.is_client_error(status):
        return Refused(
            status,
            "",
            f"The server refused to say how far a clip has come (status {status}).",
            "Everything waiting here stays here.",
            "It is asked again by itself.",
        )
    try:
        said = msgspec.json.decode(answer.content, type=_Said)
    except (msgspec.MsgspecError, RecursionError):
        return unreadable(answer)
    return Refused(status, said.code, said.what, said.kept, said.do)
