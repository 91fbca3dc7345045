"""Alerts need a whole town: the server's fixtures."""

from tests.server.conftest import database, postgres

__all__ = ["database", "postgres"]  # fixtures
