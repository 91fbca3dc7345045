"""Who is calling: a bearer token, looked up on each call; the server keeps its hash only."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from litestar import Request
from litestar.di import NamedDependency

from fanlight.model.ids import new_id
from fanlight.server.accounts import store, store_homes
from fanlight.server.accounts.store import Account, Membership
from fanlight.server.errors import NotAllowed, NotFound, NotSignedIn
from fanlight.server.idle import LOCKED
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx

_LIFE_H = {
    "member": 24 * 30,
    "hub": 24,
    "officer": 12,
    "operator": 12,
    "clerk": 12,
    "auditor": 12,
    "counsel": 12,
    "moderator": 12,
}
_SCHEME = "Bearer "
_HOUSEHOLD = "fanlight-household"  # the header that says which of one's households is meant
ADMINISTRATOR = "administrator"  # of an agency: each route refuses them that does not ask for them by name
AT_HOME = frozenset({"owner", "member", "hub"})
WATCHING = AT_HOME | {"guest"}  # an installer or a landlord has no footage
# Who came with the recovery sheet and does not count yet. They read the book, which the sheet showed them,
# and fetch nothing: a sheet that was stolen must not open footage before an owner could object.
RETURNING = "returning"
READING = WATCHING | {RETURNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in.

    Attributes:
        kind: member, hub, officer, operator, clerk, auditor, counsel or moderator.
        household: of a member or hub, the one that this call is about; empty for a member who has none yet.
        role: owner, member, guest, installer, landlord, hub or `RETURNING` there; officer, supervisor,
            custodian or administrator at an agency.
        agency: ORI of an officer's agency.
        name: an officer's, counsel's or a moderator's.
        id: this session's, as its person may see it; empty where nobody signed in.
        passkey: with which it began, if with one.
        homes: all households of a member.
    """

    account: str
    kind: str
    household: str = ""
    role: str = ""
    agency: str = ""
    name: str = ""
    id: str = ""
    passkey: str = ""
    homes: tuple[Membership, ...] = ()

    @property
    def roles(self) -> list[str]:
        """What this account may act as."""
        return [self.role] if self.role else []

    def of_kind(self, *kinds: str) -> "Session":
        """Return this session if it is of one of `kinds`; raises NotAllowed."""
        if self.kind not in kinds:
            raise NotAllowed(
                f"This is for {' or '.join(kinds)}; you are signed in as {self.kind}.",
                do="Sign in with another key.",
            )
        if self.role == ADMINISTRATOR:
            raise NotAllowed(
                "An administrator manages the agency's people and has no part in requests or cases.",
                do="Ask an officer, supervisor or custodian of your agency.",
                code="accounts.other_role",
            )
        return self

    def keeping_passkeys(self) -> "Session":
        """Return this session if its person has passkeys and may make another; raises NotAllowed.

        Whoever of an agency came by an invitation came with one. Who was named at set-up signs in with a key.
        """
        return self if self.kind == "officer" and self.passkey else self.of_kind("member", "clerk", "auditor")

    def of_agency(self) -> "Session":
        """Return this session if it is of an agency's person, an administrator too; raises NotAllowed."""
        return self if self.role == ADMINISTRATOR else self.of_kind("officer")

    def managing(self) -> "Session":
        """Return this session if it is an agency's administrator's; raises NotAllowed."""
        if self.of_agency().role != ADMINISTRATOR:
            raise NotAllowed(
                "Only an administrator of the agency may do this.",
                do="Ask an administrator.",
                code="accounts.other_role",
            )
        return self

    def at_home(self, *kinds: str) -> "Session":
        """Return this session if it lives in a household (as one of `kinds`, member by default).

        Guests, installers and landlords do not: see `watching` and `belonging`.
        """
        return self._in_house(AT_HOME, *kinds)

    def watching(self, *kinds: str) -> "Session":
        """Return this session if it may fetch sealed footage: who lives there, and guests."""
        return self._in_house(WATCHING, *kinds)

    def reading(self, *kinds: str) -> "Session":
        """Return this session if it may read the household's book."""
        return self._in_house(READING, *kinds)

    def belonging(self, *kinds: str) -> "Session":
        """Return this session if it is of a household in any role."""
        self.of_kind(*(kinds or ("member",)))
        if not self.household:
            raise no_household()
        return self

    def owning(self) -> "Session":
        """Return this session if it is an owner's; raises NotAllowed."""
        if self.belonging().role != "owner":
            raise NotAllowed(
                "Only an owner of the household may do this.", do="Ask an owner.", code="accounts.not_owner"
            )
        return self

    def _in_house(self, roles: frozenset[str], *kinds: str) -> "Session":
        if self.belonging(*kinds).role not in roles:
            raise NotAllowed(
                f"As {self.role} of this household you have no part in this.",
                do="Ask an owner of the household.",
                code="accounts.other_role",
            )
        return self

    def as_role(self, *roles: str) -> "Session":
        """Return this officer's session if it has one of `roles`; raises NotAllowed."""
        self.of_kind("officer")
        if self.role not in roles:
            raise NotAllowed(
                f"This is for a {' or '.join(roles)} of the agency; you are signed in as {self.role}.",
                do=f"Ask a {roles[0]} to do it.",
                code="accounts.other_role",
            )
        return self


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def end_of_session(kind: str, now: datetime) -> datetime:
    """Return when a session that begins now ends, rounded up so that it does not tell when it began.

    A member's and a hub's to the day, as nothing finer is kept of a household; others' to the hour.
    """
    end = (now.astimezone(UTC) + timedelta(hours=_LIFE_H[kind])).replace(minute=0, second=0, microsecond=0)
    if kind in {"member", "hub"}:
        return end.replace(hour=0) + timedelta(days=1)
    return end + timedelta(hours=1)


def bearer(request: Request) -> str:  # type: ignore[type-arg]
    """Return the token of a call; raises NotSignedIn."""
    given = request.headers.get("authorization", "")
    if not given.startswith(_SCHEME) or len(given) > 200:  # noqa: PLR2004 - ours have 50
        raise not_signed_in()
    return given.removeprefix(_SCHEME)


async def load_session(services: Services, account: str, household: str = "") -> Session:
    """Return the session of an account.

    Args:
        services: the parts.
        account: whose.
        household: which of the account's is meant; empty for the only one, or the first by id.

    Raises:
        NotSignedIn: there is no such account. NotFound: it is not of that household.
    """
    async with services.db.transaction(account=account) as tx:
        found = await store.account_by_id(tx, account)
        if found is None:
            raise not_signed_in()
        return await _loaded(tx, account, found.kind, household)


async def _loaded(tx: Tx, account: str, kind: str, household: str) -> Session:
    """Return the session of an account of a kind; the transaction must be that account's."""
    if kind == "officer":
        person = await store.person(tx, account)
        if person is None:
            raise not_signed_in()
        return Session(
            account=account, kind="officer", agency=person.agency, role=person.role, name=person.name
        )
    name = await store.office_name(tx, kind, account) if kind in store.OFFICES else ""
    if name is None:
        raise not_signed_in()
    homes = (
        await homes_in(tx, account) if kind == "member" else tuple(await store.memberships_of(tx, account))
    )
    home = _meant(homes, household)
    return Session(
        account=account,
        kind=kind,
        household=home.household if home else "",
        role=home.role if home else "",
        name=name,
        homes=homes,
    )


async def homes_in(tx: Tx, account: str) -> tuple[Membership, ...]:
    """Return an account's households, and those that it comes back to with the sheet, as `RETURNING`."""
    homes = tuple(await store.memberships_of(tx, account))
    mine = {home.household for home in homes}
    begun = await store_homes.pending_by(tx, account)
    return homes + tuple(Membership(row.household, RETURNING) for row in begun if row.household not in mine)


def _meant(homes: tuple[Membership, ...], household: str) -> Membership | None:
    if not household:
        return homes[0] if homes else None
    for home in homes:
        if home.household == household:
            return home
    raise NotFound("You are not of this household.", do="Choose one of yours.", code="accounts.no_household")


async def provide_session(request: Request, services: Parts) -> Session:  # type: ignore[type-arg]
    """Return the caller's session; a Litestar dependency. Raises as `session_of`."""
    return await session_of(bearer(request), services, request.headers.get(_HOUSEHOLD, ""))


async def session_of(token: str, services: Services, household: str = "") -> Session:
    """Return the session of a token, wherever it came in; raises NotSignedIn, and as `load_session`."""
    async with services.db.transaction() as tx:
        row = await store.enter_by_token(tx, token_hash(token), services.clock())
        if row is None:
            raise not_signed_in()
        if row.kind in LOCKED and not services.idle.use(row.id, services.clock()):
            raise NotSignedIn(
                "Your session was not used for half an hour and is locked.",
                do="Sign in again.",
                code="accounts.locked",
            )
        found = await _loaded(tx, row.account, row.kind, household)
    return replace(found, id=row.id, passkey=row.passkey or "")


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that began: its token, which is kept nowhere, and its end."""

    token: str
    expires: datetime


async def begin(tx: Tx, services: Services, account: Account, passkey: str | None = None) -> Begun:
    """Begin a session of an account in this transaction."""
    token, now = secrets.token_urlsafe(32), services.clock()
    expires = end_of_session(account.kind, now)
    row = store.SessionRow(new_id(), account.id, now.date(), passkey)
    await store.add_session(tx, row, token_hash(token), expires, now)
    if account.kind in LOCKED:
        services.idle.begin(row.id, now)
    return Begun(token, expires)


def not_signed_in() -> NotSignedIn:
    """Return the error for a call without a lasting session."""
    return NotSignedIn("You are not signed in, or your session has ended.", do="Sign in again.")


def no_household() -> NotAllowed:
    """Return the error for a member who founded no household yet."""
    return NotAllowed(
        "You have no household yet.", do="Set up your household first.", code="accounts.no_household"
    )


Caller = NamedDependency[Session]  # as a route asks for it
