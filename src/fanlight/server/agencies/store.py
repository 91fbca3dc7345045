"""The rows of an agency's people as its administrators see them, and of what was changed."""

from datetime import date

import msgspec

from fanlight.store.database import Tx, many


class Row(msgspec.Struct, frozen=True):
    """A person, in office or not."""

    account: str
    name: str
    role: str
    ended: date | None


class Change(msgspec.Struct, frozen=True):
    """What was changed. `role` is null where a person came, `made` where one was deactivated.

    `by` is null where the operator made the first administrator.
    """

    name: str
    role: str | None
    made: str | None
    by: str | None
    day: date
    index: int | None


async def lock(tx: Tx, agency: str) -> None:
    """Let nobody else change this agency's people until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('agency people ' || %s, 0))", [agency])


async def everybody(tx: Tx, agency: str) -> list[Row]:
    """Return all who act or acted for an agency, those in office first, by name."""
    query = "SELECT account, name, role, ended FROM agency_person WHERE agency = %s"
    return await many(tx, Row, query + " ORDER BY ended IS NOT NULL, name, account", [agency])


async def changes(tx: Tx, agency: str) -> list[Change]:
    """Return what was changed among an agency's people, latest first."""
    return await many(
        tx,
        Change,
        "SELECT p.name, c.role, c.made, b.name AS by, c.day, l.idx AS index FROM person_change c"
        " JOIN agency_person p ON p.account = c.account LEFT JOIN agency_person b ON b.account = c.by_whom"
        " JOIN leaf l ON l.id = c.leaf WHERE c.agency = %s ORDER BY l.idx DESC NULLS FIRST, l.id",
        [agency],
    )


async def add_change(  # noqa: PLR0913 - the columns
    tx: Tx, *, agency: str, person: Row, made: str | None, by: str, day: date, leaf: str
) -> None:
    """Change a person and keep the change; `made` null deactivates, and ends every session."""
    await tx.execute(
        "INSERT INTO person_change (account, agency, role, made, by_whom, day, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [person.account, agency, person.role, made, by, day, leaf],
    )
    if made is None:
        await tx.execute("UPDATE agency_person SET ended = %s WHERE account = %s", [day, person.account])
        await tx.execute("DELETE FROM session WHERE account = %s", [person.account])
    else:
        await tx.execute("UPDATE agency_person SET role = %s WHERE account = %s", [made, person.account])
