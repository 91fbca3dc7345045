"""Routes: invitations to an agency, by an administrator or, for the first of these, by the operator.

Holds:  the secret comes in a call's body, never in an address.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.readable import check_name
from fanlight.server import programme
from fanlight.server.accounts import Caller, Session, forms, keeping, passkeys, store_people
from fanlight.server.accounts import store as accounts
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.accounts.forms import AnyRequest
from fanlight.server.accounts.passkeys import NewPasskey
from fanlight.server.accounts.sign_in import key_taken
from fanlight.server.agencies import invitations, inviting, store
from fanlight.server.agencies.http import Role
from fanlight.server.agencies.invitations import Invitation
from fanlight.server.errors import NotFound
from fanlight.server.services import Parts, Services
from fanlight.wire import b64, jcs

_REFUSED_PER_HOUR = 200
_Ori = Annotated[str, Meta(pattern=r"^([A-Z0-9]{9})?\Z")]  # empty: what the operator invites to themself
_Name = Annotated[str, Meta(min_length=1, max_length=200)]


class InviteIn(forms.In, frozen=True):
    """Whom to invite as what, by a link whose secret has this hash. `signature`: over `person-invite`."""

    invitation: forms.Id
    agency: _Ori
    name: _Name
    role: Role | Literal["counsel", "own-counsel", "moderator"]
    secret_hash: forms.Key
    signature: forms.Signature


class ConfirmIn(forms.In, frozen=True):
    """`signature`: over the act `person-confirm`, of the keys that answered."""

    signature: forms.Signature


class SecretIn(forms.In, frozen=True):
    """The secret of a link, 32 bytes in base64."""

    secret: forms.Key


class AnswerIn(SecretIn, frozen=True):
    """The public halves of who was invited, with their first passkey; signed by the new key."""

    account: forms.Id
    credential: NewPasskey
    sign_pub: forms.Key
    age_recipient: forms.Recipient
    signature: forms.Signature
    wrapped: forms.Wrapped | None = None


@get("/v1/agency/invitations", operation_id="listInvitations")
async def list_invitations(services: Parts, session: Caller) -> dict[str, Any]:
    """Return the open invitations of one's agency; the operator's, those that the operator made."""
    now = services.clock()
    async with services.db.transaction() as tx:
        if _inviter(session).kind == inviting.OPERATOR:
            found = await invitations.by(tx, session.account, now)
        else:
            found = await invitations.of_agency(tx, session.agency, now)
    return {"invitations": [_json(one) for one in found]}


@post("/v1/agency/invitations", operation_id="inviteToAgency")
async def invite(data: JSONBody[InviteIn], services: Parts, session: Caller) -> dict[str, str]:
    """Invite somebody by a link that is good once, for 72 hours."""
    _inviter(session)
    name, now = check_name(data.name, most=200), services.clock()
    made = Invitation(
        id=data.invitation,
        agency=data.agency,
        name=name,
        role=data.role,
        by_whom=session.account,
        ends=_end(now),
        account=None,
        sign_pub=None,
        age_recipient=None,
    )
    async with services.db.transaction() as tx:
        by = await inviting.maker(tx, session, data.agency)
        hashed = forms.public_key(data.secret_hash)
        await inviting.invite(tx, by, made, secret_hash=hashed, signature=data.signature, now=now)
    return {"invitation": made.id, "ends": to_text(made.ends)}


@post("/v1/agency/invitations/{invitation:str}/confirm", operation_id="confirmInvited", status_code=204)
async def confirm(
    invitation: FromPath[str], data: JSONBody[ConfirmIn], services: Parts, session: Caller
) -> None:
    """Let who answered act for the agency: the codes of their keys were compared."""
    _inviter(session)
    now = services.clock()
    async with services.db.transaction() as tx:
        found = await invitations.get(tx, invitation, now)
        if found is None:
            raise inviting.no_invitation()
        by = await inviting.maker(tx, session, found.agency)
        await inviting.confirm(services.log, tx, by, invitation, signature=data.signature, now=now)


@post("/v1/agency/invitations/{invitation:str}/take-back", operation_id="takeInvitationBack", status_code=204)
async def take_back(invitation: FromPath[str], services: Parts, session: Caller) -> None:
    """End an invitation, and forget who answered it."""
    _inviter(session)
    async with services.db.transaction() as tx:
        first = await invitations.get(tx, invitation, services.clock())
        if first is None:
            raise inviting.no_invitation()
        await store.lock(tx, first.agency)  # while it is confirmed, it is not taken back
        found = await invitations.get(tx, invitation, services.clock())
        own = found and (found.by_whom == session.account or found.agency == session.agency)
        if not own:
            raise inviting.no_invitation()
        await invitations.drop(tx, invitation)


@post("/v1/agency/invitation", operation_id="readInvitation", status_code=200)
async def read(data: JSONBody[SecretIn], request: AnyRequest, services: Parts) -> dict[str, str]:
    """Return what an invitation says to whoever has its secret. Only what is refused is counted."""
    try:
        async with services.db.transaction() as tx:
            found = await inviting.opened(tx, forms.public_key(data.secret), services.clock())
            agency = (await programme.agency(tx, found.agency)).name if found.agency else ""
    except NotFound:
        services.spend(request, "invitations refused", _REFUSED_PER_HOUR)
        raise
    return {
        "invitation": found.id,
        "agency": found.agency,
        "agency_name": agency,
        "name": found.name,
        "role": found.role,
        "ends": to_text(found.ends),
    }


@post("/v1/agency/invitation/answer", operation_id="answerInvitation", status_code=204)
async def answer(
    data: JSONBody[AnswerIn],
    request: AnyRequest,
    services: Parts,
    challenges: NamedDependency[Challenges],
) -> None:
    """Hand in one's own public halves and passkey. They may nothing until an administrator confirms them."""
    try:
        await _answer(data, request, services, challenges)
    except NotFound:
        services.spend(request, "invitations refused", _REFUSED_PER_HOUR)
        raise


async def _answer(data: AnswerIn, request: AnyRequest, services: Services, challenges: Challenges) -> None:
    public = forms.public_key(data.sign_pub)
    async with services.db.transaction(account=data.account) as tx:
        found = await inviting.opened(tx, forms.public_key(data.secret), services.clock())
        kind = "officer" if found.agency else inviting.OFFICES[found.role]
        offer = {
            "account": data.account,
            "sign_pub": data.sign_pub,
            "age_recipient": forms.recipient(data.age_recipient),
            "kind": kind,
            "invitation": found.id,
        }
        forms.check_signature(public, "account", jcs.dumps(offer), data.signature)
        made = keeping.check_new(data.credential, "new", data.account, request, services, challenges)
        passkey = keeping.row_of(data.account, made, data.wrapped, None, services)
        account = accounts.Account(data.account, kind, public, data.age_recipient)
        if not await accounts.add_account(tx, account):
            raise key_taken()
        if not await store_people.add_passkey(tx, passkey):
            raise passkeys.refused()
        if not await invitations.answer(tx, found.id, data.account):
            raise inviting.no_invitation()


def _inviter(session: Session) -> Session:
    return session.of_kind("operator") if session.kind == inviting.OPERATOR else session.managing()


def _json(one: Invitation) -> dict[str, Any]:
    return {
        "invitation": one.id,
        "agency": one.agency,
        "name": one.name,
        "role": one.role,
        "ends": to_text(one.ends),
        "account": one.account,
        "sign_pub": None if one.sign_pub is None else b64.encode(bytes(one.sign_pub)),
        "age_recipient": one.age_recipient,
    }


def _end(now: datetime) -> datetime:
    """Return when an invitation that is made now ends, rounded up to the hour."""
    return (now + inviting.LIFE).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


router = Router(
    path="/", tags=["agencies"], route_handlers=[list_invitations, invite, confirm, take_back, read, answer]
)
