"""The demo's household: account, household, hub and its book's first page, made once through the API."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from fanlight.cli.member import Member
from fanlight.cli.people import Person
from fanlight.demo import load_town
from fanlight.hub.options import Camera
from fanlight.hub.settings import (
    HubKeys,
    Pairing,
    carry_cameras,
    find_pairing,
    load_keys,
    read_options,
    save_pairing,
    write_options,
)
from fanlight.hub.uplink import Refused
from fanlight.model.geo import home_cell
from fanlight.model.ids import new_id
from fanlight.seal.age_format import hkdf
from fanlight.seal.reading import open_notes
from fanlight.seal.sheet import Sheet
from fanlight.wire import b64

POLL_S = 5.0  # a real hub asks every 300 s; a person trying the demo should not wait that long
STATUS_S = 5.0


def ensure(folder: Path, server: str, resident: Person, stream: str, page_port: int | None = None) -> None:
    """Make the household and pair the hub in `folder`, or take up what an earlier start left.

    Args:
        folder: the hub's folder.
        server: address of the server.
        resident: who owns the household.
        stream: RTSP address of the demo camera; its port may differ from start to start.
        page_port: where the hub's own page is to listen.
        page_port: where the hub's own page is to be; as the settings say if None.
    """
    carry_cameras(folder)
    known = find_pairing(folder)
    if known is None:
        known = asyncio.run(_found(folder, server, resident))
    save_pairing(folder, msgspec.structs.replace(known, server=server))
    _settle(folder, stream, page_port)


def _settle(folder: Path, stream: str, page_port: int | None) -> None:
    """Have the first camera read the demo's stream; a visitor's own settings of it and other cameras stay."""
    file = read_options(folder)
    first, *others = file.options.camera or (Camera(id=new_id(), name=load_town().camera, url=stream),)
    first = msgspec.structs.replace(first, url=stream)
    page = file.options.page
    if page_port is not None:
        page = msgspec.structs.replace(page, port=page_port)
    write_options(folder, msgspec.structs.replace(file.options, camera=(first, *others), page=page), file)


async def _list_hub(member: Member, mine: dict[str, Any], hub: HubKeys, resident: Person) -> None:
    """Have the household's book list the hub, beginning the book where there is none yet."""
    household, chain = mine["household"], member.chain(mine)
    newest = chain[-1] if chain else None
    named = newest is not None and newest.statement.book is not None
    if named and hub.signing.public in member.hub_keys(mine):
        return
    admitted = await member.admit_hub(household, hub.signing.public, hub.recipient)
    if newest is None or newest.statement.book is None:
        await member.begin_book(
            household, sheet_of(resident), hubs=[admitted], name=resident.name, after=newest
        )
        return
    roll = newest.statement.book.roll
    notes = open_notes(newest, [member.keys.age.secret])
    listed = replace(roll, hubs=(*roll.hubs, admitted))
    await member.turn_page(household, newest, listed, replace(notes, why="hub"))


def sheet_of(resident: Person) -> Sheet:
    """Return the demo household's recovery sheet. It comes from the resident's seed: nobody prints it."""
    return Sheet(hkdf(resident.seed, salt=b"", info=b"fanlight/demo/sheet/v1"))


async def _found(folder: Path, server: str, resident: Person) -> Pairing:
    member = Member(resident.seed, server)
    hub = load_keys(folder)
    demo = load_town()
    lon, lat = demo.place
    cell = home_cell(lon, lat, demo.homes)
    async with member.uplink:
        try:
            mine = await member.household()
        except Refused as refusal:
            if refusal.server_code == "accounts.unknown_key":
                await member.sign_up()
            await member.found_household(cell)
            mine = await member.household()
        await _list_hub(member, mine, hub, resident)
    return Pairing(
        server=server,
        household=mine["household"],
        owner=b64.encode(member.keys.signing.public),
        cell=cell,
        lon=lon,
        lat=lat,
        poll_s=POLL_S,
        status_s=STATUS_S,
    )
