"""The rules by which a browser is told, without a hub: the same vectors as the app's own copy of them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.server.pushing import Browser

from fanlight.hub.push import encrypting, messages
from fanlight.hub.push.behests import Choices, Turn
from fanlight.hub.push.rules import Happening, decide
from fanlight.hub.push.timetable import daily, due, zone

VECTORS = Path(__file__).resolve().parents[2] / "vectors/push"
CASES = json.loads((VECTORS / "rules.json").read_text())["cases"]
RFC = json.loads((VECTORS / "rfc8291.json").read_text())
LA = ZoneInfo("America/Los_Angeles")
BROWSER = Browser("https://push.example/1")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_rules_decide_as_the_vectors_say(case: dict[str, Any]) -> None:
    """R01: quiet hours, rest, home and away, per camera and kind."""
    happening = Happening(
        kind=case["kind"], camera=case["camera"], local=datetime.fromisoformat(case["local"])
    )
    last = None if case["last"] is None else datetime.fromisoformat(case["last"])
    choices = msgspec.convert(case["choices"], Choices)
    assert decide(choices, case["mode"], happening, last) == case["expect"]


WEEKDAYS = (0, 1, 2, 3, 4)
TURNS = (
    Turn(days=WEEKDAYS, at="08:30", set="away"),
    Turn(days=WEEKDAYS, at="17:00", set="home"),
    Turn(days=(5,), at="23:00", set="off"),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LA)


@pytest.mark.parametrize(
    ("after", "until", "mode"),
    [
        ("2026-11-23T08:00", "2026-11-23T08:29", None),
        ("2026-11-23T08:00", "2026-11-23T08:30", "away"),
        ("2026-11-23T08:30", "2026-11-23T08:31", None),
        ("2026-11-23T08:00", "2026-11-23T18:00", "home"),
        ("2026-11-28T08:00", "2026-11-29T12:00", "off"),
        ("2026-11-20T18:00", "2026-11-23T08:00", "off"),
        ("2020-01-01T00:00", "2026-11-23T08:00", "off"),
    ],
)
def test_the_last_change_that_is_due_counts(after: str, until: str, mode: str | None) -> None:
    """R51: a hub that was off for a day takes up what holds now."""
    found = due(TURNS, LA, at(after), at(until))
    assert (found and found[1]) == mode


def test_an_hour_that_a_day_lacks_or_has_twice_comes_once() -> None:
    """The clocks go forward on 8 March 2026 and back on 1 November."""
    for day in ("2026-03-08", "2026-11-01"):
        begin = at(f"{day}T00:00").astimezone(UTC)
        moments, before = [], begin
        for minute in range(1, 26 * 60):
            now = begin + timedelta(minutes=minute)
            found = daily("02:30" if day.endswith("08") else "01:30", LA, before, now)
            if found is not None:
                moments.append(found)
            before = now
        assert len([one for one in moments if one.astimezone(LA).date().isoformat() == day]) == 1


def test_a_zone_that_this_machine_does_not_know_is_its_own() -> None:
    now = datetime.now(UTC)
    assert zone("Nowhere/Atlantis").utcoffset(now) == now.astimezone().utcoffset()
    assert zone("../../etc/passwd").utcoffset(now) == now.astimezone().utcoffset()


def raw(name: str) -> bytes:
    text = RFC[name]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    """R03: any browser can read it, and nobody else."""
    sender = ec.derive_private_key(int.from_bytes(raw("as_private")), ec.SECP256R1())
    body = encrypting.encrypt_bytes(
        RFC["plaintext"].encode(), raw("ua_public"), raw("auth_secret"), sender=sender, salt=raw("salt")
    )
    assert body == raw("body")


@given(st.text(max_size=60), st.integers(0, 1 << 40), st.sampled_from(["doorbell", "check", "day"]))
def test_every_push_has_one_size_and_says_what_it_should(camera: str, n: int, kind: str) -> None:
    """R11: a ring, a check and a daily alert cannot be told apart by length."""
    said = messages.message(kind, n, datetime.now(UTC), camera=camera)
    with_one = messages.with_picture(said, bytes(messages.picture_room(said)))
    for one in (said, with_one):
        body = encrypting.encrypt(one, BROWSER.p256dh, BROWSER.auth)
        assert len(body) == encrypting.BODY_BYTES <= 3_072
        assert json.loads(BROWSER.read(body)) == one


def test_a_picture_takes_the_room_that_is_left_and_no_more() -> None:
    said = messages.message("person", 1, datetime.now(UTC), camera="Front door", clip="c" * 26)
    room = messages.picture_room(said)
    assert 1_500 < room <= messages.PICTURE_BYTES
    assert len(messages.with_picture(said, bytes(room))["picture"]) > room
    assert messages.with_picture(said, bytes(room + 1)) == said
    long = messages.message("person", 1, datetime.now(UTC), camera="\N{BELL}" * 700)
    assert messages.picture_room(long) == 0
    with pytest.raises(encrypting.PushTooLong):
        encrypting.encrypt(said | {"camera": "x" * 3_000}, BROWSER.p256dh, BROWSER.auth)
