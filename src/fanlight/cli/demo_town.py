"""The demo town as a new server is told of it: real streets, an invented agency, agreement and vote."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

from fanlight.cli.people import Person
from fanlight.demo import LAYERS, credits_text, layer_gz, load_town
from fanlight.model.clock import to_text
from fanlight.seal.keys import member_keys
from fanlight.wire import b64


def document(today: datetime) -> dict[str, Any]:
    """Return the town document, its agreement and assemblies dated from `today` (aware)."""
    town, day = load_town(), today.astimezone(UTC).date()
    agreement = town.agreement(day)
    sample = town.sample_request
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
        "agreements": [
            {
                "agency": town.agency["ori"],
                "valid_from": agreement.starts.isoformat(),
                "valid_until": agreement.ends.isoformat(),
                "vote": dict(agreement.vote),
                "facts": dict(agreement.facts),
                "demo": True,
            }
        ],
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
        "role": person.role,
        "sign_pub": b64.encode(keys.signing.public),
        "age_recipient": keys.age.recipient,
    }
