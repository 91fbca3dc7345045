"""Routes: sign in by passkey or, for hubs and agencies, by a signed challenge; see and end one's sessions."""

import hashlib
from typing import Any

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.server.accounts import forms, newcomers, passkeys, sessions, store, store_people, telling
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.accounts.forms import AnyRequest
from fanlight.server.accounts.passkeys import Party
from fanlight.server.accounts.sessions import Begun, Caller, Session
from fanlight.server.errors import Conflict, NotAllowed, NotFound
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

_PER_HOUR = 2_000
_ACCOUNTS_PER_HOUR = 300
_REFUSED_PER_HOUR = 200
_SIGN_IN = b"passkey/sign-in"


@post("/v1/sessions/challenge", operation_id="askChallenge", status_code=200)
async def ask_challenge(
    data: JSONBody[forms.ChallengeIn], challenges: NamedDependency[Challenges]
) -> forms.ChallengeOut:
    """Ask for a text to sign. The answer is the same for keys that are not known.

    Nothing is counted, since nothing is kept: whoever asks too often uses up nobody's sign-in.
    """
    return forms.ChallengeOut(challenges.issue(forms.public_key(data.sign_pub)))


@post("/v1/sessions", operation_id="signIn", status_code=200)
async def sign_in(
    data: JSONBody[forms.SignIn],
    request: AnyRequest,
    services: Parts,
    challenges: NamedDependency[Challenges],
) -> forms.SessionOut:
    """Begin a session with a signed challenge: hubs and people of agencies; members in a demo only.

    Clerks and auditors until they have a passkey; whoever came to an agency by an invitation has one.
    Only what is refused counts towards the limit, so that nobody can use it up for another.
    """
    try:
        return await _by_key(data, services, challenges)
    except (NotAllowed, NotFound):
        services.spend(request, "sign-ins refused", _PER_HOUR)
        raise


async def _by_key(data: forms.SignIn, services: Services, challenges: Challenges) -> forms.SessionOut:
    public = forms.public_key(data.sign_pub)
    forms.check_signature(public, "sign-in", data.challenge.encode(), data.signature)
    async with services.db.transaction() as tx:
        account = await store.account_by_key(tx, public)
        if account is None:  # before the challenge is noted: keys made up on the spot fill no memory
            raise NotFound(
                "No account signs with this key.", do="Make an account first.", code="accounts.unknown_key"
            )
        if not services.demo and (account.kind == "member" or await _appointed_with_passkey(tx, account)):
            raise passkey_only()
        if not challenges.take(data.challenge, public):
            raise stale_challenge()
        begun = await sessions.begin(tx, services, account)
    return forms.SessionOut(**_fields(begun, await sessions.load_session(services, account.id)))


@post("/v1/accounts", operation_id="makeAccount")
async def make_account(
    data: JSONBody[forms.AccountIn], request: AnyRequest, services: Parts
) -> forms.AccountOut:
    """Make a member's account without a passkey, in a demo; the same key again gives the same account."""
    services.spend(request, "accounts", _ACCOUNTS_PER_HOUR)
    if not services.demo:
        raise passkey_only()
    public = forms.public_key(data.sign_pub)
    offer = {"sign_pub": data.sign_pub, "age_recipient": forms.recipient(data.age_recipient)}
    forms.check_signature(public, "account", jcs.dumps(offer), data.signature)
    async with services.db.transaction() as tx:
        made = await ensure(tx, "member", public, data.age_recipient)
        await newcomers.note(tx, made, services.clock().date())
        return forms.AccountOut(made)


async def ensure(tx: Tx, kind: str, public: bytes, recipient: str) -> str:
    """Return the id of the account with these public halves, made if it is new; raises Conflict."""
    made = store.Account(new_id(), kind, public, recipient)
    if await store.add_account(tx, made):
        return made.id
    known = await store.account_by_key(tx, public)
    if known is None or (known.kind, known.age_recipient) != (kind, recipient):
        raise key_taken()
    return known.id


@post("/v1/sessions/passkey/begin", operation_id="beginPasskeySignIn", status_code=200)
async def begin_passkey_sign_in(services: Parts, challenges: NamedDependency[Challenges]) -> forms.OptionsOut:
    """Return what a browser is asked for to sign in. It says nothing of who has an account."""
    return forms.OptionsOut(Party(services.origin).request_options(challenges.issue(_SIGN_IN)))


@post("/v1/sessions/passkey", operation_id="signInByPasskey", status_code=200)
async def sign_in_by_passkey(
    data: JSONBody[forms.PasskeySignIn],
    request: AnyRequest,
    services: Parts,
    challenges: NamedDependency[Challenges],
) -> forms.PasskeySession:
    """Begin a session with a passkey. Tells all members if the browser is a new one.

    Only what is refused counts towards the limit, so that nobody can use it up for another.
    """
    word = forms.device_word(data.device)
    passkeys.check_no_prf(data.credential)
    try:
        return await _by_passkey(data.credential, word, services, challenges)
    except NotAllowed:
        services.spend(request, "passkeys refused", _REFUSED_PER_HOUR)
        raise


async def _by_passkey(
    answer: passkeys.UsedPasskey, word: bytes | None, services: Services, challenges: Challenges
) -> forms.PasskeySession:
    challenge, credential = passkeys.challenge_of(answer), passkeys.credential_of(answer)
    async with services.db.transaction() as tx:
        known = await store_people.passkey_by_credential(tx, credential)
        if known is None or passkeys.user_of(answer) != known.account:
            raise passkeys.refused()
        Party(known.page or services.origin).check_used(answer, challenge, bytes(known.public_key))
        if not challenges.take(challenge, _SIGN_IN):
            raise passkeys.refused()
        account = await store.account_by_id(tx, known.account)
        if account is None:
            raise passkeys.refused()
        await store_people.enter(tx, account=account.id)
        begun = await sessions.begin(tx, services, account, known.id)
        if await is_new_device(tx, account.id, word):
            homes = await store.memberships_of(tx, account.id)
            day = services.clock().date()
            await telling.tell_homes(tx, homes, "new-device", about=account.id, day=day)
    session = await sessions.load_session(services, account.id)
    return passkey_session(begun, session, known)


async def _appointed_with_passkey(tx: Tx, account: store.Account) -> bool:
    """Tell whether this is a clerk, auditor or officer with a passkey, who signs in with nothing else."""
    if account.kind not in {"clerk", "auditor", "officer", "counsel", "moderator"}:
        return False
    await store_people.enter(tx, account=account.id)
    return bool(await store_people.passkeys_of(tx, account.id))


async def is_new_device(tx: Tx, account: str, word: bytes | None) -> bool:
    """Note the browser that keeps `word`; tell whether the account never came from it. No word: yes."""
    if word is None:
        return True
    hashed = hashlib.sha256(b"fanlight/device/v1\n" + account.encode() + b"\n" + word).digest()
    return await store_people.meet_device(tx, account, hashed)


def passkey_session(begun: Begun, session: Session, passkey: store_people.Passkey) -> forms.PasskeySession:
    """Return a session that began with a passkey as it is handed out."""
    wrapped = None if passkey.wrapped is None else b64.encode(bytes(passkey.wrapped))
    return forms.PasskeySession(**_fields(begun, session), passkey=passkey.id, wrapped=wrapped)


def _fields(begun: Begun, session: Session) -> dict[str, Any]:
    return {
        "token": begun.token,
        "account": session.account,
        "kind": session.kind,
        "expires": to_text(begun.expires),
        "roles": session.roles,
        "household": session.household or None,
        "agency": session.agency or None,
        "name": session.name or None,
        "households": forms.homes_of(session.homes),
    }


@delete("/v1/sessions", operation_id="signOut", status_code=204)
async def sign_out(request: AnyRequest, services: Parts) -> None:
    """End this session."""
    async with services.db.transaction() as tx:
        await store.end_session(tx, sessions.token_hash(sessions.bearer(request)))


@get("/v1/sessions/mine", operation_id="listSessions")
async def list_sessions(services: Parts, session: Caller) -> forms.SessionsOut:
    """Return one's own sessions: on which day each began and with which passkey."""
    async with services.db.transaction() as tx:
        rows = await store.sessions_of(tx, session.account, services.clock())
    return forms.SessionsOut(
        [forms.OneSession(row.id, row.day, row.passkey, row.id == session.id) for row in rows]
    )


@delete("/v1/sessions/others", operation_id="endOtherSessions", status_code=204)
async def end_other_sessions(services: Parts, session: Caller) -> None:
    """End all of one's own sessions but this."""
    async with services.db.transaction() as tx:
        await store.end_sessions_but(tx, session.account, session.id)


@delete("/v1/sessions/{ended:str}", operation_id="endSession", status_code=204)
async def end_session(ended: FromPath[str], services: Parts, session: Caller) -> None:
    """End one of one's own sessions."""
    async with services.db.transaction() as tx:
        if not await store.end_session_of(tx, session.account, ended):
            raise NotFound("You have no such session.", do="Load the list again.", code="accounts.no_session")


def stale_challenge() -> NotAllowed:
    """Return the error for a challenge that cannot be answered, or not any more."""
    return NotAllowed(
        "The challenge is not ours, too old, or was answered before.",
        do="Ask for a new one and sign that.",
        code="accounts.stale_challenge",
    )


def key_taken() -> Conflict:
    """Return the error for a key that another account signs with."""
    return Conflict("This key is in use already.", do="Make a new key.", code="accounts.key_taken")


def passkey_only() -> NotAllowed:
    """Return the error for a member who comes with a key instead of a passkey, outside a demo."""
    return NotAllowed(
        "Whoever has a passkey, and every member, signs in with it.",
        do="Use the passkey page.",
        code="accounts.passkey_only",
    )
