"""A call of each route of gifts and raffles, for the table of access."""

from typing import Any

from tests.server.visitors import new_id

_GIFT = {
    "gift": new_id(),
    "on": "2026-01-01",
    "kind": "other",
    "what": "Signs",
    "donor": {"role": "company", "name": "A company"},
    "recipient": {"role": "organisation", "name": "A library"},
    "units": 1,
    "list_price": 1,
    "paid": 0,
    "currency": "USD",
    "terms": "None.",
    "no_duty": False,
}
_RAFFLE = {
    "raffle": new_id(),
    "gift": new_id(),
    "prizes": 1,
    "eligibility": "Everybody.",
    "randomness": {
        "who": "A lottery",
        "what": "A draw",
        "at": "2026-01-01T00:00:00.000Z",
        "form": "hex",
        "length": 8,
        "most": None,
    },
}
_NONE = ("server.not_found",)
_REASON = {"reason": "It did not happen."}

# route -> where to call it, codes of answers that only who may call it gets, and the body
GIFTS: dict[str, tuple[str, tuple[str, ...], Any]] = {
    "GET /v1/gifts": ("", (), None),
    "POST /v1/gifts": ("", ("gifts.duty",), _GIFT),
    "POST /v1/gifts/{gift:str}/void": ("", _NONE, _REASON),
    "POST /v1/raffles": ("", ("gifts.unclear",), _RAFFLE),
    "POST /v1/raffles/{raffle:str}/close": ("", _NONE, {"tickets": ["0" * 24]}),
    "POST /v1/raffles/{raffle:str}/draw": ("", _NONE, {"randomness": "00000000"}),
    "POST /v1/raffles/{raffle:str}/void": ("", _NONE, _REASON),
}
