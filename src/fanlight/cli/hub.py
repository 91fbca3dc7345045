"""`fanlight hub`: pair a hub with a household, and run it.

Pairing carries two codes between two screens that one person looks at. The house's code tells the hub
its server, household and owner's key; the hub's code tells the household the hub's keys. Neither holds a
secret.
"""

import asyncio
import base64
from pathlib import Path

from fanlight.cli.home import open_home
from fanlight.hub import __main__ as hub_process
from fanlight.hub.settings import Camera, HubSettings, load_keys, save_settings
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.wire import b64, jcs

HOUSE_PREFIX, HUB_PREFIX = "house-", "hub-"


class BadCode(FanlightError):
    """A pairing code or a place cannot be read."""

    code = "cli.bad_code"


def pair(code: str, home: Path | None, camera: str, name: str, place: str) -> None:
    """Write the hub's settings from the house's code and print the hub's code."""
    folder = open_home(home).folder("hub")
    house = read_code(HOUSE_PREFIX, code)
    lon, lat = read_place(place)
    try:
        server, household, owner, cell = (str(house[key]) for key in ("server", "household", "owner", "cell"))
    except KeyError as error:
        raise _bad_code() from error
    cameras = [Camera(new_id(), name, camera)]
    save_settings(
        folder,
        HubSettings(
            server=server, household=household, owner=owner, cell=cell, lon=lon, lat=lat, cameras=cameras
        ),
    )
    keys = load_keys(folder)
    own = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.recipient}
    print("Type or paste this on the House page, under 'Add a hub':\n")
    print(write_code(HUB_PREFIX, own))
    print("\nThen start it: fanlight hub run")


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
        return dict(jcs.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
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
