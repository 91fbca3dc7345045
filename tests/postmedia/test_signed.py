"""Tickets and receipts: what the town and the place of its pictures take from each other."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.postmedia import make_vectors as made

from fanlight.wire import b64
from fanlight.wire.media import BadReceipt, BadTicket, read_receipt, read_ticket

KNOWN = json.loads(made.PATH.read_text())
KEY = b64.decode(KNOWN["key"])


def test_the_vectors_are_what_is_written_today() -> None:
    """R13: to the byte, so that a place of another hand takes this town's tickets."""
    assert made.vectors() == KNOWN


def test_a_ticket_reads_as_what_it_says() -> None:
    read = read_ticket(KEY, KNOWN["ticket"]["text"], act="put", media=made.MEDIA, now=made.NOW)
    assert (read.kind, read.until) == ("photo", datetime(2026, 11, 23, 12, 10, tzinfo=UTC))


def test_a_receipt_reads_as_what_it_says() -> None:
    read = read_receipt(KEY, KNOWN["receipt"]["text"])
    assert {name: getattr(read, name) for name in read.__slots__} == {
        name: value for name, value in made.RECEIPT.items() if name not in {"v", "type"}
    }


@pytest.mark.parametrize("why", KNOWN["no_ticket"])
def test_what_is_near_to_a_ticket_is_none(why: str) -> None:
    """R13: nobody puts, shows or destroys a picture on a text that the town did not sign for just that."""
    with pytest.raises(BadTicket):
        read_ticket(KEY, KNOWN["no_ticket"][why], act="put", media=made.MEDIA, now=made.NOW)


@pytest.mark.parametrize("why", KNOWN["no_receipt"])
def test_what_is_near_to_a_receipt_is_none(why: str) -> None:
    with pytest.raises(BadReceipt):
        read_receipt(KEY, KNOWN["no_receipt"][why])


@given(st.one_of(st.text(), st.from_regex(r"^[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{86}$")))
def test_any_other_text_is_refused_with_one_error(text: str) -> None:
    with pytest.raises(BadTicket):
        read_ticket(KEY, text, act="put", media=made.MEDIA, now=made.NOW)
    with pytest.raises(BadReceipt):
        read_receipt(KEY, text)


@given(st.binary(max_size=300))
def test_signed_bytes_of_any_kind_are_refused_with_one_error(body: bytes) -> None:
    with pytest.raises(BadTicket):
        read_ticket(KEY, made.signed(body), act="put", media=made.MEDIA, now=made.NOW)
    with pytest.raises(BadReceipt):
        read_receipt(KEY, made.signed(body))
