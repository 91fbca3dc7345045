"""What everybody may say of an agreement, and what keeps a flood from drowning it."""

import asyncio
import hashlib
import subprocess
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
import pytest
from psycopg import sql
from tests.server.dumps import dump_of
from tests.server.registering import Way
from tests.server.running import Clock, running
from tests.server.test_register_restore import program
from tests.server.test_register_tables import add_leaf

from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import State
from fanlight.model.readable import skeleton
from fanlight.server.programme import comments
from fanlight.server.programme.comments import FREE, LEAST_BITS, MOST_BITS, bits_needed
from fanlight.store.database import migrations
from fanlight.wire.register import digest

PROXY = {"proxies": frozenset({"127.0.0.1"})}


def walk(database: str, home: Path, body: Callable[[Way], Awaitable[None]], **change: Any) -> None:
    async def whole() -> None:
        async with running(home, database, ticking=Clock(), **change) as town:
            way = Way(town, database)
            await way.draft()
            await body(way)

    asyncio.run(whole())


async def say(way: Way, words: str, name: str = "Ana", work: str = "", place: str = "") -> httpx.Response:
    headers = {"X-Forwarded-For": place} if place else {}
    body = {"name": name, "words": words, "work": work}
    return await way.town.http.post(way.path("comments"), json=body, headers=headers)


def computed(way: Way, words: str, bits: int) -> str:
    """Return work as a page computes it."""
    head = f"fanlight/comment/v1\n{way.agreement}\n{digest(words)}\n"
    nonce = 0
    while int.from_bytes(hashlib.sha256(f"{head}{nonce}".encode()).digest(), "big") >> (256 - bits):
        nonce += 1
    return str(nonce)


def test_anybody_may_comment_while_it_is_open_and_everybody_reads_it(database: str, tmp_path: Path) -> None:
    """R33: without an account; each is an entry that commits to name and words."""

    async def body(way: Way) -> None:
        assert (await say(way, "Too early.")).json()["code"] == "register.comments_closed"
        await way.publish(days=20)
        made = [(await say(way, f"Thought {number}.")).json()["comment"] for number in range(3)]
        path = way.path("comments")
        shown = (await way.town.json(path))["comments"]
        assert [one["comment"] for one in shown] == made
        assert shown[0] == {"comment": made[0], "day": str(way.today), "name": "Ana", "words": "Thought 0."}
        behind = await way.town.json(path, params={"after": made[1]})
        assert [one["comment"] for one in behind["comments"]] == made[2:]
        way.ahead(20)
        assert (await say(way, "On the last day.")).is_success
        way.ahead(21)
        assert (await say(way, "Too late.")).json()["code"] == "register.comments_closed"
        await way.town.settled()
        entries = await way.town.leaves("comment")
        assert [entry["pub"]["comment"] for entry in entries][:3] == made
        assert all(set(entry["commit"]) == {"name", "words"} for entry in entries)
        assert all(set(entry["pub"]) == {"comment", "agreement", "day"} for entry in entries)

    walk(database, tmp_path, body)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Harbor District Police (demo)", "We are glad."),
        ("HARBOR  district-police DEMO", "We are glad."),
        ("P. Ivers", "I signed it."),
        ("City Clerk", "I signed it."),
        ("An\u0430", "One letter is of another alphabet."),
        ("A\u202ena", "Turned round."),
        ("A\u200bna", "Hidden."),
        ("\uff21na", "Wide."),
        ("Ana", "Turned \u202e round."),
        ("Ana", "A" + "\u0336" * 9),
        ("Ana", " \n "),
    ],
)
def test_a_comment_that_does_not_read_as_it_looks_is_met_with_one_error(
    database: str, tmp_path: Path, name: str, words: str
) -> None:
    """R33: whatever the trick, or in an agency's or an office's name; nothing is published."""

    async def body(way: Way) -> None:
        await way.publish()
        answer = await say(way, words, name)
        assert (answer.status_code, answer.json()["code"]) == (400, "model.bad_text")
        assert answer.json()["kept"] == "Nothing was published."
        assert (await way.town.json(way.path("comments")))["comments"] == []

    walk(database, tmp_path, body)


def test_a_flood_costs_who_makes_it_and_shuts_out_nobody(database: str, tmp_path: Path) -> None:
    """R33: who says much computes more for each; others, and who computes on the same network, are heard."""

    async def body(way: Way) -> None:
        await way.publish()
        now = way.town.clock()
        begun = now.replace(minute=1, second=0)  # so that no hour ends or begins within
        way.town.clock.ahead = begun - now
        for number in range(FREE):
            assert (await say(way, f"Flood {number}.", place="203.0.113.7")).is_success
        for number in range(2):
            words = f"More {number}."
            refused = await say(way, words, place="203.0.113.7")
            assert refused.status_code == 429, refused.text
            assert refused.json()["code"] == "register.comment_work"
            assert f"{LEAST_BITS + number} bits" in refused.json()["what"]
            assert (
                await say(way, words, work=computed(way, words, LEAST_BITS + number), place="203.0.113.7")
            ).is_success
        other = "I am of the same library."
        work = computed(way, "another text", LEAST_BITS + 2)
        assert (await say(way, other, work=work, place="203.0.113.7")).status_code == 429
        assert (await say(way, "From elsewhere.", place="198.51.100.1")).is_success
        assert (await say(way, "From a line.", place="2001:db8:1:2::5")).is_success
        listed = await way.town.http.get(
            way.path("comments"), headers={"X-Forwarded-For": "2001:db8:1:2::77"}
        )
        assert listed.json()["work"] == 0
        again = await say(way, "  FROM  elsewhere!", name="Bo", place="198.51.100.2")
        assert again.json()["code"] == "register.comment_repeated"

    walk(database, tmp_path, body, **PROXY)


def test_however_much_was_said_the_next_can_be_computed() -> None:
    """R33: it rises to an end."""
    asked = [bits_needed(said) for said in range(200)]
    assert asked == sorted(asked)
    assert set(asked[:FREE]) == {0}
    assert asked[-1] == MOST_BITS


def test_a_comment_goes_by_a_published_rule_and_the_record_says_so(database: str, tmp_path: Path) -> None:
    """R17 R33: by nothing else, not even in the tables."""

    async def body(way: Way) -> None:
        await way.publish()
        made = (await say(way, "Buy my cameras.")).json()["comment"]
        path = f"/v1/register/comments/{made}/remove"
        wrong = await way.operator.call("POST", path, json={"rule": "comment.critical"})
        assert wrong.json()["code"] == "register.no_rule"
        rules = {one["rule"] for one in (await way.town.json("/v1/register/rules"))["rules"]}
        assert rules == set(comments.RULES)
        assert (await way.operator.call("POST", path, json={"rule": "comment.advert"})).status_code == 204
        again = await way.operator.call("POST", path, json={"rule": "comment.advert"})
        assert again.json()["code"] == "register.comment_removed"
        (shown,) = (await way.town.json(way.path("comments")))["comments"]
        assert shown == {"comment": made, "day": str(way.today), "removed": "comment.advert"}
        await way.town.settled()
        (entry,) = await way.town.leaves("comment-removed")
        assert (entry["pub"]["comment"], entry["pub"]["rule"]) == (made, "comment.advert")
        kept = (await say(way, "This stays.")).json()["comment"]
        for change in (
            "UPDATE agreement_comment SET words = 'Yes.' WHERE id = %s",
            "UPDATE agreement_comment SET removed = 'x', removed_leaf = leaf WHERE id = %s",
            "UPDATE agreement_comment SET name = NULL, words = NULL, likeness = NULL WHERE id = %s",
            "DELETE FROM agreement_comment WHERE id = %s",
        ):
            with (
                psycopg.connect(database) as owner,
                pytest.raises(psycopg.errors.RaiseException, match="by a rule"),
            ):
                owner.execute(change.encode(), [kept])

    walk(database, tmp_path, body)


def test_what_a_removed_comment_said_is_nowhere_any_more_and_the_record_still_verifies(
    database: str, tmp_path: Path
) -> None:
    """R17 R33: by whichever rule, in no row, opening or call, no dump and no file; an entry commits to it."""
    said = {
        rule: (f"Quirin Zell {place}", f"Call Vesna Korda {place} at 555 014{place} about her illness.")
        for place, rule in enumerate(comments.RULES)
    }
    secrets = [text for name, words in said.values() for text in (name, words, digest(skeleton(words)))]

    def written() -> str:
        """Return all that a dump of the database and the files beside it hold, as text."""
        told = subprocess.run([program("pg_dump"), database], check=True, capture_output=True).stdout
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        return b"\n".join([told, *files, *dump_of(database, tmp_path).pieces]).decode(errors="replace")

    async def body(way: Way) -> None:
        await way.publish()
        made = {}
        for number, (rule, (name, words)) in enumerate(said.items()):
            place = f"198.51.100.{number}"
            made[rule] = (await say(way, words, name, place=place)).json()["comment"]
        assert (await say(way, "This stays.")).is_success
        await way.town.settled()
        before = written()
        assert all(text in before for text in secrets)
        entries = (await way.town.json("/v1/log/leaves"))["leaves"]
        for rule, comment in made.items():
            path = f"/v1/register/comments/{comment}/remove"
            assert (await way.operator.call("POST", path, json={"rule": rule})).status_code == 204
        await way.town.settled()
        after = written()
        assert not [text for text in (*secrets, "Quirin", "Vesna", "555 014") if text in after]
        assert "This stays." in after
        shown = (await way.town.json(way.path("comments")))["comments"]
        assert [one.get("removed") for one in shown] == [*made, None]
        assert all(set(one) == {"comment", "day", "removed"} for one in shown[:-1])
        assert "Vesna" not in str(shown)
        left = "SELECT count(*) FROM opening JOIN leaf ON leaf.id = opening.leaf WHERE type = 'comment'"
        assert await way.town.count(left) == 2, "those of the one that stays"

        assert (await way.town.json("/v1/log/leaves"))["leaves"][: len(entries)] == entries
        checks = {check.name: check.state for check in verify_log_target(str(tmp_path / "log"))}
        assert State.FAILS not in checks.values()
        assert {checks[name] for name in ("entries", "tiles", "root")} == {State.HOLDS}
        with psycopg.connect(database) as owner:
            for change in (
                "UPDATE agreement_comment SET words = 'Back.', name = 'Back', likeness = repeat('0', 64)",
                "UPDATE agreement_comment SET removed = NULL, removed_leaf = NULL",
                "DELETE FROM agreement_comment",
            ):
                with pytest.raises(psycopg.errors.RaiseException, match="by a rule"), owner.transaction():
                    owner.execute(f"{change} WHERE removed IS NOT NULL".encode())

    walk(database, tmp_path, body, **PROXY)


def test_the_tables_take_no_removal_that_keeps_words(database: str, tmp_path: Path) -> None:
    """R17 R33: from whatever program, with the entry that says so; all goes, or the comment stays."""

    async def body(way: Way) -> None:
        await way.publish()
        made = (await say(way, "Buy my cameras.")).json()["comment"]
        await way.town.settled()
        pub = {"comment": made, "agreement": way.agreement, "rule": "comment.advert", "day": str(way.today)}
        all_gone = "name = NULL, words = NULL, likeness = NULL"
        with psycopg.connect(database) as app:
            app.execute("SET ROLE fanlight_app")
            leaf = add_leaf(app, "comment-removed", pub)

            def remove(change: LiteralString) -> None:
                update = sql.SQL(
                    "UPDATE agreement_comment SET removed = {}, removed_leaf = {}, {} WHERE id = {}"
                )
                with app.transaction():
                    app.execute(update.format("comment.advert", leaf, sql.SQL(change), made))

            with pytest.raises(psycopg.errors.RaiseException, match="with its words"):
                remove(all_gone)  # the openings still tell
            app.execute("DELETE FROM opening WHERE leaf = (SELECT leaf FROM agreement_comment)")
            for kept in ("name = name", "name = NULL, words = NULL", "words = NULL, likeness = NULL"):
                with pytest.raises(psycopg.errors.RaiseException, match="with its words"):
                    remove(kept)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                remove(f"{all_gone}, day = day - 1")
            remove(all_gone)
            app.rollback()

    walk(database, tmp_path, body)


def test_what_was_removed_before_there_was_erasure_is_erased_with_the_new_tables(database: str) -> None:
    """R17: and what stays keeps its words."""
    with psycopg.connect(database) as owner:
        owner.execute("DROP SCHEMA public CASCADE")
        owner.execute("CREATE SCHEMA public")
        older = [text for version, _, text in migrations() if version < 54]
        (erasing,) = [text for version, _, text in migrations() if version == 54]
        for text in older:
            owner.execute(text.encode())
        owner.execute("SET session_replication_role = replica")
        for name in ("gone", "stays"):
            owner.execute("INSERT INTO leaf (id, type, body) VALUES (%s, 'comment', '{}')", [name])
            owner.execute("INSERT INTO opening VALUES (%s, 'words', %s, '[\"x\"]')", [name, bytes(32)])
            owner.execute(
                "INSERT INTO agreement_comment (id, agreement, day, name, words, likeness, leaf, removed,"
                " removed_leaf) VALUES (%(id)s, 'a', '2026-11-01', 'Ana', %(id)s, repeat(%(mark)s, 64),"
                " %(id)s, %(rule)s, %(rule)s)",
                {"id": name, "mark": name[0], "rule": "comment.advert" if name == "gone" else None},
            )
        owner.commit()
        owner.execute("SET session_replication_role = origin")
        owner.execute(erasing.encode())
        told = "SELECT id, name, words FROM agreement_comment ORDER BY id"
        assert owner.execute(told).fetchall() == [("gone", None, None), ("stays", "Ana", "stays")]
        assert owner.execute("SELECT leaf FROM opening").fetchall() == [("stays",)]
        with pytest.raises(psycopg.errors.RaiseException, match="by a rule"):
            owner.execute("UPDATE agreement_comment SET words = 'Back.'")
        owner.rollback()


def test_no_comment_is_put_into_the_tables_out_of_time(database: str, tmp_path: Path) -> None:
    """R33: the tables ask whether it is open, and for the entry."""

    async def body(way: Way) -> None:
        await way.publish(days=20)
        made = (await say(way, "In time.")).json()["comment"]
        insert = (
            "INSERT INTO agreement_comment (id, agreement, day, name, words, likeness, leaf)"
            " SELECT 'x', agreement, %s, name, 'Late.', repeat('0', 64), leaf FROM agreement_comment"
            " WHERE id = %s"
        )
        for day in (way.today - timedelta(days=1), way.today + timedelta(days=21), way.today):
            with (
                psycopg.connect(database) as owner,
                pytest.raises(psycopg.errors.RaiseException, match="not open"),
            ):
                owner.execute(insert.encode(), [day, made])

    walk(database, tmp_path, body)
