"""The route by which whoever gave a copy asks for it back, without an account.

In:     the secret that the giver's device made for this one copy; its hash came with the copy.
Out:    until when the agency may record that it is used; the asking, as an entry of the agency's day.
Holds:  no sign-in is taken, so that nothing joins a household to a request; a wrong secret and a copy that
        is not there are answered alike.
Absent: the destruction (evidence.ends), and what counts as used (evidence.holds).
"""

import hashlib
import hmac
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.server.errors import Malformed, NotFound
from fanlight.server.evidence import holds, store
from fanlight.server.services import Parts, Services

_PER_HOUR = 60


class WithdrawIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The secret of a copy, 32 bytes in hex."""

    secret: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Withdrawal(msgspec.Struct):
    """`until`: the day (UTC) from which on it is destroyed; null if it was used or destroyed already."""

    until: str | None


@post("/v1/copies/{disclosure:str}/withdraw", operation_id="withdrawCopy", status_code=200)
async def withdraw(
    disclosure: FromPath[str],
    data: JSONBody[WithdrawIn],
    request: Request[Any, Any, Any],
    services: Parts,
) -> Withdrawal:
    """Ask for a copy back: the agency has 14 days to record that it is used; again is fine."""
    await known_copy(services, request, disclosure, data.secret, "withdrawals")
    due = await holds.withdraw(services, disclosure)
    return Withdrawal(due.isoformat() if due else None)


async def known_copy(
    services: Services, request: Request[Any, Any, Any], disclosure: str, secret: str, counted: str
) -> None:
    """Raise unless nobody says who they are and the secret (hex) is the copy's; `counted` by place."""
    if "authorization" in request.headers or "cookie" in request.headers:
        raise Malformed(
            "Who asks about a copy must not say who they are.",
            do="Ask without signing in.",
            code="evidence.not_anonymous",
        )
    services.spend(request, counted, _PER_HOUR)
    async with services.db.transaction() as tx:
        found = await store.get(tx, disclosure) if is_id(disclosure) else None
    given = hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    if found is None or not hmac.compare_digest(found.withdraw_sha256 or "", given):
        raise NotFound(
            "There is no such copy, or this is not its secret.",
            kept="Nothing was changed.",
            do="Ask from the device that sent the copy.",
            code="evidence.no_copy",
        )


ROUTES = (withdraw,)
