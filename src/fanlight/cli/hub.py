"""`fanlight hub`: pair a hub with a household, and run it.

Pairing carries two codes between two screens that one person looks at. The house's code tells the hub
its server, household and owner's key; the hub's code tells the household the hub's keys. Neither holds a
secret.
"""

import asyncio
import base64
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fanlight.cli.home import open_home
from fanlight.hub import __main__ as hub_process
from fanlight.hub.settings import HubSettings, NotPaired, load_keys, load_settings, save_settings
from fanlight.model.errors import FanlightError
from fanlight.model.geo import check_cell
from fanlight.model.ids import is_id, new_id
from fanlight.seal.keys import PUBLIC_LENGTH
from fanlight.wire import b64, jcs

HOUSE_PREFIX, HUB_PREFIX = "house-", "hub-"


class BadCode(FanlightError):
    """A pairing code or a place cannot be read."""

    code = "cli.bad_code"


class PairedAlready(FanlightError):
    """This hub belongs to another household."""

    code = "cli.paired_already"


class BadName(FanlightError):
    """A camera's name is missing or too long."""

    code = "cli.bad_name"


def pair(code: str, home: Path | None, camera: str, name: str, place: str) -> None:
    """Write the hub's settings from the house's code and print the hub's code.

    Raises:
        BadCode, BadName, PairedAlready, HomeUnusable: nothing was changed.
    """
    folder = open_home(home).folder("hub")
    house = _read_house(code)
    lon, lat = read_place(place)
    cameras = [{"id": new_id(), "name": name, "url": camera}]
    try:
        settings = msgspec.convert({**house, "lon": lon, "lat": lat, "cameras": cameras}, HubSettings)
    except msgspec.ValidationError as error:
        raise BadName(
            "The camera's name is missing or longer than 80 characters.",
            kept="The hub's settings are as they were.",
            do='Give it a short name, like --name "Front door".',
        ) from error
    _check_same_household(folder, settings)
    keys = load_keys(folder)
    save_settings(folder, settings)
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
            raise _bad_code()
    except (KeyError, ValueError, FanlightError) as error:
        raise _bad_code() from error
    return found


def _check_same_household(folder: Path, settings: HubSettings) -> None:
    """A hub keeps clips sealed to its household and that household's keys: they fit no other."""
    try:
        known = load_settings(folder)
    except NotPaired:
        return
    if (known.household, known.owner) != (settings.household, settings.owner):
        raise PairedAlready(
            "This hub belongs to another household.",
            kept="Its settings, recording and clips are as they were.",
            do="Give the new household's hub a folder of its own with --home.",
        )


def run(home: Path | None) -> int:
    """Run the hub in this process until Ctrl-C."""
    return asyncio.run(hub_process.run(open_home(home).folder("hub")))


def write_code(prefix: str, value: dict[str, str]) -> str:
    """Return a pairing code."""
    return prefix + base64.urlsafe_b64encode(jcs.dumps(value)).decode().rstrip("=")


def read_code(prefix: str, code: str) -> dict[str, object]:
    """Read a pairing code; raises BadCode."""
    text = "".join(code.split())
    if not text.startswith(prefix):
        raise _bad_code()
    body = text.removeprefix(prefix)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return dict(jcs.loads(raw))
    except (ValueError, FanlightError) as error:
        raise _bad_code() from error


def read_place(text: str) -> tuple[float, float]:
    """Read `LON,LAT` in degrees; raises BadCode."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_place() from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
        raise _bad_place()
    return lon, lat


def _bad_code() -> BadCode:
    return BadCode(
        "This is not a pairing code of a house.",
        kept="The hub's settings are as they were.",
        do="Copy the whole code from the House page; it begins with house-.",
    )


def _bad_place() -> BadCode:
    return BadCode(
        "The place is not two numbers, longitude and latitude in degrees.",
        kept="The hub's settings are as they were.",
        do="Write it like --place=-122.41,37.78.",
    )
