"""R25 R30: an agency answers the note that came with a copy: once, in words that do not press."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import httpx
from tests.server.acting import Actor, make_household
from tests.server.dumps import dump_of
from tests.server.running import Running, Still, running
from tests.server.sealed import disclosure
from tests.server.test_case_keys import Case, entered, join, make
from tests.server.test_case_papers import code

from fanlight.model.clock import now
from fanlight.seal.keys import Identity, new_identity
from fanlight.seal.manifest import ShareNote, parse_disclosure
from fanlight.seal.opening import open_age
from fanlight.seal.reading import open_disclosure_manifest
from fanlight.server.evidence import answering, store
from fanlight.server.evidence.store import Disclosure
from fanlight.wire import b64, jcs

NOTE = "The bicycle in the hall is mine."
WORDS = "Thank you. We have marked it as yours."
SECRET = b"1" * 32


async def given(town: Running, case: Case, *, seed: int = 2) -> tuple[str, Identity]:
    """Put a copy with a note with a case; return its id and the key in the note."""
    key = new_identity()
    note = ShareNote(words=NOTE, answer_to=key.recipient)
    name, sealed = disclosure(case.request, case.key.recipient, now(), seed=seed, note=note)
    opened = open_disclosure_manifest(sealed.manifest_age, [case.key.secret], case.key.recipient)
    assert opened.manifest.facts.note == note
    assert parse_disclosure(opened.raw).to_bytes() == opened.raw
    async with town.services.db.transaction() as tx:
        row = Disclosure(
            id=name,
            request=case.request,
            received_day=town.services.clock().date(),
            length=sealed.length,
            root=sealed.root.hex(),
            manifest_sha256=sealed.manifest_sha256.hex(),
            manifest=sealed.manifest_age,
            hdr=sealed.hdr,
            withdraw_sha256=hashlib.sha256(SECRET).hexdigest(),
        )
        assert await store.add(tx, row)
    return name, key


async def reply(who: Actor, name: str, key: Identity, words: str = WORDS, **change: Any) -> httpx.Response:
    """Answer a note as the page does."""
    signature = who.keys.signing.sign("copy-answer", jcs.dumps({"disclosure": name, "words": words}))
    wire = {"words": words, "answer_to": key.recipient, "signature": b64.encode(signature), **change}
    return await who.call("POST", f"/v1/agency/disclosures/{name}/answer", json=wire)


async def fetch(town: Running, name: str, secret: bytes = SECRET, **headers: str) -> httpx.Response:
    path = f"/v1/copies/{name}/answer"
    return await town.http.post(path, json={"secret": secret.hex()}, headers=headers)


def opened(answer: httpx.Response, key: Identity) -> Any:
    assert answer.is_success, answer.text
    return jcs.loads(open_age(b64.decode(answer.json()["sealed"]), [key.secret]))


def test_a_note_is_answered_once_by_who_can_open_the_case(database: str, tmp_path: Path) -> None:
    """R25 R30: whoever gave the copy reads it, and so does who can open the case; a line and an entry."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            outsider, _ = await join(town, "officer", 72)
            case = await make(town)
            name, key = await given(town, case)
            none = await fetch(town, name)
            assert none.json()["sealed"] == ""
            assert code(await reply(outsider, name, key)) == (403, "evidence.holds_no_copy")
            forged = await reply(case.officer, name, key, signature=b64.encode(bytes(64)))
            assert code(forged) == (403, "requests.bad_signature")
            assert code(await reply(case.officer, name, key, answer_to="age1x")) == (
                400,
                "evidence.bad_answer",
            )
            assert code(await reply(case.officer, name, key, " \n ")) == (400, "evidence.bad_answer")
            assert (await reply(case.officer, name, key)).is_success
            assert code(await reply(case.custodian, name, key)) == (409, "evidence.answered")
            answer = await fetch(town, name)
            assert len(answer.content) == len(none.content)
            said = opened(answer, key)
            assert (said["words"], said["disclosure"]) == (WORDS, name)
            (row,) = (await case.seen(case.custodian))["disclosures"]
            assert open_age(b64.decode(row["answer"]["sealed"]), [case.key.secret]) == jcs.dumps(said)
            assert await entered(town, "note-answered") == 1
            trail = await case.officer.json("GET", f"/v1/agency/requests/{case.request}/custody")
            assert [(line["act"], line["disclosure"]) for line in trail["lines"]] == [("note-answered", name)]

    asyncio.run(body())


def test_words_that_press_or_tell_of_a_record_are_refused_with_the_phrase(
    database: str, tmp_path: Path
) -> None:
    """R21: as in a request; and the one answer is not used up by it."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            case = await make(town)
            name, key = await given(town, case)
            for words, phrase in (
                ("You MUST call us.", "must"),
                ("He has a criminal record.", "criminal record"),
                ("Write to us@example.org.", "an e-mail address"),
            ):
                refused = await reply(case.officer, name, key, words)
                assert code(refused) == (400, "evidence.words_refused")
                assert phrase in refused.text
            assert (await reply(case.officer, name, key)).is_success

    asyncio.run(body())


def test_the_longest_answer_is_as_long_as_none(database: str, tmp_path: Path) -> None:
    """R24: who watches the line sees neither whether there is an answer nor how much it says."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            case = await make(town)
            name, key = await given(town, case)
            none = await fetch(town, name)
            assert code(await reply(case.officer, name, key, "x" * (answering.MOST + 1)))[0] == 400
            assert (await reply(case.officer, name, key, "\U0001f6b2" * answering.MOST)).is_success
            assert len((await fetch(town, name)).content) == len(none.content)

    asyncio.run(body())


def test_an_answer_is_fetched_by_the_secret_of_the_copy_and_opens_for_nobody_else(
    database: str, tmp_path: Path
) -> None:
    """R24 R25: without an account; the server holds no key to it, and it goes with the copy."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            case = await make(town)
            name, key = await given(town, case)
            assert (await reply(case.officer, name, key)).is_success
            for other, secret in ((name, b"2" * 32), ("a" * 26, SECRET), ("no-id", SECRET)):
                assert code(await fetch(town, other, secret)) == (404, "evidence.no_copy")
            home = await make_household(town.http, b"n" * 32)
            await home.owner.json("GET", "/v1/account")
            token = f"Bearer {home.owner.session['token']}"
            assert code(await fetch(town, name, Authorization=token)) == (400, "evidence.not_anonymous")
            await town.settled()
            held = dump_of(database, tmp_path)
            for words in (WORDS.encode(), NOTE.encode()):
                assert words not in b"".join(held.pieces)
                assert words not in b"".join(held.opened_by(*held.secrets()))
            assert WORDS.encode() in b"".join(held.opened_by(key.secret))
            assert NOTE.encode() in b"".join(held.opened_by(case.officer.keys.age.secret))
            async with town.services.db.transaction() as tx:
                await answering.forget(tx, name)
            assert (await fetch(town, name)).json()["sealed"] == ""
            assert code(await reply(case.officer, name, key)) == (409, "evidence.answered")

    asyncio.run(body())
