"""What an agency's people write about a case: notes, exhibits, corrections of a clip's clock.

In:     a text sealed in the browser under the case's key, signed by who wrote it.
Out:    a row that is never changed, a line of custody and a `case` entry, in one transaction.
Holds:  the server knows that somebody wrote, about which clip, of what kind, and an exhibit's number; it
        never reads what. A correction is a new note that names the earlier one; a number is used once.
Absent: the key. Opening and sealing are in the browser (web/apps/agency/lib/papers.ts).
Why:    docs/design/evidence.md
"""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.server import accounts, requests
from fanlight.server.accounts import Caller
from fanlight.server.errors import Conflict, Malformed, NotAllowed
from fanlight.server.evidence import acts, ends_store, store
from fanlight.server.evidence.acts import Act
from fanlight.server.evidence.looks import may_look
from fanlight.server.services import Parts
from fanlight.store.database import Tx, many
from fanlight.wire import b64, jcs

_MAX_BODY = 64 * 1024
_ACTS = {
    "note": "note-added",
    "exhibit": "exhibit-added",
    "exhibit-removed": "exhibit-removed",
    "clock": "clock-corrected",
}
Kind = Literal["note", "exhibit", "exhibit-removed", "clock"]


class PaperIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A paper; `signature` is over {request, kind, disclosure, number, earlier, sha256}.

    Its context is `case-paper`.
    `sealed` is an age file to the case's key, base64; `sha256` is of the file.
    """

    kind: Kind
    disclosure: Annotated[str, Meta(max_length=26)] | None
    number: Annotated[int, Meta(ge=1, le=9999)] | None
    earlier: Annotated[str, Meta(max_length=26)] | None
    sealed: Annotated[str, Meta(min_length=32, max_length=48 * 1024)]
    signature: Annotated[str, Meta(min_length=88, max_length=88)]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper as kept."""

    id: str
    kind: str
    disclosure: str | None
    number: int | None
    earlier: str | None
    sealed: bytes
    sha256: str
    sig: str
    by_whom: str
    at: datetime


@get("/v1/agency/requests/{request_id:str}/papers", operation_id="getCasePapers")
async def get_papers(
    request_id: FromPath[str], services: Parts, session: Caller
) -> Response[list[dict[str, Any]]]:
    """Return what was written about a case, in order, sealed as it is."""
    session.of_kind("officer")
    await may_look(services, session, request=request_id)
    async with services.db.transaction() as tx:
        row = await requests.own_request(tx, session.agency, request_id)
        found = [
            {
                "paper": one.id,
                "kind": one.kind,
                "disclosure": one.disclosure,
                "number": one.number,
                "earlier": one.earlier,
                "sealed": b64.encode(bytes(one.sealed)),
                "signature": one.sig,
                "by": await accounts.person_name(tx, one.by_whom),
                "at": to_text(one.at),
            }
            for one in await of_case(tx, row.id)
        ]
    return Response(found, headers={"Cache-Control": "private, no-store"})


@post(
    "/v1/agency/requests/{request_id:str}/papers",
    operation_id="addCasePaper",
    status_code=200,
    request_max_body_size=_MAX_BODY,
)
async def add_paper(
    request_id: FromPath[str], data: JSONBody[PaperIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Add a note, an exhibit, its removal or a correction of a clip's clock; none is ever changed."""
    session.of_kind("officer")
    await may_look(services, session, request=request_id)
    signer = await requests.signer(services, session)
    sealed = requests.copies.age_file(data.sealed)
    digest, now, made = hashlib.sha256(sealed).hexdigest(), services.clock(), new_id()
    about = {
        "kind": data.kind,
        "disclosure": data.disclosure,
        "number": data.number,
        "earlier": data.earlier,
        "sha256": digest,
    }
    async with services.db.transaction() as tx:
        row = await requests.own_request(tx, session.agency, request_id)
        await store.lock_end(tx, row.id)
        signer.check("case-paper", jcs.dumps({"request": row.id, **about}), data.signature)
        over = await ends_store.is_over(tx, row.id)
        if over or await requests.copies.own(tx, row.id, session.account) is None:
            raise NotAllowed(
                "Only who can open this case writes about it.",
                do="Ask one of those who hold a copy of its key to let you in.",
                code="evidence.holds_no_copy",
            )
        await store.lock(tx, f"case {row.id}")
        number = await _check(tx, row.id, data)
        await tx.execute(
            "INSERT INTO case_paper (id, request, kind, disclosure, number, earlier, sealed, sha256, sig,"
            " by_whom, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(made, row.id, data.kind, data.disclosure, data.number, data.earlier, sealed, digest),
                *(data.signature, session.account, now),
            ],
        )
        act = Act(
            request=row.id,
            agency=row.agency,
            act="note-corrected" if data.kind == "note" and data.earlier else _ACTS[data.kind],
            about="" if number is None else str(number),
            by=session.name,
            disclosure=data.disclosure,
        )
        await acts.enter(tx, now, act, paper=made, **about)
    return {"paper": made}


async def of_case(tx: Tx, request: str) -> list[Paper]:
    """Return a case's papers in order."""
    query = (
        "SELECT id, kind, disclosure, number, earlier, sealed, sha256, sig, by_whom, at FROM case_paper"
        " WHERE request = %s ORDER BY place"
    )
    return await many(tx, Paper, query, [request])


async def forget(tx: Tx, request: str) -> None:
    """Empty what was written about a case that is destroyed; that it was written stays."""
    await tx.execute("UPDATE case_paper SET sealed = '' WHERE request = %s", [request])


async def _check(tx: Tx, request: str, data: PaperIn) -> int | None:
    """Return the exhibit's number that a paper is about; raises unless it fits those that are there."""
    earlier = {one.id: one for one in await of_case(tx, request)}
    before = earlier.get(data.earlier or "")
    clips = {one.id for one in await store.of_request(tx, request)}
    wanted = {"note": "note", "exhibit-removed": "exhibit"}.get(data.kind)
    fits = (
        (data.kind == "exhibit") == (data.number is not None)
        and (data.disclosure is None or data.disclosure in clips)
        and (data.kind not in {"exhibit", "clock"} or data.disclosure is not None)
        and (data.earlier is None or (before is not None and before.kind == wanted))
        and (data.kind != "exhibit-removed" or before is not None)
    )
    if not fits:
        raise Malformed(
            "This names a clip or an earlier entry that the case does not have.",
            kept="What you wrote is still on the page.",
            do="Load the case again.",
            code="evidence.bad_paper",
        )
    numbers = {one.number for one in earlier.values() if one.kind == "exhibit"}
    if data.kind == "exhibit" and data.number in numbers:
        raise Conflict(
            f"Exhibit number {data.number} was used already; a number is used once, also after a removal.",
            kept="What you wrote is still on the page.",
            do=f"Use {max(number or 0 for number in numbers) + 1}.",
            code="evidence.number_used",
        )
    if data.kind == "exhibit-removed" and any(
        one.kind == "exhibit-removed" and one.earlier == data.earlier for one in earlier.values()
    ):
        raise Conflict(
            "This exhibit is off the list already.", do="Load the case again.", code="evidence.removed"
        )
    return data.number if before is None else before.number


ROUTES = (get_papers, add_paper)
