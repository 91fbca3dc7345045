"""Routes: invite somebody, leave, delete one's account or household."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.server.accounts import (
    forms,
    rules,
    sessions,
    shredding,
    store,
    store_homes,
    store_people,
    telling,
)
from fanlight.server.accounts.sessions import Caller, Session
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64

_MAX_INVITES = 10
_MAC = 32


class InviteIn(forms.In, frozen=True):
    """An invite's id, made by the owner's page; its secret never comes here."""

    invite: forms.Id


class InviteMade(msgspec.Struct):
    """An invite and the last day on which it can be answered."""

    invite: str
    ends: date


class InviterOut(msgspec.Struct):
    """The public halves of who invites."""

    account: str
    sign_pub: str
    age_recipient: str


class InviteRead(msgspec.Struct):
    """An invite as whoever has its id sees it."""

    invite: str
    household: str
    ends: date
    inviter: InviterOut
    answered: bool


class AnswerIn(forms.In, frozen=True):
    """Proof that the answer comes from who has the invite's secret."""

    mac: Annotated[str, Meta(min_length=44, max_length=44)]


class AnswerOut(msgspec.Struct):
    """Who answered: their public halves, and the proof."""

    account: str
    sign_pub: str
    age_recipient: str
    mac: str


@post("/v1/invites", operation_id="makeInvite")
async def make_invite(data: JSONBody[InviteIn], services: Parts, session: Caller) -> InviteMade:
    """Open the mailbox of an invite for seven days. Tells all members."""
    session.owning()
    home, today = session.household, services.clock().date()
    async with services.db.transaction(household=home) as tx:
        await store_homes.lock(tx, home)
        rules.owner_in(await store.members_of(tx, home), session.account)
        if len(await store_homes.invites_of(tx, home, today - rules.INVITE_LIFE)) >= _MAX_INVITES:
            raise Conflict(
                "Ten invites wait already.", do="Take one of them back.", code="accounts.many_invites"
            )
        made = store_homes.Invite(data.invite, home, session.account, None, None, today)
        if not await store_homes.add_invite(tx, made):
            raise Conflict(
                "This invite is there already.", do="Make a new one.", code="accounts.invite_taken"
            )
        await telling.tell_home(tx, home, "invited", about=session.account, day=today)
    return InviteMade(data.invite, today + rules.INVITE_LIFE)


@get("/v1/invites/{invite:str}", operation_id="readInvite")
async def read_invite(invite: FromPath[str], services: Parts, session: Caller) -> InviteRead:
    """Return an invite to whoever was given its id."""
    session.of_kind("member")
    async with services.db.transaction() as tx:
        found = await _open(tx, invite, services)
        inviter = await store.account_by_id(tx, found.inviter)
        if inviter is None:
            raise _no_invite()
    keys = InviterOut(inviter.id, b64.encode(bytes(inviter.sign_pub)), inviter.age_recipient)
    ends = found.day + rules.INVITE_LIFE
    return InviteRead(found.id, found.household, ends, keys, found.joiner is not None)


@put("/v1/invites/{invite:str}/answer", operation_id="answerInvite", status_code=204)
async def answer_invite(
    invite: FromPath[str], data: JSONBody[AnswerIn], services: Parts, session: Caller
) -> None:
    """Ask to come in: puts the caller's public halves into the invite's mailbox."""
    session.of_kind("member")
    mac = forms.opaque(data.mac)
    if mac is None or len(mac) != _MAC:
        raise Malformed("The proof is not 32 bytes.", do="Open the invite's link again.")
    async with services.db.transaction() as tx:
        found = await _open(tx, invite, services)
        if await _inside(tx, found.household, session.account):
            raise Conflict("You are of this household already.", do="Go on.", code="accounts.inside")
        if not await store_homes.answer_invite(tx, invite, session.account, mac):
            raise Conflict(
                "Somebody else has answered this invite.",
                do="Ask for a new one.",
                code="accounts.invite_answered",
            )


@get("/v1/invites/{invite:str}/answer", operation_id="readAnswer")
async def read_answer(invite: FromPath[str], services: Parts, session: Caller) -> AnswerOut:
    """Return who answered an invite of one's household."""
    session.owning()
    async with services.db.transaction(household=session.household) as tx:
        found = await _open(tx, invite, services)
        if found.household != session.household:
            raise _no_invite()
        joiner = await store.account_by_id(tx, found.joiner) if found.joiner else None
        if joiner is None or found.mac is None:
            raise NotFound("Nobody has answered yet.", do="Wait for them.", code="accounts.no_answer")
    return AnswerOut(
        joiner.id, b64.encode(bytes(joiner.sign_pub)), joiner.age_recipient, b64.encode(bytes(found.mac))
    )


@delete("/v1/invites/{invite:str}", operation_id="dropInvite", status_code=204)
async def drop_invite(invite: FromPath[str], services: Parts, session: Caller) -> None:
    """Take an invite back, as an owner or as who answered it."""
    session.of_kind("member")
    async with services.db.transaction() as tx:
        found = await _open(tx, invite, services)
        owns = any((h.household, h.role) == (found.household, "owner") for h in session.homes)
        if not owns and found.joiner != session.account:
            raise _no_invite()
        await store_homes.drop_invite(tx, invite)


async def _inside(tx: Tx, household: str, account: str) -> bool:
    await store_people.enter(tx, account=account)
    return any(home.household == household for home in await store.memberships_of(tx, account))


async def _open(tx: Tx, invite: str, services: Services) -> store_homes.Invite:
    since = services.clock().date() - rules.INVITE_LIFE
    found = await store_homes.invite(tx, invite, since) if is_id(invite) else None
    if found is None:
        raise _no_invite()
    return found


def _no_invite() -> NotFound:
    return NotFound(
        "This invite is not there, or not any more.", do="Ask for a new one.", code="accounts.no_invite"
    )


@post("/v1/account/leave", operation_id="leaveHousehold", status_code=204)
async def leave_household(services: Parts, session: Caller) -> None:
    """Leave at once, or give up coming back. An owner's client makes the next key without one."""
    session.belonging()
    home, today = session.household, services.clock().date()
    async with services.db.transaction(household=home) as tx:
        await store_homes.lock(tx, home)
        if session.role == sessions.RETURNING:
            await _give_up(tx, home, session.account, today)
        else:
            await _leave(tx, home, session.account, today)


async def _give_up(tx: Tx, household: str, account: str, day: date) -> None:
    pending = await store_homes.pending_of(tx, household)
    if pending is not None and pending.account == account:
        await store_homes.drop_pending(tx, household)
        await telling.tell_home(tx, household, "recovery-stopped", about=account, day=day)


async def _leave(tx: Tx, household: str, account: str, day: date) -> None:
    rules.check_may_go(await store.members_of(tx, household), account)
    await store_homes.remove_membership(tx, household, account)
    await telling.tell_home(tx, household, "left", about=account, day=day)


@delete("/v1/account", operation_id="deleteAccount", status_code=204)
async def delete_account(signature: forms.SignedBy, services: Parts, session: Caller) -> None:
    """Delete one's account: passkeys, the seeds wrapped under them, sessions, notices, every membership."""
    session.of_kind("member")
    today = services.clock().date()
    async with services.db.transaction(account=session.account) as tx:
        account = await store.account_by_id(tx, session.account)
        if account is None:
            raise sessions.not_signed_in()
        forms.check_act(bytes(account.sign_pub), account.id, "delete-account", account.id, signature)
        await store_homes.lock(tx, account.id)
        for home in await store.memberships_of(tx, account.id):
            await store_people.enter(tx, household=home.household)
            await store_homes.lock(tx, home.household)
            await _leave(tx, home.household, account.id, today)
        await store.delete_account(tx, account.id)
    await shredding.note(services, [session.account])


@delete("/v1/households/mine", operation_id="deleteHousehold", status_code=204)
async def delete_household(signature: forms.SignedBy, services: Parts, session: Caller) -> None:
    """Delete the household with its book, hubs and clips, for all and for good. Tells each member."""
    await end(services, session, signature, _nothing)


async def end(
    services: Services, session: Session, signature: str, also: Callable[[Tx, str], Awaitable[None]]
) -> None:
    """Delete the caller's household; `also` is done in the same transaction, once it is the owner's wish."""
    session.owning()
    home, today = session.household, services.clock().date()
    async with services.db.transaction(household=home) as tx:
        await store_homes.lock(tx, home)
        mine = rules.owner_in(await store.members_of(tx, home), session.account)
        forms.check_act(bytes(mine.sign_pub), mine.account, "delete-household", home, signature)
        await also(tx, home)
        inside = await shredding.delete_household(tx, home)
        for one in inside:
            if one.role != "hub":
                await telling.tell_person(tx, one.account, "household-deleted", day=today)
    await shredding.note(services, [home, *(one.account for one in inside if one.role == "hub")])


async def _nothing(_tx: Tx, _household: str) -> None:
    """Leave no word: an older client has none."""
