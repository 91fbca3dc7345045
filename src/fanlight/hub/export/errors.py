"""Why a stretch of the recording is not given as a film.

ExportRefused
  +- NothingRecorded
"""

from fanlight.model.errors import FanlightError


class ExportRefused(FanlightError):
    """A stretch of the recording cannot be given as a film."""

    code = "export.refused"


class NothingRecorded(ExportRefused):
    """There is no picture in that stretch."""

    code = "export.nothing_recorded"


def nothing_recorded() -> NothingRecorded:
    """Return the error for a stretch without a picture."""
    return NothingRecorded(
        "Nothing was recorded in that stretch.",
        kept="The recording is as it was.",
        do="Choose another stretch; the timeline shows what there is.",
    )
