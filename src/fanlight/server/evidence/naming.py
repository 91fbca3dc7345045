"""Who gave a copy says who they are, if they wish; nobody asks for it.

In:     by the copy's own secret: an age file to the case's key, of one length for everybody.
Out:    the file, to who can open the case; a line of custody with the day only, and a `case` entry.
Holds:  no sign-in is taken. It is said once at a time, and taken back until the copy is used; it goes with
        the copy. What was taken back is noted outside the database, and taken back again where an older one
        brings it back. Nothing here reads it: the agency's page checks that who gave the copy signed it.
Absent: a way for the agency to ask for it (the public lists refuse such words in requests and answers).
Why:    docs/design/evidence.md#who-gave-a-copy
"""

import asyncio
import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.ids import id_of
from fanlight.server.errors import Conflict, Malformed
from fanlight.server.evidence import day, ends_store, store
from fanlight.server.evidence.answering import SecretIn
from fanlight.server.evidence.store import Custody
from fanlight.server.evidence.taking_back import known_copy
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx, changed, many, one
from fanlight.wire import b64

SEALED = 5_755  # an age file of 4,096 bytes to one post-quantum recipient
_AGE = b"age-encryption.org/v1\n"
_NAMED, _UNNAMED = ("named themselves", "giver-named"), ("took their name back", "giver-unnamed")
_KEPT = "Nothing was changed."


class NameIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The copy's secret (hex), and what is said, sealed to the case's key (an age file, base64)."""

    secret: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    sealed: Annotated[str, Meta(max_length=8_192)]


class Row(msgspec.Struct, frozen=True):
    """What was said, as kept."""

    sealed: bytes


class _Said(msgspec.Struct, frozen=True):
    disclosure: str
    sealed: bytes


@post("/v1/copies/{disclosure:str}/name", operation_id="nameGiver", status_code=204)
async def say(
    disclosure: FromPath[str], data: JSONBody[NameIn], request: Request[Any, Any, Any], services: Parts
) -> None:
    """Say who gave a copy; again only once it was taken back."""
    await known_copy(services, request, disclosure, data.secret, "names")
    sealed = b64.decode(data.sealed)
    if len(sealed) != SEALED or not sealed.startswith(_AGE):
        raise Malformed(
            "What was said is not sealed as it should be.",
            kept=_KEPT,
            do="Load the page again and say it once more.",
            code="evidence.bad_name",
        )
    async with services.db.transaction() as tx:
        agency = await _agency_of(tx, disclosure)
        query = "INSERT INTO giver_name (disclosure, sealed, day) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
        if not await changed(tx, query, [disclosure, sealed, services.clock().date()]):
            raise Conflict(
                "Somebody said already who gave this copy.",
                kept="What was said stays as it is.",
                do="Take it back first, if you want to say something else.",
                code="evidence.named",
            )
        digest = hashlib.sha256(sealed).hexdigest()
        await _enter(services, tx, (agency, disclosure), _NAMED, sha256=digest)


@post("/v1/copies/{disclosure:str}/unname", operation_id="takeNameBack", status_code=204)
async def take_back(
    disclosure: FromPath[str], data: JSONBody[SecretIn], request: Request[Any, Any, Any], services: Parts
) -> None:
    """Take back who gave a copy; fine if nothing was said. Once the copy is used it stays."""
    await known_copy(services, request, disclosure, data.secret, "names")
    async with services.db.transaction() as tx:
        agency = await _agency_of(tx, disclosure)
        if await ends_store.is_used(tx, disclosure):
            raise Conflict(
                "The copy is used, and what you said goes with it.",
                kept=_KEPT,
                do="Ask the agency, or a lawyer.",
                code="evidence.used",
            )
        said = await one(tx, Row, "SELECT sealed FROM giver_name WHERE disclosure = %s", [disclosure])
        if said is not None and await _forget(tx, disclosure):
            await _enter(services, tx, (agency, disclosure), _UNNAMED)
            # Before the commit: what is noted and not committed is taken back at the next start.
            await asyncio.to_thread(services.shreds.note_gone, [_mark(disclosure, bytes(said.sealed))])


async def as_text(tx: Tx, disclosure: str) -> str | None:
    """Return what was said of who gave a copy, sealed, base64; None if nobody said anything."""
    found = await one(tx, Row, "SELECT sealed FROM giver_name WHERE disclosure = %s", [disclosure])
    return b64.encode(bytes(found.sealed)) if found else None


async def again(services: Services, tx: Tx, gone: set[str]) -> int:
    """Take back again what came back with an older database; return how many."""
    query = "SELECT disclosure, sealed FROM giver_name ORDER BY disclosure"
    back = [one for one in await many(tx, _Said, query) if _mark(one.disclosure, bytes(one.sealed)) in gone]
    for said in back:
        agency = await _agency_of(tx, said.disclosure)
        await _forget(tx, said.disclosure)
        await _enter(services, tx, (agency, said.disclosure), _UNNAMED)
    return len(back)


async def forget(tx: Tx, disclosure: str) -> None:
    """Forget who gave a copy that is destroyed."""
    await _forget(tx, disclosure)


def _mark(disclosure: str, sealed: bytes) -> str:
    """Return the id under which what was taken back is noted: of these words alone, not of later ones."""
    return id_of(hashlib.sha256(b"name of " + disclosure.encode() + b"\n" + sealed).digest()[:16])


async def _forget(tx: Tx, disclosure: str) -> bool:
    return bool(await changed(tx, "DELETE FROM giver_name WHERE disclosure = %s", [disclosure]))


async def _agency_of(tx: Tx, disclosure: str) -> str:
    """Wait for the turn of a copy's case; return whose it is. Raises Conflict if the copy is destroyed."""
    found = await store.get(tx, disclosure)
    if found is not None:
        await store.lock_end(tx, found.request)
        found = await store.get(tx, disclosure)
    if found is None or not found.hdr:
        raise Conflict(
            "This copy is destroyed.", kept=_KEPT, do="There is nothing to do.", code="evidence.destroyed"
        )
    (case,) = await ends_store.cases(tx, request=found.request)
    return case.agency


async def _enter(services: Services, tx: Tx, of: tuple[str, str], done: tuple[str, str], **more: str) -> None:
    """Enter what was done, as a line of custody and as an entry; `of` is whose copy, and its id."""
    (agency, disclosure), (act, entry) = of, done
    now = services.clock()
    await store.lock(tx, f"custody {disclosure}")
    await store.add_custody(tx, disclosure, Custody(now.date().isoformat(), act, "who gave it"))
    await day.enter(tx, agency, now, entry, {"disclosure": disclosure, **more})


ROUTES = (say, take_back)
