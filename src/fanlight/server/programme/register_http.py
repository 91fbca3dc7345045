"""Routes of the register: what everybody may read, what the operator hands in, what a clerk signs."""

import re
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.geo import Boundary
from fanlight.model.ids import is_id, new_id
from fanlight.model.readable import check_name, check_words
from fanlight.server.accounts import Caller
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.programme import papers as forms
from fanlight.server.programme import register_store as rows
from fanlight.server.programme import steps, store
from fanlight.server.programme.papers import DocumentIn, DraftIn
from fanlight.server.programme.register import Register
from fanlight.server.programme.register_store import Full, Step
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs
from fanlight.wire.register import digest

MAX_DRAFT = 4 * 1024 * 1024
_FRESH = {"Cache-Control": "no-cache"}
_MOST_NEWS = 100
_HASH = re.compile(r"[0-9a-f]{64}")
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class PublishIn(forms.Form, frozen=True):
    """The very papers that are published, and the last day for comments."""

    papers: forms.Hash
    comment_until: date


class SignedIn(forms.Form, frozen=True):
    """What a clerk signed."""

    statement: Annotated[str, Meta(min_length=1, max_length=8_192)]
    signature: Annotated[str, Meta(min_length=88, max_length=88)]


class ReasonIn(forms.Form, frozen=True):
    """Why, for everybody to read."""

    reason: Reason


class AttestedIn(forms.Form, frozen=True):
    """How and when the operator made sure who an agency is."""

    how: forms.Words
    on: date


class AgencyIn(forms.Form, frozen=True):
    """An agency to be admitted; `boundary` is GeoJSON."""

    ori: Annotated[str, Meta(pattern=r"^[A-Z0-9]{9}\Z")]
    name: forms.Words
    kind: Literal["municipal", "county", "state", "tribal", "university", "federal", "unverified"]
    boundary: dict[str, Any]
    attested: AttestedIn
    attested_by: forms.Words


@get("/v1/register/agreements", operation_id="listAgreements")
async def list_agreements(services: Parts) -> Response[dict[str, Any]]:
    """Return every agreement in whatever state: none is kept from anybody."""
    async with services.db.transaction() as tx:
        found = [summary(row) for row in await rows.agreements(tx)]
    return Response({"agreements": found}, headers=_FRESH)


@get("/v1/register/agreements/{agreement:str}", operation_id="getAgreement")
async def get_agreement(agreement: FromPath[str], services: Parts) -> Response[dict[str, Any]]:
    """Return an agreement with its papers and steps, and what the ordinance says of it today."""
    async with services.db.transaction() as tx:
        return Response(await _whole(services, tx, _id(agreement)), headers=_FRESH)


@get("/v1/register/documents/{agreement:str}/{sha256:str}", operation_id="getDocument")
async def get_document(agreement: FromPath[str], sha256: FromPath[str], services: Parts) -> Response[str]:
    """Return a document's text, whose SHA-256 is in the address."""
    async with services.db.transaction() as tx:
        text = await rows.document(tx, _id(agreement), sha256) if _HASH.fullmatch(sha256) else None
    if text is None:
        raise NotFound(
            "There is no such document.", do="Load the agreement again.", code="register.no_document"
        )
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


@get("/v1/register/news", operation_id="listNews")
async def list_news(services: Parts) -> Response[dict[str, Any]]:
    """Return the latest steps of all agreements: one answer for everybody, so that none tells who asked."""
    async with services.db.transaction() as tx:
        names = {row.id: row.agency for row in await rows.agreements(tx)}
        found = [
            {
                "agreement": step.agreement,
                "agency": names[step.agreement],
                "state": step.state,
                "day": step.day.isoformat(),
                "reason": step.reason,
            }
            for step in await rows.latest_steps(tx, _MOST_NEWS)
        ]
    return Response({"news": found}, headers=_FRESH)


@post("/v1/register/agencies", operation_id="admitAgency")
async def admit_agency(data: JSONBody[AgencyIn], services: Parts, session: Caller) -> dict[str, str]:
    """Admit an agency: who made sure who it is, how and when, is entered; by whom is committed to."""
    session.of_kind("operator")
    Boundary(data.boundary)
    name = check_name(data.name, most=200)
    async with services.db.transaction() as tx:
        await rows.lock(tx)
        if await store.agency(tx, data.ori) is not None:
            raise Conflict(
                "This agency is admitted.", do="Load the list again.", code="register.known_agency"
            )
        attested = {"how": check_words(data.attested.how), "on": data.attested.on.isoformat()}
        pub = {"ori": data.ori, "name": name, "kind": data.kind, "attested": attested, "demo": services.demo}
        leaf = await services.log.queue_leaf(
            tx, "agency", pub, {"attested_by": check_words(data.attested_by)}
        )
        body = msgspec.json.encode({"boundary": data.boundary, "attested": attested}).decode()
        await store.add_agency(tx, store.AgencyRow(data.ori, name, data.kind, services.demo, body), leaf)
    return {"ori": data.ori}


@post("/v1/register/agreements", operation_id="draftAgreement", request_max_body_size=MAX_DRAFT)
async def draft(data: JSONBody[DraftIn], services: Parts, session: Caller) -> dict[str, Any]:
    """Make a draft. It is public from now on, as every later version of it is."""
    session.of_kind("operator")
    return await _draft(services, data, new_id(), new=True)


@put(
    "/v1/register/agreements/{agreement:str}",
    operation_id="redraftAgreement",
    request_max_body_size=MAX_DRAFT,
)
async def redraft(
    agreement: FromPath[str], data: JSONBody[DraftIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Put another version in the place of a draft."""
    session.of_kind("operator")
    return await _draft(services, data, _id(agreement), new=False)


@post("/v1/register/agreements/{agreement:str}/publish", operation_id="publishAgreement", status_code=200)
async def publish(
    agreement: FromPath[str], data: JSONBody[PublishIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Publish the papers: they do not change any more, and everybody may comment."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        await _register(services, tx).publish(_id(agreement), data.papers, data.comment_until)
        return await _whole(services, tx, agreement)


@post("/v1/register/agreements/{agreement:str}/documents", operation_id="addDocument")
async def add_document(
    agreement: FromPath[str], data: JSONBody[DocumentIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Add minutes, advice or a yearly report."""
    session.of_kind("operator", "clerk")
    _check_document(data)
    async with services.db.transaction() as tx:
        if (
            session.kind == "clerk"
            and await rows.clerk_of(tx, session.account, services.clock().date()) is None
        ):
            raise steps.no_clerk()
        await _register(services, tx).add_document(_id(agreement), data, by_clerk=session.kind == "clerk")
    return {"sha256": data.sha256}


@post("/v1/register/agreements/{agreement:str}/sign", operation_id="signAgreement", status_code=200)
async def sign(
    agreement: FromPath[str], data: JSONBody[SignedIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Record what a clerk signed: a hearing, a vote, coming into force."""
    session.of_kind("clerk")
    async with services.db.transaction() as tx:
        row = await _register(services, tx).sign(
            session.account, data.statement, b64.decode(data.signature), about=_id(agreement)
        )
        return await _whole(services, tx, row.id)


@post("/v1/register/agreements/{agreement:str}/withdraw", operation_id="withdrawAgreement", status_code=200)
async def withdraw(
    agreement: FromPath[str], data: JSONBody[ReasonIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Withdraw an agreement that is not in force."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        await _register(services, tx).close(_id(agreement), "withdrawn", check_words(data.reason))
        return await _whole(services, tx, agreement)


@post("/v1/register/agreements/{agreement:str}/end", operation_id="endAgreement", status_code=200)
async def end(
    agreement: FromPath[str], data: JSONBody[ReasonIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """End an agreement."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        await _register(services, tx).close(_id(agreement), "ended", check_words(data.reason))
        return await _whole(services, tx, agreement)


@post("/v1/register/agreements/{agreement:str}/cancel", operation_id="cancelAgreement", status_code=200)
async def cancel(
    agreement: FromPath[str], data: JSONBody[ReasonIn], services: Parts, session: Caller
) -> dict[str, Any]:
    """Cancel an agreement."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        await _register(services, tx).close(_id(agreement), "cancelled", check_words(data.reason))
        return await _whole(services, tx, agreement)


@post("/v1/register/cancel", operation_id="cancelAllAgreements", status_code=200)
async def cancel_all(data: JSONBody[ReasonIn], services: Parts, session: Caller) -> dict[str, list[str]]:
    """Cancel all agreements that are in force, in one transaction."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        return {"cancelled": await _register(services, tx).cancel_all(check_words(data.reason))}


def summary(row: Full) -> dict[str, Any]:
    """Return what a list says of an agreement."""
    return {
        "agreement": row.id,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "state": row.state,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
        "day": row.day.isoformat() if row.day else None,
        "papers": row.papers_sha256,
        "pack": row.pack,
        "comment_until": row.comment_until.isoformat() if row.comment_until else None,
        "renews": row.renews,
        "vote": row.vote(),
        "demo": row.demo,
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "state": step.state,
        "day": step.day.isoformat(),
        "brought": step.brought,
        "reason": step.reason,
        "comment_until": step.comment_until.isoformat() if step.comment_until else None,
        "clerk": step.clerk,
        "statement": step.statement,
        "signature": None if step.signature is None else b64.encode(bytes(step.signature)),
        "index": step.idx,
    }


async def _whole(services: Services, tx: Tx, agreement: str) -> dict[str, Any]:
    register = _register(services, tx)
    row = await register.found(agreement)
    papers = jcs.loads(row.papers) if row.papers != "{}" else {}
    facts = await rows.facts(tx, row.id, services.clock().date()) if papers else None
    decision = (await register.decision(row, facts)).as_json() if facts else None
    return {
        **summary(row),
        "papers_text": row.papers,
        "renewal": papers.get("renewal", ""),
        "exit_cost": papers.get("exit_cost", ""),
        "clauses": papers.get("clauses", []),
        "documents": [
            {
                "kind": one.kind,
                "title": one.title,
                "author": one.author,
                "day": one.written.isoformat(),
                "sha256": one.sha256,
            }
            for one in await rows.documents(tx, row.id)
        ],
        "steps": [_step_json(step) for step in await rows.steps(tx, row.id)],
        "facts": facts,
        "decision": decision,
        "next": [
            {"state": state, "by": "clerk" if state in steps.BY_CLERK else "operator"}
            for state in steps.may_follow(row.state)
        ],
    }


async def _draft(services: Services, data: DraftIn, agreement: str, *, new: bool) -> dict[str, Any]:
    for text in (data.renewal, data.exit_cost, *(clause.words for clause in data.clauses)):
        if text:
            check_words(text)
    for document in data.documents:
        _check_document(document)
    papers = data.papers(agreement)
    async with services.db.transaction() as tx:
        await _register(services, tx).draft(papers, data.documents, new=new)
    text = papers.text()
    return {"agreement": agreement, "papers": digest(text), "papers_text": text}


def _check_document(document: DocumentIn) -> None:
    check_words(document.title)
    check_words(document.author)
    if "\x00" in document.body:
        raise Malformed("A document's text holds a zero byte.", do="Save it as plain text.")


def _register(services: Services, tx: Tx) -> Register:
    return Register(log=services.log, tx=tx, today=services.clock().date())


def _id(agreement: str) -> str:
    if not is_id(agreement):
        raise NotFound(
            "There is no such agreement.", do="Load the register again.", code="register.no_agreement"
        )
    return agreement


router = Router(
    path="/",
    tags=["register"],
    route_handlers=[
        list_agreements,
        get_agreement,
        get_document,
        list_news,
        admit_agency,
        draft,
        redraft,
        publish,
        add_document,
        sign,
        withdraw,
        end,
        cancel,
        cancel_all,
    ],
)
