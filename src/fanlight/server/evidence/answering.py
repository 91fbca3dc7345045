"""An agency answers the note that came with a copy, once; whoever gave the copy fetches the answer.

In:     the words, and the key in the note to which they are to be sealed; later the secret of the copy.
Out:    an age file to that key and to the case's, of one length; a line of custody and a `case` entry.
Holds:  once a copy, by who can open the case; words that press, or tell of a record or a victim, are refused
        with the phrase named. No sign-in is taken where it is fetched; an answer and none are of one size.
Absent: the note. It is in the copy, and nobody here reads it.
Why:    docs/design/evidence.md#a-note-with-a-copy
"""

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.errors import FanlightError
from fanlight.policy import find_phrases, find_records
from fanlight.seal import sealing
from fanlight.server import accounts, requests
from fanlight.server.accounts import Caller
from fanlight.server.errors import Conflict, Malformed, NotAllowed
from fanlight.server.evidence import acts, ends_store
from fanlight.server.evidence.acts import Act
from fanlight.server.evidence.exports import own_in_turn
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.taking_back import known_copy
from fanlight.server.services import Parts
from fanlight.store.database import Tx, changed, one
from fanlight.wire import b64, jcs

MOST = 600
_PLAIN = 4_096
_SEALED_TEXT = 10_308  # base64 of an age file of _PLAIN bytes to two recipients
_KEPT = "What you wrote is still on the page. Nothing was sent."


class AnswerIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The words, the key in the note (`answer_to`), a signature over {disclosure, words} (`copy-answer`)."""

    words: Annotated[str, Meta(min_length=1, max_length=MOST)]
    answer_to: Annotated[str, Meta(max_length=4096)]
    signature: Annotated[str, Meta(min_length=88, max_length=88)]


class SecretIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The secret of a copy, 32 bytes in hex."""

    secret: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Fetched(msgspec.Struct):
    """`sealed`: an age file, base64; empty if there is no answer. Both together always have one length."""

    sealed: str
    pad: str


class Row(msgspec.Struct, frozen=True):
    """An answer as kept."""

    sealed: bytes
    by_whom: str
    at: datetime


@post("/v1/agency/disclosures/{disclosure:str}/answer", operation_id="answerNote", status_code=200)
async def answer(
    disclosure: FromPath[str], data: JSONBody[AnswerIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Answer the note that came with a copy: once, in words that do not press."""
    session.as_role("officer", "supervisor", "custodian")
    await may_look(services, session, disclosure=disclosure)
    signer = await requests.signer(services, session)
    _check_words(data)
    now = services.clock()
    async with services.db.transaction() as tx:
        _, row = await own_in_turn(tx, session.agency, disclosure)
        signed = jcs.dumps({"disclosure": disclosure, "words": data.words})
        signer.check("copy-answer", signed, data.signature)
        over = await ends_store.is_over(tx, row.id)
        if over or await requests.copies.own(tx, row.id, session.account) is None:
            raise NotAllowed(
                "Only who can open this case answers what came with a clip.",
                kept=_KEPT,
                do="Ask one of those who hold a copy of its key to let you in.",
                code="evidence.holds_no_copy",
            )
        sealed = _seal(data, disclosure, to_text(now), row.case_key)
        if not await _put(tx, disclosure, Row(sealed, session.account, now)):
            raise Conflict(
                "This note has its answer; there is one.",
                kept="The answer that is there stays as it is.",
                do="There is nothing to do.",
                code="evidence.answered",
            )
        act = Act(
            request=row.id,
            agency=row.agency,
            act="note-answered",
            about="",
            by=session.name,
            disclosure=disclosure,
        )
        digest = hashlib.sha256(sealed).hexdigest()
        await acts.enter(tx, now, act, disclosure=disclosure, sha256=digest)
    return {"disclosure": disclosure}


@post("/v1/copies/{disclosure:str}/answer", operation_id="fetchAnswer", status_code=200)
async def fetch(
    disclosure: FromPath[str],
    data: JSONBody[SecretIn],
    request: Request[Any, Any, Any],
    services: Parts,
) -> Fetched:
    """Return the agency's answer to the note that came with a copy, to whoever has the copy's secret."""
    await known_copy(services, request, disclosure, data.secret, "answers")
    async with services.db.transaction() as tx:
        found = await of_copy(tx, disclosure)
    sealed = b64.encode(bytes(found.sealed)) if found else ""
    return Fetched(sealed, "0" * (_SEALED_TEXT - len(sealed)))


async def of_copy(tx: Tx, disclosure: str) -> Row | None:
    """Return the answer to the note that came with a copy."""
    query = "SELECT sealed, by_whom, at FROM copy_answer WHERE disclosure = %s"
    return await one(tx, Row, query, [disclosure])


async def as_json(tx: Tx, disclosure: str) -> dict[str, str] | None:
    """Return an answer as its agency sees it: it opens with the case's key."""
    found = await of_copy(tx, disclosure)
    if found is None:
        return None
    by = await accounts.person_name(tx, found.by_whom)
    return {"sealed": b64.encode(bytes(found.sealed)), "by": by or "", "at": to_text(found.at)}


async def forget(tx: Tx, disclosure: str) -> None:
    """Empty the answer of a copy that is destroyed; that it was given stays."""
    await tx.execute("UPDATE copy_answer SET sealed = '' WHERE disclosure = %s", [disclosure])


async def _put(tx: Tx, disclosure: str, row: Row) -> bool:
    query = (
        "INSERT INTO copy_answer (disclosure, sealed, by_whom, at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING"
    )
    return bool(await changed(tx, query, [disclosure, row.sealed, row.by_whom, row.at]))


def _check_words(data: AnswerIn) -> None:
    found = [*find_phrases(data.words), *find_records(data.words)]
    if found:
        named = "; ".join(f"“{one.phrase}” ({one.why})" for one in found)
        raise Malformed(
            f"An answer to a resident may not say this: {named}.",
            kept=_KEPT,
            do="Take it out and send the answer again.",
            code="evidence.words_refused",
        )
    if not data.words.strip() or any(letter < " " and letter != "\n" for letter in data.words):
        raise Malformed(
            "The answer has no words, or letters that nobody can read.",
            kept=_KEPT,
            do="Write it again.",
            code="evidence.bad_answer",
        )
    try:
        sealing.check_recipient(data.answer_to)
    except FanlightError as error:
        raise Malformed(
            "The key to which the answer is to be sealed is none.",
            kept=_KEPT,
            do="Load the case again and answer a note that came with a clip.",
            code="evidence.bad_answer",
        ) from error


def _seal(data: AnswerIn, disclosure: str, at: str, case_key: str) -> bytes:
    said = {"at": at, "disclosure": disclosure, "signature": data.signature, "words": data.words, "pad": ""}
    said["pad"] = "0" * (_PLAIN - len(jcs.dumps(said)))
    return sealing.seal(jcs.dumps(said), [data.answer_to, case_key])


ROUTES = (answer, fetch)
