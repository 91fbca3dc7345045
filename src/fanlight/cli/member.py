"""A household member's client without a browser: signs up, founds a household, admits a hub, keeps epochs.

The same calls as the home app makes. Used by the demo, the tour and the tests.
"""

from typing import Any

from fanlight.cli.signed_in import SignedIn
from fanlight.seal import epoch, hubs, reading
from fanlight.seal.keys import Identity
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

    async def admit_hub(self, household: str, sign_pub: bytes, recipient: str) -> str:
        """Let a hub into one's own household, signed with the owner's key; return its id."""
        signature = hubs.sign_hub(
            self.keys.signing, household=household, sign_pub=sign_pub, age_recipient=recipient
        )
        wire = {
            "sign_pub": b64.encode(sign_pub),
            "age_recipient": recipient,
            "signature": b64.encode(signature),
        }
        answer = await self.uplink.call("POST", "/v1/households/mine/hubs", json=wire)
        return str(answer.json()["hub"])

    async def begin_epoch(self, household: str, after: epoch.Epoch | None = None) -> Identity:
        """Make, sign and publish the epoch after `after`, for this member alone; return its identity."""
        identity, made = epoch.new_epoch(
            household=household,
            after=after,
            members=[self.keys.age.recipient],
            owner_key=self.keys.signing,
        )
        await self.uplink.call("PUT", f"/v1/households/mine/epochs/{made.statement.n}", json=made.to_wire())
        return identity

    def hub_keys(self, mine: dict[str, Any]) -> list[bytes]:
        """Return the keys of the hubs that this owner let in; what else the server names is left out."""
        return hubs.admitted_hubs(mine["hubs"], owner=self.keys.signing.public, household=mine["household"])

    def open_epochs(self, mine: dict[str, Any]) -> dict[int, str]:
        """Return epoch number -> identity text, after checking the whole chain; raises SealError."""
        chain = epoch.check_chain(
            [epoch.from_wire(wire) for wire in mine["epochs"]],
            owner=self.keys.signing.public,
            household=mine["household"],
        )
        return {one.statement.n: reading.open_epoch(one, [self.keys.age.secret]) for one in chain}
