"""What an auditor and a clerk sign, as both languages write it."""

import json
from collections.abc import Callable

import pytest
from tests.server import make_auditing_vectors as made

from fanlight.seal.keys import verify
from fanlight.server.auditing import papers
from fanlight.server.errors import Malformed
from fanlight.wire import auditing, b64

KNOWN = json.loads(made.PATH.read_text("utf-8"))
READ: dict[str, Callable[[str], papers.Offer | papers.Appointment | papers.Ending]] = {
    "offer": papers.read_offer,
    "appointment": papers.read_appointment,
    "ending": papers.read_ending,
}


def test_the_vectors_are_what_is_written_today() -> None:
    """R46: statements and signatures, to the byte."""
    assert made.vectors() == KNOWN


@pytest.mark.parametrize("name", READ)
def test_a_statement_reads_as_what_it_says_and_as_no_other(name: str) -> None:
    """R46: and with any part of it otherwise it is none."""
    known = KNOWN[name]
    assert READ[name](known["text"]).auditor == made.AUDITOR
    verify(made.KEY.public, auditing.CONTEXT, known["text"].encode(), b64.decode(known["signature"]))
    others = [KNOWN[other]["text"] for other in READ if other != name]
    for wrong in (known["text"] + " ", known["text"].replace('"v":1', '"v":2'), "[]", "", *others):
        with pytest.raises(Malformed):
            READ[name](wrong)
