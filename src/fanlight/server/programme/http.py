"""Routes: the town, its packs, its map; an officer's own agency."""

import asyncio
from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath

from fanlight.model.geo import COARSEST_RES, FINEST_RES, HOMES_PER_CELL
from fanlight.server import programme
from fanlight.server.accounts import Caller, recipients
from fanlight.server.errors import NotFound
from fanlight.server.programme import store
from fanlight.server.services import Parts
from fanlight.server.setup import MAPS

_DAY_CACHE = "public, max-age=86400"
_SUFFIX = ".geojson"


def agency_json(row: store.AgencyRow, agreements: list[store.AgreementRow]) -> dict[str, Any]:
    """Return what everybody may know of an agency."""
    body = msgspec.json.decode(row.body)
    return {
        "ori": row.ori,
        "name": row.name,
        "kind": row.kind,
        "demo": row.demo,
        "attested": body["attested"],
        "boundary": body["boundary"],
        "agreements": [agreement_json(one) for one in agreements],
    }


def agreement_json(row: store.AgreementRow) -> dict[str, Any]:
    """Return what everybody may know of an agreement."""
    return {
        "agreement": row.id,
        "state": row.state,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
        "vote": programme.vote_of(row),
        "pack": row.pack,
    }


@get("/v1/town", operation_id="getTown")
async def get_town(services: Parts) -> dict[str, Any]:
    """Describe the town: name, agencies, cells, packs, map."""
    async with services.db.transaction() as tx:
        described = dict(await programme.town(tx))
        agencies = [agency_json(row, await store.agreements(tx, row.ori)) for row in await store.agencies(tx)]
        packs = await programme.pack_hashes(tx)
    # For older pages `homes` stays what the setup document said; a table taken over is not handed out.
    division = described.pop("divisions")[-1]
    return {
        **described,
        "division": {"cells": sorted(division.cells), "rest": division.rest},
        "origin": services.log.key.name,
        "agencies": agencies,
        "packs": packs,
        "cells": {"finest": FINEST_RES, "coarsest": COARSEST_RES, "homes_per_cell": HOMES_PER_CELL},
        "layers": sorted(path.name.split(".")[0] for path in (services.home / MAPS).glob("*.geojson.gz")),
    }


@get("/v1/packs/{sha256:str}", operation_id="getPack")
async def get_pack(sha256: FromPath[str], services: Parts) -> Response[bytes]:
    """Return a pack's canonical bytes, whose SHA-256 is its name."""
    async with services.db.transaction() as tx:
        pack = await programme.pack(tx, sha256)
    return Response(
        pack.canonical,
        media_type="application/json",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@get("/v1/map/{layer:str}", operation_id="getMapLayer")
async def get_layer(layer: FromPath[str], services: Parts) -> Response[bytes]:
    """Return one layer of the map, gzipped GeoJSON."""
    name = layer.removesuffix(_SUFFIX)
    path = services.home / MAPS / f"{name}.geojson.gz"
    if layer == name or not name.replace("_", "").isalnum() or not await asyncio.to_thread(path.is_file):
        raise NotFound("There is no such map layer.", do="Look at the layers of the town.")
    return Response(
        await asyncio.to_thread(path.read_bytes),
        media_type="application/geo+json",
        headers={"Content-Encoding": "gzip", "Cache-Control": _DAY_CACHE},
    )


@get("/v1/agency", operation_id="getAgency")
async def get_agency(services: Parts, session: Caller) -> dict[str, Any]:
    """Describe the caller's agency: agreement in force, pack, people."""
    session.of_agency()
    async with services.db.transaction() as tx:
        row = await store.agency(tx, session.agency)
        if row is None:
            raise NotFound("There is no such agency.", do="Ask the operator.")
        agreement = await programme.agreement_in_force(tx, session.agency, services.clock().date())
        pack = await programme.pack(tx, agreement.pack) if agreement else None
        staff = await recipients(tx, session.agency)
    described = agency_json(row, [])
    described.pop("agreements")
    return {
        "agency": described,
        "agreement": agreement_json(agreement) if agreement else None,
        "pack": {"sha256": pack.sha256, "id": pack.meta.id, "title": pack.meta.title} if pack else None,
        "people": [
            {"account": p.account, "name": p.name, "role": p.role, "age_recipient": p.age_recipient}
            for p in staff
        ],
        "me": {"account": session.account, "name": session.name, "role": session.role},
    }


router = Router(path="/", tags=["programme"], route_handlers=[get_town, get_pack, get_layer, get_agency])
