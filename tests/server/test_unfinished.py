"""What may lie unfinished of all drop tokens together."""

from datetime import UTC, datetime

import pytest

from fanlight.server.errors import TooMany
from fanlight.server.unfinished import Unfinished

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_all_tokens_together_have_a_cap_that_what_ends_gives_back() -> None:
    """Many areas at once cannot fill the disk; what goes on by the same bytes takes no more."""
    held = Unfinished(most_of_all=1_000)
    held.reserve(b"one", "a", "pay", 600, NOW)
    held.reserve(b"two", "b", "pay", 400, NOW)
    held.reserve(b"one", "a", "pay", 600, NOW)
    with pytest.raises(TooMany) as refused:
        held.reserve(b"three", "c", "hdr", 1, NOW)
    assert refused.value.code == "evidence.unfinished_everywhere"
    held.settle(b"two", "b", "pay", 399)
    held.reserve(b"three", "c", "hdr", 1, NOW)
    held.end("a")
    held.reserve(b"three", "c", "pay", 600, NOW)
    with pytest.raises(TooMany):
        held.reserve(b"two", "b", "pay", 400, NOW)
