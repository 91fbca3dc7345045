"""Our own faults in writing, which no disk and no database explains: said once each, without values."""

import logging
import traceback

log = logging.getLogger("fanlight.hub")
_told: set[str] = set()


def tell(error: Exception) -> None:
    """Log an error by its kind and the lines it came through, once for as long as the hub runs."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-6:])
    said = f"{type(error).__name__} at {where}"
    if said not in _told:
        _told.add(said)
        log.error("recording: %s", said)
