"""Find this hub's household: show a code, wait at the server until who read it answers, keep what they said.

In:     the server's address and the place of the door, from who stands at the hub; later a sealed answer.
Out:    `hub.json`: household, owner's key, area.
Holds:  only who has the code can answer; a hub of one household is not given to another.
Absent: letting the hub in, which the owner's app does; cameras.
Why:    docs/spec/seal.md, "Pairing a hub"
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec

from fanlight.hub.epochs import Epochs
from fanlight.hub.settings import HubKeys, Pairing, carry_cameras, find_pairing, save_pairing
from fanlight.hub.uplink import Uplink, UplinkError, member
from fanlight.model.errors import FanlightError
from fanlight.seal import opening, pairing
from fanlight.seal.errors import SealError
from fanlight.seal.pairing import House, HubHalves
from fanlight.wire import b64

ASK_S = 2.0
_KEPT = "The hub's settings are as they were."


class BadServer(FanlightError):
    """What is given as the town's address is none, or too long for a code."""

    code = "hub.bad_server"


class PairedAlready(FanlightError):
    """This hub belongs to another household."""

    code = "hub.paired_already"


class Meeting:
    """One code, and the waiting for its answer. `trouble` says why nobody could answer at the last try."""

    def __init__(self, folder: Path, keys: HubKeys, server: str, place: tuple[float, float]) -> None:
        """Make a code; nothing is asked yet. `place` is longitude and latitude of the door.

        Raises:
            BadServer: the address is none.
        """
        self._folder, self._keys, self._place = folder, keys, place
        self.server = read_server(server)
        self._halves = HubHalves(keys.signing.public, keys.recipient)
        self._code = pairing.new_code(self._halves)
        self.trouble = ""

    @property
    def text(self) -> str:
        """The code, to be shown as a picture and as a line."""
        return self._code.text(self.server)

    async def wait(self, told: Callable[[str], None] = lambda _: None) -> Pairing:
        """Wait until the household answers, however long the server is away; `told` hears of new troubles.

        Raises:
            PairedAlready: the answer is another household's.
            PairingUnreadable, EpochsRefused, OSError: it cannot be kept.
        """
        async with Uplink(self.server) as uplink:
            while (house := await self._ask(uplink, told)) is None:  # noqa: ASYNC110 - another process answers
                await asyncio.sleep(ASK_S)
        return await asyncio.to_thread(self._keep, house)

    async def _ask(self, uplink: Uplink, told: Callable[[str], None]) -> House | None:
        """Ask once whether there is an answer that this hub may believe."""
        body = {
            "sign_pub": b64.encode(self._halves.sign_pub),
            "age_recipient": self._halves.age_recipient,
        }
        before, house, self.trouble = self.trouble, None, ""
        try:
            answer = await uplink.public("PUT", f"/v1/pairings/{self._code.meeting}", json=body)
            sealed = member(answer, "answer")
            if isinstance(sealed, str):
                plain = await asyncio.to_thread(opening.open_age, b64.decode(sealed), [self._keys.identity])
                house = pairing.read_answer(self._code, bytes(plain))
        except (SealError, UplinkError) as error:
            self.trouble = error.what
        except FanlightError:  # base64
            self.trouble = "The server handed out an answer that cannot be read."
        if self.trouble and self.trouble != before:
            told(self.trouble)
        return house

    def _keep(self, house: House) -> Pairing:
        lon, lat = self._place
        found = Pairing(
            server=self.server,
            household=house.household,
            owner=b64.encode(house.owner),
            cell=house.cell,
            lon=lon,
            lat=lat,
        )
        found = _with_known_owner(self._folder, found)
        known = find_pairing(self._folder)
        if known is not None and known.household != found.household:
            for seen in ("log.vkey", "record-seen.json"):  # of the record of the town that it leaves
                (self._folder / seen).unlink(missing_ok=True)
        carry_cameras(self._folder)
        save_pairing(self._folder, found)
        return found


def read_server(typed: str) -> str:
    """Return a server's address without path and closing stroke; raises BadServer."""
    base = typed.strip().rstrip("/")
    with contextlib.suppress(ValueError, httpx.InvalidURL):
        address = urlsplit(base)
        bare = not (address.path or address.query or address.fragment or address.username)
        plain = base.isascii() and base.isprintable() and " " not in base
        known = address.scheme in {"http", "https"} and address.hostname and address.port != 0
        if known and bare and plain and httpx.URL(base).host and len(base) <= pairing.LONGEST_SERVER:
            return base
    raise BadServer(
        "This is no address of a town's server.",
        kept=_KEPT,
        do="Write it like https://fanlight.example.org, as the page Add a hub shows it.",
    )


def _with_known_owner(folder: Path, found: Pairing) -> Pairing:
    """Return the pairing with the owner's key that this hub trusts already, if it has a household.

    A hub keeps clips sealed to its household and its book: they fit no other. Another owner of the
    same one may pair it again; the book goes on from the key it began with here.

    Raises:
        PairedAlready: it is another household, or somebody who is no owner by this hub's own book.
    """
    known = find_pairing(folder)
    if known is None or (known.household, known.owner) == (found.household, found.owner):
        return found
    if known.household == found.household and b64.decode(found.owner) in _owners(folder, known):
        return msgspec.structs.replace(found, owner=known.owner)
    raise PairedAlready(
        "This hub belongs to another household.",
        kept="Its settings, recording and clips are as they were.",
        do="Give the new household's hub a folder of its own with --home.",
    )


def _owners(folder: Path, known: Pairing) -> frozenset[bytes]:
    newest = Epochs(folder, known).newest
    if newest is None or newest.statement.book is None:
        return frozenset()
    return newest.statement.book.roll.owners
