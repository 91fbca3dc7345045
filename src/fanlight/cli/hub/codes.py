"""The two codes of pairing, and a place, as they are typed. Neither code holds a secret."""

import base64

from fanlight.model.errors import FanlightError
from fanlight.wire import jcs

HOUSE_PREFIX, HUB_PREFIX = "house-", "hub-"


class BadCode(FanlightError):
    """A pairing code or a place cannot be read."""

    code = "cli.bad_code"


def write_code(prefix: str, value: dict[str, str]) -> str:
    """Return a pairing code."""
    return prefix + base64.urlsafe_b64encode(jcs.dumps(value)).decode().rstrip("=")


def read_code(prefix: str, code: str) -> dict[str, object]:
    """Read a pairing code; raises BadCode."""
    text = "".join(code.split())
    if not text.startswith(prefix):
        raise bad_code()
    body = text.removeprefix(prefix)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return dict(jcs.loads(raw))
    except (ValueError, FanlightError) as error:
        raise bad_code() from error


def read_place(text: str) -> tuple[float, float]:
    """Read `LON,LAT` in degrees; raises BadCode."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_place() from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
        raise _bad_place()
    return lon, lat


def bad_code() -> BadCode:
    """Return the refusal of a code that is none."""
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
