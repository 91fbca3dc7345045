"""The search itself: what it must find, and what it must not take for a find."""

import os
import subprocess
import sys

import pytest
from tests.blind.blind_search import Needles, Searcher, memory_of

MEDIA = [os.urandom(20_000), os.urandom(5_000)]
NEEDLES = Needles.of("canary-7f3a", -122.412345678, 37.787654321, MEDIA)
SEARCHER = Searcher(NEEDLES)


@pytest.mark.parametrize("what", NEEDLES.exact)
def test_every_exact_needle_is_found_at_an_odd_place(what: str) -> None:
    assert SEARCHER.find(b"x" * 13 + NEEDLES.exact[what] + b"y") == [what]


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("start", [0, 3, 777])
def test_32_bytes_of_media_are_found_at_any_alignment(at: int, start: int) -> None:
    assert SEARCHER.find(os.urandom(64 + at) + MEDIA[0][start : start + 32] + os.urandom(50)) == [
        "32 bytes of media in a row"
    ]


def test_random_bytes_padding_and_31_bytes_of_media_are_not_taken_for_a_find() -> None:
    assert SEARCHER.find(os.urandom(100_000) + bytes(10_000) + MEDIA[1][100:131] + os.urandom(100)) == []


def test_what_a_process_holds_in_memory_is_found() -> None:
    """The control for the core image: a process that does hold each of them."""
    program = (
        "import sys, time; held = sys.stdin.buffer.read(); print('holding', flush=True);"
        " sys.stdin.close(); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"|".join([*NEEDLES.exact.values(), MEDIA[0][500:532]]))
        child.stdin.close()
        child.stdout.readline()
        found = {hit for _, data in memory_of(child.pid) for hit in SEARCHER.find(data)}
        child.kill()
    assert found == {*NEEDLES.exact, "32 bytes of media in a row"}
