"""An agency's auditor, as their pages and the clerk's would make one: passkey, own keys, two signatures."""

import secrets
from datetime import date, timedelta
from typing import Any

import httpx
from tests.server.acting import staff
from tests.server.booking import Person, offer_for
from tests.server.registering import AGENCY, CLERK
from tests.server.running import Running

from fanlight.model.ids import new_id
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.wire import auditing, b64, jcs, register

MINUTES = "The board appoints L. Moss auditor of the police department.\n"


async def sign_up(http: httpx.AsyncClient, kind: str = "auditor") -> Person:
    """Make an account of a kind with a passkey of its own."""
    seed = secrets.token_bytes(32)
    person = Person(http, member_keys(seed), seed=seed)
    body = await offer_for(http, person, kind=kind)
    offer = {name: body[name] for name in ("account", "sign_pub", "age_recipient", "kind")}
    body["signature"] = b64.encode(person.keys.signing.sign("account", jcs.dumps(offer)))
    answer = await http.post("/v1/accounts/passkey", json=body)
    assert answer.status_code == 201, answer.text
    person.session = answer.json()
    return person


def signed(text: str, key: SigningKey = CLERK) -> str:
    return b64.encode(key.sign(auditing.CONTEXT, text.encode()))


async def clerk_id(town: Running) -> str:
    return str((await town.json("/v1/register/clerks"))["clerks"][0]["clerk"])


def naming(person: Person, clerk: str, today: date, **change: Any) -> dict[str, Any]:
    """Return what the clerk hands in, with `change` laid over what was signed and over the call."""
    auditor = change.pop("auditor", None) or new_id()
    agency = change.pop("agency", AGENCY)
    offer = auditing.offer(
        auditor=auditor,
        agency=agency,
        name=change.pop("name", "L. Moss"),
        key=person.sign_pub,
        recipient=person.keys.age.recipient,
        day=today,
    )
    appointed = {"body": "The board", "date": str(today), "reference": "26-12"}
    first = change.pop("first", today)
    text = auditing.appointment(
        auditor=auditor,
        agency=agency,
        offer=register.digest(change.pop("offered", offer)),
        first=first,
        until=change.pop("until", first + timedelta(days=365)),
        clerk=clerk,
        day=change.pop("day", today),
        appointed={**appointed, "document": register.digest(MINUTES)},
    )
    key: SigningKey = change.pop("key", CLERK)
    return {
        "account": person.account,
        "offer": offer,
        "acceptance": signed(offer, person.keys.signing),
        "statement": text,
        "signature": signed(text, key),
        "document": MINUTES,
    } | change


async def appointed(town: Running, **change: Any) -> tuple[Person, str]:
    """Have the board's auditor join and the clerk enter them; return the person and the appointment."""
    person = change.pop("person", None) or await sign_up(town.http)
    body = naming(person, await clerk_id(town), town.clock().date(), **change)
    made = await staff(town.http, "clerk").json("POST", "/v1/auditing/auditors", json=body)
    return person, str(made["auditor"])


async def ended(town: Running, auditor: str, reason: str = "The board's term is over.") -> httpx.Response:
    """Have the clerk end an appointment today."""
    text = auditing.ending(
        auditor=auditor, reason=reason, clerk=await clerk_id(town), day=town.clock().date()
    )
    clerk = staff(town.http, "clerk")
    body = {"statement": text, "signature": signed(text)}
    return await clerk.call("POST", "/v1/auditing/auditors/end", json=body)
