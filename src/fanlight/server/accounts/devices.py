"""Routes: let one more device of one's own in, by a code that a device shows which is in already.

In:     a session of the one device; from the other one, the code's ticket and the first passkey made there.
Out:    a session for the other device.
Holds:  a ticket is good once and for ten minutes; the account's key, which the code also carries, signs for
        the passkey, so that a ticket alone lets nobody in; all members are told.
Absent: the key itself, which goes from screen to screen and never comes here.
Why:    docs/design/accounts.md
"""

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from fanlight.server.accounts import forms, passkeys, sessions, store, telling
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.accounts.forms import AnyRequest
from fanlight.server.accounts.keeping import bound_to, check_new, check_word, keep, row_of
from fanlight.server.accounts.sessions import Caller
from fanlight.server.accounts.sign_in import is_new_device, passkey_session
from fanlight.server.services import Parts

_LIFE_S = 600


class TicketOut(msgspec.Struct):
    """What lets one more device of one's own in, once, and for how many seconds."""

    ticket: str
    life_s: int


class DeviceIn(forms.PasskeyIn, frozen=True, kw_only=True):
    """The first passkey on another device of a person who let it in."""

    account: forms.Id
    ticket: forms.Ticket
    device: forms.Device | None = None


@post("/v1/passkeys/ticket", operation_id="makeTicket", status_code=200)
async def make_ticket(session: Caller, challenges: NamedDependency[Challenges]) -> TicketOut:
    """Return a ticket for one more device of one's own."""
    session.of_kind("member")
    return TicketOut(challenges.issue_short(bound_to("ticket", session.account), life_s=_LIFE_S), _LIFE_S)


@post("/v1/accounts/device", operation_id="addDevice")
async def add_device(
    data: JSONBody[DeviceIn],
    request: AnyRequest,
    services: Parts,
    challenges: NamedDependency[Challenges],
) -> forms.PasskeySession:
    """Add another device's passkey to the account that its ticket is for, and begin a session there."""
    word = forms.device_word(data.device)
    made = check_new(data.credential, "device", data.account, request, services, challenges)
    passkey = row_of(data.account, made, data.wrapped, data.label, services)
    async with services.db.transaction(account=data.account) as tx:
        account = await store.account_by_id(tx, data.account)
        if account is None or account.kind != "member":
            raise passkeys.refused()
        check_word(account, made.credential, passkey.wrapped, data.signature)
        if not challenges.take(data.ticket, bound_to("ticket", account.id)):
            raise passkeys.refused()
        await keep(tx, passkey)
        homes = await store.memberships_of(tx, account.id)
        await telling.tell_homes(tx, homes, "passkey-added", about=account.id, day=passkey.day)
        if await is_new_device(tx, account.id, word):
            await telling.tell_homes(tx, homes, "new-device", about=account.id, day=passkey.day)
        begun = await sessions.begin(tx, services, account, passkey.id)
    return passkey_session(begun, await sessions.load_session(services, account.id), passkey)
