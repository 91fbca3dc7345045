"""R20: wordings that requests begin with: signed, held to the public lists, public with every version."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import httpx
from tests.server.acting import Actor, staff
from tests.server.running import Still, running

from fanlight.model.ids import new_id
from fanlight.server.requests.templates import MOST
from fanlight.wire import b64, jcs

AGENCY = "CA0389900"
PUBLIC = f"/v1/agencies/{AGENCY}/templates"


async def write(who: Actor, key: Actor | None = None, **change: Any) -> httpx.Response:
    """Write a version; the fields are signed as the page signs them."""
    fields = {
        "template": new_id(),
        "version": 1,
        "name": "Parcel taken from a porch",
        "purpose": "find_property",
        "words": "A parcel was taken from a porch. Please look whether your camera saw somebody carry one.",
        "ended": False,
        **change,
    }
    await who.json("GET", "/v1/agency")
    digest = hashlib.sha256(jcs.dumps(fields)).hexdigest()
    said = jcs.dumps({"account": who.session["account"], "act": "request-template", "of": digest})
    signature = b64.encode((key or who).keys.signing.sign("act", said))
    return await who.call("POST", "/v1/agency/templates", json={**fields, "signature": signature})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_template_is_public_with_every_version_and_in_the_record(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            admin, one = staff(town.http, "administrator"), new_id()
            assert (await write(admin, template=one)).status_code == 201
            assert code(await write(admin, template=one)) == (409, "requests.template_changed")
            again = await write(admin, template=one, version=2, words="A parcel was taken. Did you see it?")
            assert again.status_code == 201
            assert (await write(admin, template=one, version=3, ended=True)).status_code == 201
            await town.settled()
            shown = (await town.http.get(PUBLIC)).json()["templates"]
            assert [(row["version"], row["ended"]) for row in shown] == [(1, False), (2, False), (3, True)]
            assert all(isinstance(row["index"], int) for row in shown)
            assert admin.session["account"] not in str(shown)
            leaves = await town.leaves("request-template")
            assert [leaf["pub"]["version"] for leaf in leaves] == [1, 2, 3]
            assert leaves[1]["pub"]["words"] == shown[1]["words"]
            page = (await town.http.get(f"/record/agencies/{AGENCY}")).text
            assert "A parcel was taken. Did you see it?" in page
            assert "no more in use" in page
            assert (await town.http.get("/v1/agencies/XX/templates")).status_code == 404

    asyncio.run(body())


def test_words_that_no_request_may_have_stand_in_no_template(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            admin = staff(town.http, "administrator")
            for words in ("We know you have a camera.", "Call 415-555-0100.", "He has a criminal record."):
                assert code(await write(admin, words=words)) == (400, "requests.template_words")
                assert code(await write(admin, name=words)) == (400, "requests.template_words")
            for wrong in (
                {"words": " "},
                {"name": "a\u202eb c"},
                {"purpose": "to_look"},
                {"version": 2},
                {"template": "x"},
                {"version": 0},
                {"words": "x" * 1_001},
            ):
                assert (await write(admin, **wrong)).status_code in {400, 409}
            assert (await town.http.get(PUBLIC)).json() == {"templates": []}

    asyncio.run(body())


def test_only_an_administrators_own_signature_writes_one_and_only_so_many(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            admin, officer = staff(town.http, "administrator"), staff(town.http, "officer")
            assert code(await write(officer)) == (403, "accounts.other_role")
            assert code(await write(admin, officer)) == (403, "accounts.bad_signature")
            made = [new_id() for _ in range(MOST)]
            for one in made:
                assert (await write(admin, template=one)).status_code == 201
            assert code(await write(admin)) == (409, "requests.many_templates")
            assert (await write(admin, template=made[0], version=2, ended=True)).status_code == 201
            assert (await write(admin)).status_code == 201
            operator = staff(town.http, "operator")
            await operator.json("POST", "/v1/register/cancel", json={"reason": "The board ended it."})
            assert code(await write(admin)) == (403, "programme.no_agreement")

    asyncio.run(body())
