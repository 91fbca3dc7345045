"""A small record made of real leaves: an agency under a voted agreement and five requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import h3

from fanlight.model import clock
from fanlight.model.geo import Polygon, covering_cells
from fanlight.model.ids import new_id
from fanlight.model.request import FootageRequest, RequestFacts, Standing
from fanlight.model.sweep import sweep_of
from fanlight.model.window import Window
from fanlight.policy import decide, default_pack
from fanlight.proof import merkle
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import Witness, cosign, format_witnesses
from fanlight.proof.note import COSIGNATURE, ED25519, SignerKey
from fanlight.proof.openings import Opening, make_leaf
from fanlight.server.oversight import Beside, Entry, LogState, Record

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
ORI = "CA0389900"
HOMES = dict.fromkeys(h3.grid_disk(h3.latlng_to_cell(37.7763, -122.4108, 8), 6), 100)
WORDS = "A flat near Folsom Street was broken into. You are free to say no, or to do nothing."
OUTLINE = [[-122.4108, 37.7763], [-122.4074, 37.7742], [-122.4049, 37.7771], [-122.4083, 37.7793]]
ASKER, SIGNER = "abcde-fghij", "22222-77777"
LOG_KEY = SignerKey("fanlight.demo/test", ED25519, b"l" * 32)
WITNESSES = (
    (SignerKey("witness.example/library", COSIGNATURE, b"1" * 32), "University library"),
    (SignerKey("witness.example/county", COSIGNATURE, b"2" * 32), "Neighbouring county"),
    (SignerKey("witness.example/own", COSIGNATURE, b"3" * 32), "the operator"),
)


@dataclass
class Book:
    """Collects leaves and the openings that belong to them."""

    leaves: list[bytes] = field(default_factory=list)
    openings: dict[int, list[Opening]] = field(default_factory=dict)

    def add(self, kind: str, pub: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> int:
        leaf, openings = make_leaf(kind, pub, private)
        self.leaves.append(leaf)
        self.openings[len(self.leaves) - 1] = openings
        return len(self.leaves) - 1

    def request(self, **changes: Any) -> str:
        """Add a request as the server does; `changes` lays over what is asked and what is so."""
        name = changes.pop("id", None) or new_id()
        key = changes.pop("key_sha256", None)
        standing: dict[str, Any] = {
            "agency_kind": "municipal",
            "agreement_in_force": True,
            "vote_recorded": True,
            "named_officer": True,
            "inside_jurisdiction": True,
            "number_in_case": 1,
            "assembly_overlap": False,
            "words_plain": True,
            "words_no_records": True,
            "second_signature": True,
        }
        standing |= {key: changes.pop(key) for key in list(changes) if key in standing}
        asked: dict[str, Any] = {
            "case_number": "HD-2026-0417",
            "offence": "220",
            "purpose": "identify_suspect",
            "words": WORDS,
            "area": Polygon.of(OUTLINE),
            "window": Window(start=NOW - timedelta(hours=20), end=NOW - timedelta(hours=18)),
            **changes,
        }
        request = FootageRequest(**asked)
        alone = sweep_of(request, ())
        standing = {"joined_area_m2": alone.area_m2, "joined_window_min": alone.window_min, **standing}
        facts = RequestFacts.of(request, Standing(**standing), NOW)
        action = "request.open" if facts.second_signature or facts.emergency else "request.submit"
        decision = decide(default_pack(), action, facts.as_dict())
        published = request.window.rounded_out()
        self.add(
            "request",
            {
                "request": name,
                "agency": ORI,
                "decision": decision.decision,
                "rules": list(decision.refusing),
                "pack": default_pack().sha256,
                "facts": facts.as_dict(),
                "purpose": request.purpose,
                "offence_class": request.offence_class,
                "cells": [] if request.protected else covering_cells(request.area, HOMES),
                "window": {**published.as_json(), "length_min": request.window.length_min},
                "area_m2": facts.area_m2,
                "number_in_case": facts.number_in_case,
                "emergency": facts.emergency,
                "assembly_overlap": facts.assembly_overlap,
                "second_signature": facts.second_signature,
                "key_sha256": key,
                "opens_by": clock.to_text(NOW + timedelta(days=180)),
                "protected": request.protected,
            },
            {
                "outline": request.area.as_json(),
                "start": clock.to_text(request.window.start),
                "end": clock.to_text(request.window.end),
                "case_number": request.case_number,
                "words": request.words,
                "offence": request.offence,
                "officer": "pseudonym-of-the-officer",
                "cosigner": "pseudonym-of-the-cosigner",
            },
        )
        return name

    def close(self, name: str, band: str = "1-4", reason: str = "officer") -> int:
        return self.add("request-closed", {"request": name, "reason": reason, "band": band})

    def name(self, request: str, by: str, pseudonym: str, change: Mapping[str, Any] | None = None) -> int:
        """Add the entry by which the agency's auditor names who asked or signed."""
        pub = {"request": request, "agency": ORI, "by": by, "year": 2026, "pseudonym": pseudonym}
        return self.add("pseudonym", {**pub, "auditor": "a" * 26, **(change or {})})

    def note(self, witnesses: Sequence[tuple[SignerKey, str]] = WITNESSES[:2]) -> bytes:
        head = merkle.TreeHead(len(self.leaves), merkle.root(self.leaves))
        note = sign_checkpoint(head, LOG_KEY)
        text = note.decode().partition("\n\n")[0] + "\n"
        return note + "".join(cosign(text, key, 1_795_000_000) for key, _ in witnesses).encode()

    def record(
        self,
        *,
        now: datetime = NOW,
        witnesses: Sequence[tuple[SignerKey, str]] = WITNESSES[:2],
        beside: Beside | None = None,
    ) -> Record:
        listed = format_witnesses([Witness(key.verifier, by) for key, by in witnesses])
        state = LogState.read(self.note(witnesses), LOG_KEY.verifier.vkey, listed)
        packs = {default_pack().sha256: default_pack()}
        beside = beside or Beside(openings=self.openings, packs=packs)
        entries = [Entry.of(index, leaf) for index, leaf in enumerate(self.leaves)]
        return Record.of(entries, state, now, beside)


def ground(book: Book) -> None:
    """Add what stands in a record before the first request: town, ordinance, agency, agreement."""
    pack = default_pack()
    meta = pack.meta
    book.add("town", {"name": "Test Town", "demo": True, "country": "US"})
    book.add(
        "pack",
        {
            "pack": meta.id,
            "sha256": pack.sha256,
            "title": meta.title,
            "jurisdiction": meta.jurisdiction.name,
            "effective": meta.effective_from,
        },
    )
    book.add(
        "agency",
        {
            "ori": ORI,
            "name": "Harbor District Police (demo)",
            "kind": "municipal",
            "attested": {"how": "invented; nobody was called", "on": "2026-10-01"},
            "demo": True,
        },
        {"attested_by": "caretaker"},
    )
    vote = {"body": "Board", "date": "2026-10-15", "ayes": 8, "noes": 3, "reference": "Resolution 26-017"}
    book.add(
        "agreement",
        {
            "agreement": new_id(),
            "agency": ORI,
            "pack": pack.sha256,
            "state": "in_force",
            "from": "2026-10-22",
            "until": "2027-10-21",
            "vote": vote,
            "demo": True,
        },
    )


@dataclass(frozen=True)
class Sample:
    """A record and the ids of the requests in it."""

    book: Book
    open: str
    waiting: str
    refused: str
    closed: str
    protected: str


def fill(book: Book) -> Sample:
    """Add one request in each state."""
    key = "ab" * 32
    book.add("case-key", {"agency": ORI, "key": "age1pq1invented", "key_sha256": key}, {"case_number": "HD"})
    open_ = book.request(second_signature=False, key_sha256=key)
    book.request(id=open_, key_sha256=key)
    waiting = book.request(second_signature=False, purpose="find_vehicle", offence="23F")
    refused = book.request(
        window=Window(start=NOW - timedelta(hours=40), end=NOW - timedelta(hours=26)),
        purpose="protest",
        second_signature=False,
    )
    closed = book.request(purpose="find_property", offence="23H")
    protected = book.request(offence="11A", purpose="identify_witness")
    for _ in range(8):
        book.add("case", {"agency": ORI, "day": "2026-11-21"}, {"act": "dummy", "detail": {}})
    book.close(closed)
    for name in (open_, refused):
        book.name(name, "officer", ASKER)
    book.name(open_, "cosigner", SIGNER)
    return Sample(book, open_, waiting, refused, closed, protected)
