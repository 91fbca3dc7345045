"""One place for the tests that leave it as it was."""

from collections.abc import Iterator

import pytest
from tests.postmedia.place import Place, running


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running(tmp_path_factory.mktemp("postmedia")) as one:
        yield one
