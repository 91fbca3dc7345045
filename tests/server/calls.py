"""For each route, a call that who may make it may make: what the table of access is checked with."""

import re

from tests.server import agency_calls, case_calls, people_calls, process_calls, vault_calls
from tests.server.acting import CELL
from tests.server.calling import CALLS, SIGNATURE, Call, plain
from tests.server.gift_calls import GIFTS
from tests.server.incidents.incident_calls import INCIDENTS
from tests.server.neighbors.post_calls import POSTS
from tests.server.operation_calls import OPERATIONS
from tests.server.register_calls import REGISTER
from tests.server.visitors import new_id

from fanlight.server.notify.rules import BODY_BYTES
from fanlight.wire import b64

__all__ = ["CALLS", "Call"]
TABLES = (people_calls, vault_calls, agency_calls, case_calls, process_calls)  # each adds its own to CALLS
_SEED = b64.encode(bytes(60))

for page in (
    "/healthz",
    "/v1/speaks",
    "/",
    "/home",
    "/agency",
    "/operator",
    "/register",
    "/record/ordinances/edit",
    "/clerk",
    "/auditor",
    "/counsel",
    "/moderator",
    "/s",
    "/ask",
    "/neighbors",
    "/app.json",
    "/record",
    "/schema",
    "/v1/media-place",
    "/v1/town",
):
    plain(f"GET {page}")
for page, part in {"home": "clip", "agency": "people", "operator": "health"}.items():
    plain(f"GET /{page}/{{path:path}}", f"/{page}/{part}")
plain("GET /schema/openapi.json")
plain("GET /schema/{path:str}", "/schema/openapi.yaml", "server.not_found")
plain("GET /assets/{path:path}", "/assets/none.js", "server.not_found")
plain("GET /static/{path:path}", "/static/none.css", "server.not_found")
plain("GET /record/{path:path}", "/record/agencies")
plain("GET /log/{path:path}", "/log/checkpoint")
plain("GET /v1/log/leaves", "/v1/log/leaves?type=agreement")
plain("GET /v1/log/proof/{index:int}", "/v1/log/proof/0")
plain("GET /v1/log/state")
plain("GET /v1/days/{day:str}/{digest:str}", "/v1/days/2026-11-22/" + "0" * 64, "days.no_digest")
plain("GET /v1/packs/{sha256:str}", "/v1/packs/" + "0" * 64, "programme.no_pack")
plain("GET /v1/map/{layer:str}", "/v1/map/streets", "server.not_found")
plain("GET /v1/cells/{cell:str}/requests", f"/v1/cells/{CELL}/requests")
plain("GET /v1/cells/{cell:str}/key", f"/v1/cells/{CELL}/key")
plain("GET /v1/push/key")
plain("GET /v1/texts")
plain("POST /v1/texts", json={"name": "terms", "body": "Be kind.", "effective": "2999-01-01", "after": 0})
plain(
    "POST /v1/register/listings",
    "",
    "register.bad_list",
    json={"source": "a list", "credit": "its maker", "as_of": "2020-10-07", "sha256": "0" * 64},
)
plain("GET /v1/cells/{cell:str}/wishes", f"/v1/cells/{CELL}/wishes")
plain("GET /v1/cells/{cell:str}/recipient", f"/v1/cells/{CELL}/recipient")
plain("POST /v1/wishes", "", "wishes.not_sealed", "wishes.named", json={"cell": CELL, "sealed": "AAAA"})
plain(
    "POST /v1/push/send",
    "",
    "notify.bad_ticket",
    "notify.not_anonymous",
    json={"ticket": "x", "body": b64.encode(bytes(BODY_BYTES))},
)
for about in ("account", "account/notices", "households", "households/mine", "households/mine/epochs"):
    plain(f"GET /v1/{about}")
for about in (
    "passkeys",
    "clips",
    "clips/days",
    "links",
    "push/behests",
    "vault/keeping",
    "operator/health",
    "operator/vault",
):
    plain(f"GET /v1/{about}")
for about in ("process", "agency/process", "counsel/process", "operator/counsel", "operator/moderators"):
    plain(f"GET /v1/{about}")
for about in ("agency", "agency/people", "agency/requests", "sessions/mine"):
    plain(f"GET /v1/{about}")
plain("POST /v1/account/leave", "", "accounts.last_owner")
plain("POST /v1/account/notices", json={"seen": [new_id()]})
plain("POST /v1/passkeys/begin", json={"purpose": "new"})
plain("POST /v1/sessions/passkey/begin")
plain("POST /v1/passkeys/ticket")
plain(
    "PUT /v1/passkeys/{passkey:str}/wrapped",
    f"/v1/passkeys/{new_id()}/wrapped",
    "accounts.no_passkey",
    "accounts.bad_signature",
    json={"wrapped": _SEED, "signature": SIGNATURE},
)
plain(
    "DELETE /v1/passkeys/{passkey:str}",
    f"/v1/passkeys/{new_id()}",
    "accounts.no_passkey",
    "accounts.bad_signature",
    headers={"Fanlight-Signature": SIGNATURE},
)
plain("DELETE /v1/account", "", "accounts.bad_signature", headers={"Fanlight-Signature": SIGNATURE})
plain("DELETE /v1/households/mine", "", "accounts.bad_signature", headers={"Fanlight-Signature": SIGNATURE})
plain(
    "POST /v1/households/mine/end",
    "",
    "accounts.bad_signature",
    json={"signature": SIGNATURE, "farewell": None},
)
plain("GET /v1/farewells/{place:str}", f"/v1/farewells/{'0' * 64}", "accounts.no_farewell")
plain("DELETE /v1/sessions/others")
plain("DELETE /v1/sessions/{ended:str}", f"/v1/sessions/{new_id()}", "accounts.no_session")
plain("POST /v1/households", "", "geo.bad_cell", json={"cell": "nowhere", "another": True})
plain("PUT /v1/vault/keeping", json={"keep_days": 14})
plain("DELETE /v1/push/behests/{behest:str}", f"/v1/push/behests/{new_id()}")
plain("POST /v1/push/tickets", "", json={"endpoint": "https://push.example/send/abc"})


for route_, (path_, also_, body_) in (REGISTER | INCIDENTS | POSTS | GIFTS | OPERATIONS).items():
    made_ = path_ or re.sub(r"\{[a-z]+:str\}", new_id(), route_.split()[1])
    plain(route_, made_, *also_, **({} if body_ is None else {"json": body_}))
