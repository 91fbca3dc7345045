"""One transaction in which a request is decided on: reads what is true, asks the ordinance, writes a leaf.

In:     a request and who acts on it.
Out:    Decided; leaves queued in the same transaction as the rows they record.
Absent: who may call (requests.deciding) and the ordinance's content (fanlight.policy).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fanlight.model.request import FootageRequest, RequestFacts, Standing
from fanlight.model.sweep import Sweep
from fanlight.policy import decide, find_phrases, find_records
from fanlight.server import programme
from fanlight.server.requests import cells, copies, pseudonyms, rules, store
from fanlight.server.requests.rules import Band, Decided
from fanlight.server.requests.store import RequestRow
from fanlight.server.services import Services
from fanlight.store.database import Tx

Action = Literal["request.submit", "request.open"]
Reason = Literal["officer", "expired", "no second signature", "agreement ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signed a request: the officer, and the second person or None. Names, committed and not shown."""

    officer: str
    cosigner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request among those of its agency.

    Attributes:
        request: what is asked.
        number: in its case.
        sweep: what it asks together with those that it adjoins.
        named: whoever asked is a person of the agency still.
    """

    request: FootageRequest
    number: int
    sweep: Sweep
    named: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """A transaction for one agency at one moment."""

    services: Services
    tx: Tx
    agency: str
    now: datetime

    async def decide(self, action: Action, asking: Asking, *, second: bool = False) -> Decided:
        """Ask the ordinance under which the agency works; without an agreement, the town's latest."""
        request, sweep = asking.request, asking.sweep
        agency = await programme.agency(self.tx, self.agency)
        agreement = await programme.agreement_in_force(self.tx, self.agency, self.now.date())
        hashes = await programme.pack_hashes(self.tx)
        pack = await programme.pack(self.tx, agreement.pack if agreement else hashes[-1])
        standing = Standing(
            agency_kind=agency.kind,
            agreement_in_force=agreement is not None and pack.in_force_on(self.now.date()),
            vote_recorded=agreement is not None and agreement.vote_date is not None,
            named_officer=asking.named,
            inside_jurisdiction=agency.boundary.covers(request.area),
            number_in_case=asking.number,
            joined_area_m2=sweep.area_m2,
            joined_window_min=sweep.window_min,
            assembly_overlap=await programme.assembly_overlap(self.tx, request.area, request.window),
            words_plain=not find_phrases(request.words),
            words_no_records=not find_records(request.words),
            second_signature=second,
        )
        facts = RequestFacts.of(request, standing, self.now)
        return Decided(
            request=request,
            facts=facts,
            decision=decide(pack, action, pack.asks(action, facts.as_dict())),
            pack=pack,
        )

    async def cells(self, request: FootageRequest) -> list[str]:
        """Return the cells of the town that a request touches."""
        town = await programme.town(self.tx)
        return rules.cells_of(request, town["divisions"][-1])

    async def add_leaf(self, request_id: str, decided: Decided, case_key: str, signed: Signed) -> str:
        """Record a decision, accepted or refused; return the leaf's id."""
        named = rules.Named(
            request=request_id,
            agency=self.agency,
            key_sha256=hashlib.sha256(case_key.encode()).hexdigest(),
            today=self.now.date(),
        )
        pub = rules.leaf_pub(named, decided, await self.cells(decided.request))
        private = rules.leaf_private(decided.request, signed.officer, signed.cosigner)
        return await self.services.log.queue_leaf(self.tx, "request", pub, private)

    async def add_key_leaf(self, request: FootageRequest, case_key: str) -> str:
        """Record the case's public key, so that residents find it in the record before they seal to it."""
        digest = hashlib.sha256(case_key.encode()).hexdigest()
        pub = {"agency": self.agency, "key": case_key, "key_sha256": digest}
        private = {"case_number": request.case_number}
        return await self.services.log.queue_leaf(self.tx, "case-key", pub, private)

    async def open(self, row: RequestRow, request: FootageRequest) -> None:
        """Open a request: its cells are told."""
        agency = await programme.agency(self.tx, row.agency)
        await store.open_request(self.tx, row)
        told = cells.cells_to_tell(request, await programme.town(self.tx))
        await cells.tell(self.services.log, self.tx, row, agency.name, told)

    async def close(self, row: RequestRow, reason: Reason) -> Band | None:
        """Close a request, record and return the band of what was received; None if it was not alive."""
        received = await store.received_so_far(self.tx, row.id)
        if received is None:
            return None
        band = rules.band_of(received)
        await store.close(self.tx, row.id, reason, band)
        await copies.second_signed(self.tx, row.id, row.cosigner)
        pub = {"request": row.id, "reason": reason, "band": band}
        leaf = await self.services.log.queue_leaf(self.tx, "request-closed", pub)
        await store.set_close_leaf(self.tx, row.id, leaf)
        await self.enter_pseudonyms(row.id)
        await store.mark_stale(self.tx, await store.cells_told(self.tx, row.id))
        return band

    async def enter_pseudonyms(self, request: str) -> None:
        """Enter who asked and who signed, as far as the auditor has named them and it may be told by now."""
        await pseudonyms.enter(self.services.log, self.tx, self.now, request=request)
