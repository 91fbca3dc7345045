"""Take a document in, let counsel decide, hand out what exists, renew a gag. Each with its entry, at once.

In:     forms, who calls, the parts.
Out:    rows; a leaf, or a sealed order while a court's gag stands.
Holds:  a decision, whom it is served on and its entry are one transaction; nothing names a household in
        an entry, opened or not.
"""

import hashlib
from datetime import date, timedelta
from typing import Any

import msgspec

from fanlight.model.ids import new_id
from fanlight.server import sealed
from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.process import papers, preserving, rules, store
from fanlight.server.process.rules import DecisionIn, ProcessIn, RenewalIn, Scope
from fanlight.server.process.store import Packet, Row
from fanlight.server.sealed.auditors import read_auditors
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

_PER_HOUR = 60  # documents that one person hands in


async def take(services: Services, session: Session, data: ProcessIn) -> Row:
    """Take a document in and check its form; raises Malformed. It is a row, and no entry, until decided."""
    if data.kind == "national-security":
        raise Malformed(
            "National-security process is not entered here.",
            do="Serve it on the operator's counsel on paper. It has no entry in the record.",
            code="process.national_security",
        )
    if data.renews is not None and data.kind != rules.PRESERVATION:
        raise Malformed(
            "Only a preservation request renews one.",
            do="Leave that field out.",
            code="process.renews_nothing",
        )
    services.limits.spend(session.account, "process", _PER_HOUR)
    paper = await papers.read(data.document)
    today = services.clock().date()
    form = {name: value for name, value in msgspec.to_builtins(data).items() if name != "document"}
    row = Row(
        id=new_id(),
        agency=session.agency,
        by_whom=session.account,
        received=today,
        form=store.as_text(form | {"pages": paper.pages}),
        sha256=paper.sha256,
        checks=store.as_text({"checks": [one.as_json() for one in rules.check(data, data.scope, today)]}),
    )
    async with services.db.transaction() as tx:
        await store.add(tx, row, paper.raw)
    return row


def given_of(row: Row) -> ProcessIn:
    """Return what was said of a document; its bytes are left out."""
    form = {name: value for name, value in jcs.loads(row.form.encode()).items() if name != "pages"}
    return msgspec.convert(form | {"document": "-"}, ProcessIn)


def scope_of(row: Row) -> Scope:
    """Return what was accepted of it; raises Conflict where nothing was."""
    if row.scope is None:
        raise Conflict("Nothing was accepted of this.", do="Look at the decision.", code="process.nothing")
    return msgspec.convert(jcs.loads(row.scope.encode()), Scope)


async def decide(services: Services, process: str, data: DecisionIn) -> Row:
    """Store what counsel decides, serve it, and enter it; raises NotFound or Conflict."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        row = await locked(tx, process)
        if row.decision is not None:
            raise Conflict(
                "This was decided already.", do="Load it again; a decision stands.", code="process.decided"
            )
        given = given_of(row)
        scope = rules.decide(given, data, today)
        quiet = rules.quiet_until(given, today)
        looked = rules.check(given, scope or given.scope, today)
        decided = msgspec.structs.replace(
            row,
            decision=data.decision,
            decided=today,
            reason=f"{data.counsel}: {data.reason}",
            scope=store.as_text(msgspec.to_builtins(scope)) if scope else None,
            quiet_until=quiet,
        )
        await preserving.begin(tx, decided, given, scope, today)
        pub = public(decided, [one.id for one in looked if not one.holds])
        pub |= await preserving.public(tx, process, (scope or given.scope).accounts)
        if quiet is None:
            leaf = await services.log.queue_leaf(tx, "process", pub, committed(decided))
            decided = msgspec.structs.replace(decided, leaf=leaf)
        else:
            content = {**pub, "type": "process", "sha256": row.sha256}
            order = await sealed.take(tx, read_auditors(services.home), content, today=today)
            decided = msgspec.structs.replace(decided, sealed=order)
        await store.decided(tx, decided)
        found = []
        for one in dict.fromkeys((scope or given.scope).accounts):
            if await store.serve(tx, process, one):
                found.append(one)
                await preserving.hold(tx, decided, given, scope, one)
        if scope and not found:
            raise Conflict(
                "No household has any of these account numbers, so there is nothing to accept.",
                do="Reject it with that reason.",
                code="process.no_account",
            )
    return decided


def public(row: Row, failed: list[str]) -> dict[str, Any]:
    """Return what everybody reads of a decision."""
    given = given_of(row)
    return {
        "process": row.id,
        "kind": given.kind,
        "court_level": given.court_level,
        "decision": row.decision,
        "rules": failed,
        "day": row.decided.isoformat() if row.decided else None,
    }


def committed(row: Row) -> dict[str, Any]:
    """Return what a decision's entry commits to. No account number is in it."""
    given = given_of(row)
    return {
        "agency": row.agency,
        "court": given.court,
        "docket": given.docket,
        "document": row.sha256,
        "reason": row.reason,
    }


async def renew(services: Services, session: Session, process: str, data: RenewalIn) -> Row:
    """Record that a court renewed a gag; its slots stay shut. Raises NotFound or Conflict."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        row = await locked(tx, process)
        if row.quiet_until is None or row.sealed is None or row.leaf is not None:
            raise Conflict("No gag stands here.", do="The household knows.", code="process.not_quiet")
        until = rules.renewed(row.quiet_until, data, today)
        waiting = [one.sealed for one in await store.packets(tx, process) if one.sealed]
        for order in (row.sealed, *waiting):
            await sealed.keep_shut(services.log, tx, order, _shut(row, until))
        await store.add_renewal(tx, process, until, msgspec.to_builtins(data), session.account)
    return msgspec.structs.replace(row, quiet_until=until)


async def pack(services: Services, session: Session, process: str) -> dict[str, Any]:
    """Return what exists of what was accepted, and enter that it was handed out; raises Conflict."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        row = await locked(tx, process)
        scope = scope_of(row)
        if given_of(row).kind == rules.PRESERVATION:
            raise Conflict(
                "A request to preserve hands out nothing.",
                kept="What it reaches stays until its end.",
                do="A warrant, an order or a subpoena says what may be handed out.",
                code="process.preserves",
            )
        accounts = []
        for account in dict.fromkeys(scope.accounts):
            await store.as_home(tx, account)
            one: dict[str, Any] = {"account": account}
            if "account_records" in scope.what:
                one["records"] = await store.account_records(tx)
            if {"clip_list", "contents"} & set(scope.what):
                one["clips"] = await store.clips(tx, scope.start, scope.end)
            accounts.append(one)
        packet: dict[str, Any] = {
            "process": process,
            "made": today.isoformat(),
            "document_sha256": row.sha256,
            "scope": msgspec.to_builtins(scope),
            "exists": await store.holdings(tx),
            "accounts": accounts,
            "cannot": "Footage, names and times are sealed to keys of the households. The operator has none.",
        }
        digest = hashlib.sha256(jcs.dumps(packet)).hexdigest()
        made = new_id()
        order = leaf = None
        pub = {"process": process, "day": today.isoformat()}
        if row.leaf is not None:
            leaf = await services.log.queue_leaf(tx, "process-packet", pub, {"sha256": digest})
        else:
            content = {**pub, "type": "process-packet", "sha256": digest}
            shut = _shut(row, row.quiet_until) if row.quiet_until else None
            order = await sealed.take(tx, read_auditors(services.home), content, today=today, shut=shut)
        await store.add_packet(tx, Packet(made, process, today, digest, session.account, order, leaf))
    return {"packet": made, "sha256": digest, "content": packet}


def _shut(row: Row, until: date) -> sealed.Shut:
    """Return what a gag whose last day is `until` says to a slot: it is told on the day after."""
    return sealed.Shut(until + timedelta(days=1), f"a {given_of(row).court_level} court")


async def locked(tx: Tx, process: str) -> Row:
    """Return one for this transaction alone; raises NotFound."""
    row = await store.get(tx, process, lock=True)
    if row is None:
        raise not_there()
    return row


def not_there() -> NotFound:
    """Return the error for what this caller may not see, or nobody."""
    return NotFound("There is no such document.", do="Load the list again.", code="process.none")
