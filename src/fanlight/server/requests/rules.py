"""What is decided on a request, from values alone: its form, its leaf, its band."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.model.clock import from_text, to_text
from fanlight.model.division import Division
from fanlight.model.geo import BadPolygon, Polygon, covering_cells
from fanlight.model.request import MAX_WORDS, FootageRequest, RequestFacts
from fanlight.model.window import Window
from fanlight.policy import Decision, Pack
from fanlight.server.requests.copies import MOST, CopyIn, RecoveryIn

Band = Literal["0", "1-4", "5-9", "10+"]
_BANDS: tuple[tuple[int, Band], ...] = ((10, "10+"), (5, "5-9"), (1, "1-4"))


class RequestIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What an officer sends. `signature` is over the canonical JSON of the other fields, as sent.

    But for `copies` and `recovery`: those are named by `copies_sha256`, so that they can be destroyed.
    """

    case_number: Annotated[str, Meta(max_length=32)]
    offence: Annotated[str, Meta(max_length=8)]
    purpose: Annotated[str, Meta(max_length=40)]
    words: Annotated[str, Meta(max_length=MAX_WORDS)]
    outline: Annotated[list[tuple[float, float]], Meta(max_length=101)]
    start: Annotated[str, Meta(max_length=24)]
    end: Annotated[str, Meta(max_length=24)]
    emergency: bool
    case_key: Annotated[str, Meta(pattern="^age1pq1[a-z0-9]+$", max_length=2_100)]
    signature: Annotated[str, Meta(min_length=88, max_length=88)]
    sensitive: bool = False
    copies_sha256: Annotated[str, Meta(max_length=64)] = ""
    copies: Annotated[list[CopyIn], Meta(max_length=MOST)] = []
    recovery: Annotated[list[RecoveryIn], Meta(max_length=3)] = []

    def footage_request(self) -> FootageRequest:
        """Return the request, checked for form; raises BadPolygon, BadWindow, BadRequest and the like."""
        return FootageRequest(
            case_number=self.case_number,
            offence=self.offence,
            purpose=self.purpose,
            words=self.words,
            area=Polygon.of(self.outline),
            window=Window(start=from_text(self.start), end=from_text(self.end)),
            emergency=self.emergency,
            sensitive=self.sensitive,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A request, its facts and what the ordinance says to them."""

    request: FootageRequest
    facts: RequestFacts
    decision: Decision
    pack: Pack


def cells_of(request: FootageRequest, division: Division) -> list[str]:
    """Return the cells a request touches; none for an area beyond any town's district."""
    try:
        return covering_cells(request.area, division)
    except BadPolygon:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What names a decision in its leaf. `key_sha256` is of the case key's recipient text."""

    request: str
    agency: str
    key_sha256: str
    today: date


def leaf_pub(named: Named, decided: Decided, cells: Sequence[str]) -> dict[str, Any]:
    """Return what everybody reads of a decision on a request."""
    request, facts = decided.request, decided.facts
    window = request.window.rounded_out()
    accepted = decided.decision.accepted
    return {
        "request": named.request,
        "agency": named.agency,
        "decision": decided.decision.decision,
        "rules": list(decided.decision.refusing),
        "pack": decided.pack.sha256,
        "facts": facts.as_dict(),
        "purpose": request.purpose,
        "offence_class": request.offence_class,
        "cells": [] if request.protected else list(cells),
        "window": {**window.as_json(), "length_min": request.window.length_min},
        "area_m2": facts.area_m2,
        "number_in_case": facts.number_in_case,
        "emergency": request.emergency,
        "assembly_overlap": facts.assembly_overlap,
        "second_signature": facts.second_signature,
        "key_sha256": named.key_sha256 if accepted else None,
        "opens_by": (named.today + timedelta(days=decided.pack.meta.terms.opening_days)).isoformat(),
        "protected": request.protected,
    }


def leaf_private(request: FootageRequest, officer: str, cosigner: str | None) -> dict[str, Any]:
    """Return what a request's leaf only commits to."""
    return {
        "outline": request.area.as_json(),
        "start": to_text(request.window.start),
        "end": to_text(request.window.end),
        "case_number": request.case_number,
        "words": request.words,
        "offence": request.offence,
        "officer": officer,
        "cosigner": cosigner,
    }


def band_of(count: int) -> Band:
    """Return the band in which the public hears of `count` disclosures."""
    return next((band for least, band in _BANDS if count >= least), "0")
