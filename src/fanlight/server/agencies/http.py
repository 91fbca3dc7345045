"""Routes: an agency's people and what was changed among them; an administrator's changes."""

from datetime import date
from typing import Any, Literal

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from fanlight.server.accounts import Caller, Session, account_by_id, forms
from fanlight.server.agencies import store
from fanlight.server.errors import Conflict, NotFound
from fanlight.server.services import Parts, Services

Role = Literal["officer", "supervisor", "custodian", "administrator"]


class RoleIn(forms.In, frozen=True):
    """What a person is to be. `signature`: the administrator's, over the act `person-role`."""

    role: Role
    signature: forms.Signature


class DeactivateIn(forms.In, frozen=True):
    """`signature`: the administrator's, over the act `person-deactivate`."""

    signature: forms.Signature


@get("/v1/agency/people", operation_id="listAgencyPeople")
async def list_people(services: Parts, session: Caller) -> dict[str, Any]:
    """Return who acts or acted for one's own agency, and each change: what, when, by whom."""
    session.of_agency()
    async with services.db.transaction() as tx:
        rows = await store.everybody(tx, session.agency)
        changes = await store.changes(tx, session.agency)
    return {
        "people": [
            {"account": row.account, "name": row.name, "role": row.role, "ended": _day(row.ended)}
            for row in rows
        ],
        "changes": [
            {
                "name": one.name,
                "role": one.role,
                "made": one.made,
                "by": one.by,
                "day": one.day.isoformat(),
                "index": one.index,
            }
            for one in changes
        ],
    }


@post("/v1/agency/people/{person:str}/role", operation_id="changePersonsRole", status_code=204)
async def change_role(
    person: FromPath[str], data: JSONBody[RoleIn], services: Parts, session: Caller
) -> None:
    """Let a person of one's agency act in another role from now on."""
    await _change(services, session, person, data.role, data.signature)


@post("/v1/agency/people/{person:str}/deactivate", operation_id="deactivatePerson", status_code=204)
async def deactivate(
    person: FromPath[str], data: JSONBody[DeactivateIn], services: Parts, session: Caller
) -> None:
    """End what a person does for one's agency: every session ends at once, and no key of theirs signs in."""
    await _change(services, session, person, None, data.signature)


async def _change(
    services: Services, session: Session, person: str, made: str | None, signature: str
) -> None:
    session.managing()
    async with services.db.transaction() as tx:
        await store.lock(tx, session.agency)
        rows = {row.account: row for row in await store.everybody(tx, session.agency) if row.ended is None}
        own, row = rows.get(session.account), rows.get(person)
        account = await account_by_id(tx, session.account)
        if account is None or own is None or own.role != session.role:
            raise _no_person()  # another administrator changed the caller since the session was read
        if row is None:
            raise _no_person()
        act, of = ("person-deactivate", person) if made is None else ("person-role", f"{person}/{made}")
        forms.check_act(bytes(account.sign_pub), account.id, act, of, signature)
        if row.account == session.account:
            raise Conflict(
                "Nobody changes their own role or ends it.",
                do="Ask another administrator; if there is none, make one first.",
                code="agencies.oneself",
            )
        if row.role == made:
            raise Conflict(
                "The person has this role.", do="Load the people again.", code="agencies.same_role"
            )
        day = services.clock().date()
        pub = {"agency": session.agency, "day": day.isoformat(), "role": row.role, "made": made}
        leaf = await services.log.queue_leaf(tx, "agency-person", pub, {"name": row.name, "by": own.name})
        await store.add_change(
            tx, agency=session.agency, person=row, made=made, by=own.account, day=day, leaf=leaf
        )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _no_person() -> NotFound:
    return NotFound(
        "Your agency has no such person in office.", do="Load the people again.", code="agencies.no_person"
    )


router = Router(path="/", tags=["agencies"], route_handlers=[list_people, change_role, deactivate])
