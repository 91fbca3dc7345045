"""A log's request to a witness is read as it was written."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from fanlight.proof.add_checkpoint import AddCheckpoint
from fanlight.proof.errors import Malformed

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=63)


@given(st.integers(0, 2**63 - 1), HASHES, st.binary(max_size=50))
def test_a_request_is_read_as_it_was_written(old: int, proof: list[bytes], checkpoint: bytes) -> None:
    request = AddCheckpoint(old, tuple(proof), checkpoint)
    assert AddCheckpoint.parse(request.format()) == request


@given(st.binary(max_size=200))
def test_a_request_of_any_bytes_is_read_or_refused(body: bytes) -> None:
    with suppress(Malformed):
        assert AddCheckpoint.parse(body).format() == body
