"""Routes: an agency reads a request with its disclosures, fetches a copy, exports one."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from fanlight.model.clock import to_text
from fanlight.model.ids import is_id
from fanlight.server import ranges, requests
from fanlight.server.accounts import Caller
from fanlight.server.errors import NotFound
from fanlight.server.evidence import (
    answering,
    day,
    drops,
    ends_http,
    exports,
    keyring,
    naming,
    papers,
    redactions,
    store,
    taking_back,
    trail,
)
from fanlight.server.evidence.exports import ExportIn, own_disclosure, own_in_turn, receipt_json
from fanlight.server.evidence.keyring import keyring_json
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.onward import listing, offering, receiving
from fanlight.server.evidence.store import Custody
from fanlight.server.services import Parts
from fanlight.wire import b64

AnyRequest = Request[Any, Any, Any]
_RAW = "application/octet-stream"
_PRIVATE = {"Cache-Control": "private, no-store"}


@get("/v1/agency/requests/{request_id:str}", operation_id="getRequest")
async def get_request(
    request_id: FromPath[str], services: Parts, session: Caller
) -> Response[dict[str, Any]]:
    """Return a request of the agency: decision, case key, receipt, what was disclosed."""
    session.of_kind("officer")
    await may_look(services, session, request=request_id)
    async with services.db.transaction() as tx:
        row = await requests.own_request(tx, session.agency, request_id)
        answer = await requests.request_json(tx, row)
        held = {
            **await keyring_json(tx, row, session),
            "custody_lines": await trail.total(tx, row.id),
        }
        disclosures = [
            {
                "disclosure": one.id,
                "received_day": one.received_day.isoformat(),
                "manifest": b64.encode(bytes(one.manifest)),
                "length": one.length,
                "root": one.root,
                "answer": await answering.as_json(tx, one.id),
                "giver": await naming.as_text(tx, one.id),
                "redactions": await redactions.as_json(tx, one.id),
            }
            for one in await store.of_request(tx, row.id)
            if one.hdr  # of one that is destroyed its stone stays: ends_http
        ]
        leaves = await services.log.rows(tx, [leaf for leaf in (row.leaf, row.key_leaf) if leaf])
    published = services.log.published.head.size
    ready = all(leaf.idx is not None and leaf.idx < published for leaf in leaves)
    proofs = [receipt_json(one) for one in await services.log.prove(leaves)] if ready else []
    return Response(
        {
            **answer,
            "signed": row.body,
            "signature": row.sig,
            **held,
            "receipt": proofs[0] if proofs else None,
            "key_receipt": proofs[1] if len(proofs) > 1 else None,
            "disclosures": disclosures,
        },
        headers=_PRIVATE,
    )


@get("/v1/agency/disclosures/{disclosure:str}/hdr", operation_id="getDisclosureHeader", media_type=_RAW)
async def get_header(disclosure: FromPath[str], services: Parts, session: Caller) -> Response[bytes]:
    """Return a copy's age header, without which it cannot be opened; the look is recorded."""
    session.of_kind("officer")
    await may_look(services, session, disclosure=disclosure)
    now = services.clock()
    async with services.db.transaction() as tx:
        found, _ = await own_in_turn(tx, session.agency, _id(disclosure))
        await store.lock(tx, f"custody {disclosure}")
        await store.add_custody(tx, disclosure, Custody(to_text(now), "viewed", session.name))
        detail = {"disclosure": disclosure, "by": session.name, "at": to_text(now)}
        await day.enter(tx, session.agency, now, "viewed", detail)
    return Response(bytes(found.hdr), media_type=_RAW, headers=_PRIVATE)


@get("/v1/agency/disclosures/{disclosure:str}/pay", operation_id="getDisclosurePayload", media_type=_RAW)
async def get_payload(
    disclosure: FromPath[str], request: AnyRequest, services: Parts, session: Caller
) -> Stream:
    """Return a copy's payload, or a range of it."""
    session.of_kind("officer")
    await may_look(services, session, disclosure=disclosure)
    async with services.db.transaction() as tx:
        found, _ = await own_disclosure(tx, session.agency, _id(disclosure))
    return await ranges.payload(
        services.evidence, drops.blob_of(disclosure), found.length, request.headers.get("range")
    )


@post("/v1/agency/disclosures/{disclosure:str}/exports", operation_id="exportDisclosure", status_code=200)
async def post_export(
    disclosure: FromPath[str], data: JSONBody[ExportIn], services: Parts, session: Caller
) -> Response[dict[str, Any]]:
    """Record that a copy leaves Fanlight; the answer comes when the entry is cosigned."""
    session.as_role("custodian", "officer", "supervisor")
    await may_look(services, session, disclosure=disclosure)
    async with services.db.transaction() as tx:
        found, row = await own_disclosure(tx, session.agency, _id(disclosure))
    signer = await requests.signer(services, session)
    return Response(await exports.export(services, signer, found, row, data), headers=_PRIVATE)


def _id(disclosure: str) -> str:
    if not is_id(disclosure):
        raise NotFound("There is no such disclosure to your agency.", do="Load the request again.")
    return disclosure


router = Router(
    path="/",
    tags=["evidence"],
    route_handlers=[
        get_request,
        get_header,
        get_payload,
        post_export,
        *keyring.ROUTES,
        *papers.ROUTES,
        *trail.ROUTES,
        *ends_http.ROUTES,
        *drops.ROUTES,
        *taking_back.ROUTES,
        *answering.ROUTES,
        *naming.ROUTES,
        *redactions.ROUTES,
        *offering.ROUTES,
        *receiving.ROUTES,
        *listing.ROUTES,
    ],
)
