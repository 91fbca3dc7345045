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
from fanlight.server.accounts import Session, account_by_id, forms
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.process import papers, preserving, rules, store
from fanlight.server.process.rules import DecisionIn, ProcessIn, ReleaseIn, RenewalIn, Scope, SignedIn
from fanlight.server.process.store import Packet, Row
from fanlight.server.sealed.auditors import read_auditors
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs
from fanlight.wire import process as wire

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


async def decide(services: Services, session: Session, process: str, data: DecisionIn) -> Row:
    """Store what counsel decides and signs, serve it, enter it; raises NotFound, NotAllowed or Conflict."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        row = await locked(tx, process)
        if row.decision is not None:
            raise Conflict(
                "This was decided already.", do="Load it again; a decision stands.", code="process.decided"
            )
        rules.check_day(data, today)
        given = given_of(row)
        scope = rules.decide(given, data, today)
        asked = wire.digest(
            process=process,
            document=row.sha256,
            decision=data.decision,
            reason=data.reason,
            scope=msgspec.to_builtins(data.scope),
        )
        said = wire.decide(process=process, kind=given.kind, decision=data.decision, day=today)
        key = await _signed(tx, session, data, act=("process-decision", asked), said=said)
        quiet = rules.quiet_until(given, today)
        looked = rules.check(given, scope or given.scope, today)
        decided = msgspec.structs.replace(
            row,
            decision=data.decision,
            decided=today,
            reason=f"{session.name}: {data.reason}",
            counsel=session.account,
            signature=data.signature,
            signed=data.signed,
            key=key,
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
        **_by(row.key, row.signed),
    }


def _by(key: str | None, signed: str | None) -> dict[str, Any]:
    """Return whose signature everybody can check; nothing of what was done before counsel had a key."""
    return {"counsel": key, "signature": signed} if key and signed else {}


def committed(row: Row) -> dict[str, Any]:
    """Return what a decision's entry commits to. No account number is in it."""
    given = given_of(row)
    return {
        "agency": row.agency,
        "court": given.court,
        "docket": given.docket,
        "document": row.sha256,
        "reason": row.reason,
        "signed": row.signature,
    }


def packet_public(packet: Packet) -> dict[str, Any]:
    """Return what everybody reads of a packet."""
    said = {"process": packet.process, "day": packet.made.isoformat()}
    return {**said, **_by(packet.key, packet.signed)}


def packet_committed(packet: Packet) -> dict[str, Any]:
    """Return what a packet's entry commits to."""
    return {"sha256": packet.sha256, "signed": packet.signature}


async def _signed(tx: Tx, session: Session, data: SignedIn, *, act: tuple[str, str], said: str) -> str:
    """Return counsel's key, which signed all of an act and what everybody reads of it; raises NotAllowed."""
    account = await account_by_id(tx, session.account)
    if account is None:
        raise not_there()
    key = bytes(account.sign_pub)
    forms.check_act(key, account.id, *act, data.signature)
    forms.check_signature(key, wire.CONTEXT, said.encode(), data.signed)
    return b64.encode(key)


async def renew(services: Services, session: Session, process: str, data: RenewalIn) -> Row:
    """Record that a court renewed a gag; its slots stay shut. Raises NotFound or Conflict."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        row = await locked(tx, process)
        if row.quiet_until is None or row.sealed is None or row.leaf is not None:
            raise Conflict("No gag stands here.", do="The household knows.", code="process.not_quiet")
        until = rules.renewed(row.quiet_until, data, today)
        account = await account_by_id(tx, session.account)
        if account is None:
            raise not_there()
        said = {name: value for name, value in msgspec.to_builtins(data).items() if name != "signature"}
        of = wire.digest(process=process, **said)
        forms.check_act(bytes(account.sign_pub), account.id, "process-renewal", of, data.signature)
        waiting = [one.sealed for one in await store.packets(tx, process) if one.sealed]
        for order in (row.sealed, *waiting):
            await sealed.keep_shut(services.log, tx, order, _shut(row, until))
        await store.add_renewal(tx, process, until, msgspec.to_builtins(data), session.account)
    return msgspec.structs.replace(row, quiet_until=until)


async def weigh(services: Services, process: str) -> str:
    """Return the hash of the packet that would go out now, and nothing else of it; raises Conflict."""
    async with services.db.transaction() as tx:
        return _digest(await _packet(tx, await locked(tx, process), services.clock().date()))


async def pack(services: Services, session: Session, process: str, data: ReleaseIn) -> dict[str, Any]:
    """Return what exists of what was accepted, and enter that it was handed out.

    Raises:
        Conflict: nothing was accepted, or it is another packet than counsel signed.
        NotAllowed: a signature does not hold.
    """
    today = services.clock().date()
    async with services.db.transaction() as tx:
        row = await locked(tx, process)
        rules.check_day(data, today)
        content = await _packet(tx, row, today)
        if _digest(content) != data.sha256:
            raise Conflict(
                "What exists has changed since you signed.",
                do="Make the packet again.",
                code="process.packet_changed",
            )
        said = wire.release(process=process, day=today)
        act = ("process-release", f"{process}/{data.sha256}")
        key = await _signed(tx, session, data, act=act, said=said)
        packet = Packet(
            id=new_id(),
            process=process,
            made=today,
            sha256=data.sha256,
            by_whom=session.account,
            sealed=None,
            leaf=None,
            signature=data.signature,
            signed=data.signed,
            key=key,
        )
        if row.leaf is not None:
            held = packet_committed(packet)
            leaf = await services.log.queue_leaf(tx, "process-packet", packet_public(packet), held)
            packet = msgspec.structs.replace(packet, leaf=leaf)
        else:
            sealing = {**packet_public(packet), "type": "process-packet", "sha256": data.sha256}
            shut = _shut(row, row.quiet_until) if row.quiet_until else None
            order = await sealed.take(tx, read_auditors(services.home), sealing, today=today, shut=shut)
            packet = msgspec.structs.replace(packet, sealed=order)
        await store.add_packet(tx, packet)
    return {"packet": packet.id, "sha256": packet.sha256, "content": content}


async def _packet(tx: Tx, row: Row, today: date) -> dict[str, Any]:
    """Return all that exists of what was accepted, on a day; raises Conflict."""
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
    return {
        "process": row.id,
        "made": today.isoformat(),
        "document_sha256": row.sha256,
        "scope": msgspec.to_builtins(scope),
        "exists": await store.holdings(tx),
        "accounts": accounts,
        "cannot": "Footage, names and times are sealed to keys of the households. The operator has none.",
    }


def _digest(packet: dict[str, Any]) -> str:
    return hashlib.sha256(jcs.dumps(packet)).hexdigest()


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
