"""Bring a town into the database and the record: town, pack, agencies, agreements, assemblies.

In:     a setup document, in one transaction.
Out:    rows, and a leaf for each thing that the public may know.
Holds:  an agreement from before the record began takes the same steps as any other, with its clerk's
        signatures; the entries say that it was taken over.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.model.geo import Boundary, Polygon
from fanlight.model.ids import new_id
from fanlight.policy import Pack, default_pack
from fanlight.server import setup
from fanlight.server.accounts import account_by_key
from fanlight.server.log import Log
from fanlight.server.programme import register_store, store
from fanlight.server.programme.clerks import Offer, appoint
from fanlight.server.programme.papers import DocumentIn, DraftIn, Said
from fanlight.server.programme.register import Register
from fanlight.server.programme.store import AgencyRow, AssemblyRow
from fanlight.store.database import Tx
from fanlight.wire import b64

_T = TypeVar("_T")


async def load_town(log: Log, tx: Tx, town: setup.Town, today: date) -> None:
    """Store a town and all that belongs to it, with the default ordinance.

    Raises:
        BadSetup: the ordinance refuses an agreement. Nothing of the transaction counts then.
        PackNotInForce: the shipped ordinance may not decide today.
    """
    await log.queue_leaf(tx, "town", {"name": town.name, "demo": town.demo, "country": town.country})
    shown = msgspec.to_builtins(town)
    for private in ("agencies", "agreements", "assemblies", "clerks"):
        shown.pop(private)
    await store.add_town(tx, msgspec.json.encode(shown).decode())
    pack = default_pack()
    pack.require_in_force(today)
    await _add_pack(log, tx, pack)
    for agency in town.agencies:
        await _add_agency(log, tx, agency)
    try:
        for clerk in town.clerks:
            await _add_clerk(log, tx, clerk, today)
        for agreement in town.agreements:
            await _add_agreement(log, tx, agreement, pack)
    except FanlightError as error:
        raise _bad(error.what.rstrip(".")) from error
    for assembly in town.assemblies:
        row = AssemblyRow(
            msgspec.json.encode(Polygon.of(assembly.outline).as_json()).decode(),
            datetime.fromisoformat(assembly.start),
            datetime.fromisoformat(assembly.end),
        )
        await store.add_assembly(tx, new_id(), row, assembly.source)


async def _add_pack(log: Log, tx: Tx, pack: Pack) -> None:
    pub = {
        "pack": pack.meta.id,
        "sha256": pack.sha256,
        "title": pack.meta.title,
        "jurisdiction": pack.meta.jurisdiction.name,
        "effective": pack.meta.effective_from,
    }
    leaf = await log.queue_leaf(tx, "pack", pub)
    await store.add_pack(tx, pack.sha256, pack.meta.id, pack.canonical, leaf)


async def _add_agency(log: Log, tx: Tx, agency: setup.Agency) -> None:
    Boundary(agency.boundary)
    pub = {
        "ori": agency.ori,
        "name": agency.name,
        "kind": agency.kind,
        "attested": msgspec.to_builtins(agency.attested),
        "demo": agency.demo,
    }
    leaf = await log.queue_leaf(tx, "agency", pub, {"attested_by": agency.attested_by})
    body = msgspec.json.encode({"boundary": agency.boundary, "attested": agency.attested}).decode()
    await store.add_agency(tx, AgencyRow(agency.ori, agency.name, agency.kind, agency.demo, body), leaf)


async def _add_agreement(log: Log, tx: Tx, agreement: setup.Agreement, pack: Pack) -> None:
    """Take over an agreement with its steps, each signed and checked as if it were taken now."""
    draft = _form({**agreement.draft, "pack": agreement.draft.get("pack", pack.sha256)}, DraftIn)
    register = Register(log=log, tx=tx, today=agreement.day, brought=True)
    await register.draft(draft.papers(agreement.agreement), draft.documents, new=True)
    for step in agreement.steps:
        then = replace(register, today=step.day)
        for document in step.documents:
            await then.add_document(agreement.agreement, _form(document, DocumentIn), by_clerk=True)
        if step.state == "published":
            row = await then.found(agreement.agreement)
            await then.publish(row.id, row.papers_sha256, step.comment_until or step.day)
        else:
            said = Said.read(step.statement or "")
            clerk = await register_store.clerk(tx, said.clerk)
            await then.sign(clerk.account if clerk else "", said.text, b64.decode(step.signature or ""))


async def _add_clerk(log: Log, tx: Tx, clerk: setup.Clerk, today: date) -> None:
    account = await account_by_key(tx, b64.decode(clerk.sign_pub))
    if account is None:
        raise _bad("a clerk is not among the people")
    offer = Offer(
        account=account.id,
        statement=clerk.statement,
        acceptance=b64.decode(clerk.acceptance),
        document=clerk.document,
    )
    await appoint(log, tx, offer, today, brought=True)


def _form(value: object, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _bad(str(error)) from error


def _bad(why: str) -> setup.BadSetup:
    return setup.BadSetup(
        f"The agreement cannot be taken over: {why}.",
        kept="Nothing was set up.",
        do="Complete its steps, then start again.",
    )
