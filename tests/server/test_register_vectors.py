"""What clerks sign, as both languages write it."""

import json

import pytest
from tests.server import make_register_vectors as made

from fanlight.seal.keys import verify
from fanlight.server.errors import Malformed
from fanlight.server.programme.papers import Appointment, Said
from fanlight.wire import b64, register

KNOWN = json.loads(made.PATH.read_text("utf-8"))


def test_the_vectors_are_what_is_written_today() -> None:
    """R33: papers, statements and signatures, to the byte."""
    assert made.vectors() == KNOWN


@pytest.mark.parametrize("name", ["hearing", "voted", "rejected", "in_force"])
def test_a_statement_reads_as_what_it_says_and_is_signed(name: str) -> None:
    """R33: and with any byte of it otherwise it is none, or another."""
    known = KNOWN["statements"][name]
    said = Said.read(known["text"])
    assert (said.state, said.papers, said.clerk) == (name, KNOWN["papers_sha256"], made.CLERK)
    verify(made.KEY.public, register.CONTEXT, known["text"].encode(), b64.decode(known["signature"]))
    for wrong in (known["text"] + " ", known["text"][:-1], known["text"].replace('"v":1', '"v":2'), "[]", ""):
        with pytest.raises(Malformed):
            Said.read(wrong)


def test_an_appointment_reads_as_what_it_says() -> None:
    """R33: with the elected body's act."""
    said = Appointment.read(KNOWN["statements"]["appointment"]["text"])
    assert (said.clerk, said.appointed.document) == (made.CLERK, made.APPOINTED["document"])
    with pytest.raises(Malformed):
        Appointment.read(KNOWN["statements"]["voted"]["text"])
