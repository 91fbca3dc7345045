"""An export fetched from its address and handed in, once or every few minutes.

In:     the address at which a dispatch system publishes its export; what it wants as `Authorization`.
Out:    the export's bytes when they are new; a line a round.
Holds:  the town's server calls nobody: whoever may read the export fetches it and signs it. An export that
        did not change is not fetched whole, or not handed in. No other host is gone to than the one named,
        and of its address nothing but the host is printed: the rest may be a secret.
Raises: NotFetched; in a row of rounds it is printed, and the next round tries again.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from fanlight.model.errors import FanlightError

MOST_BYTES = 8 << 20  # as much as a town takes at once
_TIMEOUT_S = 60.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_NONE = "Nothing was handed in; what was handed in before is as it was."

HandIn = Callable[[bytes], Awaitable[list[str]]]


class NotFetched(FanlightError):
    """An export's address did not give it."""

    code = "cli.cad_not_fetched"


@dataclass
class Published:
    """An export at an address, and what is known of it since the last time.

    Attributes:
        url: where it is: https, or http on this machine.
        authorization: the value of that header, if the system wants one.

    Raises:
        NotFetched: the address is none.
    """

    url: str
    authorization: str | None = None
    _marks: dict[str, str] = field(default_factory=dict)  # of what was taken
    _seen: dict[str, str] = field(default_factory=dict)  # of what was fetched last
    _taken: str = ""

    def __post_init__(self) -> None:
        """Check the address."""
        parts = urlsplit(self.url)
        self.host = parts.hostname or ""
        if not self.host or not (parts.scheme == "https" or (parts.scheme == "http" and self.host in _LOCAL)):
            raise NotFetched(
                "The address of the export is no https address.",
                kept=_NONE,
                do="Name one such as https://cad.example/export.csv.",
            )

    async def fetch(self, http: httpx.AsyncClient) -> bytes | None:
        """Return the export, or None if it is the one that was taken last.

        Raises:
            NotFetched: no answer, a refusal, another address, or too much.
        """
        headers = {"Accept-Encoding": "identity", **self._marks}  # a small answer stays small
        if self.authorization:
            headers["Authorization"] = self.authorization
        try:
            async with http.stream("GET", self.url, headers=headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise self._refused(answer)
                data = await self._read(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotFetched(
                f"{self.host} gives no export ({type(error).__name__}).",
                kept=_NONE,
                do="Look whether it is reached from this machine; --every tries again by itself.",
            ) from error
        named = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
        self._seen = {said: answer.headers[mark] for said, mark in named.items() if mark in answer.headers}
        return None if hashlib.sha256(data).hexdigest() == self._taken else data

    def took(self, data: bytes) -> None:
        """Note that the export was handed in: from now on it is not new."""
        self._taken, self._marks = hashlib.sha256(data).hexdigest(), self._seen

    async def _read(self, answer: httpx.Response) -> bytes:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise NotFetched(
                f"{self.host} sends the export compressed, which it was asked not to.",
                kept=_NONE,
                do="Let it be published as it is.",
            )
        data = bytearray()
        async for piece in answer.aiter_raw():
            data += piece
            if len(data) > MOST_BYTES:
                raise NotFetched(
                    f"The export of {self.host} has more than {MOST_BYTES >> 20} MiB.",
                    kept=_NONE,
                    do="Let the system publish the last day, or less.",
                )
        return bytes(data)

    def _refused(self, answer: httpx.Response) -> NotFetched:
        if answer.is_redirect:
            other = urlsplit(answer.headers.get("location", "")).hostname or "another address"
            return NotFetched(
                f"{self.host} sends on to {other}, where nobody is followed to.",
                kept=_NONE,
                do="Name the address that the export has now.",
            )
        return NotFetched(
            f"{self.host} answers {answer.status_code}.",
            kept=_NONE,
            do="Look whether the address is right, and whether it wants --authorization.",
        )


async def rounds(export: Published, hand_in: HandIn, every_s: float | None) -> AsyncIterator[str]:
    """Fetch and hand in; yield what became of it. Without `every_s` once, else until cancelled.

    Raises:
        FanlightError: only without `every_s`; else it is yielded as a line.
    """
    timeout = httpx.Timeout(_TIMEOUT_S)
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as http:
        while True:
            try:
                data = await export.fetch(http)
                if data is None:
                    yield "Nothing new."
                else:
                    for line in await hand_in(data):
                        yield line
                    export.took(data)
            except FanlightError as error:
                if every_s is None:
                    raise
                yield f"{error.what} {error.kept} {error.do}"
            if every_s is None:
                return
            await asyncio.sleep(every_s)
