"""The server learns nothing of what a household sees: a real run, then a search of all it holds.

A household with a random camera name at random coordinates records, sends, matches and shares through a
real server, and a second one, of the same name at the same place, has everything else switched on. Then the
database dump, blobs, log, server and witness folders, temporary files and the memory of the server process
are searched for the name, the coordinates, the secrets, and any 32-byte window of thumbnails and video.
"""

import psycopg
from tests.blind.blind_search import Searcher, files_below
from tests.blind.running import Run


def test_a_stolen_server_yields_no_name_place_picture_or_video(run: Run) -> None:
    """R03 R05: database, blobs, logs, temporary files and memory of the server hold none of it."""
    searcher = Searcher(run.needles)
    searched, found = 0, []
    for where, data in run.everything():
        searched += len(data)
        found += [f"{where}: {what}" for what in searcher.find(data)]
    assert found == []
    assert searched > len(run.needles.media), "the search must have looked at more than the footage itself"


def test_the_same_search_finds_what_is_planted(run: Run) -> None:
    """The control: one of each in the database, a blob, the log, a server log, a temporary file."""
    searcher = Searcher(run.needles)
    planted = b"\n".join([b"..", *run.needles.exact.values(), run.needles.media[3_000:3_032], b".."])
    expected = {*run.needles.exact, "32 bytes of media in a row"}
    places = [
        run.home / "blobs" / "planted",
        run.home / "log" / "planted",
        run.home / "server" / "planted.log",
    ]
    for path in [*places, run.temporary / "planted"]:
        path.write_bytes(planted)
        assert {what for _, data in files_below(path.parent) for what in searcher.find(data)} == expected
        path.unlink()
    with psycopg.connect(run.database, autocommit=True) as connection:
        connection.execute("CREATE TABLE planted (value bytea)")
        connection.execute("INSERT INTO planted VALUES (%s)", [planted])
        try:
            assert {what for _, data in run.dump() for what in searcher.find(data)} == expected
        finally:
            connection.execute("DROP TABLE planted")
