"""Whether an agency may look at what is its own, now.

In:     a session and what it names.
Out:    nothing, or NotAllowed; an attempt after the agreement ended is an entry.
Absent: what it looks at.
"""

from fanlight.model.clock import to_text
from fanlight.server import programme
from fanlight.server.accounts import Session
from fanlight.server.evidence import day, store
from fanlight.server.services import Services


async def may_look(services: Services, session: Session, *, request: str = "", disclosure: str = "") -> None:
    """Raise NotAllowed where the agency has no agreement in force; an attempt after one ended is recorded.

    Once for each officer, thing and day, so that nobody makes the record grow by asking again. What is not
    the agency's is one thing, whatever was named.
    """
    now = services.clock()
    async with services.db.transaction() as tx:
        if await programme.agreement_in_force(tx, session.agency, now.date()) is not None:
            return
        if session.agency in await programme.agencies_once_in_force(tx, now.date()):
            what = await store.of_agency(tx, session.agency, request=request, disclosure=disclosure)
            if await store.add_refused_look(tx, session.agency, session.account, what, now.date()):
                detail = {
                    "request" if request else "disclosure": what,
                    "by": session.name,
                    "at": to_text(now),
                }
                await day.enter(tx, session.agency, now, "look-refused", detail)
    raise programme.no_agreement()
