"""Lists that are taken over: as they were found, in the record, and nobody's right."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.server.running import Running, running

from fanlight.server.programme import listings
from fanlight.server.programme.listings import ListedAgency, ListedAgreement, Source

SOURCE = Source(
    kind="agencies", source="a list", credit="its maker, CC BY", as_of=date(2018, 9, 1), sha256="ab" * 32
)
AGENCY = ListedAgency(
    ori="CA0010100",
    name="Alameda Police Department",
    kind="municipal",
    listed_as="City",
    county="ALAMEDA",
    state="CA",
    lon=-122.26,
    lat=37.77,
)
AGREEMENT = ListedAgreement(
    line=0,
    name="Alameda Police Department",
    place="Alameda",
    state="CA",
    since=date(2019, 4, 30),
    until=None,
    ori="CA0010100",
    joined="found",
    url="",
)


async def take_over(town: Running) -> None:
    async with town.services.db.transaction() as tx:
        made = await listings.add(town.services.log, tx, SOURCE, 2)
        other = replace(AGENCY, ori="NV0010000", state="NV", county=None, lon=None, lat=None)
        assert await listings.add_agencies(tx, made, [AGENCY, other]) == 2
        made = await listings.add(town.services.log, tx, replace(SOURCE, kind="agreements"), 3)
        lines = [
            AGREEMENT,
            replace(AGREEMENT, line=1, since=date(2019, 5, 1)),
            replace(AGREEMENT, line=2, since=None, ori=None, joined="none"),
        ]
        assert await listings.add_agreements(tx, made, lines) == 3


def test_a_list_is_taken_over_with_its_source_and_found_again(database: str, tmp_path: Path) -> None:
    """R32: with an entry in the record that names where it was found; a line without a day is not counted."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            await take_over(town)
            await town.settled()
            entries = [leaf["pub"] for leaf in await town.leaves("listing")]
            assert [(one["kind"], one["lines"]) for one in entries] == [("agencies", 2), ("agreements", 3)]
            async with town.services.db.transaction() as tx:
                heads = await listings.all_of(tx)
                assert {head.credit for head in heads} == {"its maker, CC BY"}
                agencies, agreements = (
                    await listings.latest(tx, "agencies"),
                    await listings.latest(tx, "agreements"),
                )
                assert agencies is not None
                assert agreements is not None
                assert (
                    await listings.agreements_by(tx, agreements.id, date(2019, 4, 30)),
                    await listings.agreements_by(tx, agreements.id, date(2019, 5, 1)),
                ) == (1, 2)
                lines = await listings.agreements(tx, agreements.id, after=0, limit=10)
                assert [(line.line, line.ori, line.joined) for line in lines] == [
                    (1, "CA0010100", "found"),
                    (2, None, "none"),
                ]
                for words, state, after, found in (
                    ("", None, "", ["CA0010100", "NV0010000"]),
                    ("alameda", "CA", "", ["CA0010100"]),
                    ("", "NV", "", ["NV0010000"]),
                    ("", None, "CA0010100", ["NV0010000"]),
                    ("nobody", None, "", []),
                ):
                    rows = await listings.agencies(
                        tx, agencies.id, state=state, words=words, after=after, limit=10
                    )
                    assert [row.ori for row in rows] == found
                    assert not any(row.admitted for row in rows)

    asyncio.run(body())


@pytest.mark.parametrize("table", ["listing", "listed_agency", "listed_agreement"])
def test_nobody_changes_a_list_that_was_taken_over(database: str, tmp_path: Path, table: str) -> None:
    """R32: neither the app's role nor the owner of the tables."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            await take_over(town)

    asyncio.run(body())
    with psycopg.connect(database) as owner:
        change = sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
        with pytest.raises(psycopg.errors.RaiseException, match="stays as it was"), owner.transaction():
            owner.execute(change)
        owner.execute("SET ROLE fanlight_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
            owner.execute(change)


def test_what_could_not_be_joined_names_no_agency(database: str) -> None:
    """R32: a line says which agency it means and how that was known, or that nobody knows."""
    with psycopg.connect(database) as owner:
        owner.execute("INSERT INTO leaf (id, type, body) VALUES ('l', 'x', 'x')")
        owner.execute(
            "INSERT INTO listing VALUES ('i', 'agreements', 's', 'c', '2020-01-01', repeat('0', 64), 1, 'l')"
        )
        line = "INSERT INTO listed_agreement VALUES ('i', %s, 'n', 'p', 'CA', NULL, NULL, %s, %s)"
        owner.execute(line.encode(), [0, None, "ambiguous"])
        for ori, joined in ((None, "found"), ("CA0010100", "none"), ("CA01", "given")):
            with pytest.raises(psycopg.errors.CheckViolation), owner.transaction():
                owner.execute(line.encode(), [1, ori, joined])
