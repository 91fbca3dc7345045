"""Room: footage requests. An agency asks, the ordinance decides, a second person signs, cells are told.

In:     signed requests; second signatures; the clock.
Out:    decisions, leaves, one file a cell that is the same for everybody.
Holds:  nothing here names a household, a hub or a clip; no figure of reach or refusal exists.
Absent: what residents send back (evidence).
"""

from fanlight.server.requests import copies, pseudonyms
from fanlight.server.requests.cells import token_hash
from fanlight.server.requests.copies import forget_case_key, forget_case_keys
from fanlight.server.requests.deciding import Signer, close_without_agreement, own_request
from fanlight.server.requests.http import request_json, signer
from fanlight.server.requests.rules import band_of
from fanlight.server.requests.store import (
    RequestRow,
    Token,
    by_token,
    close_leaves,
    lock_agency,
    note_received,
    public_openings,
)

__all__ = [
    "RequestRow",
    "Signer",
    "Token",
    "band_of",
    "by_token",
    "close_leaves",
    "close_without_agreement",
    "copies",
    "forget_case_key",
    "forget_case_keys",
    "lock_agency",
    "note_received",
    "own_request",
    "pseudonyms",
    "public_openings",
    "request_json",
    "signer",
    "token_hash",
]
