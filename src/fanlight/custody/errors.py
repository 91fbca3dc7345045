"""What can be wrong with an evidence package before a single check is run.

CustodyError
|- BadPackage   the file is no evidence package, or is built to do harm
|- BadDer       bytes of a time stamp are no DER (der.py)
|- BadStamp     a time stamp is none, is another's, or is over other bytes
`- NotCompleted a package cannot be given what it lacks
"""

from fanlight.model.errors import FanlightError


class CustodyError(FanlightError):
    """Base of what goes wrong at an agency's desk."""

    code = "custody.error"


class BadPackage(CustodyError):
    """The file is no evidence package, or is built to do harm."""

    code = "custody.bad_package"


class BadStamp(CustodyError):
    """A time stamp is none, is another's, or is over other bytes."""

    code = "custody.bad_stamp"


class NotCompleted(CustodyError):
    """A package cannot be given what it lacks: it does not hold, or has it, or the answer did not come."""

    code = "custody.not_completed"


def bad_stamp(why: str) -> BadStamp:
    """Return the error for a time stamp; `why` is a clause, no full stop."""
    return BadStamp(
        f"This time stamp cannot be relied on: {why}.",
        kept="Nothing was changed.",
        do="Check the authority's certificate, or ask another authority.",
    )


def bad_package(why: str) -> BadPackage:
    """Return the error for a file that is no package; `why` is a clause, no full stop."""
    return BadPackage(
        f"This is not an evidence package: {why}.",
        kept="Nothing was unpacked and the file was not changed.",
        do="Ask for the package again from the agency that made it.",
    )
