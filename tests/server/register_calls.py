"""A call of each route of the register, for the table of access."""

from typing import Any

from tests.server.registering import AGENCY, REPORT
from tests.server.visitors import new_id

_BOUNDARY = {"type": "Polygon", "coordinates": [[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1], [0, 0]]]}
_DRAFT = {
    "agency": "CA0000000",
    "pack": "0" * 64,
    "from": "2030-01-01",
    "until": "2031-01-01",
    "renewal": "",
    "exit_cost": "",
    "clauses": [],
    "documents": [],
}
_ATTESTED = {
    "ori": AGENCY[:-1] + "1",
    "name": "Ferry Police",
    "kind": "municipal",
    "boundary": _BOUNDARY,
    "attested": {"how": "met", "on": "2026-01-01"},
    "attested_by": "caretaker",
}
_APPOINTED = {"account": new_id(), "statement": "{}", "acceptance": "A" * 88, "document": "Minutes."}
_PSEUDONYMS = f"/v1/auditing/agencies/{AGENCY}/pseudonyms"
_NAMED = {
    "account": new_id(),
    "offer": "{}",
    "acceptance": "A" * 88,
    "statement": "{}",
    "signature": "A" * 88,
    "document": "Minutes.",
}
_NO = "register.no_agreement"

# route -> where to call it, codes of answers that only who may call it gets, and the body
REGISTER: dict[str, tuple[str, tuple[str, ...], Any]] = {
    "GET /v1/register/agreements": ("", (), None),
    "GET /v1/register/clerks": ("", (), None),
    "GET /v1/register/news": ("", (), None),
    "GET /v1/register/listings": ("", (), None),
    "GET /v1/register/agreements/{agreement:str}": ("", (_NO,), None),
    "GET /v1/register/documents/{agreement:str}/{sha256:str}": (
        f"/v1/register/documents/{new_id()}/{'0' * 64}",
        ("register.no_document",),
        None,
    ),
    "GET /v1/register/listings/{listing:str}/agencies": ("", ("register.no_listing",), None),
    "GET /v1/register/listings/{listing:str}/agreements": ("", ("register.no_listing",), None),
    "POST /v1/register/agencies": ("", (), _ATTESTED),
    "POST /v1/register/agreements": ("", ("register.no_agency",), _DRAFT),
    "PUT /v1/register/agreements/{agreement:str}": ("", ("register.no_agency",), _DRAFT),
    "POST /v1/register/agreements/{agreement:str}/publish": (
        "",
        (_NO,),
        {"papers": "0" * 64, "comment_until": "2030-01-01"},
    ),
    "POST /v1/register/agreements/{agreement:str}/documents": ("", (_NO,), REPORT),
    "POST /v1/register/agreements/{agreement:str}/sign": (
        "",
        ("register.bad_statement",),
        {"statement": "{}", "signature": "A" * 86 + "=="},
    ),
    "POST /v1/register/agreements/{agreement:str}/withdraw": ("", (_NO,), {"reason": "No."}),
    "POST /v1/register/agreements/{agreement:str}/end": ("", (_NO,), {"reason": "No."}),
    "POST /v1/register/agreements/{agreement:str}/cancel": ("", (_NO,), {"reason": "No."}),
    "GET /v1/register/rules": ("", (), None),
    "GET /v1/register/agreements/{agreement:str}/comments": ("", (), None),
    "POST /v1/register/agreements/{agreement:str}/comments": ("", (_NO,), {"name": "Ana", "words": "No."}),
    "POST /v1/register/comments/{comment:str}/remove": (
        "",
        ("register.no_comment",),
        {"rule": "comment.advert"},
    ),
    "GET /v1/auditing/auditors": ("", (), None),
    "GET /v1/auditing/looks": ("", (), None),
    "GET /v1/auditing/agencies/{agency:str}/log": (f"/v1/auditing/agencies/{AGENCY}/log", (), None),
    "GET /v1/auditing/agencies/{agency:str}/access": (f"/v1/auditing/agencies/{AGENCY}/access", (), None),
    "GET /v1/auditing/agencies/{agency:str}/patterns": (
        f"/v1/auditing/agencies/{AGENCY}/patterns",
        (),
        None,
    ),
    "GET /v1/auditing/agencies/{agency:str}/pseudonyms": (_PSEUDONYMS, (), None),
    "GET /v1/auditing/agencies/{agency:str}/pseudonyms/waiting": (f"{_PSEUDONYMS}/waiting", (), None),
    "POST /v1/auditing/agencies/{agency:str}/pseudonyms": (
        _PSEUDONYMS,
        ("auditing.bad_statement",),
        {"statement": "{}", "signature": "A" * 88},
    ),
    "POST /v1/auditing/agencies/{agency:str}/pseudonyms/key": (
        f"{_PSEUDONYMS}/key",
        ("auditing.bad_year",),
        {"year": 1999, "sealed": "AAAA"},
    ),
    "POST /v1/auditing/auditors": ("", ("auditing.bad_statement",), _NAMED),
    "POST /v1/auditing/auditors/end": (
        "",
        ("auditing.bad_statement",),
        {"statement": "{}", "signature": "A" * 88},
    ),
    "POST /v1/register/cancel": ("", ("model.bad_text",), {"reason": "\u202e"}),
    "POST /v1/register/clerks": ("", ("register.bad_statement",), _APPOINTED),
    "POST /v1/register/clerks/{clerk:str}/end": ("", ("register.no_clerk",), {"reason": "Retired."}),
}
