"""One run for all that is searched in it."""

from collections.abc import Iterator

import pytest
from tests.blind.running import Run, finished
from tests.server.conftest import database, postgres

__all__ = ["database", "postgres", "run"]  # fixtures


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """A household's whole life at a real server, which is still alive."""
    with finished() as made:
        yield made
