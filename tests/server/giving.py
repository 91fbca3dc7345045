"""Gifts and raffles as agencies, operator and clerk enter them."""

from datetime import timedelta
from typing import Any

from tests.server.running import Running

from fanlight.model.clock import to_text
from fanlight.model.ids import new_id

AGENCY = "CA0389900"
DUTY = "Nobody who gets one owes anybody footage, and nobody has to sign up for anything."


def gift(town: Running, **change: Any) -> dict[str, Any]:
    """Return what is sent for three cameras that a company gave to residents."""
    return {
        "gift": new_id(),
        "on": town.clock().date().isoformat(),
        "kind": "device",
        "what": "Doorbell cameras",
        "donor": {"role": "company", "name": "Bellwether Doorbells"},
        "recipient": {"role": "residents", "name": None},
        "units": 3,
        "list_price": 29_700,
        "paid": 0,
        "currency": "USD",
        "terms": DUTY,
        "no_duty": True,
        "eligibility": "Everybody who lives in the Harbor district.",
        **change,
    }


def raffle(town: Running, of: str, **change: Any) -> dict[str, Any]:
    """Return what is sent to announce a raffle that six numbers of a lottery decide five days from now."""
    at = (town.clock() + timedelta(days=5)).replace(hour=22, minute=59, second=0, microsecond=0)
    return {
        "raffle": new_id(),
        "gift": of,
        "prizes": 2,
        "eligibility": "Everybody who takes a ticket at the town hall; no account is asked for.",
        "randomness": {
            "who": "The state lottery",
            "what": "Draw 4711, six of 49",
            "at": to_text(at),
            "form": "numbers",
            "length": 6,
            "most": 49,
            **change.pop("randomness", {}),
        },
        **change,
    }
