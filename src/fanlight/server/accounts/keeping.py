"""Routes: make, list and remove one's passkeys; what one is told; what is held about one."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from webauthn.helpers import bytes_to_base64url

from fanlight.model.ids import new_id
from fanlight.seal.container import sha256
from fanlight.server.accounts import (
    forms,
    newcomers,
    passkeys,
    sessions,
    shredding,
    store,
    store_people,
    telling,
)
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.accounts.forms import AnyRequest
from fanlight.server.accounts.passkeys import Made, NewPasskey, Party
from fanlight.server.accounts.sessions import Caller, provide_session
from fanlight.server.accounts.sign_in import is_new_device, key_taken, passkey_session
from fanlight.server.errors import Conflict, NotAllowed, NotFound
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

_MAKING_PER_HOUR = 300
_ADDING_PER_HOUR = 100  # of one account
_REFUSED_PER_HOUR = 200
_MOST_PASSKEYS = 20


@post("/v1/passkeys/begin", operation_id="beginPasskey", status_code=200)
async def begin_passkey(
    data: JSONBody[forms.BeginIn],
    request: AnyRequest,
    services: Parts,
    challenges: NamedDependency[Challenges],
) -> forms.BeginOut:
    """Return what a browser is asked for to make a passkey: for a new account, one's own, or a ticket's."""
    account, known = new_id(), list[bytes]()
    if data.purpose == "device":
        account = _let_in(data, request, services, challenges)
    if data.purpose == "add":
        session = (await provide_session(request, services)).keeping_passkeys()
        account = session.account
        async with services.db.transaction(account=account) as tx:
            known = [bytes(one.credential) for one in await store_people.passkeys_of(tx, account)]
    challenge = challenges.issue(bound_to(data.purpose, account))
    return forms.BeginOut(account, Party(services.origin).creation_options(challenge, account, known))


@post("/v1/accounts/passkey", operation_id="makeAccountByPasskey")
async def make_account_by_passkey(
    data: JSONBody[forms.PasskeyAccountIn],
    request: AnyRequest,
    services: Parts,
    challenges: NamedDependency[Challenges],
) -> forms.PasskeySession:
    """Make a member's, clerk's or auditor's account with its first passkey, and begin a session.

    A clerk's or auditor's account can do nothing until an appointment in the record names its key.
    """
    public = forms.public_key(data.sign_pub)
    offer = {
        "account": data.account,
        "sign_pub": data.sign_pub,
        "age_recipient": forms.recipient(data.age_recipient),
        **({} if data.kind == "member" else {"kind": data.kind}),
    }
    forms.check_signature(public, "account", jcs.dumps(offer), data.signature)
    word = forms.device_word(data.device)
    services.spend(request, "accounts", _MAKING_PER_HOUR)
    made = check_new(data.credential, "new", data.account, request, services, challenges)
    account = store.Account(data.account, data.kind, public, data.age_recipient)
    passkey = row_of(account.id, made, data.wrapped, data.label, services)
    async with services.db.transaction(account=account.id) as tx:
        if not await store.add_account(tx, account):
            raise key_taken()
        if not await store_people.add_passkey(tx, passkey):
            raise passkeys.refused()
        await is_new_device(tx, account.id, word)
        if account.kind == "member":
            await newcomers.note(tx, account.id, services.clock().date())
        begun = await sessions.begin(tx, services, account, passkey.id)
    return passkey_session(begun, await sessions.load_session(services, account.id), passkey)


@post("/v1/passkeys", operation_id="addPasskey")
async def add_passkey(
    data: JSONBody[forms.PasskeyIn],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    challenges: NamedDependency[Challenges],
) -> forms.PasskeyMade:
    """Add a passkey to one's own account; the account's key signs for it. Tells all members."""
    session.keeping_passkeys()
    services.limits.spend(session.account, "passkeys", _ADDING_PER_HOUR)
    made = check_new(data.credential, "add", session.account, request, services, challenges)
    passkey = row_of(session.account, made, data.wrapped, data.label, services)
    async with services.db.transaction(account=session.account) as tx:
        account = await store.account_by_id(tx, session.account)
        if account is None:
            raise sessions.not_signed_in()
        check_word(account, made.credential, passkey.wrapped, data.signature)
        await keep(tx, passkey)
        await telling.tell_homes(tx, session.homes, "passkey-added", about=session.account, day=passkey.day)
    return forms.PasskeyMade(passkey.id)


@get("/v1/passkeys", operation_id="listPasskeys")
async def list_passkeys(services: Parts, session: Caller) -> forms.PasskeysOut:
    """Return one's own passkeys."""
    session.keeping_passkeys()
    async with services.db.transaction(account=session.account) as tx:
        rows = await store_people.passkeys_of(tx, session.account)
    return forms.PasskeysOut(
        [
            forms.PasskeyOut(
                passkey=row.id,
                credential=bytes_to_base64url(bytes(row.credential)),
                day=row.day,
                label=None if row.label is None else b64.encode(bytes(row.label)),
                wrapped=row.wrapped is not None,
                current=row.id == session.passkey,
            )
            for row in rows
        ]
    )


@put("/v1/passkeys/{passkey:str}/wrapped", operation_id="putWrapped", status_code=204)
async def put_wrapped(
    passkey: FromPath[str], data: JSONBody[forms.WrappedIn], services: Parts, session: Caller
) -> None:
    """Put the seed, wrapped anew, in the place of a passkey's copy; the account's key signs for it."""
    session.keeping_passkeys()
    wrapped = forms.opaque(data.wrapped)
    async with services.db.transaction(account=session.account) as tx:
        account = await store.account_by_id(tx, session.account)
        known = {one.id: one for one in await store_people.passkeys_of(tx, session.account)}.get(passkey)
        if known is None or account is None or wrapped is None:
            raise _no_passkey()
        check_word(account, bytes(known.credential), wrapped, data.signature)
        await store_people.put_wrapped(tx, session.account, passkey, wrapped)


@delete("/v1/passkeys/{passkey:str}", operation_id="removePasskey", status_code=204)
async def remove_passkey(
    passkey: FromPath[str], signature: forms.SignedBy, services: Parts, session: Caller
) -> None:
    """Remove one of one's own passkeys with its wrapped seed and its sessions. Tells all members."""
    session.keeping_passkeys()
    async with services.db.transaction(account=session.account) as tx:
        account = await store.account_by_id(tx, session.account)
        held = {one.id for one in await store_people.passkeys_of(tx, session.account)}
        if account is None or passkey not in held:
            raise _no_passkey()
        forms.check_act(bytes(account.sign_pub), account.id, "remove-passkey", passkey, signature)
        if len(held) == 1:
            raise Conflict(
                "This is your last passkey: without it you could not sign in again.",
                do="Add another first, or delete your account.",
                code="accounts.last_passkey",
            )
        await store_people.drop_passkey(tx, session.account, passkey)
        day = services.clock().date()
        await telling.tell_homes(tx, session.homes, "passkey-removed", about=session.account, day=day)
    await shredding.note(services, [passkey])


@get("/v1/account/notices", operation_id="listNotices")
async def list_notices(services: Parts, session: Caller) -> forms.NoticesOut:
    """Return what one is told, latest day first. It is forgotten after 90 days."""
    session.of_kind("member")
    since = services.clock().date() - telling.KEPT
    async with services.db.transaction(account=session.account) as tx:
        rows = await store_people.notices_of(tx, session.account, since)
    return forms.NoticesOut(
        [forms.NoticeOut(row.id, row.code, row.day, row.about, row.household) for row in rows]
    )


@post("/v1/account/notices", operation_id="dropNotices", status_code=204)
async def drop_notices(data: JSONBody[forms.SeenIn], services: Parts, session: Caller) -> None:
    """Forget what one has seen."""
    session.of_kind("member")
    async with services.db.transaction(account=session.account) as tx:
        await store_people.drop_notices(tx, session.account, data.seen)


@get("/v1/account", operation_id="aboutAccount")
async def about_account(services: Parts, session: Caller) -> forms.AboutOut:
    """Return what the server holds about one's own account."""
    session.of_kind("member")
    now = services.clock()
    async with services.db.transaction(account=session.account) as tx:
        account = await store.account_by_id(tx, session.account)
        if account is None:
            raise sessions.not_signed_in()
        return forms.AboutOut(
            account=account.id,
            sign_pub=b64.encode(bytes(account.sign_pub)),
            age_recipient=account.age_recipient,
            households=forms.homes_of(session.homes),
            passkeys=len(await store_people.passkeys_of(tx, account.id)),
            sessions=len(await store.sessions_of(tx, account.id, now)),
            notices=len(await store_people.notices_of(tx, account.id, now.date() - telling.KEPT)),
        )


def _let_in(data: forms.BeginIn, request: AnyRequest, services: Services, challenges: Challenges) -> str:
    """Return the account that a ticket is for, which stays good; raises NotAllowed."""
    account = data.account or ""
    if not challenges.holds(data.ticket or "", bound_to("ticket", account)):
        services.spend(request, "passkeys refused", _REFUSED_PER_HOUR)
        raise passkeys.refused()
    return account


def check_new(  # noqa: PLR0913, PLR0917 - one call's parts
    answer: NewPasskey,
    purpose: str,
    account: str,
    request: AnyRequest,
    services: Services,
    challenges: Challenges,
) -> Made:
    """Return the passkey that answers a challenge of ours for this purpose and account; raises NotAllowed."""
    passkeys.check_no_prf(answer)
    try:
        challenge = passkeys.challenge_of(answer)
        made = Party(services.origin).check_new_anywhere(answer, challenge)
        if not challenges.take(challenge, bound_to(purpose, account)):
            raise passkeys.refused()
    except NotAllowed:
        services.spend(request, "passkeys refused", _REFUSED_PER_HOUR)
        raise
    return made


async def keep(tx: Tx, passkey: store_people.Passkey) -> None:
    """Store one more passkey of an account; raises Conflict for one too many, NotAllowed for a known one."""
    if len(await store_people.passkeys_of(tx, passkey.account)) >= _MOST_PASSKEYS:
        raise Conflict("You have twenty passkeys already.", do="Remove one.", code="accounts.many_passkeys")
    if not await store_people.add_passkey(tx, passkey):
        raise passkeys.refused()


def row_of(
    account: str, made: Made, wrapped: str | None, label: str | None, services: Services
) -> store_people.Passkey:
    """Return a new passkey as it is kept."""
    day = services.clock().date()
    return store_people.Passkey(
        *(new_id(), account, made.credential, made.public_key),
        *(forms.opaque(wrapped), forms.opaque(label), day, made.page),
    )


def check_word(account: store.Account, credential: bytes, wrapped: bytes | None, signature: str) -> None:
    """Raise NotAllowed unless the account's key signed that this passkey holds this wrapped seed."""
    offer = {
        "account": account.id,
        "credential": bytes_to_base64url(credential),
        "wrapped_sha256": None if wrapped is None else sha256(wrapped).hex(),
    }
    forms.check_signature(bytes(account.sign_pub), "passkey", jcs.dumps(offer), signature)


def bound_to(purpose: str, account: str) -> bytes:
    """Return what the challenge for a new passkey is bound to."""
    return b"passkey/" + purpose.encode() + b"\n" + account.encode()


def _no_passkey() -> NotFound:
    return NotFound("You have no such passkey.", do="Load the list again.", code="accounts.no_passkey")
