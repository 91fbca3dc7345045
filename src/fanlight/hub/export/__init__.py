"""Films of any stretch of the recording (`film`). A room of its own: it knows segments and nothing else."""

from fanlight.hub.export.errors import ExportRefused, NothingRecorded
from fanlight.hub.export.film import Film, check_range

__all__ = ["ExportRefused", "Film", "NothingRecorded", "check_range"]
