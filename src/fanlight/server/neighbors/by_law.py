"""What the law makes an operator report: removed under rule N-9, kept for who prosecutes it, handed over.

In:     what moderators removed; to whom it was handed, under which number, on which day.
Out:    what is still kept, with what was done; acts `handed-over`, which are entries of the record.
Holds:  nothing of it is sent by this server: a person reports it where the law says, and enters that it was
        done. The public reads that there was one and when, never what, to whom or under which number.
Absent: the pictures, which postmedia keeps as long and gives to a moderator for a ticket.
Source: 18 U.S.C. 2258A(a), (h): report as soon as can be, preserve for a year.
"""

from datetime import date, datetime, timedelta
from typing import Any

from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, Malformed
from fanlight.server.neighbors import moderating, posting, reading, rules, store, store_acts, store_queue
from fanlight.server.neighbors.forms import HandedOverIn
from fanlight.server.services import Services
from fanlight.store.database import Tx

KEPT = timedelta(days=365)
ACT = "handed-over"


async def kept(tx: Tx, now: datetime) -> list[dict[str, Any]]:
    """Return what was removed under the rule and still has its words, the oldest first."""
    removed = await store_acts.removed_under(tx, rules.LAW)
    posts = await store.posts(tx, [row.of for row in removed if row.kind == "post"])
    comments = await store_queue.comments_by_id(tx, [row.of for row in removed if row.kind == "comment"])
    above = await store.posts(tx, [row.post for row in comments.values()])
    handed = await store_acts.last_acts(tx, [row.of for row in removed], [ACT])
    forms = {
        row.id: form
        for row, form in zip(
            (posts | above).values(),
            await reading.forms(tx, list((posts | above).values()), now),
            strict=True,
        )
    }
    found = []
    for row in removed:
        item = posts.get(row.of) or comments.get(row.of)
        if item is None or item.state != "removed" or not _words(item):
            continue  # it is back, or its year is over
        of = item.id if isinstance(item, store.PostRow) else item.post
        done = handed.get(row.of)
        found.append(
            {
                "item": row.of,
                "kind": row.kind,
                "removed": row.day.isoformat(),
                "until": (row.day + KEPT).isoformat(),
                "reason": row.reason,
                "post": forms[of],
                "comment": None if isinstance(item, store.PostRow) else item.text,
                "handed": {"day": done.day.isoformat(), "said": done.reason} if done else None,
            }
        )
    return found


async def hand_over(services: Services, tx: Tx, session: Session, of: str, form: HandedOverIn) -> None:
    """Enter that something was handed to whom the law names; raises NotFound, Malformed, Conflict."""
    now = services.clock()
    row = next((one for one in await store_acts.removed_under(tx, rules.LAW) if one.of == of), None)
    if row is None:
        raise posting.no_post()
    for text in (form.to, form.number):
        rules.check_text(text)
    if not row.day <= _day(form.day) <= now.date():
        raise Malformed(
            "It cannot have been handed over on that day.",
            do="Give a day since it was removed.",
            code="neighbors.no_day",
        )
    if of in await store_acts.last_acts(tx, [of], [ACT]):
        raise Conflict(
            "It is entered already that this was handed over.",
            do="Load the list again.",
            code="neighbors.decided",
        )
    said = f"To {form.to.strip()}, number {form.number.strip()}, on {form.day}."
    act = {"kind": row.kind, "of": of, "act": ACT, "rule": rules.LAW, "reason": said}
    await moderating.enter(services.log, tx, session, act, now=now)


def _words(item: store.PostRow | store.CommentRow) -> str:
    return item.done if isinstance(item, store.PostRow) else item.text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Malformed("This is no day.", do="Write it as 2026-11-23.", code="neighbors.no_day") from error
