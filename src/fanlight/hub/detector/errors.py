"""What can be wrong with a detector.

FanlightError
|- BadModel       the model file cannot be used; the hub records without a detector
"""

from fanlight.model.errors import FanlightError


class BadModel(FanlightError):
    """A file is no detector that can be used here."""

    code = "detector.bad_model"
