"""Routes: the operator reads who is counsel, and ends what one does. Who comes, comes by an invitation."""

from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from fanlight.server.accounts import Caller, account_by_id, forms
from fanlight.server.counsel import store
from fanlight.server.errors import NotFound
from fanlight.server.services import Parts


class EndIn(forms.In, frozen=True):
    """`signature`: the operator's, over the act `counsel-end` of the account."""

    signature: forms.Signature


@get("/v1/operator/counsel", operation_id="listCounsel")
async def list_counsel(services: Parts, session: Caller) -> dict[str, Any]:
    """Return who is and was counsel."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        rows = await store.everybody(tx)
    return {
        "counsel": [
            {
                "account": one.account,
                "name": one.name,
                "own": one.own,
                "joined": one.joined.isoformat(),
                "ended": one.ended.isoformat() if one.ended else None,
                "index": one.index,
            }
            for one in rows
        ]
    }


@post("/v1/operator/counsel/{counsel:str}/end", operation_id="endCounsel", status_code=204)
async def end(counsel: FromPath[str], data: JSONBody[EndIn], services: Parts, session: Caller) -> None:
    """End what somebody does as counsel: every session ends at once, and their key decides nothing more."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        own = await account_by_id(tx, session.account)
        if own is None:
            raise NotFound("There is no such account.", do="Sign in again.", code="counsel.nobody")
        forms.check_act(bytes(own.sign_pub), own.id, "counsel-end", counsel, data.signature)
        await store.end(services.log, tx, counsel, services.clock().date(), data.signature)


router = Router(path="/", tags=["process"], route_handlers=[list_counsel, end])
