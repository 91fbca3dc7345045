"""A call of each route of operations, for the table of access."""

from typing import Any

from tests.server.visitors import new_id

_PLAN = {
    "operation": new_id(),
    "kind": "other",
    "place": "The harbor",
    "plan": "Nothing.",
    "starts": "2026-01-01",
    "ends": "2026-01-02",
}
_OUTCOME = {"arrests": 0, "cited": 0, "stopped": 0, "recovered": 0, "words": "Nothing."}
_NONE = ("server.not_found",)

# route -> where to call it, codes of answers that only who may call it gets, and the body
OPERATIONS: dict[str, tuple[str, tuple[str, ...], Any]] = {
    "GET /v1/operations": ("", (), None),
    "POST /v1/operations": ("", ("operations.unclear",), _PLAN),
    "POST /v1/operations/{operation:str}/outcome": ("", _NONE, _OUTCOME),
    "POST /v1/operations/{operation:str}/off": ("", _NONE, {"reason": "It rains."}),
    "POST /v1/operations/{operation:str}/homes": ("", _NONE, {"code_hash": "0" * 32}),
    "POST /v1/operations/{operation:str}/homes/leave": ("", _NONE, {"code": "A" * 43 + "="}),
}
