"""The rows of the register: clerks, agreements with their papers and steps, documents."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from fanlight.server.programme.papers import DocumentIn
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire.register import Papers, digest

LOCK = 1_919_248_499  # whoever takes a step holds it; the tables' own triggers take the same


class Clerk(msgspec.Struct, frozen=True):
    """A clerk as kept; `ended` is the day from which an appointment counts no more. `idx`: of its entry."""

    id: str
    account: str
    name: str
    office: str
    sign_pub: bytes
    statement: str
    acceptance: bytes
    handed_over_by: str | None
    handover: bytes | None
    document: str
    day: date
    counts_from: date
    ended: date | None
    idx: int | None

    def in_office(self, day: date) -> bool:
        """Tell whether the appointment counts on a day."""
        return self.counts_from <= day and (self.ended is None or day < self.ended)


class Full(msgspec.Struct, frozen=True):
    """An agreement with its papers."""

    id: str
    agency: str
    agency_name: str
    demo: bool
    pack: str
    state: str
    valid_from: date
    valid_until: date
    papers: str
    renews: str | None
    comment_until: date | None
    day: date | None
    vote_body: str | None
    vote_date: date | None
    vote_ayes: int | None
    vote_noes: int | None
    vote_reference: str | None

    @property
    def papers_sha256(self) -> str:
        """The hash that entries and statements name."""
        return digest(self.papers)

    def vote(self) -> dict[str, Any] | None:
        """Return the vote as entries have it."""
        if self.vote_date is None:
            return None
        return {
            "body": self.vote_body,
            "date": self.vote_date.isoformat(),
            "ayes": self.vote_ayes,
            "noes": self.vote_noes,
            "reference": self.vote_reference,
        }


class Step(msgspec.Struct, frozen=True):
    """A step as kept, with its clerk's key; `idx` is the place of its entry, None while that waits."""

    agreement: str
    place: int
    state: str
    day: date
    brought: bool
    comment_until: date | None
    reason: str | None
    clerk: str | None
    statement: str | None
    signature: bytes | None
    key: bytes | None
    idx: int | None


class Head(msgspec.Struct, frozen=True):
    """A document without its text."""

    kind: str
    title: str
    author: str
    written: date
    sha256: str


_CLERK = (
    "SELECT c.id, c.account, c.name, c.office, c.sign_pub, c.statement, c.acceptance, c.handed_over_by,"
    " c.handover, c.document, c.day, c.counts_from, c.ended, l.idx FROM clerk c JOIN leaf l ON l.id = c.leaf"
)
_FULL = (
    "SELECT a.id, a.agency, g.name AS agency_name, g.demo, a.pack, a.state, a.valid_from, a.valid_until,"
    " a.papers, a.renews, a.comment_until, a.day, a.vote_body, a.vote_date, a.vote_ayes, a.vote_noes,"
    " a.vote_reference FROM agreement a JOIN agency g ON g.ori = a.agency"
)
_STEP = (
    "SELECT s.agreement, s.place, s.state, s.day, s.brought, s.comment_until, s.reason, s.clerk, s.statement,"
    " s.signature, c.sign_pub AS key, l.idx FROM agreement_step s JOIN leaf l ON l.id = s.leaf"
    " LEFT JOIN clerk c ON c.id = s.clerk"
)


async def lock(tx: Tx) -> None:
    """Take turns over the register."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


async def clerks(tx: Tx) -> list[Clerk]:
    """Return all clerks there ever were, latest first."""
    return await many(tx, Clerk, _CLERK + " ORDER BY c.day DESC, c.id")


async def clerk(tx: Tx, clerk_id: str) -> Clerk | None:
    """Return a clerk."""
    return await one(tx, Clerk, _CLERK + " WHERE c.id = %s", [clerk_id])


async def clerk_of(tx: Tx, account: str, day: date) -> Clerk | None:
    """Return the appointment of an account that counts on a day."""
    found = await many(tx, Clerk, _CLERK + " WHERE c.account = %s ORDER BY c.day DESC", [account])
    return next((row for row in found if row.in_office(day)), None)


async def agreements(tx: Tx) -> list[Full]:
    """Return all agreements, the latest term first."""
    return await many(tx, Full, _FULL + " ORDER BY a.valid_from DESC, a.id")


async def agreement(tx: Tx, agreement_id: str) -> Full | None:
    """Return an agreement."""
    return await one(tx, Full, _FULL + " WHERE a.id = %s", [agreement_id])


async def in_force(tx: Tx, agency: str | None = None) -> list[Full]:
    """Return the agreements of the state `in_force`, of one agency or all."""
    query = _FULL + " WHERE a.state = 'in_force' AND (%(agency)s::text IS NULL OR a.agency = %(agency)s)"
    return await many(tx, Full, query + " ORDER BY a.id", {"agency": agency})


async def over(tx: Tx) -> list[Full]:
    """Return the agreements that are over and whose agency has none in force since."""
    query = _FULL + (
        " WHERE a.state IN ('ended', 'cancelled', 'expired') AND NOT EXISTS"
        " (SELECT FROM agreement f WHERE f.agency = a.agency AND f.state = 'in_force') ORDER BY a.id"
    )
    return await many(tx, Full, query)


async def tell_members(tx: Tx, agreement_id: str, day: date) -> None:
    """Tell every member that an agreement is over."""
    await tx.execute("SELECT tell_members(%s, %s)", [agreement_id, day])


async def add_agreement(tx: Tx, papers: Papers, text: str, leaf: str) -> None:
    """Store an agreement; its first step follows."""
    await tx.execute(
        "INSERT INTO agreement (id, agency, pack, state, valid_from, valid_until, papers, renews, leaf)"
        " VALUES (%s, %s, %s, 'draft', %s, %s, %s, %s, %s)",
        [papers.agreement, papers.agency, papers.pack, papers.first, papers.until, text, papers.renews, leaf],
    )


async def put_papers(tx: Tx, papers: Papers, text: str) -> None:
    """Put other papers in the place of a draft's."""
    await tx.execute(
        "UPDATE agreement SET pack = %s, valid_from = %s, valid_until = %s, papers = %s, renews = %s"
        " WHERE id = %s",
        [papers.pack, papers.first, papers.until, text, papers.renews, papers.agreement],
    )


async def steps(tx: Tx, agreement_id: str) -> list[Step]:
    """Return an agreement's steps in order."""
    return await many(tx, Step, _STEP + " WHERE s.agreement = %s ORDER BY s.place", [agreement_id])


async def latest_steps(tx: Tx, limit: int) -> list[Step]:
    """Return the latest steps of all agreements."""
    query = _STEP + " ORDER BY s.day DESC, l.queued DESC LIMIT %s"
    return await many(tx, Step, query, [limit])


async def last_day(tx: Tx) -> date | None:
    """Return the latest day of any step."""
    found: date | None = await value(tx, "SELECT max(day) FROM agreement_step")
    return found


async def add_step(tx: Tx, step: Step, leaf: str) -> None:
    """Take a step; the table checks whether it may be taken."""
    await tx.execute(
        "INSERT INTO agreement_step (agreement, place, state, day, brought, comment_until, reason, clerk,"
        " statement, signature, leaf) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(
                step.agreement,
                step.place,
                step.state,
                step.day,
                step.brought,
                step.comment_until,
                step.reason,
            ),
            *(step.clerk, step.statement, step.signature, leaf),
        ],
    )


async def facts(tx: Tx, agreement_id: str, day: date) -> dict[str, bool | int | str]:
    """Return the facts of an agreement as its rows tell them."""
    found = await value(tx, "SELECT agreement_facts(%s, %s)", [agreement_id, day])
    return dict(found)


async def refusing(tx: Tx, pack: str, action: str, facts: Mapping[str, bool | int | str]) -> list[str]:
    """Return the clauses that refuse an action, as the tables read the ordinance's text.

    Raises:
        psycopg.errors.RaiseException: they cannot read it. The transaction is lost.
    """
    found = await value(tx, "SELECT ordinance_refuses(%s, %s, %s)", [pack, action, Jsonb(dict(facts))])
    return list(found)


async def add_document(tx: Tx, agreement_id: str, document: DocumentIn, leaf: str) -> bool:
    """Store a document's text; tell whether it was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO agreement_document (agreement, sha256, kind, title, author, written, body, leaf)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                *(agreement_id, document.sha256, document.kind, document.title, document.author),
                *(document.day, document.body, leaf),
            ],
        )
    )


async def documents(tx: Tx, agreement_id: str) -> list[Head]:
    """Return the documents of an agreement without their texts."""
    return await many(
        tx,
        Head,
        "SELECT kind, title, author, written, sha256 FROM agreement_document WHERE agreement = %s"
        " ORDER BY written, kind, sha256",
        [agreement_id],
    )


async def document(tx: Tx, agreement_id: str, sha256: str) -> str | None:
    """Return a document's text."""
    query = "SELECT body FROM agreement_document WHERE agreement = %s AND sha256 = %s LIMIT 1"
    found: str | None = await value(tx, query, [agreement_id, sha256])
    return found


async def add_clerk(tx: Tx, row: Clerk, leaf: str, *, brought: bool) -> None:
    """Store an appointment; the table checks its signatures."""
    await tx.execute(
        "INSERT INTO clerk (id, account, name, office, sign_pub, statement, acceptance, handed_over_by,"
        " handover, document, day, counts_from, brought, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(row.id, row.account, row.name, row.office, row.sign_pub, row.statement, row.acceptance),
            *(row.handed_over_by, row.handover, row.document, row.day, row.counts_from, brought, leaf),
        ],
    )


async def end_clerk(tx: Tx, clerk_id: str, day: date, leaf: str) -> None:
    """End an appointment."""
    await tx.execute("UPDATE clerk SET ended = %s, end_leaf = %s WHERE id = %s", [day, leaf, clerk_id])
