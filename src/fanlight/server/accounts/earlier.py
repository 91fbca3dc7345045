"""Routes: let somebody who came later see what was before them.

An owner's device seals the keys, and so decides from when on. The server checks that they are an owner's.
"""

from typing import Annotated

import msgspec
from litestar import put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.errors import FanlightError
from fanlight.seal import earlier
from fanlight.seal.roll import READERS
from fanlight.server.accounts import forms, rules, store, store_homes, telling, turning
from fanlight.server.accounts.sessions import Caller
from fanlight.server.accounts.store_homes import EarlierRow
from fanlight.server.errors import Malformed, NotFound
from fanlight.server.services import Parts

_AT_ONCE = 40  # one is about 3 KiB


class EarlierIn(forms.In, frozen=True):
    """Earlier keys for one member; they come in as many calls as it takes."""

    keys: Annotated[list[forms.EarlierWire], Meta(min_length=1, max_length=_AT_ONCE)]


@put("/v1/households/mine/earlier/{account:str}", operation_id="giveEarlierKeys", status_code=204)
async def give_earlier(
    account: FromPath[str], data: JSONBody[EarlierIn], services: Parts, session: Caller
) -> None:
    """Give a member keys from before they came; the same again is fine. Tells all members."""
    session.owning()
    home = session.household
    async with services.db.transaction(household=home) as tx:
        await store_homes.lock(tx, home)
        rows = await store.members_of(tx, home)
        owner = bytes(rules.owner_in(rows, session.account).sign_pub)
        if not any(row.account == account and row.role in READERS for row in rows):
            raise NotFound(
                "Nobody of this household who sees its clips has this account.",
                do="Load the household again.",
                code="accounts.no_reader",
            )
        gifts: list[EarlierRow] = []
        for wire in data.keys:
            try:
                gift = earlier.from_wire(msgspec.to_builtins(wire))
                page = await turning.epoch_at(tx, home, gift.n)
                epoch = earlier.check_page(gift, household=home, account=account, page=page)
            except FanlightError as error:
                raise _bad_gift() from error
            if gift.by != owner or bool(gift.sealed) != bool(
                epoch.sealed
            ):  # of a destroyed key, the word alone
                raise _bad_gift()
            gifts.append(EarlierRow(account, gift.n, wire.statement, wire.sig, wire.sealed))
        await store_homes.give_earlier(tx, home, gifts)
        await telling.tell_home(tx, home, "sees-earlier", about=account, day=services.clock().date())


def _bad_gift() -> Malformed:
    return Malformed(
        "This is no earlier key of this household, signed by you for this person.",
        do="Load the household again and give the keys from there.",
        code="accounts.bad_earlier",
    )
