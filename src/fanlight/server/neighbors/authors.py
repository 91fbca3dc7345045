"""Who wrote something: sealed to the moderators, opened for a reason in the record, forgotten after 60 days.

In:     the account that posts; the moderators in office.
Out:    an age file that this server cannot open.
Holds:  no row joins an account to a post. Without a moderator nobody posts: what nobody can moderate does
        not come out. A look is entered in the record before the file is given.
Absent: opening; that is done in a moderator's browser.
Why:    docs/design/posts.md
"""

from datetime import date

from fanlight.seal import sealing
from fanlight.server.accounts import Session, newcomers
from fanlight.server.errors import NotAllowed, Unavailable
from fanlight.server.moderators import store as moderators
from fanlight.server.neighbors import store_acts
from fanlight.store.database import Tx
from fanlight.wire import jcs


async def sealed(tx: Tx, session: Session, of: str) -> bytes:
    """Return the author of a post or comment for the moderators; raises Unavailable where there is none."""
    recipients = [one.recipient for one in await moderators.in_office(tx)]
    if not recipients:
        raise Unavailable(
            "This town has no moderator yet, so nobody can post.",
            do="Ask the operator to invite one.",
            code="neighbors.no_moderator",
        )
    return sealing.seal(jcs.dumps({"account": session.account, "of": of}), recipients)


async def check_may_write(tx: Tx, session: Session, today: date) -> bool:
    """Return whether a member's posts wait because the account is new; raises NotAllowed if barred."""
    session.at_home()
    bar = await store_acts.bar_of(tx, session.account, today)
    if bar is not None:
        raise NotAllowed(
            f"You can post again from {bar.until.isoformat()} on. Rule {bar.rule}: {bar.reason}",
            do="Read the rules; reading goes on as before.",
            code="neighbors.barred",
        )
    return await newcomers.is_new(tx, session.account, today)
