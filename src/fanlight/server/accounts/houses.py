"""Routes: found and see a household, let a hub in, read and continue its book."""

import asyncio
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from fanlight.model.geo import check_cell
from fanlight.model.ids import new_id
from fanlight.seal import hubs
from fanlight.seal.roll import READERS
from fanlight.server.accounts import (
    forms,
    rules,
    sessions,
    store,
    store_homes,
    store_people,
    telling,
    turning,
)
from fanlight.server.accounts.areas import Areas
from fanlight.server.accounts.forms import EpochWire, PendingOut, wire_of
from fanlight.server.accounts.sessions import Caller, Session
from fanlight.server.accounts.sign_in import ensure
from fanlight.server.errors import Conflict, NotFound
from fanlight.server.services import Parts
from fanlight.server.tagged import tagged
from fanlight.store.database import Tx
from fanlight.wire import b64

AnyRequest = Request[Any, Any, Any]

_HOUSEHOLDS_PER_HOUR = 20  # by one account
_MAX_HUBS = 4
_MAX_HOMES = 8
_SEEING = sessions.READING  # whom the book is for; installer and landlord see whom to ask, and the hubs
# Who gets the sealed secrets of the book's pages; a hub keeps them for whoever types the sheet at it. With a
# photographed sheet a guest, who fetches clips, would open all of them without a word to anybody.
_OPENING = sessions.READING - {"guest"}


class HouseholdIn(forms.In, frozen=True):
    """The cell a home lies in; nothing finer is ever sent. `another`: beside one that the caller has."""

    cell: Annotated[str, Meta(max_length=20)]
    another: bool = False


class HouseholdMade(msgspec.Struct):
    """The household's id."""

    household: str


class HomesOut(msgspec.Struct):
    """The caller's households."""

    households: list[forms.HomeOut]


class HubIn(forms.In, frozen=True):
    """A hub's public halves, signed for this household by its owner."""

    sign_pub: forms.Key
    age_recipient: forms.Recipient
    signature: forms.Signature


class HubMade(msgspec.Struct):
    """The hub's id."""

    hub: str


class MemberOut(msgspec.Struct):
    """A member as the others see them."""

    account: str
    age_recipient: str
    sign_pub: str
    role: str


class HubOut(msgspec.Struct):
    """A hub as the members see it; `signature` is the owner's, null for one let in before there was any."""

    hub: str
    sign_pub: str
    age_recipient: str
    signature: str | None


class InviteOut(msgspec.Struct):
    """An invite that waits."""

    invite: str
    day: date
    answered: bool


class WordOut(msgspec.Struct):
    """An owner's signed word that a member may see an earlier page: an earlier key without the key."""

    statement: str
    sig: str


class HouseholdOut(msgspec.Struct):
    """One's own household. `role` is the caller's; `pending` is a recovery that does not count yet.

    `earlier`: keys from before the caller came, which an owner gave them. `words`: of everybody who may see
    an earlier page an owner's word, without the key.
    """

    household: str
    cell: str
    role: str
    members: list[MemberOut]
    hubs: list[HubOut]
    epochs: list[EpochWire]
    pending: PendingOut | None
    earlier: list[forms.EarlierWire]
    words: list[WordOut]
    invites: list[InviteOut]


class EpochsOut(msgspec.Struct):
    """Epochs, in order, and a recovery that does not count yet."""

    epochs: list[EpochWire]
    pending: PendingOut | None


@post("/v1/households", operation_id="foundHousehold")
async def found_household(
    data: JSONBody[HouseholdIn],
    services: Parts,
    session: Caller,
    areas: NamedDependency[Areas],
) -> HouseholdMade:
    """Found a household in an area of this town, as its owner; beside one's own only if `another` says so."""
    session.of_kind("member")
    services.limits.spend(session.account, "households", _HOUSEHOLDS_PER_HOUR)
    cell = check_cell(data.cell)
    await areas.check(cell)
    household = new_id()
    async with services.db.transaction(household=household, account=session.account) as tx:
        await store_homes.lock(tx, session.account)
        held = await store.memberships_of(tx, session.account)
        if held and not data.another:
            raise Conflict(
                "You belong to a household already.", do="Leave it first.", code="accounts.has_household"
            )
        if len(held) >= _MAX_HOMES:
            raise Conflict(
                "You belong to eight households already.", do="Leave one first.", code="accounts.many_homes"
            )
        await store.add_household(tx, household, cell, session.account)
    return HouseholdMade(household)


@get("/v1/households", operation_id="listHouseholds")
async def list_households(services: Parts, session: Caller) -> HomesOut:
    """Return the caller's households."""
    session.of_kind("member")
    await turning.settle_for(services, session.account)
    async with services.db.transaction(account=session.account) as tx:
        return HomesOut(forms.homes_of(await sessions.homes_in(tx, session.account)))


@get("/v1/households/mine", operation_id="getHousehold")
async def get_household(
    request: AnyRequest, services: Parts, session: Caller
) -> Response[HouseholdOut | None]:
    """Return one's own household: members, hubs and epochs; to who has its tag, only if something changed."""
    session.of_kind("member", "hub")
    if not session.household:
        raise NotFound("You have no household yet.", do="Found one.", code="accounts.no_household")
    home, today = session.household, services.clock().date()
    async with services.db.transaction(household=home) as tx:
        await turning.settle(tx, home, today)
        people = await store.members_of(tx, home)
        epochs = await store.epochs_of(tx, home)
        cell = await store.cell_of(tx, home)
        pending = await store_homes.pending_of(tx, home)
        earlier = await store_homes.earlier_of(tx, home, session.account)
        words = await store_homes.words_of(tx, home) if session.role in READERS else []
        invites = await store_homes.invites_of(tx, home, today - rules.INVITE_LIFE)
    sees = session.role in _SEEING
    answer = HouseholdOut(
        household=home,
        cell=cell or "",
        role=session.role,
        members=[
            MemberOut(p.account, p.age_recipient, b64.encode(bytes(p.sign_pub)), p.role)
            for p in people
            if p.role != "hub" and (sees or p.role == "owner" or p.account == session.account)
        ],
        hubs=[
            HubOut(p.account, b64.encode(bytes(p.sign_pub)), p.age_recipient, p.owner_sig)
            for p in people
            if p.role == "hub"
        ],
        epochs=[wire_of(row, secret=session.role in _OPENING) for row in epochs] if sees else [],
        pending=pending_out(pending, secret=session.role in _OPENING) if sees else None,
        earlier=[forms.EarlierWire(one.statement, one.sig, one.sealed) for one in earlier],
        words=[WordOut(one.statement, one.sig) for one in words],
        invites=[InviteOut(one.id, one.day, one.joiner is not None) for one in invites]
        if session.role == "owner"
        else [],
    )
    return tagged(answer, request)


def pending_out(pending: store_homes.Pending | None, *, secret: bool) -> PendingOut | None:
    """Return a recovery that waits as it is handed out."""
    if pending is None:
        return None
    return PendingOut(wire_of(pending.row, secret=secret), pending.day, pending.day + rules.RECOVERY_WAIT)


@post("/v1/households/mine/hubs", operation_id="admitHub")
async def admit_hub(data: JSONBody[HubIn], services: Parts, session: Caller) -> HubMade:
    """Let a hub into the household; the same hub again gives the same id. The next statement lists it."""
    session.owning()
    public, recipient = forms.public_key(data.sign_pub), forms.recipient(data.age_recipient)
    signed = hubs.hub_statement(household=session.household, sign_pub=public, age_recipient=recipient)
    async with services.db.transaction(household=session.household) as tx:
        await store_homes.lock(tx, session.household)
        people = await store.members_of(tx, session.household)
        owner = rules.owner_in(people, session.account)
        forms.check_signature(bytes(owner.sign_pub), hubs.CONTEXT, signed, data.signature)
        hub = await ensure(tx, "hub", public, recipient)
        if any(p.account == hub for p in people):
            await store.sign_hub(tx, hub, data.signature)
            return HubMade(hub)
        if sum(p.role == "hub" for p in people) >= _MAX_HUBS:
            raise Conflict("A household has four hubs at most.", do="Remove one.", code="accounts.many_hubs")
        await store_people.enter(tx, account=hub)  # in the same transaction: each holds a connection
        if await store.memberships_of(tx, hub):
            raise Conflict(
                "This hub belongs to another household.", do="Reset it.", code="accounts.key_taken"
            )
        await store.add_membership(tx, hub, "hub", session.household, "hub")
        await store.sign_hub(tx, hub, data.signature)
    return HubMade(hub)


@get("/v1/households/mine/epochs", operation_id="getEpochs")
async def get_epochs(
    services: Parts,
    session: Caller,
    first: Annotated[int, QueryParameter(name="from", ge=0, le=rules.MOST_EPOCHS)] = 0,
) -> EpochsOut:
    """Return the epochs of one's household in order: all, or `from` the last one that the caller knows."""
    session.reading("member", "hub")
    async with services.db.transaction(household=session.household) as tx:
        await turning.settle(tx, session.household, services.clock().date())
        rows = await store.epochs_of(tx, session.household, first)
        pending = await store_homes.pending_of(tx, session.household)
    secret = session.role in _OPENING
    return EpochsOut([wire_of(row, secret=secret) for row in rows], pending_out(pending, secret=secret))


@put("/v1/households/mine/epochs/{number:int}", operation_id="putEpoch", status_code=204)
async def put_epoch(
    number: FromPath[int], data: JSONBody[EpochWire], services: Parts, session: Caller
) -> None:
    """Publish the household's next epoch; the same one again is fine. Its list of members counts from now on.

    It stops a recovery that waits.
    """
    session.owning()
    home, today = session.household, services.clock().date()
    services.limits.spend(home, "epochs", rules.EPOCHS_PER_HOUR)
    async with services.db.transaction(household=home) as tx:
        await store_homes.lock(tx, home)
        await turning.settle(tx, home, today)
        rows = await store.members_of(tx, home)
        last = await turning.last_epoch(tx, home)
        taken = await store.epoch_at(tx, home, number)
        owner = bytes(rules.owner_in(rows, session.account).sign_pub)
        made = await asyncio.to_thread(
            rules.check_next_epoch,
            *(msgspec.to_builtins(data), number, last, taken.statement if taken else None),
            owner=owner,
            household=home,
        )
        if made is None:
            return
        await _stop_recovery(tx, home, session, today)
        invites = await store_homes.invites_of(tx, home, today - rules.INVITE_LIFE)
        asked = {one.joiner for one in invites if one.joiner is not None}
        await turning.turn(tx, home, made, data.row(), before=last, asked=asked, day=today)


async def _stop_recovery(tx: Tx, household: str, session: Session, today: date) -> None:
    if await store_homes.drop_pending(tx, household):
        await telling.tell_home(tx, household, "recovery-stopped", about=session.account, day=today)
