"""An agreement's way through the register, over the calls that everybody, the operator and the clerk make."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.server.acting import ask, staff
from tests.server.registering import AGENCY, REPORT, VOTE, Way, signed
from tests.server.running import Clock, running

from fanlight.policy import decide, default_pack, load_pack
from fanlight.seal.keys import SigningKey
from fanlight.server.programme import store
from fanlight.wire import jcs
from fanlight.wire.register import digest

Walk = Callable[[Way], Awaitable[None]]


def walk(database: str, home: Path, body: Walk) -> None:
    """Run a town whose clock and database can be put forward."""

    async def whole() -> None:
        async with running(home, database, ticking=Clock()) as town:
            await body(Way(town, database))

    asyncio.run(whole())


def test_the_demos_agreement_took_every_step_and_its_facts_stand_in_its_entry(
    database: str, tmp_path: Path
) -> None:
    """R33: published, heard, voted, in force; each is an entry, and the ordinance accepts the facts in it."""

    async def body(way: Way) -> None:
        await way.town.settled()
        entries = [leaf["pub"] for leaf in await way.town.leaves("agreement")]
        assert [entry["state"] for entry in entries] == ["draft", "published", "hearing", "voted", "in_force"]
        assert all(entry["brought"] for entry in entries)
        facts = entries[-1]["facts"]
        assert len(facts) == 28
        assert decide(default_pack(), "agreement.approve", facts).accepted
        assert (facts["published_days"], facts["comment_days"], facts["term_days"]) == (45, 30, 364)
        (clerk,) = (await way.town.json("/v1/register/clerks"))["clerks"]
        assert clerk["name"] == "P. Ivers"
        asked = await staff(way.town.http, "officer").json(
            "POST", "/v1/agency/requests", json=ask(staff(way.town.http, "officer"), way.town.clock())
        )
        assert asked["state"] == "waiting"

    walk(database, tmp_path, body)


def test_an_agreement_goes_from_draft_into_force_and_out_again(database: str, tmp_path: Path) -> None:
    """R33 R34: every step is public at once and an entry, with the facts that were decided on."""

    async def body(way: Way) -> None:
        await way.end_the_demos()
        await way.go("in_force")
        shown = await way.town.json(f"/v1/register/agreements/{way.agreement}")
        assert [step["state"] for step in shown["steps"]] == [
            "draft",
            "published",
            "hearing",
            "voted",
            "in_force",
        ]
        assert shown["decision"]["decision"] == "accepted"
        assert shown["next"] == [
            {"state": state, "by": "operator"} for state in ("cancelled", "ended", "expired")
        ]
        text = await way.town.http.get(
            f"/v1/register/documents/{way.agreement}/{digest(str(REPORT['body']))}"
        )
        assert text.text == REPORT["body"]
        none = await way.town.http.get(f"/v1/register/documents/{way.agreement}/%00")
        assert (none.status_code, none.json()["code"]) == (404, "register.no_document")
        for path in ("clerks/%00/end", "comments/%00/remove"):
            body = {"reason": "Retired."} if "clerks" in path else {"rule": "comment.advert"}
            refused = await way.operator.call("POST", f"/v1/register/{path}", json=body)
            assert refused.status_code == 404
        await way.operator.json("POST", way.path("end"), json={"reason": "The board wished it."})
        await way.town.settled()
        entries = [
            leaf["pub"]
            for leaf in await way.town.leaves("agreement")
            if leaf["pub"]["agreement"] == way.agreement
        ]
        states = [entry["state"] for entry in entries]
        assert states == ["draft", "published", "hearing", "voted", "in_force", "ended"]
        assert {entry["papers"] for entry in entries} == {way.papers}
        assert entries[4]["facts"]["published_days"] == 40
        assert entries[4]["facts"]["comment_days"] == 20
        news = (await way.town.json("/v1/register/news"))["news"]
        assert (news[0]["state"], news[0]["reason"]) == ("ended", "The board wished it.")

    walk(database, tmp_path, body)


async def _ferry(way: Way) -> dict[str, Any]:
    """Return another agency, as the operator admits it."""
    listed = (await way.town.json("/v1/town"))["agencies"][0]
    return {
        "ori": "CA0380100",
        "name": "Ferry Police (demo)",
        "kind": "municipal",
        "boundary": listed["boundary"],
        "attested": {"how": "Called the published number.", "on": way.today.isoformat()},
        "attested_by": "caretaker",
    }


async def _unheard(way: Way) -> None:
    await way.draft()
    await way.publish()
    way.ahead(40)
    answer = await way.sign(way.voted())
    assert answer.status_code == 409
    assert answer.json()["code"] == "register.step_skipped"
    assert "[agreement.heard, " in answer.json()["what"]
    assert "agreement.voted" not in answer.json()["what"]


async def _unpublished(way: Way) -> None:
    await way.draft()
    answer = await way.sign(way.saying.hearing(body="The board", date=str(way.today), minutes="0" * 64))
    assert answer.json()["code"] == "register.step_skipped"
    assert "[agreement.published, " in answer.json()["what"]


async def _unvoted(way: Way) -> None:
    await way.draft()
    await way.publish()
    way.ahead(25)
    await way.hear()
    answer = await way.sign(way.saying.force("no vote"))
    assert answer.json()["code"] == "register.step_skipped"
    assert "[agreement.voted, " in answer.json()["what"]


async def _voted_against(way: Way) -> None:
    await way.draft()
    await way.publish()
    way.ahead(40)
    await way.hear()
    await way.cast(ayes=2, noes=5)
    way.ahead(70)
    answer = await way.sign(way.saying.force(way.vote))
    assert answer.json()["code"] == "register.step_skipped"
    shown = await way.town.json(f"/v1/register/agreements/{way.agreement}")
    assert (shown["state"], shown["next"]) == ("rejected", [])


async def _voted_too_soon(way: Way) -> None:
    await way.draft()
    await way.publish()
    way.ahead(10)
    await way.hear()
    way.ahead(12)
    await way.cast()
    way.ahead(70)
    answer = await way.sign(way.saying.force(way.vote))
    assert answer.json()["code"] == "register.refused"
    assert "[agreement.published, " in answer.json()["what"]
    assert "[agreement.commented, " in answer.json()["what"]


async def _with_a_clause_that_is_forbidden(way: Way) -> None:
    way.change = {"clauses": [{"kind": "speech", "words": "The maker approves what is said."}]}
    await way.go("voted")
    way.ahead(70)
    answer = await way.sign(way.saying.force(way.vote))
    assert answer.json()["code"] == "register.refused"
    assert "[clause.speech, " in answer.json()["what"]


async def _without_papers(way: Way) -> None:
    way.change = {"documents": [], "exit_cost": " "}
    answer = await way.operator.call("POST", "/v1/register/agreements", json=way.form())
    assert answer.status_code == 400
    way.change = {"documents": [], "exit_cost": ""}
    await way.go("voted")
    way.ahead(70)
    answer = await way.sign(way.saying.force(way.vote))
    assert "[agreement.impact, " in answer.json()["what"]
    assert "[agreement.exit, " in answer.json()["what"]


async def _too_early(way: Way) -> None:
    await way.go("voted")
    way.ahead(59)
    answer = await way.sign(way.saying.force(way.vote))
    assert answer.json()["code"] == "register.outside_term"


@pytest.mark.parametrize(
    "skip",
    [
        _unheard,
        _unpublished,
        _unvoted,
        _voted_against,
        _voted_too_soon,
        _with_a_clause_that_is_forbidden,
        _without_papers,
        _too_early,
    ],
    ids=lambda walk: walk.__name__.strip("_").replace("_", "-"),
)
def test_a_step_that_is_left_out_is_refused_with_its_clause(
    database: str, tmp_path: Path, skip: Walk
) -> None:
    """R33 R36: nothing comes into force that its ordinance does not take, and the answer says why."""

    async def body(way: Way) -> None:
        await way.end_the_demos()
        way.pack = (await way.town.json("/v1/town"))["packs"][0]
        await skip(way)
        async with way.town.services.db.transaction() as tx:
            cursor = await tx.execute("SELECT count(*) FROM agreement WHERE state = 'in_force'")
            assert await cursor.fetchone() == (0,)

    walk(database, tmp_path, body)


def test_only_the_clerks_own_key_and_only_what_it_signed_today_counts(database: str, tmp_path: Path) -> None:
    """R33: another's signature, another agreement's vote, another day, other papers: each is refused."""

    async def body(way: Way) -> None:
        await way.end_the_demos()
        await way.go("hearing")
        other = Way(way.town, database)
        other.change = {"renewal": "Never."}
        way.ahead(40)
        await other.draft()
        await other.publish()
        await other.hear()
        vote = way.voted()
        refused = [
            (way.sign(vote, SigningKey.new()), "register.bad_signature"),
            (other.sign(vote), "register.other_papers"),
            (way.sign(other.voted()), "register.other_papers"),
            (way.sign(vote.replace(way.papers, "0" * 64)), "register.other_papers"),
            (way.sign(way.voted(date=(way.today - timedelta(days=30)).isoformat())), "register.out_of_order"),
            (way.sign(way.voted(date=(way.today + timedelta(days=1)).isoformat())), "register.out_of_order"),
            (way.sign(way.voted(minutes="0" * 64)), "register.no_minutes"),
            (way.sign(vote.replace('"state":"voted"', '"state":"rejected"')), "register.bad_statement"),
            (way.sign(vote + " "), "register.bad_statement"),
            (way.sign(vote.replace('"v":1', '"v":1,"v":1')), "register.bad_statement"),
        ]
        for call, code in refused:
            assert (await call).json()["code"] == code
        officer = staff(way.town.http, "officer")
        for actor in (way.operator, officer):
            body_ = {"statement": vote, "signature": signed(vote, actor.keys.signing)}
            answer = await actor.call("POST", way.path("sign"), json=body_)
            assert answer.status_code == 403
        way.ahead(41)
        assert (await way.sign(vote)).json()["code"] == "register.other_papers"
        way.vote = way.voted()
        assert (await way.sign(way.vote)).is_success
        assert (await way.sign(way.vote)).json()["code"] == "register.step_skipped"

    walk(database, tmp_path, body)


def test_papers_do_not_change_once_they_are_published(database: str, tmp_path: Path) -> None:
    """R33: a draft may, in the open; what is voted on is what everybody could read."""

    async def body(way: Way) -> None:
        await way.draft()
        first = way.papers
        made = await way.operator.json(
            "PUT", f"/v1/register/agreements/{way.agreement}", json=way.form(renewal="Never.")
        )
        assert made["papers"] != first
        old = {"papers": first, "comment_until": (way.today + timedelta(days=20)).isoformat()}
        answer = await way.operator.call("POST", way.path("publish"), json=old)
        assert answer.json()["code"] == "register.other_papers"
        way.papers = made["papers"]
        ferry = await _ferry(way)
        await way.operator.json("POST", "/v1/register/agencies", json=ferry)
        answer = await way.operator.call(
            "PUT", f"/v1/register/agreements/{way.agreement}", json=way.form(agency=ferry["ori"])
        )
        assert answer.json()["code"] == "register.other_agency"
        await way.publish()
        answer = await way.operator.call(
            "PUT", f"/v1/register/agreements/{way.agreement}", json=way.form(renewal="Always.")
        )
        assert answer.json()["code"] == "register.step_skipped"
        answer = await way.operator.call("POST", way.path("documents"), json=REPORT)
        assert answer.json()["code"] == "register.no_later_document"
        await way.town.settled()
        entries = [leaf["pub"] for leaf in await way.town.leaves("agreement")]
        mine = [(one["state"], one["papers"]) for one in entries if one["agreement"] == way.agreement]
        assert mine == [("draft", first), ("draft", way.papers), ("published", way.papers)]

    walk(database, tmp_path, body)


def test_a_renewal_is_voted_again_and_takes_the_place_of_what_it_renews(
    database: str, tmp_path: Path
) -> None:
    """R40: no agreement runs on by itself, and a second one of an agency does not come beside the first."""

    async def body(way: Way) -> None:
        (before,) = [
            one
            for one in (await way.town.json("/v1/register/agreements"))["agreements"]
            if one["state"] == "in_force"
        ]
        await way.go("voted")
        way.ahead(70)
        answer = await way.sign(way.saying.force(way.vote))
        assert answer.json()["code"] == "register.another_in_force"
        again = Way(way.town, database, change={"renews": before["agreement"]})
        for state in ("published", "hearing", "voted"):
            way.ahead({"published": 80, "hearing": 100, "voted": 115}[state])
            if state == "published":
                await again.draft()
                await again.publish()
            elif state == "hearing":
                await again.hear()
            else:
                await again.cast(**VOTE)
        way.ahead(140)
        assert (await again.sign(again.saying.force(again.vote))).is_success
        states = {
            one["agreement"]: one["state"]
            for one in (await way.town.json("/v1/register/agreements"))["agreements"]
        }
        assert states[before["agreement"]] == "ended"
        assert states[again.agreement] == "in_force"

    walk(database, tmp_path, body)


def test_an_agency_is_admitted_with_who_made_sure_and_how(database: str, tmp_path: Path) -> None:
    """R20 R32: as an entry; twice, or under a name that only looks like one, not at all."""

    async def body(way: Way) -> None:
        agency = await _ferry(way)
        await way.operator.json("POST", "/v1/register/agencies", json=agency)
        again = await way.operator.call("POST", "/v1/register/agencies", json=agency)
        assert again.json()["code"] == "register.known_agency"
        for name in ("Ferry P\u043elice", "Ferry\u202e Police", "Ferry\u200bPolice", "\uff26erry"):
            answer = await way.operator.call(
                "POST", "/v1/register/agencies", json=agency | {"ori": "CA0380200", "name": name}
            )
            assert answer.json()["code"] == "model.bad_text"
        await way.town.settled()
        entries = await way.town.leaves("agency")
        assert [entry["pub"]["ori"] for entry in entries] == [AGENCY, "CA0380100"]
        assert entries[1]["pub"]["attested"]["how"] == "Called the published number."
        assert set(entries[1]["commit"]) == {"attested_by"}

    walk(database, tmp_path, body)


def test_an_ordinance_that_the_tables_cannot_read_is_refused_when_it_is_drafted_under(
    database: str, tmp_path: Path
) -> None:
    """R33: not on the day on which everybody has voted."""

    async def body(way: Way) -> None:
        await way.draft()
        made = jcs.loads(default_pack().canonical)
        made["policies"] = made["policies"].replace(
            "unless { context.hearing_held };",
            'unless { context.hearing_held || context.vote_form like "res*" };',
            1,
        )
        pack = load_pack(jcs.dumps(made))
        async with way.town.services.db.transaction() as tx:
            leaf = await way.town.services.log.queue_leaf(tx, "pack", {"sha256": pack.sha256})
            await store.add_pack(tx, pack.sha256, pack.meta.id, pack.canonical, leaf)
        answer = await way.operator.call("POST", "/v1/register/agreements", json=way.form(pack=pack.sha256))
        assert (answer.status_code, answer.json()["code"]) == (400, "register.other_pack")
        answer = await way.operator.call("POST", "/v1/register/agreements", json=way.form(pack="0" * 64))
        assert answer.json()["code"] == "programme.no_pack"
        assert (await way.operator.call("POST", "/v1/register/agreements", json=way.form())).is_success

    walk(database, tmp_path, body)
