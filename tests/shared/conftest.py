"""These tests compare with the shared data folder: collected only where FANLIGHT_SHARED names it."""

import os

from tests.server.conftest import database, postgres

collect_ignore_glob = [] if os.environ.get("FANLIGHT_SHARED") else ["test_*.py"]

__all__ = ["database", "postgres"]
