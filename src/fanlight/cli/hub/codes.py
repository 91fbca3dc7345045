"""A place as it is typed, and a pairing code as a picture of letters for terminals."""

import segno

from fanlight.model.errors import FanlightError

_BLACK_ON_WHITE, _PLAIN = "\x1b[30;107m", "\x1b[0m"
_BORDER = 2
_HALVES = {(0, 0): " ", (1, 0): "\u2580", (0, 1): "\u2584", (1, 1): "\u2588"}


class BadPlace(FanlightError):
    """A place cannot be read."""

    code = "cli.bad_place"


def read_place(text: str) -> tuple[float, float]:
    """Read `LON,LAT` in degrees; raises BadPlace."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_place() from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
        raise _bad_place()
    return lon, lat


def draw(text: str) -> list[str]:
    """Return a QR code in lines of half blocks, black on white whatever the terminal's own colours are."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=_BORDER)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    lines = (
        "".join(_HALVES[pair] for pair in zip(*two, strict=True))
        for two in zip(rows[::2], rows[1::2], strict=True)
    )
    return [f"{_BLACK_ON_WHITE}{line}{_PLAIN}" for line in lines]


def _bad_place() -> BadPlace:
    return BadPlace(
        "The place is not two numbers, longitude and latitude in degrees.",
        kept="The hub's settings are as they were.",
        do="Write it like --place=-122.41,37.78.",
    )
