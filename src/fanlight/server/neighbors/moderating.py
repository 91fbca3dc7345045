"""What moderators do: each act with a rule and a reason, in the record, open to another moderator's look.

In:     what waits; a moderator's decision.
Out:    rows, entries `moderation`, and what readers have to be told.
Holds:  no act without its entry, in the same transaction. Nobody decides an appeal against themself. Many
        reports of one thing are one thing to look at, and hide nothing by their number.
Absent: who wrote it (`authors`).
Why:    docs/design/posts.md
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, Malformed, NotAllowed
from fanlight.server.log import Log
from fanlight.server.neighbors import posting, reading, rules, store, store_acts, store_queue
from fanlight.server.neighbors.forms import AppealIn, DecideIn
from fanlight.server.neighbors.store import CommentRow, PostRow
from fanlight.server.neighbors.store_acts import ActRow, AppealRow, ChangeRow, ReportRow
from fanlight.server.services import Services
from fanlight.store.database import Tx

Item = PostRow | CommentRow
MOST = 200
_LEAST_REASON = 10


async def queue(tx: Tx, session: Session, now: datetime) -> list[dict[str, Any]]:
    """Return what waits, oldest first; 200 things at most."""
    posts, comments = await store_queue.waiting(tx, MOST)
    reports = await store_acts.reports_waiting(tx, MOST)
    appeals = await store_acts.appeals_waiting(tx, MOST)
    asked = [(row.kind, row.of) for row in reports] + [(row.kind, row.of) for row in appeals]
    more = await store_queue.comments_by_id(tx, [of for kind, of in asked if kind == "comment"])
    all_comments = {row.id: row for row in comments} | more
    wanted = [of for kind, of in asked if kind == "post"] + [row.post for row in all_comments.values()]
    all_posts = {row.id: row for row in posts} | await store.posts(tx, wanted)
    shown = {
        row.id: form
        for row, form in zip(
            all_posts.values(), await reading.forms(tx, list(all_posts.values()), now), strict=True
        )
    }
    removals = await store_acts.last_acts(tx, [row.of for row in appeals], ["remove"])
    by_item: dict[str, list[ReportRow]] = defaultdict(list)
    for report in reports:
        by_item[report.of].append(report)

    def line(item: Item, kind: str, since: datetime, **more: Any) -> dict[str, Any]:
        of = item.id if isinstance(item, PostRow) else item.post
        return {
            "item": item.id,
            "kind": kind,
            "since": clock.to_text(since),
            "late": now - since > rules.TARGET,
            "flags": item.flags,
            "reports": [],
            "appeal": None,
            "removed": None,
            "post": shown[of],
            "comment": None
            if isinstance(item, PostRow)
            else {"comment": item.id, "text": item.text, "state": item.state},
            "own": False,
            **more,
        }

    found = [line(row, "post", row.since) for row in posts]
    found += [line(row, "comment", row.since) for row in comments]
    for of, group in by_item.items():
        item = all_posts.get(of) or all_comments.get(of)
        if item is not None:
            said = [{"rule": one.rule, "text": one.text, "outside": one.outside} for one in group]
            found.append(line(item, "report", min(one.since for one in group), reports=said))
    for appeal in appeals:
        item = all_posts.get(appeal.of) or all_comments.get(appeal.of)
        act = removals.get(appeal.of)
        if item is not None:
            removed = {"rule": act.rule, "reason": act.reason} if act else None
            own = act is not None and act.by_whom == session.account
            found.append(line(item, "appeal", appeal.since, appeal=appeal.text, removed=removed, own=own))
    return sorted(found, key=lambda one: (one["since"], one["item"]))


async def decide(services: Services, tx: Tx, session: Session, item: Item, form: DecideIn) -> None:
    """Decide about a post or comment; raises Malformed, Conflict."""
    now = services.clock()
    if item.state == "withdrawn":
        raise posting.no_post()
    if form.reason:
        rules.check_text(form.reason)
    since = await _since(tx, item)
    kind = "post" if isinstance(item, PostRow) else "comment"
    rule, reason = form.rule, form.reason
    if form.act == "remove":
        _require_because(form)
        if item.state == "removed":
            raise Conflict("It is removed already.", do="Load the queue again.", code="neighbors.decided")
        await _remove(tx, item, rule, reason, now)
        await store_acts.decide_reports(tx, item.id, "removed", reason, now.date())
    elif form.act == "show":
        if item.state == "removed":
            raise Conflict(
                "It is removed; only an appeal brings it back.",
                do="Load the queue again.",
                code="neighbors.decided",
            )
        if item.state == "waiting":
            await _change(tx, item, state="accepted", due=rules.due(now, posting.drawn()), flags=Jsonb([]))
        await store_acts.decide_reports(tx, item.id, "stands", reason, now.date())
    else:
        await _of_post(tx, item, form, now)
    await enter(
        services.log,
        tx,
        session,
        {"kind": kind, "of": item.id, "act": form.act, "rule": rule or None, "reason": reason},
        now=now,
        since=since,
    )


async def _since(tx: Tx, item: Item) -> datetime | None:
    """Return since when something waits for this decision; None where nothing does."""
    if item.state == "waiting":
        return item.since
    waiting = [one.since for one in await store_acts.reports_of(tx, item.id) if one.state == "waiting"]
    return min(waiting, default=None)


def _require_because(form: DecideIn) -> None:
    rules.check_rule(form.rule)
    if len(form.reason.strip()) < _LEAST_REASON:
        raise Malformed(
            "A removal needs a reason of ten characters or more.",
            do="Say what breaks the rule: the writer reads it.",
            code="neighbors.no_reason",
        )


async def _change(tx: Tx, item: Item, **values: Any) -> None:
    if isinstance(item, PostRow):
        await store.change_post(tx, item.id, **values)
    else:
        await store.change_comment(tx, item.id, **values)


async def _remove(tx: Tx, item: Item, rule: str, reason: str, now: datetime) -> None:
    await _change(tx, item, state="removed")
    if isinstance(item, PostRow):
        await store.note_removed_pictures(tx, item.id, rule, now.date())
        if posting.is_out(item, now):
            await store_acts.add_change(
                tx,
                ChangeRow(
                    id=new_id(),
                    post=item.id,
                    kind="removed",
                    day=now.date(),
                    due=rules.floored(now),
                    text=reason,
                    rule=rule,
                ),
            )


async def _of_post(tx: Tx, item: Item, form: DecideIn, now: datetime) -> None:
    """Confirm a post, or join it into another about the same incident."""
    if not isinstance(item, PostRow) or item.state != "accepted":
        raise Conflict(
            "Only a post that is out, or will be, can be confirmed or joined.",
            do="Decide first whether it goes out.",
            code="neighbors.not_out",
        )
    if form.act == "confirm":
        if len(form.reason.strip()) < _LEAST_REASON:
            raise Malformed(
                "A confirmation says by what it is confirmed.", do="Say so.", code="neighbors.no_reason"
            )
        await store.change_post(tx, item.id, verified=True)
        made = ChangeRow(
            id=new_id(),
            post=item.id,
            kind="verified",
            day=now.date(),
            due=rules.floored(now),
            text=form.reason,
        )
    else:
        into = await store.post(tx, form.into)
        if into is None or into.id == item.id or into.state != "accepted" or into.about is not None:
            raise Conflict(
                "It can be joined into another post that is out and not joined itself.",
                do="Choose another.",
                code="neighbors.no_join",
            )
        if await store_queue.is_joined_into(tx, item.id):
            raise Conflict(
                "Others are joined into this one.", do="Join it the other way.", code="neighbors.no_join"
            )
        await store.change_post(tx, item.id, about=into.id)
        made = ChangeRow(
            id=new_id(),
            post=item.id,
            kind="joined",
            day=now.date(),
            due=rules.floored(now),
            text=form.reason,
            about=into.id,
        )
    await store_acts.add_change(tx, made)


async def decide_appeal(services: Services, tx: Tx, session: Session, of: str, form: AppealIn) -> None:
    """Uphold or overturn a removal; raises NotFound, NotAllowed, Conflict."""
    now = services.clock()
    rules.check_rule(form.rule)
    rules.check_text(form.reason)
    found = await store_acts.appeal(tx, of)
    if found is None:
        raise posting.no_post()
    item = await (store.post if found.kind == "post" else store.comment)(tx, of, lock=True)
    if found.state != "waiting" or item is None or item.state != "removed":
        raise Conflict(
            "This appeal was decided already.", do="Load the queue again.", code="neighbors.decided"
        )
    act = (await store_acts.last_acts(tx, [of], ["remove"])).get(of)
    if act is not None and act.by_whom == session.account:
        raise NotAllowed(
            "Nobody decides an appeal against their own decision.",
            do="Leave it to another moderator.",
            code="neighbors.own_decision",
        )
    await _close(tx, item, found, form, now)
    said = {"kind": found.kind, "of": of, "act": form.act, "rule": form.rule, "reason": form.reason}
    await enter(services.log, tx, session, said, now=now, since=found.since)


async def _close(tx: Tx, item: Item, found: AppealRow, form: AppealIn, now: datetime) -> None:
    upheld = form.act == "uphold"
    await store_acts.decide_appeal(tx, found.of, "upheld" if upheld else "overturned", form.reason)
    if upheld:
        return
    due = item.due if item.due is not None else rules.due(now, posting.drawn())
    await _change(tx, item, state="accepted", due=due, flags=Jsonb([]))
    if isinstance(item, PostRow):
        await store_acts.drop_change(tx, item.id, "removed")
        await store_queue.forget_removed_pictures(tx, item.id)


async def enter(  # noqa: PLR0913 - what the entry says
    log: Log,
    tx: Tx,
    session: Session,
    said: dict[str, Any],
    *,
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Enter an act in the record and keep it.

    Args:
        log: the record.
        tx: the transaction of what was done.
        session: the moderator's.
        said: `kind`, `of`, `act`, `rule`, `reason`.
        now: the present.
        since: since when it waited.
    """
    took = None if since is None else "24" if now - since <= rules.TARGET + timedelta(hours=1) else "later"
    pub = {
        "act": said["act"],
        "day": now.date().isoformat(),
        "kind": said["kind"],
        "rule": said["rule"],
        "took": took,
    }
    committed = {"of": said["of"], "reason": said["reason"], "by": session.account}
    leaf = await log.queue_leaf(tx, "moderation", pub, committed)
    await store_acts.add_act(
        tx,
        ActRow(
            id=new_id(),
            n=await store_acts.next_number(tx),
            kind=said["kind"],
            of=said["of"],
            act=said["act"],
            rule=said["rule"],
            reason=said["reason"],
            by_whom=session.account,
            day=now.date(),
            took=took,
            leaf=leaf,
        ),
    )


def done_forms(rows: Sequence[ActRow], session: Session) -> list[dict[str, Any]]:
    """Return what was done, as moderators read it."""
    return [
        {
            "id": row.id,
            "n": row.n,
            "day": row.day.isoformat(),
            "act": row.act,
            "rule": row.rule,
            "reason": row.reason,
            "kind": row.kind,
            "of": row.of,
            "own": row.by_whom == session.account,
        }
        for row in rows
    ]
