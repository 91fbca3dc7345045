"""A call of each route of incidents and their sources, for the table of access."""

from typing import Any

from fanlight.wire import b64

_SOURCE = {
    "agency": "CA0000000",
    "name": "Dispatch",
    "mapping": {"v": 1, "form": "cap"},
    "types": {},
    "delay_min": 30,
    "key": b64.encode(bytes(32)),
}

# route -> where to call it, codes of answers that only who may call it gets, and the body
INCIDENTS: dict[str, tuple[str, tuple[str, ...], Any]] = {
    "GET /v1/incidents": ("", (), None),
    "GET /v1/incidents/tiles": ("", (), None),
    "GET /v1/incidents/tiles/{z:int}/{x:int}/{y:int}": ("/v1/incidents/tiles/0/0/0", (), None),
    "GET /v1/incidents/years": ("", (), None),
    "GET /v1/incident-classes": ("", (), None),
    "GET /v1/cad-sources": ("", (), None),
    "POST /v1/cad-sources": ("", ("incidents.no_clause",), _SOURCE),
    "POST /v1/cad-sources/{source:str}/end": ("", ("incidents.no_source",), None),
    "POST /v1/cad-sources/{source:str}/uploads": ("", ("server.malformed",), None),
}
