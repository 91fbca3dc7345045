"""A copy for the defence, as the server enters it."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.acting import staff
from tests.server.running import prepare, running, witness_process
from tests.server.sealed import disclosure
from tests.server.test_evidence import asked_of_home, check_export, drop, export

from fanlight.model.clock import now
from fanlight.model.ids import new_id


def test_the_copy_for_the_defence_equals_an_earlier_export_or_is_refused(
    database: str, tmp_path: Path
) -> None:
    """R30: custody says to whom, until when, what it equals; nobody but a custodian makes one."""
    vkey = prepare(tmp_path)
    parts = "ab" * 32

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            officer, custodian = staff(town.http, "officer"), staff(town.http, "custodian")
            first = (await export(officer, name, recipient_kind="prosecutor", parts=parts)).json()["export"]
            old = (await export(officer, name, recipient_kind="prosecutor")).json()["export"]
            back = (now().date() + timedelta(days=30)).isoformat()
            copy = {
                "return_by": back,
                "recipient": "Public Defender",
                "recipient_kind": "defence",
                "parts": parts,
            }
            for change, code in (
                ({"equals": first, "parts": "cd" * 32}, "evidence.not_equal"),
                ({"equals": old}, "evidence.not_equal"),
                ({"equals": new_id()}, "evidence.not_equal"),
                (
                    {"equals": first, "recipient_kind": "prosecutor", "recipient": "D.A."},
                    "evidence.no_defence_copy",
                ),
                ({"equals": first, "parts": None}, "evidence.no_defence_copy"),
            ):
                given = {key: value for key, value in {**copy, **change}.items() if value is not None}
                assert (await export(custodian, name, **given)).json()["code"] == code
            assert (await export(officer, name, **copy, equals=first)).status_code == 403
            whole = await custodian.json("GET", f"/v1/agency/requests/{asked.request}/end")
            assert {one["export"] for one in whole["exports"]} == {first, old}

            made = (await export(custodian, name, **copy, equals=first)).json()
            said = f"defence-copy to Public Defender, back by {back}: equals export {first}, parts {parts}"
            assert made["custody"][-1]["act"] == said
            check_export(made, vkey)
            (detail,) = [one["value"] for one in made["opening"] if one["field"] == "detail"]
            assert (detail["parts"], detail["equals"]) == (parts, first)
            again = await export(custodian, name, **copy, equals=made["export"])
            assert again.json()["code"] == "evidence.not_equal"  # a copy of a copy names the first
            whole = await custodian.json("GET", f"/v1/agency/requests/{asked.request}/end")
            listed = {one["export"]: (one["parts"], one["equals"]) for one in whole["exports"]}
            assert listed == {first: (parts, None), old: (None, None), made["export"]: (parts, first)}

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))
