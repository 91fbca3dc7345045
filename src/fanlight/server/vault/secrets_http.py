"""Route: destroy an old household key's secret, once no clip is sealed to it any more.

Only members' devices know when that is: a hub may hold footage under it, which nobody here sees.
"""

from litestar import delete
from litestar.params import FromPath

from fanlight.server.accounts import Caller, forms, rules, shredding, store_homes
from fanlight.server.accounts import store as accounts
from fanlight.server.errors import Conflict, NotFound
from fanlight.server.services import Parts
from fanlight.server.vault import store


@delete("/v1/households/mine/epochs/{number:int}/secret", operation_id="destroySecret", status_code=204)
async def destroy_secret(
    number: FromPath[int], signature: forms.SignedBy, services: Parts, session: Caller
) -> None:
    """Destroy the secret of an old household key, for all and for good; again is fine.

    The page of the book stays. An owner's key signs for it.
    """
    session.owning()
    home = session.household
    async with services.db.transaction(household=home) as tx:
        await store_homes.lock(tx, home)
        mine = rules.owner_in(await accounts.members_of(tx, home), session.account)
        of = f"{home}/{number}"
        forms.check_act(bytes(mine.sign_pub), mine.account, "destroy-secret", of, signature)
        last = len(await accounts.epochs_of(tx, home)) - 1
        if not 0 <= number <= last:
            raise NotFound(
                "This household has no key of this number.",
                do="Load the household again.",
                code="vault.no_epoch",
            )
        if number == last or await store.needs_secret(tx, number):
            raise Conflict(
                "Clips are still locked to this household key.",
                do="Wait until they have expired, and seal kept ones anew.",
                code="vault.epoch_in_use",
            )
        await accounts.destroy_secret(tx, home, number)
    await shredding.note_secret(services, home, number)


ROUTES = (destroy_secret,)
