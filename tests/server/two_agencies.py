"""A town of two agencies, each with an agreement in force and people of its own."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from tests.server.acting import PEOPLE, SEEDS, Actor

from fanlight.cli import demo_town
from fanlight.cli.demo_town import public_half
from fanlight.cli.people import Person
from fanlight.demo import load_town
from fanlight.seal.keys import member_keys
from fanlight.server import setup

FERRY, FERRY_NAME = "CA0380100", "Ferry Police (demo)"
ROLES = ("custodian", "officer", "supervisor")
FERRY_SEEDS = {role: bytes([210 + number]) * 32 for number, role in enumerate(ROLES)}
_CLERK = bytes([199]) * 32


def prepare(home: Path, name: str = FERRY_NAME, kind: str = "municipal") -> str:
    """Write what its first start needs; return the log's vkey. `name` and `kind` are the second agency's."""
    town, now = load_town(), datetime.now(UTC)
    document = demo_town.document(now, member_keys(SEEDS["clerk"]).signing)
    other = replace(town, agency={**town.agency, "ori": FERRY, "name": name, "kind": kind})
    appointed, agreement = demo_town.agreement_of(other, now.date(), member_keys(_CLERK).signing)
    document["agencies"].append({**document["agencies"][0], "ori": FERRY, "name": name, "kind": kind})
    document["clerks"].append(appointed)
    document["agreements"].append(agreement)
    people = [_public(role, seed, FERRY) for role, seed in FERRY_SEEDS.items()]
    return setup.prepare(home, [*PEOPLE, _public("clerk", _CLERK), *people], town=document)


def ferry(http: httpx.AsyncClient, role: str) -> Actor:
    """Return one of the second agency's people."""
    return Actor(http, member_keys(FERRY_SEEDS[role]))


def _public(role: str, seed: bytes, agency: str | None = None) -> dict[str, Any]:
    person = Person(role=role, name=f"Ferry {role}", title="", app="agency", seed=seed)
    return {**public_half(person), "agency": agency}
