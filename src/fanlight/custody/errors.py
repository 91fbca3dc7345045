"""What can be wrong with an evidence package before a single check is run.

CustodyError
`- BadPackage   the file is no evidence package, or is built to do harm
"""

from fanlight.model.errors import FanlightError


class CustodyError(FanlightError):
    """Base of what goes wrong at an agency's desk."""

    code = "custody.error"


class BadPackage(CustodyError):
    """The file is no evidence package, or is built to do harm."""

    code = "custody.bad_package"


def bad_package(why: str) -> BadPackage:
    """Return the error for a file that is no package; `why` is a clause, no full stop."""
    return BadPackage(
        f"This is not an evidence package: {why}.",
        kept="Nothing was unpacked and the file was not changed.",
        do="Ask for the package again from the agency that made it.",
    )
