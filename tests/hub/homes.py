"""A household as its hub knows it: settings, keys, epochs."""

from dataclasses import replace
from datetime import date

from tests.hub.cells import CELL, PLACE
from tests.seal.books import SHEET
from tests.seal.old_epochs import new_epoch

from fanlight.hub.options import Camera
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.seal import keys
from fanlight.seal.book import next_epoch
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import Identity, SigningKey
from fanlight.seal.notes import Notes
from fanlight.seal.roll import Member as Listed
from fanlight.seal.roll import Roll
from fanlight.wire import b64

OWNER = SigningKey(b"o" * 32)
MEMBER = keys.member_keys(b"m" * 32)
HOUSEHOLD = "h" * 26
CAMERA = Camera(id="c" * 26, name="Front door", url="/nowhere.mp4")
HUB = HubKeys(SigningKey(b"h" * 32), keys.new_identity().secret)


def make_pairing(server: str = "http://127.0.0.1:9", **change: object) -> Pairing:
    lon, lat = PLACE
    parts = {
        "server": server,
        "household": HOUSEHOLD,
        "owner": b64.encode(OWNER.public),
        "cell": CELL,
        "lon": lon,
        "lat": lat,
    }
    return Pairing(**{**parts, **change})  # type: ignore[arg-type] # names are checked by the struct


def make_epoch(
    after: Epoch | None = None, *, owner: SigningKey = OWNER, household: str = HOUSEHOLD
) -> tuple[Identity, Epoch]:
    return new_epoch(household=household, after=after, members=[MEMBER.age.recipient], owner_key=owner)


def make_page(after: Epoch, other: bytes | None = None) -> tuple[Identity, Epoch]:
    """Return the first page of the book, which names people, after a key that names nobody.

    `other` is another owner's signing key.
    """
    owner = Listed(account="o" * 26, sign_pub=OWNER.public, age_recipient=MEMBER.age.recipient, role="owner")
    also = () if other is None else (replace(owner, account="p" * 26, sign_pub=other),)
    return next_epoch(
        household=HOUSEHOLD,
        after=after,
        roll=Roll(members=(owner, *also), recovery=SHEET.public),
        notes=Notes(why="founded"),
        signer=OWNER,
        day=date(2026, 11, 22),
    )


def make_chain(length: int, *, owner: SigningKey = OWNER, household: str = HOUSEHOLD) -> list[Epoch]:
    chain: list[Epoch] = []
    for _ in range(length):
        chain.append(make_epoch(chain[-1] if chain else None, owner=owner, household=household)[1])
    return chain
