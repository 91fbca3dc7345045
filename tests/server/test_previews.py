"""What an officer is shown before signing is what the entry will say (vectors/policy/previews.json)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.model.make_joined_vectors import read

from fanlight.model.division import Division
from fanlight.model.request import FootageRequest, RequestFacts, Standing
from fanlight.model.sweep import sweep_of
from fanlight.policy import decide, default_pack
from fanlight.server.requests import rules

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors/policy/previews.json").read_text("utf-8")
)


def entry(request: FootageRequest, vector: dict[str, Any]) -> dict[str, Any]:
    """Return the public fields that the server writes of a request."""
    alone = sweep_of(request, ())
    standing = Standing(
        agency_kind="municipal",
        agreement_in_force=True,
        vote_recorded=True,
        named_officer=True,
        inside_jurisdiction=True,
        number_in_case=vector["number_in_case"],
        joined_area_m2=alone.area_m2,
        joined_window_min=alone.window_min,
        assembly_overlap=False,
        words_plain=True,
        words_no_records=True,
        second_signature=False,
    )
    now = datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(days=1)
    facts = RequestFacts.of(request, standing, now)
    decided = rules.Decided(
        request=request,
        facts=facts,
        decision=decide(default_pack(), "request.submit", facts.as_dict()),
        pack=default_pack(),
    )
    named = rules.Named(request="r", agency=vector["agency"], key_sha256="0" * 64, today=now.date())
    return rules.leaf_pub(named, decided, rules.cells_of(request, Division(frozenset(), "")))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["why"])
def test_the_entry_says_what_the_officer_was_shown(vector: dict[str, Any]) -> None:
    """R21, R42: the preview's public fields are those of the entry; the page words them alike."""
    request = read(vector["request"])
    made = entry(request, vector)
    assert {name: made[name] for name in vector["pub"]} == vector["pub"]
