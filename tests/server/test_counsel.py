"""Counsel is a person with a key of their own: who comes how, what nobody else decides, what is shown."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server import counsel as desk
from tests.server.acting import staff
from tests.server.counsel import Counsel
from tests.server.running import Running, Still, running
from tests.server.test_inviting import Invited
from tests.server.test_legal_process import hand_in, of_home
from tests.server.test_people import code
from tests.server.visitors import everybody

from fanlight.seal import keys
from fanlight.wire import b64, jcs
from fanlight.wire import process as wire


class Invitation(Invited):
    """An invitation of the operator's own counsel: of no agency."""

    kind = "counsel"

    def __init__(self, town: Running, role: str = "counsel") -> None:
        super().__init__(town, staff(town.http, "operator"), role, "K. Osei")
        self.said["agency"] = ""


async def came(town: Running, role: str = "counsel") -> Invitation:
    one = Invitation(town, role)
    for step in (one.offer, one.answer, one.confirm):
        answer = await step()
        assert answer.is_success, answer.text
    return one


def test_counsel_comes_by_the_operators_link_and_counts_once_their_key_is_in_the_record(
    database: str, tmp_path: Path
) -> None:
    """R22: nothing before; the entry has the public halves and whether it is the operator, and no name."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            world = await everybody(town)
            one = Invitation(town)
            assert (await one.offer()).is_success
            shown = (await one.read()).json()
            assert (shown["agency"], shown["agency_name"], shown["role"]) == ("", "", "counsel")
            assert (await one.answer()).status_code == 204
            assert (await one.person.sign_in()).status_code == 401
            assert (await one.confirm(key=world.people["owner"].keys.signing)).status_code == 403
            assert (await one.confirm()).status_code == 204
            await town.settled()
            own = await came(town, "own-counsel")
            await town.settled()
            leaves = [leaf["pub"] for leaf in await town.leaves("counsel-joined")]
            assert [(one["made_by"], one["own"]) for one in leaves] == [
                ("set-up", False),
                ("operator", False),
                ("operator", True),
            ]
            assert [one["key"] for one in leaves[1:]] == [one.person.sign_pub, own.person.sign_pub]
            assert "Osei" not in str(leaves)
            assert (await one.person.sign_in()).is_success
            assert one.person.session["name"] == "K. Osei"
            assert (await one.person.json("GET", "/v1/counsel/process"))["process"] == []
            # the operator ends it by a signature: every session goes, and the key signs in nothing
            operator = one.by
            path = f"/v1/operator/counsel/{one.account}/end"
            wrong = {"signature": one.act("counsel-end", own.account)}
            assert code(await operator.call("POST", path, json=wrong)) == (403, "accounts.bad_signature")
            right = {"signature": one.act("counsel-end", one.account)}
            assert (await operator.call("POST", path, json=right)).status_code == 204
            assert (await one.person.call("GET", "/v1/counsel/process")).status_code == 401
            assert (await one.person.sign_in()).status_code == 401
            assert code(await operator.call("POST", path, json=right)) == (404, "counsel.nobody")
            rows = (await operator.json("GET", "/v1/operator/counsel"))["counsel"]
            assert [(row["own"], row["ended"] is None) for row in rows] == [
                (True, True),
                (False, True),
                (False, False),
            ]
            await town.settled()
            (ended,) = await town.leaves("counsel-ended")
            assert ended["pub"]["key"] == one.person.sign_pub

    asyncio.run(body())


def test_nobody_invites_counsel_but_the_operator_and_nobody_else_that_way(
    database: str, tmp_path: Path
) -> None:
    """R22 R47: an agency's administrator makes no counsel; the operator makes no officer of no agency."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            by_agency = Invitation(town)
            by_agency.by = staff(town.http, "administrator")
            assert code(await by_agency.offer()) == (403, "accounts.other_role")
            within = Invitation(town)
            within.by = by_agency.by
            within.said["agency"] = "FLDEMO001"
            assert (await within.offer()).status_code == 403
            officer = Invitation(town, "officer")
            assert code(await officer.offer()) == (403, "agencies.only_administrator")

    asyncio.run(body())


@pytest.mark.timeout(300)
def test_a_decision_and_a_packet_are_counsels_own_signature_and_everybody_can_check_it(
    database: str, tmp_path: Path
) -> None:
    """R22: the operator decides nothing; a signature over anything else is refused; the entry shows it."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            world, counsel = await everybody(town), Counsel(town)
            made = (await hand_in(world))["process"]
            good = await counsel.decision(made)
            operator = world.people["operator"]
            for method, path in (("GET", ""), ("POST", f"/{made}/decision"), ("POST", f"/{made}/packet")):
                options = {"json": good} if method == "POST" else {}
                assert (await operator.call(method, f"{desk.QUEUE}{path}", **options)).status_code in {
                    400,
                    403,
                }
            # signed by another key, over another decision, scope or day
            account = await counsel.account()
            other = keys.new_signing_key() if hasattr(keys, "new_signing_key") else operator.keys.signing
            statement = wire.decide(
                process=made, kind="warrant", decision="accepted", day=town.clock().date()
            )
            forged = b64.encode(other.sign(wire.CONTEXT, statement.encode()))
            act = jcs.dumps({"account": account, "act": "process-decision", "of": "0" * 64})
            whole = b64.encode(counsel.keys.signing.sign("act", act))
            for change, said in (
                ({"signed": forged}, "accounts.bad_signature"),
                ({"signature": whole}, "accounts.bad_signature"),
                ({"decision": "rejected"}, "accounts.bad_signature"),
                ({"reason": "Another reason."}, "accounts.bad_signature"),
                ({"day": "2020-01-01"}, "process.other_day"),
            ):
                answer = await counsel.call("POST", f"{made}/decision", json=good | change)
                assert answer.json()["code"] == said, change
            assert await of_home(world) == []
            assert (await counsel.call("POST", f"{made}/decision", json=good)).is_success
            # a packet goes out under the hash that was signed, and no other
            release = await counsel.release(made)
            await world.clip()
            changed = await counsel.call("POST", f"{made}/packet", json=release)
            assert changed.json()["code"] == "process.packet_changed"
            release = await counsel.release(made)
            wrong = release | {"signature": good["signature"]}
            assert (await counsel.call("POST", f"{made}/packet", json=wrong)).status_code == 403
            assert await town.count("SELECT count(*) FROM process_packet") == 0
            assert (await counsel.call("POST", f"{made}/packet", json=release)).is_success
            await town.settled()
            (joined,) = await town.leaves("counsel-joined")
            for kind, text in (("process", wire.decide), ("process-packet", wire.release)):
                (leaf,) = await town.leaves(kind)
                pub = leaf["pub"]
                assert pub["counsel"] == joined["pub"]["key"]
                names = ("process", "kind", "decision") if kind == "process" else ("process",)
                said_: dict[str, Any] = {name: pub[name] for name in names}
                signed = text(**said_, day=town.clock().date()).encode()
                keys.verify(b64.decode(pub["counsel"]), wire.CONTEXT, signed, b64.decode(pub["signature"]))
                assert "signed" in leaf["commit"]

    asyncio.run(body())


def test_the_tables_take_no_decision_that_counsel_did_not_sign(database: str, tmp_path: Path) -> None:
    """R22: whoever writes the rows: no counsel without an entry, no decision without the signature."""

    async def body() -> tuple[str, str]:
        async with running(tmp_path, database, ticking=Still()) as town:
            world, counsel = await everybody(town), Counsel(town)
            waits = (await hand_in(world))["process"]
            decided = (await hand_in(world))["process"]
            assert (await counsel.decide(decided)).is_success
            return waits, decided

    waits, decided = asyncio.run(body())
    unsigned, standing, nobody = "counsel did not sign that", "a decision stands", "no entry in the record"
    undecided = (
        "UPDATE process SET decision = 'accepted', decided = received, reason = 'x', signature = '',"
        " counsel = (SELECT account FROM counsel), signed = encode(sha512('x'), 'base64'),"
        " leaf = (SELECT id FROM leaf LIMIT 1) WHERE id = %s"
    )
    packed = (
        "INSERT INTO process_packet (id, process, made, sha256, by_whom, leaf, signed) SELECT 'p', id,"
        " received, '', counsel, leaf, encode(sha512('x'), 'base64') FROM process WHERE id = %s"
    )
    another = (
        "INSERT INTO counsel (account, name, own, joined, leaf) SELECT account, 'Me', own, joined,"
        " (SELECT leaf FROM process WHERE leaf IS NOT NULL) FROM counsel"
    )
    attempts: tuple[tuple[str, str, list[str]], ...] = (
        (unsigned, undecided, [waits]),
        (unsigned, packed, [decided]),
        (standing, "UPDATE process SET decision = 'rejected' WHERE id = %s", [decided]),
        (standing, "UPDATE process SET scope = '{}' WHERE id = %s", [decided]),
        (nobody, another, []),
        (nobody, "UPDATE counsel SET name = 'Somebody else'", []),
        (nobody, "DELETE FROM counsel", []),
    )
    for said, query, params in attempts:
        with psycopg.connect(database) as owner, pytest.raises(psycopg.errors.RaiseException, match=said):
            owner.execute(query, params)
