"""Routes: sign in, make an account, found a household, admit a hub, publish epochs."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta
from psycopg.errors import UniqueViolation

from fanlight.model.clock import to_text
from fanlight.model.errors import FanlightError
from fanlight.model.geo import check_cell
from fanlight.model.ids import new_id
from fanlight.seal import epoch, hubs, keys, sealing
from fanlight.server.accounts import rules, sessions, store
from fanlight.server.accounts.areas import Areas
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.accounts.sessions import Caller, Session
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

AnyRequest = Request[Any, Any, Any]
_PER_HOUR = 2_000
_ACCOUNTS_PER_HOUR = 300
_HOUSEHOLDS_PER_HOUR = 100
_MAX_HUBS = 4
_Key = Annotated[str, Meta(min_length=44, max_length=44)]
_Signature = Annotated[str, Meta(min_length=88, max_length=88)]
_Recipient = Annotated[str, Meta(pattern="^age1pq1[a-z0-9]+$", max_length=2_100)]


class _In(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    pass


class ChallengeIn(_In, frozen=True):
    """Whose key will sign."""

    sign_pub: _Key


class ChallengeOut(msgspec.Struct):
    """The text to sign."""

    challenge: str


class SignIn(_In, frozen=True):
    """A signed challenge."""

    sign_pub: _Key
    challenge: Annotated[str, Meta(max_length=200)]
    signature: _Signature


class SessionOut(msgspec.Struct):
    """A session: send `token` as bearer until `expires`."""

    token: str
    account: str
    kind: str
    expires: str
    roles: list[str]
    household: str | None = None
    agency: str | None = None
    name: str | None = None


class AccountIn(_In, frozen=True):
    """A new account's public halves, signed by its own key."""

    kind: Literal["member"]
    sign_pub: _Key
    age_recipient: _Recipient
    signature: _Signature


class AccountOut(msgspec.Struct):
    """The account's id."""

    account: str


class HouseholdIn(_In, frozen=True):
    """The cell a home lies in; nothing finer is ever sent."""

    cell: Annotated[str, Meta(max_length=20)]


class HouseholdMade(msgspec.Struct):
    """The household's id."""

    household: str


class HubIn(_In, frozen=True):
    """A hub's public halves, signed for this household by its owner."""

    sign_pub: _Key
    age_recipient: _Recipient
    signature: _Signature


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


class EpochWire(_In, frozen=True):
    """An epoch as docs/spec/seal.md has it."""

    statement: Annotated[str, Meta(max_length=8_192)]
    sig: _Signature
    sealed: Annotated[str, Meta(max_length=96 * 1024)]


class HouseholdOut(msgspec.Struct):
    """One's own household."""

    household: str
    cell: str
    members: list[MemberOut]
    hubs: list[HubOut]
    epochs: list[EpochWire]


class EpochsOut(msgspec.Struct):
    """All epochs, in order."""

    epochs: list[EpochWire]


def _public(text: str) -> bytes:
    try:
        key = b64.decode(text)
    except FanlightError as error:
        raise _bad_key() from error
    if len(key) != keys.PUBLIC_LENGTH:
        raise _bad_key()
    return key


def _bad_key() -> Malformed:
    return Malformed("A public key is not 32 bytes in base64.", do="Send it again.", code="accounts.bad_key")


def _recipient(text: str) -> str:
    try:
        sealing.check_recipient(text)
    except FanlightError as error:
        raise Malformed(
            "The recipient is no post-quantum age recipient.",
            do="Send it again.",
            code="accounts.bad_recipient",
        ) from error
    return text


def _check(public: bytes, context: str, data: bytes, signature: str) -> None:
    try:
        keys.verify(public, context, data, b64.decode(signature))
    except FanlightError as error:
        raise NotAllowed(
            "The signature is not that of the key it names.",
            do="Sign again with the key's own secret half.",
            code="accounts.bad_signature",
        ) from error


def _spend(request: AnyRequest, services: Services, what: str, per_hour: int) -> None:
    client = request.client
    services.limits.spend(client.host if client else "", what, per_hour)


@post("/v1/sessions/challenge", operation_id="askChallenge", status_code=200)
async def ask_challenge(
    data: JSONBody[ChallengeIn], request: AnyRequest, services: Parts, challenges: NamedDependency[Challenges]
) -> ChallengeOut:
    """Ask for a text to sign. The answer is the same for keys that are not known."""
    _spend(request, services, "sign-in", _PER_HOUR)
    return ChallengeOut(challenges.issue(_public(data.sign_pub)))


@post("/v1/sessions", operation_id="signIn", status_code=200)
async def sign_in(
    data: JSONBody[SignIn], request: AnyRequest, services: Parts, challenges: NamedDependency[Challenges]
) -> SessionOut:
    """Begin a session with a signed challenge."""
    _spend(request, services, "sign-in", _PER_HOUR)
    public = _public(data.sign_pub)
    _check(public, "sign-in", data.challenge.encode(), data.signature)
    if not challenges.take(data.challenge, public):
        raise NotAllowed(
            "The challenge is not ours, too old, or was answered before.",
            do="Ask for a new one and sign that.",
            code="accounts.stale_challenge",
        )
    now = services.clock()
    token, hashed = sessions.new_token()
    async with services.db.transaction() as tx:
        account = await store.account_by_key(tx, public)
        if account is None:
            raise NotFound(
                "No account signs with this key.", do="Make an account first.", code="accounts.unknown_key"
            )
        expires = sessions.end_of_session(account.kind, now)
        await store.add_session(tx, hashed, account.id, expires, now)
    session = await sessions.load_session(services, account.id)
    return SessionOut(
        token=token,
        account=session.account,
        kind=session.kind,
        expires=to_text(expires),
        roles=session.roles,
        household=session.household or None,
        agency=session.agency or None,
        name=session.name or None,
    )


@delete("/v1/sessions", operation_id="signOut", status_code=204)
async def sign_out(request: AnyRequest, services: Parts) -> None:
    """End this session."""
    async with services.db.transaction() as tx:
        await store.end_session(tx, sessions.token_hash(sessions.bearer(request)))


@post("/v1/accounts", operation_id="makeAccount")
async def make_account(data: JSONBody[AccountIn], request: AnyRequest, services: Parts) -> AccountOut:
    """Make a member's account; the same key again gives the same account."""
    _spend(request, services, "accounts", _ACCOUNTS_PER_HOUR)
    public = _public(data.sign_pub)
    offer = {"sign_pub": data.sign_pub, "age_recipient": _recipient(data.age_recipient)}
    _check(public, "account", jcs.dumps(offer), data.signature)
    async with services.db.transaction() as tx:
        return AccountOut(await _ensure(tx, "member", public, data.age_recipient))


async def _ensure(tx: Tx, kind: str, public: bytes, recipient: str) -> str:
    made = store.Account(new_id(), kind, public, recipient)
    if await store.add_account(tx, made):
        return made.id
    known = await store.account_by_key(tx, public)
    if known is None or (known.kind, known.age_recipient) != (kind, recipient):
        raise Conflict("This key is in use already.", do="Make a new key.", code="accounts.key_taken")
    return known.id


@post("/v1/households", operation_id="foundHousehold")
async def found_household(
    data: JSONBody[HouseholdIn],
    request: AnyRequest,
    services: Parts,
    session: Caller,
    areas: NamedDependency[Areas],
) -> HouseholdMade:
    """Found a household in an area of this town; the caller becomes its owner. An account has one at most."""
    session.of_kind("member")
    _spend(request, services, "households", _HOUSEHOLDS_PER_HOUR)
    if session.household:
        raise _has_household()
    cell = check_cell(data.cell)
    await areas.check(cell)
    household = new_id()
    try:
        async with services.db.transaction(household=household) as tx:
            await store.add_household(tx, household, cell, session.account)
    except UniqueViolation as error:  # two calls at once: the account is the key of its membership
        raise _has_household() from error
    return HouseholdMade(household)


def _has_household() -> Conflict:
    return Conflict("You belong to a household already.", do="Leave it first.", code="accounts.has_household")


@get("/v1/households/mine", operation_id="getHousehold")
async def get_household(services: Parts, session: Caller) -> HouseholdOut:
    """Return one's own household: members, hubs and epochs."""
    session.of_kind("member", "hub")
    if not session.household:
        raise NotFound("You have no household yet.", do="Found one.", code="accounts.no_household")
    async with services.db.transaction(household=session.household) as tx:
        people = await store.members_of(tx, session.household)
        epochs = await store.epochs_of(tx, session.household)
        cell = await store.cell_of(tx, session.household)
    return HouseholdOut(
        household=session.household,
        cell=cell or "",
        members=[
            MemberOut(p.account, p.age_recipient, b64.encode(p.sign_pub), p.role)
            for p in people
            if p.role != "hub"
        ],
        hubs=[
            HubOut(p.account, b64.encode(p.sign_pub), p.age_recipient, p.owner_sig)
            for p in people
            if p.role == "hub"
        ],
        epochs=[_wire(row) for row in epochs],
    )


@post("/v1/households/mine/hubs", operation_id="admitHub")
async def admit_hub(data: JSONBody[HubIn], services: Parts, session: Caller) -> HubMade:
    """Let a hub into the household; the same hub again gives the same id."""
    _owner(session)
    public, recipient = _public(data.sign_pub), _recipient(data.age_recipient)
    signed = hubs.hub_statement(household=session.household, sign_pub=public, age_recipient=recipient)
    async with services.db.transaction(household=session.household) as tx:
        people = await store.members_of(tx, session.household)
        owner = next(p for p in people if p.role == "owner")
        _check(bytes(owner.sign_pub), hubs.CONTEXT, signed, data.signature)
        hub = await _ensure(tx, "hub", public, recipient)
        if any(p.account == hub for p in people):
            await store.sign_hub(tx, hub, data.signature)
            return HubMade(hub)
        if sum(p.role == "hub" for p in people) >= _MAX_HUBS:
            raise Conflict("A household has four hubs at most.", do="Remove one.", code="accounts.many_hubs")
        if await tx_other_home(services, hub):
            raise Conflict(
                "This hub belongs to another household.", do="Reset it.", code="accounts.key_taken"
            )
        await store.add_membership(tx, hub, "hub", session.household, "hub")
        await store.sign_hub(tx, hub, data.signature)
    return HubMade(hub)


async def tx_other_home(services: Services, account: str) -> bool:
    """Tell whether an account belongs to any household."""
    async with services.db.transaction(account=account) as tx:
        return await store.membership_of(tx, account) is not None


@get("/v1/households/mine/epochs", operation_id="getEpochs")
async def get_epochs(services: Parts, session: Caller) -> EpochsOut:
    """Return all epochs of one's household, in order."""
    session.at_home("member", "hub")
    async with services.db.transaction(household=session.household) as tx:
        return EpochsOut([_wire(row) for row in await store.epochs_of(tx, session.household)])


@put("/v1/households/mine/epochs/{number:int}", operation_id="putEpoch", status_code=204)
async def put_epoch(
    number: FromPath[int], data: JSONBody[EpochWire], services: Parts, session: Caller
) -> None:
    """Publish the household's next epoch; the same one again is fine."""
    _owner(session)
    async with services.db.transaction(household=session.household) as tx:
        rows = await store.epochs_of(tx, session.household)
        owner = next(p for p in await store.members_of(tx, session.household) if p.role == "owner")
        made = rules.check_next_epoch(
            msgspec.to_builtins(data),
            number,
            [epoch.from_wire(msgspec.to_builtins(row)) for row in rows],
            owner=bytes(owner.sign_pub),
            household=session.household,
        )
        if made is not None:
            row = store.EpochRow(data.statement, data.sig, data.sealed)
            await store.add_epoch(tx, session.household, number, row)


def _owner(session: Session) -> None:
    session.at_home("member")
    if session.role != "owner":
        raise NotAllowed(
            "Only the owner of the household may do this.", do="Ask the owner.", code="accounts.not_owner"
        )


def _wire(row: store.EpochRow) -> EpochWire:
    return EpochWire(row.statement, row.sig, row.sealed)


router = Router(
    path="/",
    tags=["accounts"],
    route_handlers=[
        ask_challenge,
        sign_in,
        sign_out,
        make_account,
        found_household,
        get_household,
        admit_hub,
        get_epochs,
        put_epoch,
    ],
)
