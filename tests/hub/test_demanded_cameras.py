"""Cameras that somebody demands (an HOA, a landlord): their clips match no agency's request."""

from pathlib import Path

from tests.hub.answering import answering
from tests.hub.homes import CAMERA, make_chain, make_pairing
from tests.hub.test_epochs import ALICE, FIRST, of_alice, show, turn

from fanlight.hub.epochs import Epochs
from fanlight.seal.notes import Notes
from fanlight.wire import b64

OTHER = "e" * 26
MARKED = Notes(why="changed", mandated=frozenset({CAMERA.id}))


def test_a_marked_camera_answers_no_agency_and_another_does(tmp_path: Path) -> None:
    """R10: the mark is the owners' word, sealed to the hub; it holds over a restart."""
    page = turn(FIRST, {"alice": "owner"}, ALICE.signing, MARKED)
    with answering() as server:
        show(server, [FIRST, page])
        epochs = of_alice(tmp_path, server)
        assert not epochs.may_match(CAMERA.id)
        assert epochs.may_match(OTHER)
        show(server, [FIRST, page, turn(page, {"alice": "owner"}, ALICE.signing, Notes(why="changed"))])
        assert of_alice(tmp_path, server).may_match(CAMERA.id)


def test_no_camera_answers_while_the_marks_cannot_be_read(tmp_path: Path) -> None:
    """R10: a server that leaves the notes out unmarks nothing."""
    page = turn(FIRST, {"alice": "owner"}, ALICE.signing, MARKED)
    with answering() as server:
        show(server, [FIRST, page])
        of_alice(tmp_path, server)
    without_its_key = Epochs(tmp_path, make_pairing(owner=b64.encode(ALICE.signing.public)))
    assert not without_its_key.may_match(OTHER)


def test_a_household_from_before_there_were_marks_answers_as_before(tmp_path: Path) -> None:
    """R10: its keys name nobody and mark nothing."""
    with answering() as server:
        show(server, make_chain(2))
        epochs = Epochs(tmp_path, make_pairing(server.url))
        assert epochs.may_match(CAMERA.id)
