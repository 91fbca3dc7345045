"""A household member's client without a browser: signs up, founds a household, admits a hub, keeps its book.

The same calls as the home app makes. Used by the demo, the tour and the tests.
Absent: what a device remembers between two runs (pins); these runs are short.
"""

from collections.abc import Sequence
from typing import Any

from fanlight.cli.signed_in import SignedIn
from fanlight.model import clock
from fanlight.seal import book, earlier, epoch, hubs, reading
from fanlight.seal.book import Known
from fanlight.seal.epoch import Epoch
from fanlight.seal.errors import NotForUs, SealError
from fanlight.seal.keys import Identity
from fanlight.seal.notes import Notes
from fanlight.seal.roll import Hub, Roll
from fanlight.seal.roll import Member as Listed
from fanlight.seal.sheet import Sheet
from fanlight.wire import b64, jcs


class Member(SignedIn):
    """One person of a household."""

    async def sign_up(self) -> str:
        """Make an account of these keys; return its id."""
        offer = {"sign_pub": b64.encode(self.keys.signing.public), "age_recipient": self.keys.age.recipient}
        signature = self.keys.signing.sign("account", jcs.dumps(offer))
        wire = {"kind": "member", **offer, "signature": b64.encode(signature)}
        answer = await self.uplink.public("POST", "/v1/accounts", json=wire)
        return str(answer.json()["account"])

    async def found_household(self, cell: str) -> str:
        """Make a household in `cell` with this person as owner; return its id."""
        answer = await self.uplink.call("POST", "/v1/households", json={"cell": cell})
        return str(answer.json()["household"])

    async def household(self) -> dict[str, Any]:
        """Return members, hubs, cell and epochs as the server has them; raises Refused if there is none."""
        answer = await self.uplink.call("GET", "/v1/households/mine")
        mine: dict[str, Any] = answer.json()
        return mine

    async def admit_hub(self, household: str, sign_pub: bytes, recipient: str) -> Hub:
        """Let a hub into one's own household; it counts once a page of the book lists it."""
        signature = hubs.sign_hub(
            self.keys.signing, household=household, sign_pub=sign_pub, age_recipient=recipient
        )
        wire = {
            "sign_pub": b64.encode(sign_pub),
            "age_recipient": recipient,
            "signature": b64.encode(signature),
        }
        answer = await self.uplink.call("POST", "/v1/households/mine/hubs", json=wire)
        return Hub(hub=str(answer.json()["hub"]), sign_pub=sign_pub, age_recipient=recipient)

    async def begin_book(
        self,
        household: str,
        sheet: Sheet,
        *,
        hubs: Sequence[Hub] = (),
        name: str = "",
        after: Epoch | None = None,
    ) -> Identity:
        """Publish the first page that names people: this person as owner, the sheet, the admitted hubs.

        `after` is the newest epoch of a household that began with version 1.
        """
        account = await self._account()
        me = Listed(
            account=account,
            sign_pub=self.keys.signing.public,
            age_recipient=self.keys.age.recipient,
            role="owner",
        )
        roll = Roll(members=(me,), hubs=tuple(hubs), recovery=sheet.public)
        notes = Notes(why="founded", names={account: name} if name else {})
        return await self.turn_page(household, after, roll, notes)

    async def turn_page(self, household: str, after: Epoch | None, roll: Roll, notes: Notes) -> Identity:
        """Publish the epoch that follows `after`, as an owner; return its identity."""
        identity, made = book.next_epoch(
            household=household,
            after=after,
            roll=roll,
            notes=notes,
            signer=self.keys.signing,
            day=clock.now().date(),
        )
        await self.uplink.call("PUT", f"/v1/households/mine/epochs/{made.statement.n}", json=made.to_wire())
        return identity

    def chain(self, mine: dict[str, Any]) -> tuple[Epoch, ...]:
        """Return the epochs that count; raises SealError, also if this person signed none of them."""
        return book.accept(
            [epoch.from_wire(wire) for wire in mine["epochs"]],
            household=mine["household"],
            known=Known(trusted=[self.keys.signing.public]),
            now=clock.now(),
        ).chain

    def hub_keys(self, mine: dict[str, Any]) -> list[bytes]:
        """Return the keys of the hubs that an owner let in; what else the server names is left out."""
        chain = self.chain(mine)
        if chain and chain[-1].statement.book is not None:
            return [hub.sign_pub for hub in chain[-1].statement.book.roll.hubs]
        return hubs.admitted_hubs(mine["hubs"], owner=self.keys.signing.public, household=mine["household"])

    def open_epochs(self, mine: dict[str, Any]) -> dict[int, str]:
        """Return epoch number -> identity text of those that are for this person; raises SealError."""
        own, chain, opened = [self.keys.age.secret], self.chain(mine), dict[int, str]()
        for one in chain:
            try:
                opened[one.statement.n] = reading.open_epoch(one, own)
            except NotForUs:  # from before this person came
                continue
        return self._given(mine, chain) | opened

    def _given(self, mine: dict[str, Any], chain: tuple[Epoch, ...]) -> dict[int, str]:
        """Return the earlier keys that an owner gave this person; what does not hold is left out."""
        roll = chain[-1].statement.book if chain else None
        listed = () if roll is None else roll.roll.members
        me = next((one.account for one in listed if one.sign_pub == self.keys.signing.public), "")
        found: dict[int, str] = {}
        for wire in mine.get("earlier", []):
            try:
                gift = earlier.from_wire(wire)
                found[gift.n] = reading.open_earlier(
                    gift, [self.keys.age.secret], household=mine["household"], account=me, chain=chain
                )
            except SealError:
                continue
        return found

    async def _account(self) -> str:
        if not self.uplink.session:
            await self.uplink.sign_in()
        return str(self.uplink.session["account"])
