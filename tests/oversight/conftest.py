"""Records to make pages of."""

import pytest
from tests.oversight.recordbook import Book, Sample, fill, ground


@pytest.fixture
def book() -> Book:
    """A record with its ground laid and nothing asked yet."""
    made = Book()
    ground(made)
    return made


@pytest.fixture
def sample(book: Book) -> Sample:
    """A record with one request in each state."""
    return fill(book)
