"""What a post may say of place and time, when it comes out, and who may write. Pure.

In:     what a form says; homes per cell; the present; a number drawn at random.
Out:    the moment at which something comes out, the area it is listed in, or one clear error.
Holds:  a place is a cell in which 50 homes lie; no moment finer than ten minutes is shown, and none that
        tells when somebody wrote: ten minutes to two hours lie between, drawn at random.
Absent: rows; what a text says (`checks`).
Why:    docs/design/posts.md
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal

import h3

from fanlight.model.division import FINEST_RES, HOMES_PER_CELL, Division
from fanlight.model.errors import FanlightError
from fanlight.model.readable import BadText, check_words
from fanlight.neighbors.lists import load
from fanlight.server.errors import Malformed
from fanlight.wire import b64

CATEGORIES = ("safety", "package", "vehicle", "lost-found", "animal", "help", "good-news")
PARTS = ("night", "morning", "afternoon", "evening")
Category = Literal["safety", "package", "vehicle", "lost-found", "animal", "help", "good-news"]
Part = Literal["", "night", "morning", "afternoon", "evening"]
FINE_RES, AREA_RES = 9, 6
_CHILDREN = 7  # cells of res 9 in one of res 8
DELAY_MIN = (10, 120)  # less lets the hour tell posts of one home: docs/design/presence.md
_STEP = timedelta(minutes=10)
OLDEST = timedelta(days=30)
QUIET = timedelta(days=3)
AUTHOR_KEPT = timedelta(days=60)
TOLD = timedelta(days=90)  # how long corrections are listed
TARGET = timedelta(hours=24)
LAW = "N-9"  # what it removes is kept for those who prosecute it (`by_law`)
PAGE = 50
MOST_MEDIA = 4
KEY_BYTES = 32


@cache
def listed() -> dict[str, Any]:
    """Return the moderators' rules as everybody reads them."""
    return load("post-rules")


@cache
def ids() -> frozenset[str]:
    """Return the ids of the rules."""
    return frozenset(rule["id"] for rule in listed()["rules"])


def check_rule(rule: str) -> str:
    """Return a rule's id; raises Malformed where there is none of that id."""
    if rule not in ids():
        raise Malformed(
            f"There is no rule {rule[:20]!r}.",
            do="Name one of those at /v1/post-rules.",
            code="neighbors.no_rule",
        )
    return rule


def check_place(cell: str, homes: Mapping[str, int], division: Division) -> str:
    """Return the area in which a place is listed; raises Malformed unless 50 homes may be meant by it.

    Args:
        cell: an H3 cell: of res 9 where it is one of seven that have 350 homes, else of the town's division.
        homes: per cell of res 8.
        division: the town's.
    """
    try:
        known = bool(h3.is_valid_cell(cell))
    except (TypeError, ValueError):
        known = False
    if known and h3.get_resolution(cell) == FINE_RES:
        parent = h3.cell_to_parent(cell, FINEST_RES)
        known = homes.get(str(parent), 0) >= HOMES_PER_CELL * _CHILDREN
    elif known:
        known = division.has(cell)
    if not known:
        raise Malformed(
            "This place is none that a post can have: it is finer than 50 homes, or out of town.",
            do="Choose a cell of the town's map.",
            code="neighbors.no_place",
        )
    return area_of(cell)


def area_of(cell: str) -> str:
    """Return the cell of res 6 in which a cell lies, or itself where it is coarser."""
    return str(h3.cell_to_parent(cell, AREA_RES)) if h3.get_resolution(cell) > AREA_RES else cell


def areas_of(cell: str) -> tuple[str, ...]:
    """Return the areas that hold posts of a reader's area (res 5 or 6); raises Malformed for another."""
    try:
        res = h3.get_resolution(cell) if h3.is_valid_cell(cell) else -1
    except (TypeError, ValueError):
        res = -1
    if res == AREA_RES:
        return (cell, str(h3.cell_to_parent(cell, AREA_RES - 1)))
    if res == AREA_RES - 1:
        return (cell, *sorted(str(one) for one in h3.cell_to_children(cell, AREA_RES)))
    raise Malformed(
        "An area is an H3 cell of res 5 or 6.", do="Leave it out for the town.", code="neighbors.no_area"
    )


def check_text(text: str) -> str:
    """Return what somebody wrote if it reads as it looks; raises Malformed."""
    try:
        return check_words(text)
    except BadText as error:
        raise Malformed(error.what, do=error.do, kept=error.kept, code="neighbors.bad_text") from error


def check_line(text: str) -> str:
    """Return a title, of one line, if it reads as it looks; raises Malformed."""
    if "\n" in text:
        raise Malformed("A title has one line.", do="Leave the line break out.", code="neighbors.bad_text")
    return check_text(text)


def check_day(day: date, now: datetime) -> date:
    """Return the day on which something happened; raises Malformed unless it is one of the last 30."""
    if not now.date() - OLDEST <= day <= (now + timedelta(hours=14)).date():
        raise Malformed(
            "A post is about one of the last 30 days.", do="Choose such a day.", code="neighbors.no_day"
        )
    return day


def due(now: datetime, drawn: float) -> datetime:
    """Return when what is accepted now comes out; `drawn` is a number from 0 to 1."""
    least, most = DELAY_MIN
    return ceiled(now + timedelta(minutes=least + drawn * (most - least)))


def ceiled(moment: datetime) -> datetime:
    """Return the next full ten minutes."""
    over = timedelta(minutes=moment.minute % 10, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + (_STEP if over else timedelta())


def floored(moment: datetime) -> datetime:
    """Return the last full ten minutes."""
    return ceiled(moment) - _STEP if ceiled(moment) > moment else moment


def midnight(moment: datetime) -> datetime:
    """Return when the day of a moment began, in UTC."""
    return hour(moment).replace(hour=0)


def start_of(day: date) -> datetime:
    """Return when a day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def hour(moment: datetime) -> datetime:
    """Return the last full hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def hash_of(secret: bytes) -> bytes:
    """Return what is kept of a writer's secret."""
    return hashlib.sha256(secret).digest()


def read_key(text: str) -> bytes:
    """Return a secret, or the hash of one, from base64; raises Malformed unless it has 32 bytes."""
    try:
        found = b64.decode(text)
    except FanlightError:
        found = b""
    if len(found) != KEY_BYTES:
        raise Malformed(
            "A key or secret has 32 bytes in base64.", do="Encode it so.", code="neighbors.no_key"
        )
    return found


def reporter(account: str, key: bytes) -> bytes:
    """Return by what one account counts once among the reports of one post, and is known by nowhere else."""
    return hmac.digest(key, account.encode(), hashlib.sha256)
