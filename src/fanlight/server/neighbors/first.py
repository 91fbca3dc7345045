"""The posts of a setup document: those of a demo town, whose feed would be empty otherwise.

In:     posts without authors.
Out:    rows as if they had been written, come out and been read.
Holds:  nobody wrote them, so nobody corrects them or is found as their author; moderators decide about them
        as about others.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Annotated

import h3
import msgspec
from msgspec import Meta

from fanlight.model.ids import new_id
from fanlight.server import programme
from fanlight.server.errors import Malformed
from fanlight.server.neighbors import rules, store, store_acts
from fanlight.server.neighbors.rules import Category, Part
from fanlight.server.neighbors.store import CommentRow, PostRow
from fanlight.server.neighbors.store_acts import ChangeRow
from fanlight.store.database import Tx


class FirstPost(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A post of a setup document. `place`: lon, lat, of which the cell is kept; `flag`: rule, what."""

    category: Category
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    done: Annotated[str, Meta(min_length=1, max_length=2_000)]
    looks: Annotated[str, Meta(max_length=500)]
    place: tuple[float, float]
    day: date
    part: Part
    published: datetime
    comments: tuple[Annotated[str, Meta(min_length=1, max_length=1_000)], ...] = ()
    correction: str | None = None
    resolved: bool = False
    verified: bool = False
    flag: tuple[str, str] | None = None


async def load(tx: Tx, posts: list[FirstPost]) -> None:
    """Store the posts of a setup document; raises Malformed for one whose place is out of town."""
    homes = await programme.homes_by_cell(tx)
    division = (await programme.town(tx))["divisions"][-1]
    for one in posts:
        lon, lat = one.place
        fine = h3.latlng_to_cell(lat, lon, rules.FINE_RES)
        try:
            area = rules.check_place(fine, homes, division)
        except Malformed:
            fine = division.cell_of(h3.cell_to_parent(fine, rules.FINE_RES - 1))
            area = rules.check_place(fine, homes, division)
        await _store(tx, one, fine, area)


async def _store(tx: Tx, one: FirstPost, cell: str, area: str) -> None:
    due = rules.ceiled(one.published)
    flags = [{"rule": one.flag[0], "words": [], "what": one.flag[1]}] if one.flag else []
    row = PostRow(
        id=new_id(),
        key_hash=secrets.token_bytes(32),
        category=one.category,
        cell=cell,
        area=area,
        day=one.day,
        part=one.part,
        title=one.title,
        done=one.done,
        looks=one.looks,
        state="waiting" if flags else "accepted",
        since=rules.hour(due),
        due=None if flags else due,
        flags=flags,
        report_key=secrets.token_bytes(32),
    )
    await store.add_post(tx, row, None)
    if one.resolved or one.verified:
        await store.change_post(tx, row.id, resolved=one.resolved, verified=one.verified)
    for kind, text in (("corrected", one.correction), ("resolved", "" if one.resolved else None)):
        if text is not None:
            change = ChangeRow(id=new_id(), post=row.id, kind=kind, day=due.date(), due=due, text=text)
            await store_acts.add_change(tx, change)
    for number, text in enumerate(one.comments, 1):
        said = CommentRow(
            id=new_id(),
            post=row.id,
            key_hash=secrets.token_bytes(32),
            text=text,
            state="accepted",
            since=rules.hour(due),
            due=due + timedelta(minutes=20 * number),
            report_key=secrets.token_bytes(32),
        )
        await store.add_comment(tx, said, None)
    await store_acts.count(tx, due.date(), "posts")
