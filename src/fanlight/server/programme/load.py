"""Bring a town into the database and the record: town, pack, agencies, agreements, assemblies.

In:     a setup document, in one transaction.
Out:    rows, and a leaf for each thing that the public may know.
Holds:  an agreement comes into force only if the ordinance accepts it and its vote is recorded; the
        table checks the vote again.
"""

from datetime import date, datetime
from typing import Any

import msgspec

from fanlight.model.geo import Boundary, Polygon
from fanlight.model.ids import new_id
from fanlight.policy import Pack, decide, default_pack
from fanlight.server import setup
from fanlight.server.log import Log
from fanlight.server.programme import store
from fanlight.server.programme.store import AgencyRow, AgreementRow, AssemblyRow
from fanlight.store.database import Tx


async def load_town(log: Log, tx: Tx, town: setup.Town, today: date) -> None:
    """Store a town and all that belongs to it, with the default ordinance.

    Raises:
        BadSetup: the ordinance refuses an agreement. Nothing of the transaction counts then.
        PackNotInForce: the shipped ordinance may not decide today.
    """
    await log.queue_leaf(tx, "town", {"name": town.name, "demo": town.demo, "country": town.country})
    shown = msgspec.to_builtins(town)
    for private in ("agencies", "agreements", "assemblies"):
        shown.pop(private)
    await store.add_town(tx, msgspec.json.encode(shown).decode())
    pack = default_pack()
    pack.require_in_force(today)
    await _add_pack(log, tx, pack)
    for agency in town.agencies:
        await _add_agency(log, tx, agency)
    for agreement in town.agreements:
        await _add_agreement(log, tx, agreement, pack)
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
    decision = decide(pack, "agreement.approve", agreement.facts)
    if not decision.accepted:
        raise setup.BadSetup(
            f"The ordinance refuses the agreement with {agreement.agency}: {', '.join(decision.refusing)}.",
            kept="Nothing was set up.",
            do="Complete the record of the vote, then start again.",
        )
    vote = agreement.vote
    row = AgreementRow(
        new_id(),
        agreement.agency,
        pack.sha256,
        "in_force",
        agreement.valid_from,
        agreement.valid_until,
        vote.body,
        vote.date,
        vote.ayes,
        vote.noes,
        vote.reference,
    )
    leaf = await log.queue_leaf(tx, "agreement", agreement_pub(row, demo=agreement.demo))
    await store.add_agreement(tx, row, leaf)


def agreement_pub(row: AgreementRow, *, demo: bool) -> dict[str, Any]:
    """Return what everybody reads of an agreement."""
    return {
        "agreement": row.id,
        "agency": row.agency,
        "pack": row.pack,
        "state": row.state,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
        "vote": vote_of(row),
        "demo": demo,
    }


def vote_of(row: AgreementRow) -> dict[str, Any] | None:
    """Return the record of an agreement's vote."""
    if row.vote_date is None:
        return None
    return {
        "body": row.vote_body,
        "date": row.vote_date.isoformat(),
        "ayes": row.vote_ayes,
        "noes": row.vote_noes,
        "reference": row.vote_reference,
    }
