"""Who is calling: a bearer token, looked up on each call; the server keeps its hash only."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from litestar import Request
from litestar.di import NamedDependency

from fanlight.server.accounts import store
from fanlight.server.errors import NotAllowed, NotSignedIn
from fanlight.server.services import Parts, Services

_LIFE_H = {"member": 24 * 30, "hub": 24, "officer": 12, "operator": 12}
_SCHEME = "Bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in.

    Attributes:
        kind: member, hub, officer or operator.
        household: of a member or hub; empty for a member who founded none yet.
        role: owner, member or hub there; officer, supervisor or custodian at an agency.
        agency: ORI of an officer's agency.
        name: an officer's.
    """

    account: str
    kind: str
    household: str = ""
    role: str = ""
    agency: str = ""
    name: str = ""

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
        return self

    def at_home(self, *kinds: str) -> "Session":
        """Return this session if it belongs to a household (as one of `kinds`, member by default)."""
        self.of_kind(*(kinds or ("member",)))
        if not self.household:
            raise no_household()
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


def new_token() -> tuple[str, bytes]:
    """Return a token and its hash."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def end_of_session(kind: str, now: datetime) -> datetime:
    """Return when a session that begins now ends, rounded up to the hour so that it does not tell when."""
    end = now.astimezone(UTC) + timedelta(hours=_LIFE_H[kind])
    return end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def bearer(request: Request) -> str:  # type: ignore[type-arg]
    """Return the token of a call; raises NotSignedIn."""
    given = request.headers.get("authorization", "")
    if not given.startswith(_SCHEME) or len(given) > 200:  # noqa: PLR2004 - ours have 50
        raise not_signed_in()
    return given.removeprefix(_SCHEME)


async def load_session(services: Services, account: str) -> Session:
    """Return the session of an account; raises NotSignedIn if there is no such account."""
    async with services.db.transaction(account=account) as tx:
        found = await store.account_by_id(tx, account)
        if found is None:
            raise not_signed_in()
        if found.kind == "officer":
            person = await store.person(tx, account)
            if person is None:
                raise not_signed_in()
            return Session(
                account=account, kind="officer", agency=person.agency, role=person.role, name=person.name
            )
        home = await store.membership_of(tx, account)
    return Session(
        account=account,
        kind=found.kind,
        household=home.household if home else "",
        role=home.role if home else "",
    )


async def provide_session(request: Request, services: Parts) -> Session:  # type: ignore[type-arg]
    """Return the caller's session; a Litestar dependency. Raises NotSignedIn."""
    return await session_of(bearer(request), services)


async def session_of(token: str, services: Services) -> Session:
    """Return the session of a token, wherever it came in; raises NotSignedIn."""
    hashed = token_hash(token)
    async with services.db.transaction() as tx:
        account = await store.session_account(tx, hashed, services.clock())
    if account is None:
        raise not_signed_in()
    return await load_session(services, account)


def not_signed_in() -> NotSignedIn:
    """Return the error for a call without a lasting session."""
    return NotSignedIn("You are not signed in, or your session has ended.", do="Sign in again.")


def no_household() -> NotAllowed:
    """Return the error for a member who founded no household yet."""
    return NotAllowed(
        "You have no household yet.", do="Set up your household first.", code="accounts.no_household"
    )


Caller = NamedDependency[Session]  # as a route asks for it
