"""Even uploads: what a server is left with tells no busy home from a quiet one, and no hour from another."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.homes import HOUSEHOLD, HUB
from tests.hub.parcels import make_parcel
from tests.hub.towns import House

from fanlight.hub import even
from fanlight.hub.options import HubOptions, Uploads
from fanlight.hub.outbox import Outbox, Parcel
from fanlight.hub.sealer import Sealer
from fanlight.hub.town import Town
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.seal import keys
from fanlight.seal.clip import seal_clip
from fanlight.seal.manifest import FILLER_CAMERA

EVEN = Uploads(mode="even", every_h=4, places_mib=(1, 1, 2))
SIZES = even.places(EVEN)
SEALED = even.sealed_sizes(SIZES)
RECIPIENT = keys.new_identity().recipient
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24])


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path)
    yield made
    made.close()


def parcel(size: int, recipient: str = RECIPIENT, signing: keys.SigningKey = HUB.signing) -> Parcel:
    """Return a clip of `size` bytes, padded as one that is sent evenly."""
    media, facts = even.filler(HOUSEHOLD, size + 8, clock.now())
    sealed = seal_clip(
        media,
        facts=facts,
        seq=0,
        prev=None,
        epoch=0,
        epoch_recipient=recipient,
        hub_key=signing,
        pad_to=even.place_for(size, SIZES),
    )
    return Parcel(
        clip=facts.clip,
        card=sealed.card,
        card_sig=sealed.card_sig,
        manifest=sealed.manifest_age,
        hdr=sealed.hdr,
        pay=bytes(sealed.pay),
    )


# When


@given(now=MOMENTS, every_h=HOURS)
def test_moments_follow_each_other_at_the_same_distance_whatever_the_time(
    now: datetime, every_h: int
) -> None:
    last = even.last_sending(now, every_h)
    assert timedelta() <= now - last < timedelta(hours=every_h)
    following = now + timedelta(seconds=even.until_next(now, every_h))
    assert following - last == timedelta(hours=every_h)
    assert even.last_sending(following, every_h) == following
    assert (following + even.BEFORE_THE_END - MIDNIGHT) % timedelta(hours=every_h) == timedelta()


@given(household=st.text(max_size=30), every_h=HOURS)
def test_the_last_sending_of_a_day_is_still_of_that_day(household: str, every_h: int) -> None:
    """R11: or else the day in a clip's row would tell what came after midnight from what came before."""
    last = even.last_sending(MIDNIGHT - timedelta(seconds=1), every_h) + even.offset_of(household)
    assert MIDNIGHT - timedelta(hours=1) < last < MIDNIGHT


@given(length=st.integers(0, 80 << 20), places=st.lists(st.integers(1, 64), min_size=1, max_size=9))
def test_a_clip_takes_the_smallest_place_that_holds_it(length: int, places: list[int]) -> None:
    sizes = [place << 20 for place in places]
    found = even.place_for(length, sizes)
    if found is None:
        assert length + 8 > max(sizes)
    else:
        assert length + 8 <= found
        assert not [size for size in sizes if length + 8 <= size < found]


def test_clips_leave_at_once_unless_somebody_chose_otherwise() -> None:
    assert even.places(HubOptions().uploads) == ()


# What


def test_what_waits_fills_the_places_oldest_first_and_the_rest_waits(outbox: Outbox) -> None:
    """O4: two small clips fit, a third waits; the large place lacks one."""
    assert not outbox.is_next("1"), "one begins to send evenly at the next moment"
    clips = [parcel(1000) for _ in range(3)]
    for clip in clips:
        outbox.put(clip)
    assert outbox.is_next("2")
    assert outbox.lacking(SEALED) == [2]
    outbox.make_due("2", SEALED)
    assert not outbox.is_next("2")
    due = outbox._ask("SELECT clip FROM parcel WHERE due ORDER BY place")
    assert due == [(clip.clip,) for clip in clips[:2]]
    assert outbox.lacking(SEALED) == [1, 2]


def test_what_is_due_outlives_a_restart_and_no_moment_counts_twice(outbox: Outbox, tmp_path: Path) -> None:
    outbox.is_next("1")
    outbox.put(parcel(1000))
    outbox.make_due("2", SEALED)
    again = Outbox(tmp_path)
    assert not again.is_next("2")
    assert len(again._ask("SELECT 1 FROM parcel WHERE due")) == 1
    again.close()


def test_a_clip_that_has_no_place_is_sent_beside_the_others(outbox: Outbox) -> None:
    """Sealed before the household chose even uploads, or larger than every place: it is not lost."""
    odd = make_parcel(RECIPIENT, HUB.signing, size=3 << 20)
    outbox.put(odd)
    assert len(outbox.lacking(SEALED)) == 3
    outbox.make_due("2", SEALED)
    assert outbox._ask("SELECT clip FROM parcel WHERE due") == [(odd.clip,)]


def test_an_outbox_of_an_earlier_hub_is_taken_over(tmp_path: Path) -> None:
    earlier = Outbox(tmp_path)
    clip = parcel(1000)
    earlier.put(clip)
    earlier._ask("ALTER TABLE parcel DROP COLUMN due")
    earlier._ask("DROP TABLE sending")
    earlier.close()
    now = Outbox(tmp_path)
    assert now.waiting() == 1
    assert now.lacking(SEALED) == [1, 2]
    now.close()


# At the server


class Home:
    """A hub's sealer and outbox, whose moments a test makes come."""

    def __init__(self, folder: Path, house: House) -> None:
        folder.mkdir()
        self.house, self.outbox = house, Outbox(folder)
        self.sealer = Sealer(folder, house.id, house.hub.signing)
        self.sealer.sizes = SIZES
        self.outbox.is_next("")

    def event(self, size: int) -> str:
        """Let something happen that makes a clip of `size` bytes; return its id."""
        made = parcel(size, self.house.epoch.statement.recipient, self.house.hub.signing)
        self.outbox.put(made)
        return made.clip

    async def sending(self, moment: str) -> list[tuple[int, int, int, int]]:
        """Let a moment come; return what came by it: sizes of payload, manifest, header and card."""
        before = await self.house.listed()
        for place in self.outbox.lacking(SEALED):
            self.outbox.put(self.sealer.filler(SIZES[place], self.house.epoch))
        self.outbox.make_due(moment, SEALED)
        async with Uplink(self.house.url, self.house.hub.signing) as uplink:
            await self.outbox.push(uplink, only_due=True)
        found = []
        for clip, row in (await self.house.listed()).items():
            if clip not in before:
                hdr, pay = await self.house.stored(clip)
                found.append((len(pay), len(row["manifest"]), len(hdr), len(row["card"])))
        return sorted(found)

    async def hours(self, events: dict[int, int]) -> list[list[tuple[int, int, int, int]]]:
        """Live one day; `events` tells how large a clip each hour makes. Return what each moment sent."""
        sent = []
        for hour in range(24):
            if hour in events:
                self.event(events[hour])
            if hour % 4 == 3:
                sent.append(await self.sending(f"{hour:02d}"))
        return sent

    def close(self) -> None:
        self.outbox.close()
        self.sealer.close()


@pytest.fixture
def home(tmp_path: Path, house: House) -> Iterator[Home]:
    made = Home(tmp_path / "hub", house)
    yield made
    made.close()


def test_a_day_with_events_leaves_the_server_what_a_quiet_day_does(home: Home) -> None:
    """R05 R11: at each moment come as many objects and rows of the same sizes, whatever happened when."""

    async def body() -> None:
        quiet = await home.hours({})
        rng = random.Random(7)
        busy = await home.hours({hour: rng.randint(1_000, 2_000_000) for hour in rng.sample(range(24), 5)})
        assert busy == quiet
        assert [len(moment) for moment in quiet] == [3] * 6
        assert home.outbox.waiting() == 0

    asyncio.run(body())


def test_a_hub_sends_evenly_from_the_next_moment_on_and_once_a_moment(house: House, tmp_path: Path) -> None:
    """The hub's own loop: what it made waits for its moment, which comes once, and leaves with filler."""

    async def body() -> None:
        async with Uplink(house.url, house.hub.signing) as uplink:
            town = Town(tmp_path, house.pairing(), house.hub, uplink, list)
            town.send_as(EVEN)
            before = await house.listed()
            made = parcel(1_000, house.epoch.statement.recipient, house.hub.signing)
            town.outbox.put(made)
            await town._send_evenly()
            assert await house.listed() == before, "nothing leaves between two moments"
            town.outbox._ask("UPDATE sending SET moment = '2026-01-01T00:00:00+00:00'")
            for _ in range(2):
                await town._send_evenly()
                new = (await house.listed()).keys() - before.keys()
                assert made.clip in new
                assert len(new) == len(SIZES)
            town.send_as(Uploads())
            town.outbox.put(parcel(1_000, house.epoch.statement.recipient, house.hub.signing))
            await town._send_now()
            assert len((await house.listed()).keys() - before.keys()) == len(SIZES) + 1
            town.close()

    asyncio.run(body())


def test_at_once_the_same_day_tells_its_hours(home: Home) -> None:
    """The control: sent as they are made, and padded as usual, events are told by number, hour and size."""

    async def body() -> list[int]:
        seen = []
        async with Uplink(home.house.url, home.house.hub.signing) as uplink:
            for hour in range(6):
                if hour in {2, 5}:
                    home.event(1_000)
                seen.append(await home.outbox.push(uplink))
        return seen

    assert asyncio.run(body()) == [0, 0, 1, 0, 0, 1]


def test_filler_is_a_clip_like_any_other_and_members_know_it_for_what_it_is(home: Home) -> None:
    async def body() -> None:
        before = await home.house.listed()
        await home.sending("1")
        new = {clip: row for clip, row in (await home.house.listed()).items() if clip not in before}
        assert len(new) == 3
        for clip in new:
            manifest, plain = await home.house.open(clip)
            assert manifest.facts.camera == FILLER_CAMERA
            assert len(plain) in SIZES
        assert home.sealer.kept() == [], "no request is matched with noise"

    asyncio.run(body())


def test_what_the_household_does_not_keep_leaves_the_outbox(home: Home) -> None:
    """R51: it is not asked about again, and is no trouble."""

    async def keep(days: int) -> None:
        async with Uplink(home.house.url, home.house.member.keys.signing) as uplink:
            await uplink.call("PUT", "/v1/vault/keeping", json={"keep_days": days})

    async def body() -> None:
        await keep(0)
        clip = home.event(1_000)
        async with Uplink(home.house.url, home.house.hub.signing) as uplink:
            assert await home.outbox.push(uplink) == 0
        assert (home.outbox.waiting(), home.outbox.refusals()) == (0, [])
        await keep(14)
        assert clip not in await home.house.listed()

    asyncio.run(body())


def test_two_fillers_are_not_alike() -> None:
    one, other = (even.filler(new_id(), 1 << 20, clock.now()) for _ in range(2))
    assert one[0] != other[0]
    assert one[1].clip != other[1].clip
