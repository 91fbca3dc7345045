"""The demo town as a new server is told of it: real streets, an invented agency, agreement and vote."""

import gzip
import json
from datetime import UTC, date, datetime
from typing import Any

from fanlight.cli.people import Person
from fanlight.demo import LAYERS, Town, credits_text, layer_gz, load_town, paper
from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.policy import default_pack
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.wire import b64, jcs, register


def document(today: datetime, clerk: SigningKey) -> dict[str, Any]:
    """Return the town document, its agreement and assemblies dated from `today` (aware).

    Args:
        today: the day of the first start.
        clerk: signs hearing, vote and coming into force, as the invented clerk would have.
    """
    town, day = load_town(), today.astimezone(UTC).date()
    sample = town.sample_request
    appointed, agreement = agreement_of(town, day, clerk)
    return {
        "name": town.name,
        "country": town.country,
        "timezone": town.timezone,
        "origin": town.origin,
        "demo": True,
        "bounds": town.bounds,
        "center": town.center,
        "credits": credits_text(),
        "homes": town.homes,
        "agencies": [
            {
                "ori": town.agency["ori"],
                "name": town.agency["name"],
                "kind": town.agency["kind"],
                "demo": True,
                "boundary": json.loads(gzip.decompress(layer_gz("jurisdiction")))["features"][0]["geometry"],
                "attested": {"how": town.agency["attested_how"], "on": day.isoformat()},
                "attested_by": town.agency["attested_by"],
            }
        ],
        "clerks": [appointed],
        "agreements": [agreement],
        "assemblies": [
            {
                "source": one.source,
                "outline": one.area.as_json(),
                "start": to_text(one.window.start),
                "end": to_text(one.window.end),
            }
            for one in town.assemblies(day)
        ],
        "sample_request": {
            "case_number": sample.case_number,
            "offence": sample.offence,
            "purpose": sample.purpose,
            "words": sample.words,
            "outline": sample.area.as_json(),
        },
    }


def maps() -> dict[str, bytes]:
    """Return the map's layers as gzipped GeoJSON."""
    return {name: layer_gz(name) for name in LAYERS}


def public_half(person: Person) -> dict[str, str]:
    """Return what a server may know of a demo person."""
    keys = member_keys(person.seed)
    return {
        "name": person.name,
        "role": person.role.partition("-")[0],
        "sign_pub": b64.encode(keys.signing.public),
        "age_recipient": keys.age.recipient,
    }


def agreement_of(town: Town, day: date, key: SigningKey) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a clerk's appointment and an agreement with the town's agency, with its steps, signed."""
    plan, raw, who = town.agreement(day), town.raw["agreement"], town.raw["clerk"]
    clerk, pack = new_id(), default_pack().sha256
    appointed = {"body": who["body"], "date": plan.appointed.isoformat(), "reference": who["reference"]}
    statement = register.appointment(
        clerk=clerk,
        name=who["name"],
        office=who["office"],
        key=b64.encode(key.public),
        day=plan.appointed,
        appointed={**appointed, "document": register.digest(paper("clerk"))},
    )
    documents = [
        {**one, "day": plan.published.isoformat(), "body": paper(one["kind"])} for one in raw["documents"]
    ]
    papers = register.Papers(
        agreement=new_id(),
        agency=town.agency["ori"],
        pack=pack,
        first=plan.starts,
        until=plan.ends,
        renewal=raw["renewal"],
        exit_cost=raw["exit_cost"],
        clauses=raw["clauses"],
        documents=[_head(one) for one in documents],
    )

    def saying(then: date) -> register.Saying:
        hashed = register.digest(papers.text())
        return register.Saying(agreement=papers.agreement, papers=hashed, pack=pack, clerk=clerk, day=then)

    def step(state: str, then: date, text: str, *minutes: dict[str, Any]) -> dict[str, Any]:
        return {
            "state": state,
            "day": then.isoformat(),
            "statement": text,
            "signature": _signed(key, text),
            "documents": list(minutes),
        }

    voted = date.fromisoformat(plan.vote["date"])
    heard, counted = _minutes("hearing", plan.heard, who["name"]), _minutes("vote", voted, who["name"])
    hearing = saying(plan.heard).hearing(
        **raw["hearing"], date=plan.heard.isoformat(), minutes=register.digest(heard["body"])
    )
    vote = saying(voted).vote(**plan.vote, minutes=register.digest(counted["body"]))
    steps = [
        {
            "state": "published",
            "day": plan.published.isoformat(),
            "comment_until": plan.comment_until.isoformat(),
        },
        step("hearing", plan.heard, hearing, heard),
        step("voted", voted, vote, counted),
        step("in_force", plan.starts, saying(plan.starts).force(vote)),
    ]
    said = jcs.loads(papers.text())
    drafted = {name: value for name, value in said.items() if name not in {"v", "agreement"}}
    return (
        {
            "sign_pub": b64.encode(key.public),
            "statement": statement,
            "acceptance": _signed(key, statement),
            "document": paper("clerk"),
        },
        {
            "agreement": papers.agreement,
            "day": plan.published.isoformat(),
            "draft": {**drafted, "documents": documents},
            "steps": steps,
        },
    )


def _head(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as papers name it: its hash in the place of its text."""
    head = {key: value for key, value in document.items() if key != "body"}
    return {**head, "sha256": register.digest(document["body"]), "parts": document.get("parts", [])}


def _minutes(name: str, day: date, author: str) -> dict[str, Any]:
    return {
        "kind": "minutes",
        "title": f"Minutes of the {name}",
        "author": author,
        "day": day.isoformat(),
        "body": paper(name),
    }


def _signed(key: SigningKey, text: str) -> str:
    return b64.encode(key.sign(register.CONTEXT, text.encode()))
