"""`fanlight hub pair`: tell a hub its household.

Pairing carries two codes between two screens that one person looks at. The house's code tells the hub
its server, household and owner's key; the hub's code tells the household the hub's keys. Neither holds a
secret.
"""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fanlight.cli.home import open_home
from fanlight.cli.hub.codes import HOUSE_PREFIX, HUB_PREFIX, bad_code, read_code, read_place, write_code
from fanlight.hub.epochs import Epochs
from fanlight.hub.options import Camera
from fanlight.hub.settings import (
    Pairing,
    carry_cameras,
    find_pairing,
    load_keys,
    read_options,
    save_pairing,
    write_options,
)
from fanlight.model.errors import FanlightError
from fanlight.model.geo import check_cell
from fanlight.model.ids import is_id, new_id
from fanlight.seal.keys import PUBLIC_LENGTH
from fanlight.wire import b64


class PairedAlready(FanlightError):
    """This hub belongs to another household."""

    code = "cli.paired_already"


class BadName(FanlightError):
    """A camera's name is missing or too long."""

    code = "cli.bad_name"


def pair(code: str, home: Path | None, camera: str | None, name: str, place: str) -> None:
    """Write the hub's household from the house's code, add a camera if one is given, print the hub's code.

    Raises:
        BadCode, BadName, PairedAlready, EpochsRefused, HomeUnusable: nothing was changed.
    """
    folder = open_home(home).folder("hub")
    lon, lat = read_place(place)
    pairing = msgspec.convert({**_read_house(code), "lon": lon, "lat": lat}, Pairing)
    pairing = _with_known_owner(folder, pairing)
    carry_cameras(folder)
    keys = load_keys(folder)
    if camera is not None:
        _add_camera(folder, name, camera)
    save_pairing(folder, pairing)
    own = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.recipient}
    print("Type or paste this on the House page, under 'Add a hub':\n")
    print(write_code(HUB_PREFIX, own))
    print("\nThen start it: fanlight hub run")


def _read_house(code: str) -> dict[str, str]:
    house = read_code(HOUSE_PREFIX, code)
    try:
        found = {name: str(house[name]) for name in ("server", "household", "owner", "cell")}
        address = urlsplit(found["server"])
        check_cell(found["cell"])
        whole = address.scheme in {"http", "https"} and address.hostname and is_id(found["household"])
        if not whole or len(b64.decode(found["owner"])) != PUBLIC_LENGTH:
            raise bad_code()
    except (KeyError, ValueError, FanlightError) as error:
        raise bad_code() from error
    return found


def _add_camera(folder: Path, name: str, url: str) -> None:
    """Add a camera, or give the one of that name another address: its footage and clips stay its own."""
    file = read_options(folder)
    known = next((camera for camera in file.options.camera if camera.name == name), None)
    fields = msgspec.structs.asdict(known) if known else {"id": new_id(), "name": name}
    try:
        camera = msgspec.convert({**fields, "url": url}, Camera)
    except msgspec.ValidationError as error:
        raise BadName(
            "The camera's name is missing or longer than 80 characters, or its address is no line of text.",
            kept="The hub's settings are as they were.",
            do='Give it a short name, like --name "Front door".',
        ) from error
    others = tuple(one for one in file.options.camera if one is not known)
    write_options(folder, msgspec.structs.replace(file.options, camera=(*others, camera)), file)


def _with_known_owner(folder: Path, pairing: Pairing) -> Pairing:
    """Return the pairing with the owner's key that this hub trusts already, if it has a household.

    A hub keeps clips sealed to its household and its book: they fit no other. Another owner of the
    same one may pair it again; the book goes on from the key it began with here.

    Raises:
        PairedAlready: the code is another household's, or of somebody who is no owner by this hub's own book.
    """
    known = find_pairing(folder)
    if known is None or (known.household, known.owner) == (pairing.household, pairing.owner):
        return pairing
    if known.household == pairing.household and b64.decode(pairing.owner) in _owners(folder, known):
        return msgspec.structs.replace(pairing, owner=known.owner)
    raise PairedAlready(
        "This hub belongs to another household.",
        kept="Its settings, recording and clips are as they were.",
        do="Give the new household's hub a folder of its own with --home.",
    )


def _owners(folder: Path, known: Pairing) -> frozenset[bytes]:
    newest = Epochs(folder, known).newest
    if newest is None or newest.statement.book is None:
        return frozenset()
    return newest.statement.book.roll.owners
