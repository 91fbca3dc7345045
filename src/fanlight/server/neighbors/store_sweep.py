"""The rows of what is over."""

from collections.abc import Sequence
from datetime import date

from fanlight.store.database import Tx

_LOCK = 0x706F7374  # any fixed number: who enters a month holds it


async def drop_changes(tx: Tx, before: date) -> None:
    """Forget what nobody is told of any more; a post keeps its own correction."""
    await tx.execute("DELETE FROM post_change WHERE day < %s AND kind <> 'corrected'", [before])


_REMOVED = (
    " t WHERE t.state = 'removed' AND NOT EXISTS (SELECT FROM moderation m WHERE m.of = t.id"
    " AND m.act IN ('remove', 'uphold') AND m.day >= CASE WHEN m.rule = %s THEN %s::date ELSE %s::date END)"
    " AND NOT EXISTS (SELECT FROM post_appeal a WHERE a.of = t.id AND a.state = 'waiting')"
)


async def removed_before(tx: Tx, before: date, by_law: date, law: str) -> tuple[list[str], list[str]]:
    """Return the posts and comments that were removed before a day and still have their words.

    Args:
        tx: the transaction.
        before: the day.
        by_law: the day for what was removed under the rule that keeps it for those who prosecute it.
        law: that rule.
    """
    said = [law, by_law, before]
    posts = await tx.execute("SELECT t.id FROM post" + _REMOVED + " AND t.title <> ''", said)  # noqa: S608
    comments = await tx.execute("SELECT t.id FROM post_comment" + _REMOVED + " AND t.text <> ''", said)  # noqa: S608
    return [str(of) for (of,) in await posts.fetchall()], [str(of) for (of,) in await comments.fetchall()]


async def forget_reports(tx: Tx, before: date) -> None:
    """Forget the words of reports that were answered; that there was one stays."""
    await tx.execute("UPDATE post_report SET text = '' WHERE text <> '' AND decided < %s", [before])


async def end_named(tx: Tx, ids: Sequence[str]) -> None:
    """Destroy the words of these posts and comments, and who wrote them."""
    await tx.execute(
        "UPDATE post SET state = 'withdrawn', title = '', done = '', looks = '', author = NULL, flags = '[]'"
        " WHERE id = ANY (%s) AND state <> 'withdrawn'",
        [list(ids)],
    )
    await tx.execute(
        "UPDATE post_comment SET state = 'withdrawn', text = '', author = NULL, flags = '[]'"
        " WHERE id = ANY (%s) AND state <> 'withdrawn'",
        [list(ids)],
    )


async def months_to_enter(tx: Tx, this: str) -> list[str]:
    """Return the months before this one that are not in the record yet; nobody else enters them meanwhile."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    rows = await tx.execute(
        "SELECT DISTINCT to_char(day, 'YYYY-MM') AS month FROM post_count c"
        " WHERE to_char(day, 'YYYY-MM') < %s"
        " AND NOT EXISTS (SELECT FROM post_counted d WHERE d.month = to_char(c.day, 'YYYY-MM')) ORDER BY 1",
        [this],
    )
    return [str(month) for (month,) in await rows.fetchall()]


async def month_entered(tx: Tx, month: str, leaf: str) -> None:
    """Note a month's entry."""
    await tx.execute("INSERT INTO post_counted (month, leaf) VALUES (%s, %s)", [month, leaf])
