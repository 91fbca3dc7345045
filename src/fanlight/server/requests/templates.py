"""Wordings that an agency's requests begin with: written by an administrator, public, every version kept.

In:     a name, a purpose and words to residents; the administrator's signature over them.
Out:    a row a version, with an entry that holds it whole; what everybody reads.
Holds:  name and words pass the same public lists as a request's, or nothing is stored. A change is a new
        version; ending one is, too. No version is changed or deleted.
Absent: which request began with which: an officer may change every word, and the ordinance decides on what
        is sent.
Why:    docs/design/rules.md#words-to-residents
"""

import hashlib
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.model.readable import check_name, check_words
from fanlight.model.request import MAX_WORDS
from fanlight.policy import find_phrases, find_records
from fanlight.server import programme
from fanlight.server.accounts import Caller, account_by_id, forms
from fanlight.server.errors import Conflict, Malformed
from fanlight.server.requests import store
from fanlight.server.services import Parts
from fanlight.store.database import Tx, many
from fanlight.wire import jcs

MOST, MOST_VERSIONS = 20, 50
MOST_NAME = 60
_KEPT = "Nothing was changed; what you wrote is still in the form."

Purpose = Literal[
    "identify_suspect",
    "identify_witness",
    "find_vehicle",
    "find_property",
    "find_missing_person",
    "verify_alibi",
    "collision",
]


class TemplateIn(forms.In, frozen=True):
    """A template's next version, or its first one.

    Attributes:
        template: its id, made by who begins it.
        version: 1 for a new one, else one more than there are.
        ended: no request is to begin with it any more.
        signature: the administrator's, over the act `request-template` of `digest`.
    """

    template: str
    version: Annotated[int, Meta(ge=1, le=MOST_VERSIONS)]
    name: Annotated[str, Meta(min_length=3, max_length=MOST_NAME)]
    purpose: Purpose
    words: Annotated[str, Meta(min_length=1, max_length=MAX_WORDS)]
    ended: bool
    signature: forms.Signature

    def digest(self) -> str:
        """Return the hash of what is signed: all fields but the signature, as canonical JSON."""
        fields = {key: value for key, value in msgspec.structs.asdict(self).items() if key != "signature"}
        return hashlib.sha256(jcs.dumps(fields)).hexdigest()


class Version(msgspec.Struct, frozen=True):
    """A version of a template, as everybody reads it; `index` is its entry's place once it has one."""

    template: str
    version: int
    name: str
    purpose: str
    words: str
    ended: bool
    day: date
    index: int | None


@post("/v1/agency/templates", operation_id="writeTemplate", status_code=201)
async def write(data: JSONBody[TemplateIn], services: Parts, session: Caller) -> dict[str, Any]:
    """Begin, change or end a template of one's own agency."""
    session.managing()
    _check(data)
    day = services.clock().date()
    async with services.db.transaction() as tx:
        await programme.require_agreement(tx, session.agency, day)
        await store.lock_agency(tx, session.agency)
        account = await account_by_id(tx, session.account)
        if account is None:
            raise _changed()
        digest = data.digest()
        forms.check_act(bytes(account.sign_pub), account.id, "request-template", digest, data.signature)
        await _check_place(tx, session.agency, data)
        pub = {
            "agency": session.agency,
            "template": data.template,
            "version": data.version,
            "name": data.name,
            "purpose": data.purpose,
            "words": data.words,
            "ended": data.ended,
            "day": day.isoformat(),
        }
        leaf = await services.log.queue_leaf(tx, "request-template", pub, {"by": session.name})
        await tx.execute(
            "INSERT INTO request_template (id, version, agency, name, purpose, words, ended, day, by_whom,"
            " leaf) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(data.template, data.version, session.agency, data.name, data.purpose, data.words),
                *(data.ended, day, session.account, leaf),
            ],
        )
    return {"template": data.template, "version": data.version}


@get("/v1/agencies/{agency:str}/templates", operation_id="listTemplates")
async def list_templates(agency: FromPath[str], services: Parts) -> dict[str, list[Version]]:
    """Return every version of every template of an agency, oldest first; for everybody."""
    async with services.db.transaction() as tx:
        await programme.agency(tx, agency)
        return {"templates": await of_agency(tx, agency)}


async def of_agency(tx: Tx, agency: str) -> list[Version]:
    """Return every version of every template of an agency: by name of the first, then oldest first."""
    return await many(
        tx,
        Version,
        "SELECT t.id AS template, t.version, t.name, t.purpose, t.words, t.ended, t.day, l.idx AS index"
        " FROM request_template t JOIN leaf l ON l.id = t.leaf WHERE t.agency = %s ORDER BY t.id, t.version",
        [agency],
    )


def _check(data: TemplateIn) -> None:
    if not is_id(data.template):
        raise Malformed("A template's id is none.", kept=_KEPT, do="Load the page again.")
    check_name(data.name, most=MOST_NAME)
    check_words(data.words, most=MAX_WORDS)
    said = f"{data.name}\n{data.words}"
    found = [*find_phrases(said), *find_records(said)]
    if found:
        named = ", ".join(f"“{one.phrase}” ({one.why})" for one in found)
        raise Malformed(
            f"These words may not stand in a request: {named}.",
            kept=_KEPT,
            do="Say it without them.",
            code="requests.template_words",
        )


async def _check_place(tx: Tx, agency: str, data: TemplateIn) -> None:
    """Raise Conflict unless this is the next version, of a template of this agency, and not one too many."""
    latest = {one.template: one for one in await of_agency(tx, agency)}  # in order: the last version stays
    before = latest.pop(data.template, None)
    query = "SELECT 1 FROM request_template WHERE id = %s AND agency <> %s"
    anothers = await (await tx.execute(query, [data.template, agency])).fetchone()
    if anothers or data.version != (before.version + 1 if before else 1):
        raise _changed()
    if not data.ended and sum(not one.ended for one in latest.values()) >= MOST:
        raise Conflict(
            f"An agency has at most {MOST} templates.",
            kept=_KEPT,
            do="End one that is not needed.",
            code="requests.many_templates",
        )


def _changed() -> Conflict:
    return Conflict(
        "The template was changed since you loaded it.",
        kept=_KEPT,
        do="Load the page again.",
        code="requests.template_changed",
    )


router = Router(path="/", tags=["requests"], route_handlers=[write, list_templates])
