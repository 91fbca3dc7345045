"""Steps of agreements: draft, publish, hear, vote, bring into force, end. Each one transaction.

In:     papers of the operator; statements that a clerk signed.
Out:    rows and entries; refusals that name the clauses of the ordinance.
Holds:  no step without its entry; what an ordinance asks for is decided on facts that the tables tell; only a
        clerk's signature brings an agreement into force. The tables check all of that again.
Absent: who may call (`register_http`), appointments (`clerks`), comments (`comments`).
Why:    docs/design/register.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import psycopg

from fanlight.policy import Decision, Pack, decide
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.log import Log
from fanlight.server.programme import papers as forms
from fanlight.server.programme import register_store as rows
from fanlight.server.programme import steps, store
from fanlight.server.programme.ordinances import pack as ordinance
from fanlight.server.programme.papers import DocumentIn, Said
from fanlight.server.programme.register_store import Full, Step
from fanlight.store.database import Tx
from fanlight.wire import b64
from fanlight.wire.register import Papers, digest

Over = Literal["withdrawn", "ended", "cancelled", "expired"]
MOST_TERM = timedelta(days=3_660)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A transaction of the register on one day.

    Attributes:
        brought: steps from before the record began are taken over; only in the transaction that begins it.
    """

    log: Log
    tx: Tx
    today: date
    brought: bool = False

    async def draft(self, papers: Papers, documents: Sequence[DocumentIn], *, new: bool) -> None:
        """Make a draft, or another version of one."""
        await rows.lock(self.tx)
        agency = await store.agency(self.tx, papers.agency)
        if agency is None:
            raise NotFound("There is no such agency.", do="Admit it first.", code="register.no_agency")
        self._check_term(papers)
        pack = await ordinance(self.tx, papers.pack)
        await self._check_pack(pack)
        if papers.renews is not None:
            await self._check_renews(papers)
        text = papers.text()
        pub = steps.pub_of_draft(papers, self.today, demo=agency.demo, brought=self.brought)
        forms.check_entry(pub)
        leaf = await self.log.queue_leaf(self.tx, "agreement", pub)
        if new:
            await rows.add_agreement(self.tx, papers, text, leaf)
            place = 0
        else:
            row = await self.found(papers.agreement)
            if row.agency != papers.agency:
                raise Conflict(
                    "This draft is of another agency.",
                    do="Withdraw it, and make another for that agency.",
                    code="register.other_agency",
                )
            place = await self._place(row, "draft")
            await rows.put_papers(self.tx, papers, text)
        for document in documents:
            await rows.add_document(self.tx, papers.agreement, document, leaf)
        await self._step(papers.agreement, "draft", leaf, place)

    async def publish(self, agreement_id: str, papers: str, comment_until: date) -> None:
        """Publish the papers of the last draft: from now on they do not change, and everybody may comment."""
        await rows.lock(self.tx)
        row = await self.found(agreement_id)
        if row.papers_sha256 != papers:
            raise Conflict("The draft is another by now.", do="Load it again.", code="register.other_papers")
        if comment_until <= self.today:
            raise Malformed("Nobody could comment.", do="Choose a later day.", code="register.no_comments")
        place = await self._place(row, "published")
        pub = steps.pub_of(row, "published", self.today, brought=self.brought)
        pub["comment_until"] = comment_until.isoformat()
        leaf = await self.log.queue_leaf(self.tx, "agreement", pub)
        await self._step(row.id, "published", leaf, place, comment_until=comment_until)

    async def add_document(self, agreement_id: str, document: DocumentIn, *, by_clerk: bool) -> None:
        """Add minutes, advice or a yearly report to an agreement, with an entry."""
        await rows.lock(self.tx)
        row = await self.found(agreement_id)
        if document.kind not in forms.LATER or row.state == "draft":
            raise Conflict(
                "Papers do not change after they are published; before, they belong to the draft.",
                do="Hand in minutes, advice or a yearly report here.",
                code="register.no_later_document",
            )
        if document.kind == "yearly-report" and document.day > self.today + timedelta(days=1):
            raise Malformed(
                f"A report of {document.day} cannot be written yet.",
                do="Give the day on which it was written.",
                code="register.dated_ahead",
            )
        pub = {"agreement": row.id, "agency": row.agency, "by": "clerk" if by_clerk else "operator"}
        pub |= {key: value for key, value in document.head().items() if key != "parts"}
        leaf = await self.log.queue_leaf(self.tx, "agreement-document", pub)
        await rows.add_document(self.tx, row.id, document, leaf)

    async def sign(self, account: str, text: str, signature: bytes, *, about: str | None = None) -> Full:
        """Record what a clerk signed: a hearing, a vote, coming into force; `about` which agreement, if told.

        Raises:
            NotAllowed: not a clerk in office, or not this clerk's signature.
            Conflict: a step was left out, or the ordinance refuses; the clauses are named.
        """
        await rows.lock(self.tx)
        said = Said.read(text)
        clerk = await rows.clerk(self.tx, said.clerk)
        if clerk is None or clerk.account != account or not clerk.in_office(said.day):
            raise steps.no_clerk()
        steps.check_signed(clerk, text, signature)
        row = await self.found(said.agreement)
        if (said.papers, said.pack, said.day, said.agreement) != (
            row.papers_sha256,
            row.pack,
            self.today,
            about or row.id,
        ):
            raise Conflict(
                "The statement is about other papers or another day.",
                do="Load the agreement again and sign today.",
                code="register.other_papers",
            )
        place = await self._place(row, said.state, said)
        await self._check_held(row, said)
        pub = steps.pub_of(row, said.state, self.today, brought=self.brought)
        pub |= {"clerk": clerk.id, "statement": text, "signature": b64.encode(signature)}
        if said.vote is not None:
            pub["vote"] = steps.pub_of_vote(said.vote)
        if said.state == "in_force":
            await self._require_in_force(row, said)
            pub["facts"] = await rows.facts(self.tx, row.id, self.today)
        leaf = await self.log.queue_leaf(self.tx, "agreement", pub)
        await self._step(row.id, said.state, leaf, place, signed=(clerk.id, text, signature))
        return await self.found(row.id)

    async def close(self, agreement_id: str, state: Over, reason: str | None) -> None:
        """Withdraw an agreement, or end one that is in force."""
        await rows.lock(self.tx)
        row = await self.found(agreement_id)
        await self._close(row, state, reason)

    async def cancel_all(self, reason: str) -> list[str]:
        """Cancel every agreement that is in force; return their ids."""
        await rows.lock(self.tx)
        found = await rows.in_force(self.tx)
        for row in found:
            await self._close(row, "cancelled", reason)
        return [row.id for row in found]

    async def expire(self) -> list[str]:
        """End what is over by its term; return their ids."""
        await rows.lock(self.tx)
        over = [row for row in await rows.in_force(self.tx) if row.valid_until <= self.today]
        for row in over:
            await self._close(row, "expired", None)
        return [row.id for row in over]

    async def decision(self, row: Full, facts: dict[str, bool | int | str] | None = None) -> Decision:
        """Return what the ordinance says of an agreement, on the facts as of today or those given."""
        pack = await ordinance(self.tx, row.pack)
        action = "agreement.renew" if row.renews else "agreement.approve"
        known = facts if facts is not None else await rows.facts(self.tx, row.id, self.today)
        return decide(pack, action, pack.asks(action, known))

    async def found(self, agreement_id: str) -> Full:
        """Return an agreement; raises NotFound."""
        row = await rows.agreement(self.tx, agreement_id)
        if row is None:
            raise NotFound(
                "There is no such agreement.", do="Load the register again.", code="register.no_agreement"
            )
        return row

    async def _close(self, row: Full, state: Over, reason: str | None, *, renewed: bool = False) -> None:
        place = await self._place(row, state)
        pub = steps.pub_of(row, state, self.today, brought=self.brought)
        if reason is not None:
            pub["reason"] = reason
        leaf = await self.log.queue_leaf(self.tx, "agreement", pub)
        await self._step(row.id, state, leaf, place, reason=reason)
        if row.state == "in_force" and not renewed:  # its agency may ask on: nobody is told that it may not
            await rows.tell_members(self.tx, row.id, self.today)

    async def _require_in_force(self, row: Full, said: Said) -> None:
        taken = await rows.steps(self.tx, row.id)
        vote = next(step.statement for step in reversed(taken) if step.state == "voted")
        if said.hash_of_vote != digest(vote or ""):
            raise Conflict(
                "The statement names another vote.",
                do="Load the agreement again.",
                code="register.other_vote",
            )
        if not self.brought:
            (await ordinance(self.tx, row.pack)).require_in_force(self.today)
        decision = await self.decision(row)
        if not decision.accepted:
            raise steps.refused_by([rule for rule in decision.rules if not rule.holds])
        if not row.valid_from <= self.today < row.valid_until:
            raise Conflict(
                f"Its term runs from {row.valid_from} until {row.valid_until}.",
                do="Bring it into force on a day within.",
                code="register.outside_term",
            )
        for other in await rows.in_force(self.tx, row.agency):
            if other.id != row.renews:
                raise Conflict(
                    "Another agreement of this agency is in force.",
                    do="End that one first.",
                    code="register.another_in_force",
                )
            await self._close(other, "ended", "It was renewed.", renewed=True)

    async def _check_held(self, row: Full, said: Said) -> None:
        """Raise unless hearing or vote were held after what comes before them, and by today."""
        if said.held is None:
            return
        taken = await rows.steps(self.tx, row.id)
        told = max(step.day for step in taken if step.state == "published")
        hearings = [
            held
            for step in taken
            if step.state == "hearing" and (held := Said.read(step.statement or "").held)
        ]
        first = min(hearings, default=told)
        if not first <= said.held <= self.today:
            raise Conflict(
                f"It was held on {said.held}: not before {first}, when it could be, nor after today.",
                do="Give the day on which it was held.",
                code="register.out_of_order",
            )
        if said.vote is not None and said.held > row.valid_from:
            raise Conflict(
                f"The vote was held after {row.valid_from}, the first day of the term.",
                do="Withdraw it and publish one that begins after its vote.",
                code="register.out_of_order",
            )
        kept = {
            document.sha256
            for document in await rows.documents(self.tx, row.id)
            if document.kind == "minutes"
        }
        if said.minutes is not None and said.minutes not in kept:
            raise Conflict(
                "The minutes that the statement names are not here.",
                do="Hand them in first.",
                code="register.no_minutes",
            )

    async def _place(self, row: Full, state: str, said: Said | None = None) -> int:
        """Return the number of the next step; raises Conflict if `state` cannot follow."""
        if state not in steps.FOLLOWS.get(row.state, ()):
            facts = await rows.facts(self.tx, row.id, self.today)
            if said is not None:
                facts |= said.vote_facts()
            decision = await self.decision(row, facts)
            raise steps.skipped(row.state, state, [rule for rule in decision.rules if not rule.holds])
        last = await rows.last_day(self.tx)
        if last is not None and self.today < last and not self.brought:
            raise Conflict(
                f"The register's last step is of {last}; this server's clock says {self.today}.",
                do="Set the clock right.",
                code="register.out_of_order",
            )
        return len(await rows.steps(self.tx, row.id))

    async def _step(  # noqa: PLR0913 - the columns
        self,
        agreement_id: str,
        state: str,
        leaf: str,
        place: int,
        *,
        comment_until: date | None = None,
        reason: str | None = None,
        signed: tuple[str, str, bytes] | tuple[None, None, None] = (None, None, None),
    ) -> None:
        clerk, statement, signature = signed
        step = Step(
            agreement=agreement_id,
            place=place,
            state=state,
            day=self.today,
            brought=self.brought,
            comment_until=comment_until,
            reason=reason,
            clerk=clerk,
            statement=statement,
            signature=signature,
            key=None,
            idx=None,
        )
        await rows.add_step(self.tx, step, leaf)

    async def _check_pack(self, pack: Pack) -> None:
        """Raise unless an ordinance decides on agreements, in words that the tables can read, too."""
        for action in ("agreement.approve", "agreement.renew"):
            if action not in pack.actions:
                raise Malformed(
                    "This ordinance does not decide on agreements.",
                    do="Choose another.",
                    code="register.other_pack",
                )
            try:
                await rows.refusing(self.tx, pack.sha256, action, pack.vectors.base[action])
            except psycopg.errors.RaiseException as error:
                raise Malformed(
                    "The database cannot read what this ordinance says on agreements.",
                    do="Say it with facts, figures, words, comparisons, and, or, not.",
                    code="register.other_pack",
                ) from error

    async def _check_renews(self, papers: Papers) -> None:
        before = await self.found(papers.renews or "")
        if before.agency != papers.agency or before.state not in {"in_force", "ended", "expired"}:
            raise Conflict(
                "That agreement cannot be renewed: it is of another agency, or never was in force.",
                do="Leave out what it renews.",
                code="register.no_renewal",
            )

    def _check_term(self, papers: Papers) -> None:
        if not timedelta() < papers.until - papers.first <= MOST_TERM:
            raise Malformed(
                "The term is empty or longer than ten years.",
                do="Give first and last day.",
                code="register.bad_term",
            )
