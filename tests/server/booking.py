"""Members with passkeys and households with a book, made over the public API."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from tests.server.acting import CELL, Actor
from tests.server.authenticator import Authenticator, url64

from fanlight.seal import book, earlier, epoch
from fanlight.seal.earlier import Gift
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.seal.notes import Notes
from fanlight.seal.roll import Hub, Member, Recovery, Roll
from fanlight.wire import b64, jcs

WRAPPED = b64.encode(bytes(range(60)))


@dataclass
class Person(Actor):
    """A member with a passkey."""

    seed: bytes = b""
    passkey: Authenticator = field(default_factory=Authenticator)
    device: str = field(default_factory=lambda: url64(secrets.token_bytes(16)))

    @property
    def account(self) -> str:
        return str(self.session["account"])

    @property
    def sign_pub(self) -> str:
        return b64.encode(self.keys.signing.public)

    def listed(self, role: Any) -> Member:
        """Return this person as a statement has them."""
        return Member(
            account=self.account,
            sign_pub=self.keys.signing.public,
            age_recipient=self.keys.age.recipient,
            role=role,
        )

    def signed(self, act: str, of: str) -> dict[str, str]:
        """Return the header that an act for good needs."""
        data = jcs.dumps({"account": self.account, "act": act, "of": of})
        return {"Fanlight-Signature": b64.encode(self.keys.signing.sign("act", data))}

    async def sign_in(self, **change: Any) -> httpx.Response:
        """Sign in with the passkey again."""
        begun = await self.http.post("/v1/sessions/passkey/begin")
        body = {"credential": self.passkey.get(begun.json()["options"]), "device": self.device, **change}
        answer = await self.http.post("/v1/sessions/passkey", json=body)
        if answer.is_success:
            self.session = answer.json()
        return answer

    async def codes(self) -> list[str]:
        """Return what this person is told, in order of the codes."""
        told = await self.json("GET", "/v1/account/notices")
        return sorted(one["code"] for one in told["notices"])


async def offer_for(http: httpx.AsyncClient, person: Person, **change: Any) -> dict[str, Any]:
    """Return the body with which a person makes an account."""
    begun = (await http.post("/v1/passkeys/begin", json={"purpose": "new"})).json()
    keys = {"sign_pub": person.sign_pub, "age_recipient": person.keys.age.recipient}
    offer = {"account": begun["account"], **keys}
    return {
        **offer,
        "credential": person.passkey.create(begun["options"]),
        "wrapped": WRAPPED,
        "device": person.device,
        "signature": b64.encode(person.keys.signing.sign("account", jcs.dumps(offer))),
        **change,
    }


async def sign_up(http: httpx.AsyncClient, seed: bytes | None = None, **change: Any) -> Person:
    """Make an account with a passkey."""
    seed = seed or secrets.token_bytes(32)
    person = Person(http, member_keys(seed), seed=seed)
    answer = await http.post("/v1/accounts/passkey", json=await offer_for(http, person, **change))
    assert answer.status_code == 201, answer.text
    person.session = answer.json()
    return person


async def add_passkey(
    person: Person, passkey: Authenticator, **change: Any
) -> tuple[dict[str, Any], httpx.Response]:
    """Add a passkey to a person's account; return the options and the answer."""
    begun = await person.json("POST", "/v1/passkeys/begin", json={"purpose": "add"})
    assert begun["account"] == person.account
    credential = passkey.create(begun["options"])
    wrapped = change.get("wrapped", WRAPPED)
    digest = None if wrapped is None else hashlib.sha256(b64.decode(wrapped)).hexdigest()
    word = {"account": person.account, "credential": credential["id"], "wrapped_sha256": digest}
    signature = b64.encode(person.keys.signing.sign("passkey", jcs.dumps(word)))
    offer = {"credential": credential, "wrapped": wrapped, "signature": signature, **change}
    return begun, await person.call("POST", "/v1/passkeys", json=offer)


async def ticket_of(person: Person) -> dict[str, str]:
    """Return what a code carries beside the seed, with which a device lets another one in."""
    made = await person.json("POST", "/v1/passkeys/ticket")
    assert re.fullmatch(r"[A-Za-z0-9_.-]{20,200}", made["ticket"]), "as a code has it (entrance.ts)"
    return {"account": person.account, "ticket": made["ticket"]}


async def arrive(
    person: Person, code: dict[str, str], passkey: Authenticator, **change: Any
) -> dict[str, Any]:
    """Return the body with which another device of a person comes in by a code."""
    begun = (await person.http.post("/v1/passkeys/begin", json={"purpose": "device", **code})).json()
    credential = passkey.create(begun["options"])
    digest = hashlib.sha256(b64.decode(WRAPPED)).hexdigest()
    word = {"account": code["account"], "credential": credential["id"], "wrapped_sha256": digest}
    signature = b64.encode(person.keys.signing.sign("passkey", jcs.dumps(word)))
    device = url64(secrets.token_bytes(16))
    offer = {"credential": credential, "wrapped": WRAPPED, "signature": signature, "device": device}
    return {**code, **offer, **change}


@dataclass
class Home:
    """A household with a book: its newest epoch and its recovery sheet's key."""

    id: str
    owner: Person
    sheet: SigningKey
    sheet_age: str
    newest: Epoch | None = None
    recipient: str = ""
    secrets: dict[str, str] = field(default_factory=dict)  # of each epoch, by its recipient

    def next(
        self,
        *members: Member,
        hubs: tuple[Hub, ...] = (),
        signer: SigningKey | None = None,
        why: Any = "changed",
    ) -> Epoch:
        """Return the next epoch for these members."""
        recovery = Recovery(sign_pub=self.sheet.public, age_recipient=self.sheet_age)
        roll = Roll(members=members, hubs=hubs, recovery=recovery)
        identity, made = book.next_epoch(
            household=self.id,
            after=self.newest,
            roll=roll,
            notes=Notes(names={m.account: "N" for m in members}, why=why),
            signer=signer or self.owner.keys.signing,
            day=datetime.now(UTC).date(),
        )
        self.secrets[identity.recipient] = identity.secret
        return made

    def earlier(self, made: Epoch, to: Person, by: Person | None = None) -> Gift:
        """Return the key of an epoch, sealed to a person by an owner."""
        return earlier.give(
            made,
            self.secrets[made.statement.recipient],
            account=to.account,
            recipient=to.keys.age.recipient,
            signer=(by or self.owner).keys.signing,
        )

    async def put(self, made: Epoch, by: Person | None = None) -> httpx.Response:
        """Publish an epoch."""
        n = made.statement.n
        answer = await (by or self.owner).call("PUT", f"/v1/households/mine/epochs/{n}", json=made.to_wire())
        if answer.is_success:
            self.newest = made
        return answer

    async def turn(self, *members: Member, **options: Any) -> None:
        """Publish the next epoch for these members."""
        answer = await self.put(self.next(*members, **options))
        assert answer.status_code == 204, answer.text

    async def invite(self, joiner: Person) -> str:
        """Invite a person, who answers; return the invite's id."""
        invite = base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]
        await self.owner.json("POST", "/v1/invites", json={"invite": invite})
        mac = b64.encode(secrets.token_bytes(32))
        await joiner.json("PUT", f"/v1/invites/{invite}/answer", json={"mac": mac})
        return invite


async def found(owner: Person, **more: Any) -> Home:
    """Found a household and publish the first epoch of its book."""
    household = (await owner.json("POST", "/v1/households", json={"cell": CELL, **more}))["household"]
    sheet = member_keys(secrets.token_bytes(32))
    home = Home(household, owner, sheet.signing, sheet.age.recipient)
    made = home.next(owner.listed("owner"), why="founded")
    headers = {"Fanlight-Household": household}
    answer = await owner.call("PUT", "/v1/households/mine/epochs/0", json=made.to_wire(), headers=headers)
    assert answer.status_code == 204, answer.text
    home.newest = epoch.from_wire(made.to_wire())
    return home


async def shown(person: Person, sheet: SigningKey, by: SigningKey | None = None) -> dict[str, Any]:
    """Return the proof that a person holds a sheet."""
    public = b64.encode(sheet.public)
    asked = await person.http.post("/v1/sessions/challenge", json={"sign_pub": public})
    challenge = asked.json()["challenge"]
    data = jcs.dumps({"account": person.account, "challenge": challenge})
    signature = b64.encode((by or sheet).sign("recover", data))
    return {"sign_pub": public, "challenge": challenge, "signature": signature}


async def begin_recovery(person: Person, home: Home, made: Epoch) -> httpx.Response:
    """Begin anew with a household's sheet."""
    wire = {**await shown(person, home.sheet), "epoch": made.to_wire()}
    return await person.call("POST", "/v1/households/mine/recovery", json=wire)
