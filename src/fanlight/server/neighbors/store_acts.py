"""The rows of what is done about posts: changes readers are told of, reports, appeals, acts, bars, counts."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from fanlight.store.database import Tx, changed, many, one, value


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """What readers are told of a post that they may have read, from `due` on."""

    id: str
    post: str
    kind: str
    day: date
    due: datetime
    text: str
    rule: str | None = None
    about: str | None = None


class ToldRow(ChangeRow, frozen=True, kw_only=True):
    """The same with the post's title; empty where the post is not shown any more."""

    title: str


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader reported. `outside`: by the call that needs no account."""

    id: str
    kind: str
    of: str
    rule: str
    text: str
    outside: bool
    since: datetime
    state: str
    reason: str | None = None


class AppealRow(msgspec.Struct, frozen=True, kw_only=True):
    """A writer's appeal."""

    of: str
    kind: str
    text: str
    since: datetime
    state: str
    reason: str | None = None


class ActRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something a moderator did."""

    id: str
    n: int
    kind: str
    of: str
    act: str
    rule: str | None
    reason: str
    by_whom: str
    day: date
    took: str | None
    leaf: str


class BarRow(msgspec.Struct, frozen=True, kw_only=True):
    """An account that posts nothing until a day."""

    id: str
    account: str
    until: date
    rule: str
    reason: str
    made: date
    ended: date | None = None


_REPORT = "SELECT id, kind, of, rule, text, outside, since, state, reason FROM post_report"
_APPEAL = "SELECT of, kind, text, since, state, reason FROM post_appeal"
_ACT = "SELECT id, n, kind, of, act, rule, reason, by_whom, day, took, leaf FROM moderation"
_BAR = "SELECT id, account, until, rule, reason, made, ended FROM post_bar"
_LOCK = 0x6D6F6461  # any fixed number: acts are numbered one after another
_NUMBERS = (
    "SELECT to_char(day, 'YYYY-MM'), what, sum(many)::integer FROM post_count WHERE day < %s GROUP BY 1, 2"
)


async def add_change(tx: Tx, row: ChangeRow) -> None:
    """Store what readers are told."""
    await tx.execute(
        "INSERT INTO post_change (id, post, kind, day, due, text, rule, about)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [row.id, row.post, row.kind, row.day, row.due, row.text, row.rule, row.about],
    )


async def changes(tx: Tx, since: date, now: datetime) -> list[ToldRow]:
    """Return what readers are told since a day of posts that were out, latest first."""
    return await many(
        tx,
        ToldRow,
        "SELECT c.id, c.post, c.kind, c.day, c.due, c.text, c.rule, c.about,"
        " CASE WHEN p.state = 'accepted' THEN p.title ELSE '' END AS title FROM post_change c"
        " JOIN post p ON p.id = c.post WHERE c.day >= %s AND c.due <= %s AND p.due <= %s"
        " ORDER BY c.day DESC, c.id",
        [since, now, now],
    )


async def changes_of(tx: Tx, ids: Sequence[str], kind: str, now: datetime) -> dict[str, ChangeRow]:
    """Return the latest change of a kind of each of these posts that readers are told of by now."""
    rows = await many(
        tx,
        ChangeRow,
        "SELECT DISTINCT ON (post) id, post, kind, day, due, text, rule, about FROM post_change"
        " WHERE post = ANY (%s) AND kind = %s AND due <= %s ORDER BY post, due DESC, id",
        [list(ids), kind, now],
    )
    return {row.post: row for row in rows}


async def drop_change(tx: Tx, post: str, kind: str) -> None:
    """Take back what was told of a post: a removal that was overturned."""
    await tx.execute("DELETE FROM post_change WHERE post = %s AND kind = %s", [post, kind])


async def add_report(tx: Tx, row: ReportRow, who: bytes | None) -> bool:
    """Store a report; tell whether this reporter's was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO post_report (id, kind, of, rule, text, outside, who, since, state)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [row.id, row.kind, row.of, row.rule, row.text, row.outside, who, row.since, row.state],
        )
    )


async def report_by(tx: Tx, of: str, who: bytes) -> str | None:
    """Return the id of the report that somebody made of something."""
    found: str | None = await value(tx, "SELECT id FROM post_report WHERE of = %s AND who = %s", [of, who])
    return found


async def report(tx: Tx, report_id: str) -> ReportRow | None:
    """Return a report."""
    return await one(tx, ReportRow, _REPORT + " WHERE id = %s", [report_id])


async def reports_waiting(tx: Tx, most: int) -> list[ReportRow]:
    """Return the reports that wait, oldest first."""
    return await many(tx, ReportRow, _REPORT + " WHERE state = 'waiting' ORDER BY since, id LIMIT %s", [most])


async def reports_of(tx: Tx, of: str) -> list[ReportRow]:
    """Return all reports of a post or comment."""
    return await many(tx, ReportRow, _REPORT + " WHERE of = %s ORDER BY since, id", [of])


async def stood(tx: Tx, of: str, rule: str) -> bool:
    """Tell whether a moderator looked at something for this rule already and left it."""
    found = await value(
        tx, "SELECT count(*) FROM post_report WHERE of = %s AND rule = %s AND state = 'stands'", [of, rule]
    )
    return bool(found)


async def decide_reports(tx: Tx, of: str, state: str, reason: str, day: date) -> int:
    """Close the reports of something; who made them is forgotten."""
    return await changed(
        tx,
        "UPDATE post_report SET state = %s, reason = %s, decided = %s, who = NULL"
        " WHERE of = %s AND state = 'waiting'",
        [state, reason, day, of],
    )


async def add_appeal(tx: Tx, row: AppealRow) -> bool:
    """Store an appeal; tell whether it is the first."""
    return bool(
        await changed(
            tx,
            "INSERT INTO post_appeal (of, kind, text, since, state) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [row.of, row.kind, row.text, row.since, row.state],
        )
    )


async def appeal(tx: Tx, of: str) -> AppealRow | None:
    """Return the appeal about something."""
    return await one(tx, AppealRow, _APPEAL + " WHERE of = %s", [of])


async def appeals_of(tx: Tx, ids: Sequence[str]) -> dict[str, AppealRow]:
    """Return the appeals about these."""
    rows = await many(tx, AppealRow, _APPEAL + " WHERE of = ANY (%s)", [list(ids)])
    return {row.of: row for row in rows}


async def appeals_waiting(tx: Tx, most: int) -> list[AppealRow]:
    """Return the appeals that wait, oldest first."""
    return await many(tx, AppealRow, _APPEAL + " WHERE state = 'waiting' ORDER BY since, of LIMIT %s", [most])


async def decide_appeal(tx: Tx, of: str, state: str, reason: str) -> None:
    """Close an appeal."""
    await tx.execute("UPDATE post_appeal SET state = %s, reason = %s WHERE of = %s", [state, reason, of])


async def next_number(tx: Tx) -> int:
    """Return the number of the next act; no other is numbered until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return int(await value(tx, "SELECT coalesce(max(n), 0) + 1 FROM moderation"))


async def last_number(tx: Tx) -> int:
    """Return the number of the last act: they are numbered in the order in which they can be seen."""
    return int(await value(tx, "SELECT coalesce(max(n), 0) FROM moderation"))


async def add_act(tx: Tx, row: ActRow) -> None:
    """Store what a moderator did."""
    await tx.execute(
        "INSERT INTO moderation (id, n, kind, of, act, rule, reason, by_whom, day, took, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(row.id, row.n, row.kind, row.of, row.act, row.rule, row.reason, row.by_whom, row.day, row.took),
            row.leaf,
        ],
    )


async def last_acts(tx: Tx, ids: Sequence[str], acts: Sequence[str]) -> dict[str, ActRow]:
    """Return the latest of some acts about each of these."""
    rows = await many(
        tx,
        ActRow,
        "SELECT DISTINCT ON (of) id, n, kind, of, act, rule, reason, by_whom, day, took, leaf FROM moderation"
        " WHERE of = ANY (%s) AND act = ANY (%s) ORDER BY of, n DESC",
        [list(ids), list(acts)],
    )
    return {row.of: row for row in rows}


async def removed_under(tx: Tx, rule: str) -> list[ActRow]:
    """Return the latest removals under a rule, the oldest first."""
    return await many(
        tx,
        ActRow,
        "SELECT * FROM (SELECT DISTINCT ON (of) id, n, kind, of, act, rule, reason, by_whom, day, took, leaf"
        " FROM moderation WHERE act = 'remove' ORDER BY of, n DESC) removed WHERE rule = %s ORDER BY n",
        [rule],
    )


async def acts(tx: Tx, before: int | None, most: int) -> list[ActRow]:
    """Return what was done before an act, latest first."""
    return await many(
        tx,
        ActRow,
        _ACT + " WHERE n < %s ORDER BY n DESC LIMIT %s",
        [2**62 if before is None else before, most],
    )


async def acts_by_month(tx: Tx, before: date) -> list[tuple[str, str, str | None, str | None, int]]:
    """Return how many acts there were before a day, by month, act, rule, and whether they took a day."""
    rows = await tx.execute(
        "SELECT to_char(day, 'YYYY-MM'), act, rule, took, count(*)::integer FROM moderation"
        " WHERE day < %s GROUP BY 1, 2, 3, 4",
        [before],
    )
    return [(str(m), str(act), rule, took, int(n)) for m, act, rule, took, n in await rows.fetchall()]


async def add_bar(tx: Tx, row: BarRow) -> None:
    """Store a bar."""
    await tx.execute(
        "INSERT INTO post_bar (id, account, until, rule, reason, made) VALUES (%s, %s, %s, %s, %s, %s)",
        [row.id, row.account, row.until, row.rule, row.reason, row.made],
    )


async def bar_of(tx: Tx, account: str, today: date) -> BarRow | None:
    """Return the bar that keeps an account from posting today; of several the longest."""
    return await one(
        tx,
        BarRow,
        _BAR + " WHERE account = %s AND until > %s AND ended IS NULL ORDER BY until DESC LIMIT 1",
        [account, today],
    )


async def bars(tx: Tx, today: date) -> list[BarRow]:
    """Return the bars that hold, the longest first."""
    return await many(
        tx, BarRow, _BAR + " WHERE until > %s AND ended IS NULL ORDER BY until DESC, id", [today]
    )


async def end_bar(tx: Tx, bar: str, today: date) -> BarRow | None:
    """End a bar; return it, or None where none of that id holds."""
    return await one(
        tx,
        BarRow,
        "UPDATE post_bar SET ended = %s WHERE id = %s AND ended IS NULL AND until > %s"
        " RETURNING id, account, until, rule, reason, made, ended",
        [today, bar, today],
    )


async def count(tx: Tx, day: date, what: str) -> None:
    """Count one of something on its day."""
    await tx.execute(
        "INSERT INTO post_count (day, what, many) VALUES (%s, %s, 1)"
        " ON CONFLICT (day, what) DO UPDATE SET many = post_count.many + 1",
        [day, what],
    )


async def counts(tx: Tx, before: date) -> dict[tuple[str, str], int]:
    """Return how many of what there were before a day, by month."""
    rows = await tx.execute(_NUMBERS, [before])
    return {(str(month), str(what)): int(n) for month, what, n in await rows.fetchall()}


async def waiting(tx: Tx, before: datetime) -> int:
    """Return how many things have waited for a moderator since before a moment."""
    return int(
        await value(
            tx,
            "SELECT (SELECT count(*) FROM post WHERE state = 'waiting' AND since < %(before)s)"
            " + (SELECT count(*) FROM post_comment WHERE state = 'waiting' AND since < %(before)s)"
            " + (SELECT count(DISTINCT of) FROM post_report WHERE state = 'waiting' AND since < %(before)s)"
            " + (SELECT count(*) FROM post_appeal WHERE state = 'waiting' AND since < %(before)s)",
            {"before": before},
        )
    )
