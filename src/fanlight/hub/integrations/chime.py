"""Ring inside: call an address by HTTP POST when the bell is pressed.

In:     presses. (A chime at the broker is mqtt's.)
Holds:  a press calls once; a call that fails is repeated once at once and then left, for a chime that rings
        a minute later tells of nobody. Presses while one call lasts ring once more, not each.
"""

import asyncio
import logging
import ssl

import httpx

from fanlight.hub.integrations.needs import Hub, Troubles
from fanlight.hub.integrations.webhooks import is_address
from fanlight.hub.notices import Pressed
from fanlight.hub.options import HubOptions

_TIMEOUT_S = 3.0
_WHAT = "chime"
log = logging.getLogger("fanlight.hub")


async def run(options: HubOptions, hub: Hub, troubles: Troubles) -> None:
    """Ring at every press, for ever."""
    pressed = asyncio.Event()

    async def ring() -> None:
        trust = await asyncio.to_thread(ssl.create_default_context)
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_S, trust_env=False, follow_redirects=False, verify=trust
        ) as http:
            while True:
                await pressed.wait()
                pressed.clear()
                note = await _call(http, options.chime.url)
                if note:
                    note = await _call(http, options.chime.url)
                _say(troubles, note)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ring())
        async for notice in hub.board.listen():
            if isinstance(notice, Pressed):
                pressed.set()


async def _call(http: httpx.AsyncClient, url: str) -> str:
    """Post once; return a sentence, empty if it rang."""
    if not is_address(url):
        return "The chime's address makes no sense. Check it in the settings."
    try:
        async with asyncio.timeout(_TIMEOUT_S), http.stream("POST", url) as answer:
            return "" if answer.is_success else f"The chime answers with status {answer.status_code}."
    except (httpx.HTTPError, TimeoutError):
        return "The chime does not answer. Check its address in the settings."


def _say(troubles: Troubles, note: str) -> None:
    if not note:
        troubles.pop(_WHAT, None)
    elif troubles.get(_WHAT) != note:
        troubles[_WHAT] = note
        log.warning("%s: %s", _WHAT, note)
