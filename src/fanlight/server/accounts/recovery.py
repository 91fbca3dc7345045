"""Routes: find one's household with its recovery sheet, and begin anew in it."""

import asyncio

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from fanlight.server.accounts import forms, rules, store, store_homes, store_people, telling, turning
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.accounts.forms import AnyRequest, EpochWire, PendingOut, wire_of
from fanlight.server.accounts.houses import pending_out
from fanlight.server.accounts.sessions import Caller, Session
from fanlight.server.accounts.sign_in import stale_challenge
from fanlight.server.errors import NotAllowed
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

_REFUSED_PER_HOUR = 100


class SheetIn(forms.In, frozen=True):
    """A challenge, signed with the sheet's key for the caller's account."""

    sign_pub: forms.Key
    challenge: forms.Challenge
    signature: forms.Signature


class RecoveryIn(SheetIn, frozen=True):
    """The next epoch, signed with the sheet's key."""

    epoch: EpochWire


class FoundOut(msgspec.Struct):
    """The household that lists the sheet."""

    household: str
    cell: str
    epochs: list[EpochWire]
    pending: PendingOut | None


@post("/v1/recovery/household", operation_id="findByRecovery", status_code=200)
async def find_by_recovery(
    data: JSONBody[SheetIn],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    challenges: NamedDependency[Challenges],
) -> FoundOut:
    """Return the household whose recovery sheet the caller holds, without what the sheet alone would open.

    That comes with `putRecovery`, of which everybody is told.
    """
    async with services.db.transaction() as tx:
        home = await _home_of(tx, data, request, services, session, challenges)
        await turning.settle(tx, home, services.clock().date())
        return FoundOut(
            household=home,
            cell=await store.cell_of(tx, home) or "",
            epochs=[wire_of(row, secret=False) for row in await store.epochs_of(tx, home)],
            pending=pending_out(await store_homes.pending_of(tx, home), secret=False),
        )


@post("/v1/households/mine/recovery", operation_id="putRecovery", status_code=202)
async def put_recovery(
    data: JSONBody[RecoveryIn],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    challenges: NamedDependency[Challenges],
) -> PendingOut:
    """Begin anew with the recovery sheet. It counts in two days unless an owner objects. Tells all."""
    today = services.clock().date()
    services.limits.spend(session.account, "recoveries", rules.EPOCHS_PER_HOUR)
    async with services.db.transaction() as tx:
        home = await _home_of(tx, data, request, services, session, challenges)
        await store_homes.lock(tx, home)
        last = await turning.last_epoch(tx, home)
        sheet = forms.public_key(data.sign_pub)
        wire = msgspec.to_builtins(data.epoch)
        made = await asyncio.to_thread(rules.check_recovery, wire, last, sheet=sheet, household=home)
        rows = await store.members_of(tx, home)
        rules.check_mine(made, session.account)
        listed = rules.listed_in(made)
        accounts = await store.accounts_by_id(tx, listed)
        rules.change_of(rules.roll_of(made), rows, last, accounts=accounts, asked={session.account})
        row = data.epoch.row()
        held = await store_homes.pending_of(tx, home)
        if held is not None and held.statement == row.statement:
            return _out(held)
        await store_homes.drop_pending(tx, home)
        pending = store_homes.Pending(
            home, session.account, row.statement, row.sig, row.sealed, row.private, today
        )
        await store_homes.add_pending(tx, pending)
        await telling.tell_home(
            tx, home, "recovery-started", about=session.account, day=today, also=[session.account]
        )
    return _out(pending)


def _out(pending: store_homes.Pending) -> PendingOut:
    return PendingOut(wire_of(pending.row, secret=True), pending.day, pending.day + rules.RECOVERY_WAIT)


async def _home_of(  # noqa: PLR0913, PLR0917 - one call's parts
    tx: Tx,
    data: SheetIn,
    request: AnyRequest,
    services: Services,
    session: Session,
    challenges: Challenges,
) -> str:
    """Enter and return the household of the sheet whose key the caller shows to hold; raises NotAllowed."""
    session.of_kind("member")
    sheet = forms.public_key(data.sign_pub)
    signed = jcs.dumps({"account": session.account, "challenge": data.challenge})
    try:
        forms.check_signature(sheet, "recover", signed, data.signature)
        if not challenges.take(data.challenge, sheet):
            raise stale_challenge()
        home = await store_homes.household_by_recovery(tx, sheet)
        if home is None:
            raise rules.not_the_sheet()
    except NotAllowed:
        services.spend(request, "sheets refused", _REFUSED_PER_HOUR)
        raise
    await store_people.enter(tx, household=home)
    return home
