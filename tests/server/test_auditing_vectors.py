"""What an auditor and a clerk sign, as both languages write it."""

import json
import re
from collections.abc import Callable

import pytest
from tests.server import make_auditing_vectors as made

from fanlight.seal.keys import verify
from fanlight.server.auditing import papers
from fanlight.server.errors import Malformed
from fanlight.wire import auditing, b64, jcs

KNOWN = json.loads(made.PATH.read_text("utf-8"))
READ: dict[str, Callable[[str], papers.Offer | papers.Appointment | papers.Ending | papers.Naming]] = {
    "offer": papers.read_offer,
    "appointment": papers.read_appointment,
    "ending": papers.read_ending,
    "naming": papers.read_naming,
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


def test_a_pseudonym_is_one_persons_of_one_agency_and_year() -> None:
    """R46: with any of key, agency, year and account another, it is another; each hash has five."""
    turns = [turn for one in KNOWN["pseudonyms"] for turn in one["turns"]]
    assert len(set(turns)) == len(turns) == 5 * len(KNOWN["pseudonyms"])
    assert all(re.fullmatch(r"[a-z2-7]{5}-[a-z2-7]{5}", turn) for turn in turns)


def test_a_naming_with_somebody_twice_or_out_of_order_is_none() -> None:
    """R46: one person, one pseudonym."""
    names = [
        {"account": "a" * 26, "pseudonym": "abcde-fghij"},
        {"account": "b" * 26, "pseudonym": "bbbbb-bbbbb"},
    ]
    said = json.loads(KNOWN["naming"]["text"])
    papers.read_naming(jcs.dumps(said | {"names": names}).decode())
    for wrong in (names[::-1], [names[0], names[0]], [names[0], names[1] | {"pseudonym": "abcde-fghij"}], []):
        with pytest.raises(Malformed):
            papers.read_naming(jcs.dumps(said | {"names": wrong}).decode())
