"""An export: decided, recorded, proved, and only then answered."""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.server import programme, requests
from fanlight.server.errors import Conflict, NotAllowed, NotFound
from fanlight.server.evidence import acts, day, defence, ends_store, rules, store
from fanlight.server.evidence.acts import Act
from fanlight.server.evidence.store import Custody, Disclosure, Export
from fanlight.server.log import Proven
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

_PUBLISHED = ("request", "case-key", "export")
_PEOPLE = frozenset({"officer", "cosigner"})  # who asked and who signed is the agency's and the auditor's


class ExportIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """To whom, on what ground, until when; `signature` is over all other given fields and `disclosure`.

    `parts` is the hash of the package's evidence parts; `equals` the export that a defence's copy equals.
    """

    recipient: Annotated[str, Meta(min_length=2, max_length=200)]
    ground: Annotated[str, Meta(min_length=2, max_length=500)]
    return_by: date
    signature: Annotated[str, Meta(min_length=88, max_length=88)]
    recipient_kind: Annotated[str, Meta(max_length=40)] | None = None
    parts: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")] | None = None
    equals: Annotated[str, Meta(pattern=r"^[a-z2-7]{26}$")] | None = None


async def export(
    services: Services,
    signer: requests.Signer,
    disclosure: Disclosure,
    row: requests.RequestRow,
    wire: ExportIn,
) -> dict[str, Any]:
    """Record an export and return what an evidence package needs.

    Raises:
        NotAllowed: the ordinance refuses (recorded), or the signature is wrong.
        NotFound: the copy's end has come meanwhile. Nothing is entered.
        Malformed, Conflict: a copy for the defence that equals no earlier export; or whoever gave the copy
            wants it back, and no use of it is recorded. Nothing is entered.
        Unavailable: no witness has signed the record; the entry stands, nothing is handed out.
    """
    signed: dict[str, Any] = {
        "disclosure": disclosure.id,
        "recipient": wire.recipient,
        "ground": wire.ground,
        "return_by": wire.return_by.isoformat(),
    }
    for name in ("recipient_kind", "parts", "equals"):
        if (given := getattr(wire, name)) is not None:
            signed[name] = given
    body = jcs.dumps(signed)
    signer.check("export", body, wire.signature)
    session, now = signer.session, services.clock()
    kind = rules.recipient_kind(wire.recipient, wire.recipient_kind)
    made = new_id()
    # The exporter's key stands in the entry, so that nobody else can sign a package for this export.
    exporter = b64.encode(signer.public)
    detail = {**signed, "export": made, "by": session.name, "at": to_text(now), "exporter": exporter}
    copy = defence.read(kind, wire.parts, wire.equals)
    async with services.db.transaction() as tx:
        disclosure, row = await own_in_turn(tx, session.agency, disclosure.id)
        await _check_not_wanted(tx, disclosure.id)
        if copy is not None:
            await defence.check(tx, session, disclosure.id, copy)
        pack = await programme.pack(tx, row.pack)
        return_days = (wire.return_by - now.date()).days
        decision = rules.decide_export(pack, kind, wire.ground, return_days)
        if not decision.accepted or kind in rules.AGENCIES:
            said = Act(
                request=disclosure.request,
                agency=session.agency,
                act="export-refused",
                about=wire.recipient,
                by=session.name,
                disclosure=disclosure.id,
            )
            await acts.line(tx, now, said)
            await day.enter(tx, session.agency, now, "export-refused", detail)
        else:
            await store.lock(tx, f"custody {disclosure.id}")
            leaf = await day.enter_now(services.log, tx, session.agency, now, "exported", detail)
            kept = Export(
                id=made,
                disclosure=disclosure.id,
                body=body.decode(),
                sig=wire.signature,
                by_whom=session.account,
                leaf=leaf,
            )
            await store.add_export(tx, kept)
            act = (
                f"exported to {wire.recipient}"
                if copy is None
                else defence.line(copy, wire.recipient, wire.return_by)
            )
            line = Custody(to_text(now), act, session.name)
            await store.add_custody(tx, disclosure.id, line)
    if kind in rules.AGENCIES:
        raise NotAllowed(
            "An export goes to a court, a prosecutor or the defence, and to no other agency.",
            kept="The copy stays here. The record has it that this was refused.",
            do="Hand it to that agency if whoever gave it agreed; else that agency can ask the household.",
            code="evidence.not_onward",
        )
    if not decision.accepted:
        clauses = [rule for rule in decision.rules if not rule.holds]
        raise NotAllowed(
            f"The ordinance does not allow this export: {' '.join(rule.text for rule in clauses)}",
            kept="Nothing was handed out; the attempt stands in the record.",
            do=clauses[0].lawful_if if clauses else "Choose another recipient.",
            code="evidence.export_refused",
        )
    return await _answer(services, disclosure, row, made, leaf)


async def _answer(
    services: Services, disclosure: Disclosure, row: requests.RequestRow, made: str, leaf: str
) -> dict[str, Any]:
    export_proof = await services.log.receipt(leaf)
    async with services.db.transaction() as tx:
        leaves = [row.leaf or "", row.key_leaf or "", leaf]
        rows = await services.log.rows(tx, leaves)
        openings = [
            [
                opening.as_json()
                for opening in await services.log.openings(tx, one)
                if opening.field not in _PEOPLE
            ]
            for one in leaves
        ]
        trail = await store.custody_of(tx, disclosure.id)
    request_proof, key_proof = await services.log.prove(rows[:2])
    proofs = dict(zip(_PUBLISHED, (request_proof, key_proof, export_proof), strict=True))
    opened = dict(zip(_PUBLISHED, openings, strict=True))
    return {
        "export": made,
        "opening": opened["export"],
        "openings": opened,
        "receipts": {
            "request": receipt_json(proofs["request"]),
            "key": receipt_json(proofs["case-key"]),
            "export": receipt_json(proofs["export"]),
        },
        "custody": custody_json(trail),
        "vkey": services.log.vkey,
        "witness_vkeys": services.log.witness_vkeys,
    }


async def _check_not_wanted(tx: Tx, disclosure: str) -> None:
    """Raise Conflict for a copy that its giver wants back: what went out could not be had back."""
    waiting = [one for one in await ends_store.withdrawn(tx) if one.disclosure == disclosure]
    if waiting and not waiting[0].used:
        raise Conflict(
            "Whoever gave this copy wants it back, and it is not recorded as used.",
            kept="Nothing was handed out. The copy stays where it is.",
            do="If a charge was filed with it, it is an exhibit or it may help the defence, a custodian"
            f" records that on the page of its case before {waiting[0].due.isoformat()}.",
            code="evidence.wanted_back",
        )


def receipt_json(proven: Proven) -> dict[str, Any]:
    """Return a leaf with its receipt."""
    return {"leaf": proven.leaf, "index": proven.index, "proof": proven.receipt, "receipt": proven.receipt}


def custody_json(trail: list[Custody]) -> list[dict[str, str]]:
    """Return a trail, oldest first."""
    return [{"at": line.at, "act": line.act, "by": line.by_whom} for line in trail]


async def own_disclosure(tx: Tx, agency: str, disclosure: str) -> tuple[Disclosure, requests.RequestRow]:
    """Return a disclosure of one of an agency's requests; raises NotFound."""
    found = await store.get(tx, disclosure)
    if found is None:
        raise NotFound(
            "There is no such disclosure to your agency.",
            do="Load the request again.",
            code="evidence.no_disclosure",
        )
    row = await requests.own_request(tx, agency, found.request)
    if not found.hdr:
        raise NotFound(
            "This copy is destroyed: its end has come, or who gave it wanted it back.",
            do="The page of its case says when and why.",
            code="evidence.destroyed",
        )
    return found, row


async def own_in_turn(tx: Tx, agency: str, disclosure: str) -> tuple[Disclosure, requests.RequestRow]:
    """Return the same once it is our turn at its case, whose end may have come meanwhile; raises NotFound."""
    _, row = await own_disclosure(tx, agency, disclosure)
    await store.lock_end(tx, row.id)
    return await own_disclosure(tx, agency, disclosure)
