"""Routes: the operator reads who moderates, and ends what one does. Who comes, comes by an invitation."""

from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from fanlight.server.accounts import Caller, account_by_id, forms
from fanlight.server.errors import NotFound
from fanlight.server.moderators import store
from fanlight.server.services import Parts


class EndIn(forms.In, frozen=True):
    """`signature`: the operator's, over the act `moderator-end` of the account."""

    signature: forms.Signature


@get("/v1/operator/moderators", operation_id="listModerators")
async def list_moderators(services: Parts, session: Caller) -> dict[str, Any]:
    """Return who moderates and who did."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        rows = await store.everybody(tx)
    return {
        "moderators": [
            {
                "account": one.account,
                "name": one.name,
                "joined": one.joined.isoformat(),
                "ended": one.ended.isoformat() if one.ended else None,
                "index": one.index,
            }
            for one in rows
        ]
    }


@post("/v1/operator/moderators/{account:str}/end", operation_id="endModerator", status_code=204)
async def end(account: FromPath[str], data: JSONBody[EndIn], services: Parts, session: Caller) -> None:
    """End what somebody does as a moderator: every session ends at once, and nothing is sealed to them."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        own = await account_by_id(tx, session.account)
        if own is None:
            raise NotFound("There is no such account.", do="Sign in again.", code="moderators.nobody")
        forms.check_act(bytes(own.sign_pub), own.id, "moderator-end", account, data.signature)
        await store.end(services.log, tx, account, services.clock().date(), data.signature)


router = Router(path="/", tags=["neighbors"], route_handlers=[list_moderators, end])
