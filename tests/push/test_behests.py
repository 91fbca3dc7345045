"""What a browser asks of the hub: who may ask, and that nothing else is followed."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.push.homes import DOOR, Asking, alerted
from tests.server.acting import Actor

from fanlight.hub.push.behests import BEHEST_BYTES, BehestRefused, Choices, Subscription, read_behest
from fanlight.hub.push.kept import FILE, Kept
from fanlight.model.clock import to_text
from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.seal import opening
from fanlight.seal.keys import SigningKey, member_keys


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_behest_or_refused(data: bytes) -> None:
    with pytest.raises(BehestRefused):
        read_behest(data, household="h" * 26, members=[])


def test_a_behest_is_followed_only_as_its_member_signed_it(database: str, tmp_path: Path) -> None:
    """R03 R05: neither the server nor a stranger can ask a hub for alerts, or change what a member chose."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            sealed = asking.sealed()
            plain = opening.open_age(sealed, [home.household.hub.keys.age.secret])
            assert len(plain) == BEHEST_BYTES
            mine = [home.household.owner.keys.signing.public]
            assert (
                read_behest(plain, household=home.household.id, members=mine).behest.device == asking.device
            )
            own = opening.open_age(sealed, [home.household.owner.keys.age.secret])
            assert own == plain
            for household, members in ((new_id(), mine), (home.household.id, [SigningKey.new().public])):
                with pytest.raises(BehestRefused):
                    read_behest(plain, household=household, members=members)
            changed = plain.replace(b'\\"rest_s\\":120', b'\\"rest_s\\":121')
            assert changed != plain
            for other in (changed, plain[:-1], plain + b"0", plain.replace(b'"pad":"0', b'"pad":"1')):
                with pytest.raises(BehestRefused):
                    read_behest(other, household=home.household.id, members=mine)

    asyncio.run(body())


@pytest.mark.parametrize("part", ["p256dh", "auth"])
@pytest.mark.parametrize("value", ["AAAA", "-", "B" + "A" * 86])
def test_keys_that_are_none_are_refused_on_arrival(
    database: str, tmp_path: Path, part: str, value: str
) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            behest = asking.behest()
            assert behest.subscription is not None
            good = {
                "ticket": asking.ticket,
                "p256dh": behest.subscription.p256dh,
                "auth": behest.subscription.auth,
            }
            await asking.ask(subscription=Subscription(**{**good, part: value}))
            assert "keys are none" in home.alerts.trouble
            await home.happens()
            assert len(await home.said(asking)) == 1

    asyncio.run(body())


def test_a_stranger_s_behest_in_the_mailbox_is_said_and_not_followed(database: str, tmp_path: Path) -> None:
    """R05: an account that the server counts as a member, but no owner let in, gets nothing."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            ghost = Actor(home.town.http, member_keys(b"g" * 32))
            asking = await home.browser()
            forged = Asking(home, ghost, asking.browser, asking.ticket)
            await asking.leave(forged.sealed())
            await home.alerts.refresh()
            assert "no member" in home.alerts.trouble
            await home.happens()
            assert len(await home.said(asking)) == 1  # by the behest that was known

    asyncio.run(body())


def test_an_older_behest_shown_again_changes_nothing(database: str, tmp_path: Path) -> None:
    """R05: what a member once asked for, replayed, is not followed; the last word holds."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            older = asking.sealed(choices=Choices())
            await asking.ask(choices=Choices(kinds={"person": "never"}))
            await asking.leave(older)
            await home.alerts.refresh()
            await home.happens()
            assert await home.said(asking) == []

    asyncio.run(body())


def test_a_behest_that_the_server_drops_is_still_followed(database: str, tmp_path: Path) -> None:
    """R05: alerts end by the member's word, not by the server's."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            await asking.actor.call("DELETE", f"/v1/push/behests/{asking.device}")
            await home.alerts.refresh()
            await home.happens()
            assert len(await home.said(asking)) == 1
            await asking.ask(subscription=None)
            await home.happens("doorbell")
            assert len(await home.said(asking)) == 1

    asyncio.run(body())


def test_what_was_chosen_outlives_a_restart_in_a_file_of_the_hub_s_own(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser(choices=Choices(cameras={DOOR: {"animal": "always"}}))
            await home.happens("animal")
            path = tmp_path / "hub" / FILE
            assert path.stat().st_mode & 0o777 == 0o600
            kept = Kept(tmp_path / "hub").state
            assert (kept.devices[asking.device].n, kept.devices[asking.device].state) == (1, "ok")
            assert kept == home.alerts._kept.state

    asyncio.run(body())


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"devices": 3}', b"\xff" * 100])
def test_a_damaged_file_is_put_aside_and_said(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / FILE).write_bytes(damaged)
    kept = Kept(tmp_path)
    assert "cannot be read" in kept.trouble
    assert kept.state.devices == {}
    assert (tmp_path / f"{FILE}.damaged").read_bytes() == damaged


def test_another_member_cannot_take_over_a_browser(database: str, tmp_path: Path) -> None:
    """R52: inside a household too, each one's alerts are their own."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            second = SigningKey.new()
            members = frozenset({home.household.owner.keys.signing.public, second.public})
            object.__setattr__(home.alerts._means, "members", lambda: members)
            later = to_text(home.town.clock() + timedelta(hours=1))
            keys: Any = member_keys(b"s" * 32)
            object.__setattr__(keys, "signing", second)
            thief = Asking(
                home, Actor(home.town.http, keys), asking.browser, asking.ticket, device=asking.device
            )
            await asking.leave(thief.sealed(at=later, subscription=None))
            await home.alerts.refresh()
            await home.happens()
            assert len(await home.said(asking)) == 1

    asyncio.run(body())


def test_who_leaves_the_book_is_told_nothing_more(database: str, tmp_path: Path) -> None:
    """R52: the behest is checked against the book each time, not only when it came."""

    async def body() -> None:
        async with alerted(tmp_path, database) as home:
            asking = await home.browser()
            await home.happens("doorbell")
            object.__setattr__(home.alerts._means, "members", frozenset)
            await home.happens("doorbell")
            home.town.clock.ahead += timedelta(days=3)
            await home.alerts.tick()
            assert len(await home.said(asking)) == 1

    asyncio.run(body())


def test_the_error_of_a_behest_names_nobody() -> None:
    with pytest.raises(FanlightError) as caught:
        read_behest(b"{}", household="h" * 26, members=[])
    assert "h" * 26 not in str(caught.value)
