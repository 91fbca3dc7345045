"""What members are told: a plain code, about whom, on which day. One row for each who is told.

In:     what happened in a household, or to one account.
Out:    rows of `notice`, which the person's pages show and then drop.
Holds:  every owner and member of a household is told of each change of who can sign in or read there; once a
        day for the same thing; nothing finer than the day.
Absent: words for people; those are in the app's words files.
Why:    docs/design/accounts.md
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from fanlight.server.accounts import store_people
from fanlight.server.accounts.store import Membership
from fanlight.store.database import Tx

KEPT = timedelta(days=90)
TOLD = ("owner", "member")
Code = Literal[
    "new-device",
    "passkey-added",
    "passkey-removed",
    "invited",
    "joined",
    "left",
    "removed",
    "role-changed",
    "sees-earlier",
    "hub-added",
    "hub-removed",
    "recovery-started",
    "recovery-stopped",
    "recovered",
    "you-were-removed",
    "household-deleted",
    "agreement-ended",  # to every member, by the tables' own `tell_members`
]


async def tell_home(  # noqa: PLR0913 - facts of one notice
    tx: Tx, household: str, code: Code, *, about: str, day: date, also: Iterable[str] = ()
) -> None:
    """Tell the owners and members of the transaction's household, and `also` those."""
    told = {*await store_people.told_in(tx, household, TOLD), *also}
    for account in sorted(told):
        await store_people.add_notice(tx, account, code, day=day, about=about, household=household)


async def tell_homes(tx: Tx, homes: Sequence[Membership], code: Code, *, about: str, day: date) -> None:
    """Tell the person and everybody in each of their households; the transaction ends up in the last one."""
    await store_people.enter(tx, account=about)
    if not homes:
        await store_people.add_notice(tx, about, code, day=day, about=about, household=None)
    for home in homes:
        await store_people.enter(tx, household=home.household)
        await tell_home(tx, home.household, code, about=about, day=day, also=[about])


async def tell_person(tx: Tx, account: str, code: Code, *, day: date) -> None:
    """Tell one person something that names no household; the transaction ends up as theirs."""
    await store_people.enter(tx, account=account)
    await store_people.add_notice(tx, account, code, day=day, about=None, household=None)
