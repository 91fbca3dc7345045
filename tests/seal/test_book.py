"""The household's book: who may write in it, and what a reader accepts. Browsers read the same vectors."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.books import PEOPLE, SHEET, roll_of

from fanlight.model import clock
from fanlight.seal import keys, reading
from fanlight.seal.book import RECOVERY_WAIT, Known, Pin, accept, next_epoch
from fanlight.seal.epoch import Epoch, from_wire, parse_statement
from fanlight.seal.errors import Altered, Malformed, NotForUs, SealError
from fanlight.seal.notes import Guest, Notes, read_notes
from fanlight.seal.roll import Role
from fanlight.wire import b64, jcs

FOLDER = Path(__file__).parents[2] / "vectors" / "seal"
BOOK: dict[str, Any] = json.loads((FOLDER / "book.json").read_text())
EPOCHS: dict[str, Epoch] = {name: from_wire(wire) for name, wire in BOOK["epochs"].items()}
NOW = clock.from_text(BOOK["now"])
DAY = date(2026, 11, 22)
HOUSEHOLD = "h" * 26
ALICE, BOB, GINA, THIEF = (PEOPLE[name] for name in ("alice", "bob", "gina", "thief"))


def known_of(case: dict[str, Any]) -> Known:
    pin = EPOCHS[case["pin"]] if case["pin"] else None
    return Known(
        trusted=[b64.decode(BOOK["people"][name]["sign_pub"]) for name in case["trusted"]],
        pin=Pin(pin.statement.n, pin.chain_hash) if pin else None,
        seen={
            EPOCHS[name].chain_hash: NOW - timedelta(hours=hours)
            for name, hours in case["seen_hours_ago"].items()
        },
    )


@pytest.mark.parametrize("case", BOOK["cases"], ids=lambda case: case["why"])
def test_a_reader_takes_what_its_people_signed_and_nothing_else(case: dict[str, Any]) -> None:
    """R03, R05: ghosts, replays, forks, forged recoveries and exchanged keys are refused."""
    offered = [EPOCHS[name] for name in case["offer"]]
    pending = EPOCHS[case["pending"]] if case["pending"] else None

    def take() -> Any:
        return accept(offered, household=BOOK["household"], known=known_of(case), now=NOW, pending=pending)

    if case["error"]:
        with pytest.raises(SealError) as refused:
            take()
        assert refused.value.code == f"seal.{case['error']}"
        return
    taken = take()
    assert [one.statement.n for one in taken.chain] == [EPOCHS[name].statement.n for name in case["accepted"]]
    assert [one.chain_hash for one in taken.chain] == [EPOCHS[name].chain_hash for name in case["accepted"]]
    assert taken.waiting == (EPOCHS[case["waiting"]] if case["waiting"] else None)
    if taken.waiting is not None:
        ago = case["seen_hours_ago"].get(case["waiting"], 0)
        assert taken.counts_from == NOW - timedelta(hours=ago) + RECOVERY_WAIT
        assert set(taken.known.seen) == {taken.waiting.chain_hash}
    if taken.chain:
        assert taken.known.pin == Pin(taken.chain[-1].statement.n, taken.chain[-1].chain_hash)


def test_a_recovery_counts_a_day_after_this_reader_saw_it_and_not_before() -> None:
    """R03: whoever finds the sheet has a day in which any owner can object."""
    offered = [EPOCHS[name] for name in ("a0", "a1", "a2", "r3", "c4")]
    known = Known(trusted=[ALICE.signing.public])
    first = accept(offered, household=HOUSEHOLD, known=known, now=NOW)
    again = accept(offered, household=HOUSEHOLD, known=first.known, now=NOW + timedelta(hours=23))
    assert len(first.chain) == len(again.chain) == 3
    assert again.counts_from == NOW + timedelta(hours=24)
    later = accept(offered, household=HOUSEHOLD, known=again.known, now=NOW + timedelta(hours=24))
    assert len(later.chain) == 5
    assert later.waiting is None
    assert later.known.seen == {}


def identity_of(name: str) -> str:
    if name == "hub":
        return str(BOOK["hub_identity"])
    return SHEET.age.secret if name == "sheet" else PEOPLE[name].age.secret


def test_secret_and_notes_open_for_whom_they_are_and_for_nobody_else() -> None:
    """R05, R52: guests, hubs and strangers never get the household's key; guests and hubs get the notes."""
    said = BOOK["opening"]
    epoch = EPOCHS[said["epoch"]]
    everybody = {*PEOPLE, "sheet", "hub"}
    for name in everybody:
        if name in said["secret_for"]:
            secret = reading.open_epoch(epoch, [identity_of(name)])
            assert secret.startswith("AGE-SECRET-KEY-PQ-1")
        else:
            with pytest.raises(NotForUs):
                reading.open_epoch(epoch, [identity_of(name)])
        if name in said["notes_for"]:
            notes = reading.open_notes(epoch, [identity_of(name)])
            assert (notes.why, notes.names) == (said["notes"]["why"], said["notes"]["names"])
            guest = notes.guests[GINA.account]
            assert guest.cameras == frozenset(said["notes"]["guests"][GINA.account]["cameras"])
            assert notes.mandated == frozenset(said["notes"]["mandated"])
        else:
            with pytest.raises(NotForUs):
                reading.open_notes(epoch, [identity_of(name)])


def test_a_secret_that_was_destroyed_opens_for_nobody() -> None:
    """R05: an old key can be shredded without breaking the chain that the newer ones hang on."""
    with pytest.raises(NotForUs, match="destroyed"):
        reading.open_epoch(EPOCHS["destroyed-1"], [ALICE.age.secret])


def test_notes_that_a_server_left_out_are_missed() -> None:
    with pytest.raises(Malformed):
        reading.open_notes(EPOCHS["without-notes-1"], [ALICE.age.secret])


CHANGES = BOOK["bad_statements"]["changes"]


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case["why"])
def test_a_text_that_is_no_statement_is_refused(case: dict[str, Any]) -> None:
    whole = json.loads(EPOCHS[BOOK["bad_statements"]["of"]].statement_bytes)
    assert parse_statement(jcs.dumps(whole))
    with pytest.raises(Malformed):
        parse_statement(jcs.dumps(whole | case["change"]))


def test_a_statement_in_another_spelling_or_without_its_author_is_refused() -> None:
    whole = json.loads(EPOCHS["a1"].statement_bytes)
    for text in (json.dumps(whole).encode(), jcs.dumps({k: v for k, v in whole.items() if k != "by"})):
        with pytest.raises(Malformed):
            parse_statement(text)


def test_every_statement_is_written_as_it_was_read() -> None:
    for epoch in EPOCHS.values():
        assert epoch.statement.to_bytes() == epoch.statement_bytes
        assert from_wire(epoch.to_wire()) == epoch


@pytest.mark.parametrize("case", BOOK["bad_notes"], ids=lambda case: case["why"])
def test_notes_of_another_form_are_refused(case: dict[str, Any]) -> None:
    book = EPOCHS[BOOK["notes"]["epoch"]].statement.book
    assert book is not None
    whole = BOOK["notes"]["text"].encode()
    assert read_notes(whole, book.roll).to_bytes(book.roll) == whole
    assert len(whole) == 4096
    with pytest.raises(Malformed):
        read_notes(case["text"].encode(), book.roll)


def grow(*steps: tuple[dict[str, Role], str]) -> tuple[list[keys.Identity], list[Epoch]]:
    """Write a book: who is of the household, and who signs, step by step."""
    identities: list[keys.Identity] = []
    chain: list[Epoch] = []
    for members, signer in steps:
        key = SHEET.signing if signer == "sheet" else PEOPLE[signer].signing
        identity, made = next_epoch(
            household=HOUSEHOLD,
            after=chain[-1] if chain else None,
            roll=roll_of(members),
            notes=Notes(why="changed"),
            signer=key,
            day=DAY,
        )
        identities.append(identity)
        chain.append(made)
    return identities, chain


def test_the_keys_that_a_removed_member_kept_open_no_later_epoch() -> None:
    """R52: all that bob had, his own keys and every household key he opened, opens nothing that follows."""
    identities, chain = grow(
        ({"alice": "owner", "bob": "owner"}, "alice"),
        ({"alice": "owner", "bob": "owner"}, "bob"),
        ({"alice": "owner"}, "alice"),
        ({"alice": "owner"}, "alice"),
    )
    kept = [BOB.age.secret, *(reading.open_epoch(one, [BOB.age.secret]) for one in chain[:2])]
    assert kept[1:] == [identity.secret for identity in identities[:2]]
    for later in chain[2:]:
        for sealed in (reading.open_epoch, reading.open_notes):
            with pytest.raises(NotForUs):
                sealed(later, kept)
        assert reading.open_epoch(later, [SHEET.age.secret])


def test_a_guest_sees_the_cameras_of_the_notes_until_they_end() -> None:
    end = datetime(2026, 12, 1, tzinfo=UTC)
    guest, all_cameras = Guest(cameras=frozenset({"k" * 26}), until=end), Guest(cameras=None, until=end)
    before = end - timedelta(seconds=1)
    assert guest.sees("k" * 26, before)
    assert not guest.sees("l" * 26, before)
    assert all_cameras.sees("l" * 26, before)
    assert not all_cameras.sees("k" * 26, end)


def test_nobody_but_an_owner_or_the_sheet_can_make_the_next_epoch() -> None:
    _, chain = grow(({"alice": "owner", "bob": "member"}, "alice"))
    for signer in (BOB.signing, THIEF.signing):
        with pytest.raises(Altered):
            next_epoch(
                household=HOUSEHOLD,
                after=chain[0],
                roll=roll_of({"bob": "owner"}),
                notes=Notes(why="changed"),
                signer=signer,
                day=DAY,
            )


@given(st.lists(st.binary(max_size=80), max_size=4), st.sampled_from(sorted(BOOK["epochs"])), st.data())
def test_bytes_of_a_server_end_as_an_epoch_or_as_a_refusal(
    pieces: list[bytes], name: str, data: st.DataObject
) -> None:
    """Whatever is put into a server's answer, our own error comes of it and no other."""
    wire: dict[str, Any] = dict(BOOK["epochs"][name])
    field = data.draw(st.sampled_from(sorted(wire)))
    at = data.draw(st.integers(0, len(wire[field])))
    wire[field] = wire[field][:at] + b"".join(pieces).decode("latin-1") + wire[field][at:]
    try:
        accept([from_wire(wire)], household=BOOK["household"], known=Known(), now=NOW)
    except SealError:
        return
    assert wire[field] == BOOK["epochs"][name][field]
    assert EPOCHS[name].statement.n == 0


@given(st.binary(max_size=200))
def test_any_bytes_as_statement_or_notes_are_refused_as_malformed(data: bytes) -> None:
    book = EPOCHS["a2"].statement.book
    assert book is not None
    for read in (parse_statement, lambda raw: read_notes(raw, book.roll)):
        with pytest.raises(Malformed):
            read(data)


def test_a_roll_is_refused_with_an_owner_missing() -> None:
    whole = roll_of({"alice": "owner", "bob": "member"})
    with pytest.raises(Malformed):
        replace(whole, members=whole.members[1:])
