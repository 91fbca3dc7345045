"""The weekly digest: what a week brought, how much of it is usual, and what was put right. One file for all.

In:     counts by week; what moderators and writers changed; the present.
Out:    Week: the last whole weeks, Monday to Sunday by UTC, latest first; the same as Atom.
Holds:  a week is told once it is over; no post's moment, author or place is in it. Of posts it names those
        that somebody can act on or be glad of, and what was corrected: never a list of alarms (R14).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from fanlight.server.neighbors import reading, rules, store, store_acts, store_counts
from fanlight.server.neighbors.feeds import Channel, Entry
from fanlight.server.programme.years import area_of
from fanlight.store.database import Tx

TOLD, USUAL = 4, 52
NAMED = ("notice", "help", "lost-found", "good-news")
MOST_NAMED = 12
_WEEK = timedelta(days=7)
Row = tuple[date, str, str, int]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A post of the week that is named: its id, category, title and cell."""

    post: str
    category: str
    title: str
    cell: str


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """A week.

    Attributes:
        week: such as `2026-W47` (ISO 8601).
        begins, ends: its first and last day.
        posts: how many came out, by category.
        usual: how many there were a week, on average, in the 52 weeks before, as far as there were any posts.
        areas: how many came out by cell of res 7 or coarser, and category.
        corrected, resolved, removed, verified: how many posts that was said of in the week.
        named: posts that somebody can act on or be glad of, the latest first.
    """

    week: str
    begins: str
    ends: str
    posts: dict[str, int]
    usual: dict[str, float]
    areas: dict[str, dict[str, int]]
    corrected: int
    resolved: int
    removed: int
    verified: int
    named: list[Named]


def monday(day: date) -> date:
    """Return the first day of a week."""
    return day - timedelta(days=day.weekday())


def name_of(begins: date) -> str:
    """Return what a week is called."""
    year, week, _ = begins.isocalendar()
    return f"{year}-W{week:02}"


def counted(rows: Iterable[Row], changes: Iterable[Mapping[str, Any]], today: date) -> list[Week]:
    """Return the weeks that are told, without their named posts.

    Args:
        rows: Monday, category, cell and how many came out.
        changes: the corrections of 90 days, as everybody reads them.
        today: the day.
    """
    this = monday(today)
    begins = [this - _WEEK * n for n in range(1, TOLD + 1)]
    posts: dict[date, Counter[str]] = {}
    areas: dict[date, dict[str, Counter[str]]] = {}
    for week, kind, cell, many in rows:
        posts.setdefault(week, Counter())[kind] += many
        if week in begins:
            areas.setdefault(week, {}).setdefault(area_of(cell), Counter())[kind] += many
    said = Counter((monday(date.fromisoformat(one["day"])), one["kind"]) for one in changes)
    first = min(posts, default=this)
    return [
        Week(
            week=name_of(one),
            begins=one.isoformat(),
            ends=(one + timedelta(days=6)).isoformat(),
            posts=dict(sorted(posts.get(one, Counter()).items())),
            usual=_usual(posts, one, first),
            areas={cell: dict(sorted(found.items())) for cell, found in sorted(areas.get(one, {}).items())},
            corrected=said[one, "corrected"],
            resolved=said[one, "resolved"],
            removed=said[one, "removed"],
            verified=said[one, "verified"],
            named=[],
        )
        for one in begins
        if one >= first
    ]


def _usual(posts: Mapping[date, Counter[str]], week: date, first: date) -> dict[str, float]:
    before = [week - _WEEK * n for n in range(1, USUAL + 1) if week - _WEEK * n >= first]
    total: Counter[str] = Counter()
    for one in before:
        total.update(posts.get(one, Counter()))
    return {kind: round(many / len(before), 1) for kind, many in sorted(total.items())}


async def of_town(tx: Tx, now: datetime) -> list[dict[str, Any]]:
    """Return the weeks that are told, as everybody reads them."""
    this = monday(now.date())
    since, until = (rules.start_of(one) for one in (this - _WEEK * (TOLD + USUAL), this))
    rows = await store_counts.by_week(tx, since, until)
    found = []
    for week in counted(rows, await reading.corrections(tx, now), now.date()):
        begins = rules.start_of(date.fromisoformat(week.begins))
        named = await store_counts.named_in(tx, begins, begins + _WEEK, NAMED, MOST_NAMED)
        told = [Named(post=of, category=kind, title=title, cell=cell) for of, kind, title, cell in named]
        found.append(msgspec.to_builtins(msgspec.structs.replace(week, named=told)))
    return found


async def mark(tx: Tx, now: datetime) -> tuple[date, int, int]:
    """Return what tells whether it has changed: a new day, an act of a moderator, a post taken back."""
    begun = rules.floored(now)
    taken_back, _ = await store.off(tx, begun - rules.TOLD, begun)
    return now.date(), await store_acts.last_number(tx), taken_back


def entries(channel: Channel, weeks: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Return the weeks as entries of a feed: each is new on the day after its last."""
    found = []
    for one in weeks:
        out = f"{date.fromisoformat(one['ends']) + timedelta(days=1)}T00:00:00Z"
        address = f"{channel.page}#/week/{one['week']}"
        title = f"{sum(one['posts'].values())} posts in the week of {one['begins']} to {one['ends']}"
        found.append(
            Entry(
                address=address,
                title=title,
                published=out,
                updated=out,
                term="week",
                by="",
                text=text_of(one),
            )
        )
    return found


def text_of(week: Mapping[str, Any]) -> str:
    """Return a week as plain text."""
    lines = [
        f"{kind}: {week['posts'].get(kind, 0)} (in a usual week {week['usual'].get(kind, 0)})"
        for kind in sorted({*week["posts"], *week["usual"]})
    ]
    put = ", ".join(f"{week[what]} {what}" for what in ("corrected", "resolved", "verified", "removed"))
    named = [f"{one['category']}: {one['title']}" for one in week["named"]]
    return "\n".join([*lines, f"Put right: {put}.", *named])
