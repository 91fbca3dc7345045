"""An agency asks: decisions, second signatures, cell files, ends."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import CELL, SAMPLE, Actor, ask, cosign, make_household, open_request, staff
from tests.server.running import prepare, running, witness_process

from fanlight.hub.matching import named_pack, read_cell_file
from fanlight.model.clock import from_text, now, to_text
from fanlight.policy import default_pack, load_pack
from fanlight.policy.replay import Replay
from fanlight.policy.simulate import recorded
from fanlight.proof.note import VerifierKey
from fanlight.server.requests import cells
from fanlight.wire import jcs

SQUARE = SAMPLE.area.as_json()


def moved(outline: list[list[float]], lon: float, lat: float, scale: float = 1.0) -> list[list[float]]:
    """Return an outline shifted and scaled about its first corner."""
    x, y = outline[0]
    return [[x + (a - x) * scale + lon, y + (b - y) * scale + lat] for a, b in outline]


def test_a_cosigned_request_reaches_the_cell_and_the_hub_accepts_it(database: str, tmp_path: Path) -> None:
    """R21, R22, R24: one signed file for the cell, whose entries a hub checks by itself."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            home = await make_household(town.http)
            empty = await town.http.get(f"/v1/cells/{CELL}/requests")
            request = await open_request(town.http, now())
            await town.settled()
            answer = await town.http.get(f"/v1/cells/{CELL}/requests")
            tag = {"If-None-Match": answer.headers["etag"]}
            again = await town.http.get(f"/v1/cells/{CELL}/requests", headers=tag)
            identity = (await home.hub.json("GET", f"/v1/cells/{CELL}/key"))["identity"]
            pack = load_pack((await town.http.get(f"/v1/packs/{named_pack(answer.content)}")).content)
            log = VerifierKey.parse(vkey)
            read = read_cell_file(answer.content, log=log, cell=CELL, identity=identity, pack=pack)
            before = read_cell_file(empty.content, log=log, cell=CELL, identity=identity, pack=pack)
            async with town.services.db.transaction() as tx:
                await town.services.log.queue_leaf(tx, "case", {})
            await town.settled()
            assert (await town.http.get(f"/v1/cells/{CELL}/requests")).content == answer.content
            await staff(town.http, "supervisor").json("POST", f"/v1/agency/requests/{request}/close")
            await town.settled()
            closed = await town.http.get(f"/v1/cells/{CELL}/requests")
            after = read_cell_file(closed.content, log=log, cell=CELL, identity=identity, pack=pack)
        assert (before.asked, before.refused) == ((), ())
        assert (after.asked, after.refused) == ((), ())
        assert read.refused == ()
        assert [one.request for one in read.asked] == [request]
        assert read.cosigned_by == ("w.example",)
        assert (again.status_code, again.content) == (304, b"")

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("purpose.listed", {"purpose": "protest"}),
    ("area.most", {"outline": moved(SQUARE, 0, 0, 4.0)}),
    ("area.least", {"outline": moved(SQUARE, 0, 0, 0.2)}),
    ("asker.jurisdiction", {"outline": moved(SQUARE, 1.0, 0)}),
    ("window.most", {"start": to_text(now().replace(second=0, microsecond=0) - timedelta(hours=16))}),
    ("window.past", {"end": to_text(now().replace(second=0, microsecond=0) + timedelta(hours=3))}),
    ("offence.floor", {"offence": "35A"}),
    ("words.plain", {"words": "You must answer or you will be charged. Call 415-555-0100."}),
    ("words.records", {"words": "A man on parole took a parcel. You are free to say no."}),
    ("case.number", {"case_number": ""}),
]


def test_the_ordinance_refuses_and_names_its_clause_and_the_attempt_is_recorded(
    database: str, tmp_path: Path
) -> None:
    """R20, R21, R23: each attempt of a signed-in officer that is refused is a leaf with its clause."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            for clause, change in REFUSED:
                wire = ask(officer, now(), **{"case_number": f"X-{abs(hash(clause)) % 10**6:06d}", **change})
                answer = await officer.json("POST", "/v1/agency/requests", json=wire)
                assert answer["state"] == "refused", clause
                failing = [rule["id"] for rule in answer["decision"]["rules"] if not rule["holds"]]
                assert clause in failing
                if clause == "words.records":
                    assert failing == [clause]
                    assert answer["phrases"] == [{"phrase": "on parole", "why": "criminal-justice record"}]
            await town.settled()
            leaves = await town.leaves("request")
            assert [leaf["pub"]["decision"] for leaf in leaves] == ["refused"] * len(REFUSED)
            assert all(
                clause in leaf["pub"]["rules"] for (clause, _), leaf in zip(REFUSED, leaves, strict=True)
            )
            assert await town.leaves("case-key") == []

    asyncio.run(body())


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("geo.bad_polygon", {"outline": [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]}),
    ("geo.bad_polygon", {"outline": SQUARE[:2]}),
    ("model.bad_window", {"end": to_text(now() - timedelta(days=3))}),
    ("model.unknown_offence", {"offence": "999"}),
    ("model.bad_time", {"start": "yesterday"}),
    ("geo.bad_polygon", {"outline": [[179.99, 10], [-179.99, 10], [-179.99, 10.02], [179.99, 10.02]]}),
    ("server.malformed", {"outline": [SQUARE, moved(SQUARE, 0.001, 0.001, 0.2)]}),
    ("server.malformed", {"emergency": "no"}),
    ("server.malformed", {"extra": 1}),
    ("requests.bad_case_key", {"case_key": "age1pq1qqqq"}),
]


def test_what_has_not_the_form_of_a_request_is_an_error_and_records_nothing(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            for code, change in MALFORMED:
                answer = await officer.call("POST", "/v1/agency/requests", json=ask(officer, now(), **change))
                assert (answer.status_code, answer.json()["code"]) == (400, code)
                assert set(answer.json()) == {"code", "what", "kept", "do"}
            signed_by_another = ask(staff(town.http, "custodian"), now())
            answer = await officer.call("POST", "/v1/agency/requests", json=signed_by_another)
            assert (answer.status_code, answer.json()["code"]) == (403, "requests.bad_signature")
            for role in ("custodian", "operator"):
                other = staff(town.http, role)
                assert (
                    await other.call("POST", "/v1/agency/requests", json=ask(other, now()))
                ).status_code == 403
            await town.settled()
            assert await town.leaves("request") == []

    asyncio.run(body())


def test_a_third_request_for_a_case_is_refused_under_any_number(database: str, tmp_path: Path) -> None:
    """R21: requests split to get round a limit are joined."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            states = []
            for number in ("HD-2026-0001", "HD-2026-0001", "HD-2026-0002"):
                wire = ask(officer, now(), case_number=number)
                answer = await officer.json("POST", "/v1/agency/requests", json=wire)
                states.append(answer["state"])
            assert states == ["waiting", "waiting", "refused"]
            failing = [rule["id"] for rule in answer["decision"]["rules"] if not rule["holds"]]
            assert failing == ["case.twice"]

    asyncio.run(body())


def shifted(request: dict[str, Any], hours: float) -> dict[str, Any]:
    """Return the start and end of a request, both later."""
    late = timedelta(hours=hours)
    return {name: to_text(from_text(request[name]) + late) for name in ("start", "end")}


def beside(outline: list[list[float]]) -> list[list[float]]:
    """Return an outline of the same form that shares an edge with it."""
    return moved(outline, outline[3][0] - outline[0][0], outline[3][1] - outline[0][1])


LARGE = moved(SQUARE, -0.007, -0.002, 2.27)  # 0.3 square miles
FAR = moved(SQUARE, -0.004, 0.018)
OTHER = {"case_number": "HD-2026-0002", "offence": "23F"}


def test_what_is_split_to_get_round_a_limit_is_refused_with_the_clause_and_the_way_out(
    database: str, tmp_path: Path
) -> None:
    """R21: adjoining areas, adjoining windows, two cases, two people; beside each, what is lawful."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            base = ask(officer, now() - timedelta(hours=60))
            day = {name: base[name] for name in ("start", "end")}
            long = {"start": day["start"], "end": to_text(from_text(day["start"]) + timedelta(hours=10))}

            async def tried(who: Actor, **change: Any) -> tuple[str, list[str], list[str]]:
                wire = ask(who, now(), **change)
                answer = await who.json("POST", "/v1/agency/requests", json=wire)
                rules = answer["decision"]["rules"]
                failing = [rule for rule in rules if not rule["holds"]]
                assert all(rule["lawful_if"] for rule in failing)
                return answer["state"], [rule["id"] for rule in failing], answer["joined"]

            assert await tried(officer, outline=LARGE, **day) == ("waiting", [], [])
            first = (await officer.json("GET", "/v1/agency/requests"))["requests"][0]["request"]
            # The supervisor asks for what adjoins, under another case and offence.
            split = await tried(supervisor, outline=beside(LARGE), **day, **OTHER)
            assert split == ("refused", ["area.joined"], [first])
            # The same two days later is another matter, and so is the same far away.
            later = shifted(day, 24)
            assert (await tried(supervisor, outline=beside(LARGE), **later, **OTHER))[:2] == ("waiting", [])
            # Ten hours, and ten more after a pause of two: under one case, under two, by two people.
            window = {"outline": FAR, "case_number": "HD-2026-0003", "offence": "120"}
            assert (await tried(officer, **window, **long))[:2] == ("waiting", [])
            for number in ("HD-2026-0003", "HD-2026-0004"):
                more = {**window, **shifted(long, 12), "case_number": number}
                assert (await tried(supervisor, **more))[1] == ["window.joined"]
            # Refused ones asked nobody, and join nothing: what fits beside the first is still lawful.
            fits = {**window, **shifted(long, 10.5), "case_number": "HD-2026-0005"}
            fits["end"] = to_text(from_text(fits["start"]) + timedelta(hours=1))
            assert (await tried(supervisor, **fits))[:2] == ("waiting", [])
            await town.settled()

            # Who replays the record comes to the same decisions, from what the entries say in clear.
            again = Replay(default_pack())
            told = [
                recorded(place, "request", leaf["pub"])
                for place, leaf in enumerate(await town.leaves("request"))
            ]
            assert [one.made for one in told if one] == [
                again.decide(one.action, one.facts) for one in told if one
            ]
            assert [one.made.rules for one in told if one] == [
                *((), ("area.joined",), (), (), ("window.joined",), ("window.joined",), ()),
            ]

    asyncio.run(body())


def test_a_request_is_judged_again_with_what_it_adjoins_when_it_is_signed(
    database: str, tmp_path: Path
) -> None:
    """R21: what was asked after it does not make it unlawful, and what stands in the record is one figure."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
            made = []
            for number, outline in (("HD-2026-0001", SQUARE), ("HD-2026-0002", beside(SQUARE))):
                wire = ask(officer, now(), case_number=number, outline=outline)
                made.append((await officer.json("POST", "/v1/agency/requests", json=wire))["request"])
            for request in reversed(made):
                assert (await cosign(supervisor, request)).json()["state"] == "open"
            await town.settled()
            facts = [leaf["pub"]["facts"] for leaf in await town.leaves("request")]
            sizes = [(one["number_in_case"], one["joined_area_m2"] > one["area_m2"]) for one in facts]
            assert sizes == [(1, False), (2, True), (2, True), (1, False)]
            assert facts[1]["joined_area_m2"] == facts[2]["joined_area_m2"]

    asyncio.run(body())


def test_the_second_signature_is_another_persons_and_the_attempt_is_recorded(
    database: str, tmp_path: Path
) -> None:
    """R21, R22: nobody signs twice; a supervisor does; what follows is one more leaf."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            supervisor = staff(town.http, "supervisor")
            asked = await supervisor.json("POST", "/v1/agency/requests", json=ask(supervisor, now()))
            request = asked["request"]
            await expect(await cosign(supervisor, request), 409, "requests.same_person")
            await expect(await cosign(staff(town.http, "officer"), request), 403, "accounts.other_role")
            await town.settled()
            first, attempt = await town.leaves("request")
            assert (first["pub"]["decision"], first["pub"]["second_signature"]) == ("accepted", False)
            assert (attempt["pub"]["decision"], attempt["pub"]["rules"]) == ("refused", ["signature.second"])
            file = await town.json(f"/v1/cells/{CELL}/requests")
            assert request not in file["body"]

            officer = staff(town.http, "officer")
            asked = await officer.json(
                "POST", "/v1/agency/requests", json=ask(officer, now(), case_number="HD-2026-0099")
            )
            opened = await cosign(supervisor, asked["request"])
            assert opened.json()["state"] == "open"
            await expect(await cosign(supervisor, asked["request"]), 409, "requests.not_waiting")
            await town.settled()
            last = (await town.leaves("request"))[-1]
            assert (last["pub"]["decision"], last["pub"]["second_signature"]) == ("accepted", True)
            assert "HD-2026-0099" not in (await town.http.get("/v1/log/leaves")).text

    asyncio.run(body())


async def expect(answer: httpx.Response, status: int, code: str) -> None:
    """Check a refusal."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_emergency_is_public_at_once_and_closes_itself_without_a_second_signature(
    database: str, tmp_path: Path
) -> None:
    """R22: only the second signature may follow, within 24 h."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            officer = staff(town.http, "officer")
            wire = ask(officer, now(), emergency=True)
            asked = await officer.json("POST", "/v1/agency/requests", json=wire)
            assert asked["state"] == "open"
            await town.settled()
            file = await town.json(f"/v1/cells/{CELL}/requests")
            assert asked["request"] in file["body"]
            town.clock.ahead += timedelta(hours=25)

            async def closed() -> bool:
                return bool(await town.leaves("request-closed"))

            await town.until(closed)
            (leaf,) = await town.leaves("request-closed")
            assert leaf["pub"] == {"request": asked["request"], "reason": "no second signature", "band": "0"}
            await town.settled()
            left = json.loads((await town.json(f"/v1/cells/{CELL}/requests"))["body"])
            assert left["requests"] == []
            assert [json.loads(one["leaf"])["pub"] for one in left["lapsed"]] == [leaf["pub"]]

    asyncio.run(body())


def test_an_open_request_expires(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            request = await open_request(town.http, now())
            town.clock.ahead += timedelta(days=15)

            async def closed() -> bool:
                return bool(await town.leaves("request-closed"))

            await town.until(closed)
            (leaf,) = await town.leaves("request-closed")
            assert leaf["pub"]["reason"] == "expired"
            officer = staff(town.http, "officer")
            listed = (await officer.json("GET", "/v1/agency/requests"))["requests"]
            assert [(row["request"], row["state"], row["band"]) for row in listed] == [
                (request, "closed", "0")
            ]
            csv = await officer.call("GET", "/v1/agency/requests?format=csv")
            assert csv.headers["content-type"].startswith("text/csv")
            assert request in csv.text
            await expect(
                await officer.call("POST", f"/v1/agency/requests/{request}/close"), 409, "requests.not_open"
            )

    asyncio.run(body())


@given(st.text(max_size=9_000))
def test_what_a_cell_is_told_fills_whole_steps(words: str) -> None:
    raw = cells.padded({"words": words})
    assert len(raw) % 4_096 == 0
    assert jcs.loads(raw)["words"] == words


def test_the_length_of_what_is_sealed_tells_neither_words_nor_corners(database: str, tmp_path: Path) -> None:
    """R24: the cell files are public, and so is the size of all in them."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            a, *others = SQUARE
            middle = [(one + two) / 2 for one, two in zip(a, others[0], strict=True)]
            await open_request(town.http, now())
            await open_request(town.http, now(), words=SAMPLE.words * 3, outline=[a, middle, *others])
            assert await town.count("SELECT count(*) FROM request_cell") >= 2
            assert await town.count("SELECT count(DISTINCT length(sealed)) FROM request_cell") == 1

    asyncio.run(body())


def test_a_cells_key_is_for_its_homes_only(database: str, tmp_path: Path) -> None:
    """R24: outline and exact times are sealed to the homes of the cell."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            key = await home.owner.json("GET", f"/v1/cells/{CELL}/key")
            assert key == await home.hub.json("GET", f"/v1/cells/{CELL}/key")
            assert (await town.http.get(f"/v1/cells/{CELL}/key")).status_code == 401
            officer = staff(town.http, "officer")
            assert (await officer.call("GET", f"/v1/cells/{CELL}/key")).status_code == 403
            other = "85283083fffffff"
            await expect(await home.owner.call("GET", f"/v1/cells/{other}/key"), 403, "requests.other_cell")
            await expect(await town.http.get("/v1/cells/nonsense/requests"), 400, "geo.bad_cell")
            await expect(await town.http.get("/v1/cells/851fb467fffffff/requests"), 404, "requests.no_cell")

    asyncio.run(body())


def test_a_protected_offence_is_public_without_its_cells(database: str, tmp_path: Path) -> None:
    """Section 2 of the design: not even a comparison of all cells' files tells where it is about."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            request = await open_request(town.http, now(), sensitive=True)
            await town.settled()
            for leaf in await town.leaves("request"):
                assert (leaf["pub"]["protected"], leaf["pub"]["cells"]) == (True, [])
                assert leaf["pub"]["offence_class"] == "protected"
            told = await town.json("/v1/town")
            elsewhere = next(cell for cell in sorted(told["homes"]) if cell != CELL)
            files = [await town.http.get(f"/v1/cells/{cell}/requests") for cell in (CELL, elsewhere)]
            log = VerifierKey.parse(vkey)
            pack = load_pack((await town.http.get(f"/v1/packs/{named_pack(files[0].content)}")).content)
            asked = []
            for number, (cell, file) in enumerate(zip((CELL, elsewhere), files, strict=True)):
                home = await make_household(town.http, bytes([number + 40]) * 32, cell)
                identity = (await home.hub.json("GET", f"/v1/cells/{cell}/key"))["identity"]
                read = read_cell_file(file.content, log=log, cell=cell, identity=identity, pack=pack)
                asked.append([one.request for one in read.asked])
            shown = [json.loads(json.loads(file.content)["body"]) for file in files]
            assert asked == [[request], []]
            assert [len(one.pop("cell")) for one in shown] == [len(CELL), len(elsewhere)]
            (first,), (second,) = (one["requests"] for one in shown)
            assert len(first.pop("sealed")) == len(second.pop("sealed"))
            assert shown[0] == shown[1]
            away = await staff(town.http, "supervisor").json("POST", f"/v1/agency/requests/{request}/close")
            assert away["state"] == "closed"
            await town.settled()
            for cell in (CELL, elsewhere):
                assert request not in (await town.json(f"/v1/cells/{cell}/requests"))["body"]

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))


@pytest.mark.parametrize("kind", ["agency", "requests"])
def test_the_agencys_calls_need_an_officer(database: str, tmp_path: Path, kind: str) -> None:
    path = "/v1/agency" if kind == "agency" else "/v1/agency/requests"

    async def body() -> None:
        async with running(tmp_path, database) as town:
            assert (await town.http.get(path)).status_code == 401
            operator = staff(town.http, "operator")
            assert (await operator.call("GET", path)).status_code == 403
            mine = await staff(town.http, "officer").json("GET", "/v1/agency")
            assert [person["role"] for person in mine["people"]] == ["officer", "supervisor", "custodian"]
            assert mine["agreement"]["state"] == "in_force"

    asyncio.run(body())
