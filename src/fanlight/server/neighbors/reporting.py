"""Reports of readers, and what somebody who is in a post asks for without an account.

In:     a rule and some words.
Out:    one thing for a moderator to look at, however many report it.
Holds:  one account counts once for a post; a report that a moderator answered already opens nothing again
        under the same rule. Who reported is a hash under the post's own key, and goes with the decision.
"""

from datetime import datetime

from fanlight.model.ids import new_id
from fanlight.server.errors import NotFound
from fanlight.server.neighbors import posting, rules, store, store_acts
from fanlight.server.neighbors.forms import ReportIn
from fanlight.server.neighbors.store import CommentRow, PostRow
from fanlight.server.neighbors.store_acts import ReportRow
from fanlight.store.database import Tx

_BYSTANDER = "N-8"


async def report(  # noqa: PLR0913 - what a report says, and whose it is
    tx: Tx, item: PostRow | CommentRow, *, account: str | None, rule: str, text: str, now: datetime
) -> str:
    """Keep a report; return its id. Without an account it is the removal that somebody in it asks for."""
    if text:
        rules.check_text(text)
    who = rules.reporter(account, bytes(item.report_key)) if account else None
    if who is not None and (known := await store_acts.report_by(tx, item.id, who)):
        return known
    stood = account is not None and await store_acts.stood(tx, item.id, rule)
    row = ReportRow(
        id=new_id(),
        kind="post" if isinstance(item, PostRow) else "comment",
        of=item.id,
        rule=rule,
        text=text,
        outside=account is None,
        since=rules.hour(now),
        state="stands" if stood else "waiting",
    )
    await store_acts.add_report(tx, row, None if stood else who)
    await store_acts.count(tx, now.date(), "reports")
    return row.id


async def by_member(
    tx: Tx, item: PostRow | CommentRow | None, account: str, said: ReportIn, now: datetime
) -> str:
    """Keep a member's report of something that is out; raises NotFound, Malformed."""
    rules.check_rule(said.rule)
    if item is None or item.state != "accepted" or item.due is None or item.due > now:
        raise posting.no_post()
    return await report(tx, item, account=account, rule=said.rule, text=said.text, now=now)


async def by_bystander(tx: Tx, post_id: str, text: str, now: datetime) -> str:
    """Keep what somebody who is in a post asks; raises NotFound."""
    row = await store.post(tx, post_id)
    if row is None or not posting.is_out(row, now):
        raise posting.no_post()
    return await report(tx, row, account=None, rule=_BYSTANDER, text=text, now=now)


async def told(tx: Tx, report_id: str) -> dict[str, str | None]:
    """Return what became of a report; raises NotFound."""
    row = await store_acts.report(tx, report_id)
    if row is None:
        raise NotFound("There is no such report.", do="Look at its number again.", code="neighbors.no_report")
    rule = None
    if row.state == "removed":
        act = (await store_acts.last_acts(tx, [row.of], ["remove"])).get(row.of)
        rule = act.rule if act else None
    return {"state": row.state, "rule": rule, "reason": row.reason}
