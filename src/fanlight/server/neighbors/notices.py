"""Notices of agencies among neighbors' posts: marked, limited in time, each with an entry in the record.

In:     what an agency's person writes while its agreement is in force.
Out:    a post with the agency's name; an entry `agency-notice`.
Holds:  a wanted notice names a warrant and ends within 30 days; no notice presses people, asks them to act
        against somebody or offers money for a person; the form asks what it asks everybody. Nothing of this
        is for a moderator to wave through: it is refused, by rule, with the words that were read.
Absent: who reads it, comments on it or reports it.
Why:    docs/design/posts.md
"""

import asyncio
import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from fanlight.neighbors import read_post
from fanlight.neighbors.hunts import hunting
from fanlight.policy import find_phrases
from fanlight.server import programme, speech
from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.neighbors import posting, rules, store
from fanlight.server.neighbors.forms import Id, In
from fanlight.server.neighbors.rules import Part
from fanlight.server.neighbors.store import PostRow
from fanlight.server.services import Services

LONGEST, LONGEST_WANTED = timedelta(days=90), timedelta(days=30)
MOST = 20
NOTICE = "notice"
_KEPT = "Nothing was published; what you wrote is still in the form."


class Wanted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Under which warrant somebody is looked for."""

    warrant: Annotated[str, Meta(min_length=3, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]+\Z")]


class NoticeIn(In, frozen=True):
    """A notice. `until`: the last day on which it is shown."""

    post: Id
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    done: Annotated[str, Meta(min_length=1, max_length=2_000)]
    cell: Annotated[str, Meta(max_length=20)]
    day: date
    part: Part
    until: date
    wanted: Wanted | None


async def publish(services: Services, session: Session, form: NoticeIn) -> PostRow:
    """Publish a notice; the same again is fine.

    Raises:
        NotAllowed: no agreement is in force.
        Malformed: its place, its days or its text do not fit.
        Conflict: it breaks a rule, twenty are shown, or its id is taken.
    """
    now = services.clock()
    text = f"{form.title}\n{form.done}"
    rules.check_line(form.title)
    rules.check_text(form.done)
    _check_days(form, now)
    await asyncio.to_thread(check_words, text, wanted=form.wanted is not None)
    async with services.db.transaction() as tx:
        await programme.require_agreement(tx, session.agency, now.date())
        known = await store.post(tx, form.post)
        if known is not None and known.agency == session.agency:
            return known
        area = await posting.check_place(tx, form.cell)
        if len(await store.notices(tx, session.agency, now.date())) >= MOST:
            raise Conflict(f"{MOST} notices are shown.", do="End one of them.", code="neighbors.many_notices")
        pub = {
            "agency": session.agency,
            "post": form.post,
            "day": now.date().isoformat(),
            "until": form.until.isoformat(),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "wanted": form.wanted is not None,
        }
        committed = {"by": session.name, "warrant": form.wanted.warrant if form.wanted else None}
        leaf = await services.log.queue_leaf(tx, "agency-notice", pub, committed)
        row = PostRow(
            id=form.post,
            key_hash=secrets.token_bytes(32),
            category=NOTICE,
            cell=form.cell,
            area=area,
            day=form.day,
            part=form.part,
            title=form.title,
            done=form.done,
            looks="",
            state="accepted",
            since=rules.hour(now),
            due=rules.due(now, posting.drawn()),
            agency=session.agency,
            supplied=[msgspec.to_builtins(one) for one in await speech.reused(tx, text)],
            report_key=secrets.token_bytes(32),
            until=form.until,
            warrant=form.wanted.warrant if form.wanted else None,
        )
        if not await store.add_post(tx, row, None, leaf):
            raise posting.taken()
    return row


def check_words(text: str, *, wanted: bool) -> None:
    """Raise Conflict where a notice presses, hunts or describes as no post may."""
    pressing = [one.phrase for one in find_phrases(text) if one.why != "personal data"]
    hunts = [
        phrase
        for phrase in hunting(text, NOTICE)
        if not (wanted and phrase.startswith(("wanted", "warrant", "outstanding", "fugitive")))
    ]
    ask = read_post(text).ask
    for rule, words, what in (
        ("N-4", hunts, "is a wanted notice without a warrant, offers money, or asks people to act"),
        ("N-4", pressing, "presses people"),
        ("N-1", list(ask) if "behaviour" in ask else [], "describes somebody and does not say what they did"),
        ("N-2", list(ask) if "descriptors" in ask else [], "names an origin with fewer than three features"),
    ):
        if words:
            found = ", ".join(f"“{word}”" for word in words[:5])
            raise Conflict(
                f"This notice {what} (rule {rule}: {found}).",
                kept=_KEPT,
                do="Say it in other words; a wanted notice needs the number of its warrant.",
                code="neighbors.notice_refused",
            )


def _check_days(form: NoticeIn, now: datetime) -> None:
    longest = LONGEST_WANTED if form.wanted else LONGEST
    if not now.date() <= form.until <= now.date() + longest:
        raise Malformed(
            f"A notice of this kind ends within {longest.days} days.",
            kept=_KEPT,
            do="Choose an earlier day; it can be published anew.",
            code="neighbors.notice_end",
        )
    if abs((form.day - now.date()).days) > LONGEST.days:
        raise Malformed(
            "Its day is too far away.", kept=_KEPT, do="Choose a nearer one.", code="neighbors.no_day"
        )


async def end(services: Services, session: Session, post: str) -> None:
    """Show a notice no more from now on; raises NotFound."""
    async with services.db.transaction() as tx:
        row = await store.post(tx, post, lock=True)
        if row is None or row.agency != session.agency:
            raise NotFound("There is no such notice.", do="Load the list again.", code="neighbors.no_post")
        last = services.clock().date() - timedelta(days=1)
        if row.until is not None and row.until > last:
            await store.change_post(tx, post, until=last)
