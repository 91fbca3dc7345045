"""The outbox on a real disk and against a real server, on a network that fails at the worst moment."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.answering import Answer, answering
from tests.hub.homes import HUB
from tests.hub.limits import full_disk
from tests.hub.parcels import make_parcel
from tests.hub.towns import Fault, House, Network, network

from fanlight.hub.outbox import PART_BYTES, Outbox, OutboxFull, Parcel
from fanlight.hub.uplink import Refused, ServerAway, Uplink
from fanlight.model import clock
from fanlight.seal import keys

RECIPIENT = keys.new_identity().recipient


def any_parcel(size: int = 1_000) -> Parcel:
    return make_parcel(RECIPIENT, HUB.signing, size=size)


def parcel_of(house: House, size: int = 100_000, **change: object) -> Parcel:
    return make_parcel(house.epoch.statement.recipient, house.hub.signing, size=size, **change)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in (folder / "outbox").iterdir()}


def push(folder: Path, house: House, url: str | None = None) -> int:
    """Send what waits, as a hub does that has just started."""

    async def run() -> int:
        outbox = Outbox(folder)
        try:
            async with Uplink(url or house.url, house.hub.signing) as uplink:
                return await outbox.push(uplink)
        finally:
            outbox.close()

    return asyncio.run(run())


def push_through(folder: Path, house: House, *faults: Fault) -> tuple[Network, Exception | None]:
    """Send what waits over a network with these faults."""

    async def run() -> tuple[Network, Exception | None]:
        outbox = Outbox(folder)
        async with network(house.url) as between, Uplink(between.url, house.hub.signing) as uplink:
            between.faults += faults
            try:
                await outbox.push(uplink)
            except (ServerAway, Refused) as error:
                return between, error
            finally:
                outbox.close()
        return between, None

    return asyncio.run(run())


def put(folder: Path, *parcels: Parcel) -> None:
    outbox = Outbox(folder)
    for parcel in parcels:
        outbox.put(parcel)
    outbox.close()


def wait_for_bytes(house: House, parcel: Parcel, sent: int) -> Path:
    """Return where a payload arrives once so many bytes of it did: the server hears of a cut when it does.

    The file then tells its day, which is the last that the server does to it.
    """
    received = house.home / "server" / "incoming" / parcel.clip
    while sent and (
        not received.exists() or received.stat().st_size < sent or received.stat().st_mtime % 86_400
    ):
        time.sleep(0.02)  # the test's own limit is the only one
    return received


def arrived(house: House, parcel: Parcel) -> bool:
    """Tell whether the server has exactly this clip, once and whole."""

    async def look() -> bool:
        if parcel.clip not in await house.listed():
            return False
        return await house.stored(parcel.clip) == (parcel.hdr, parcel.pay)

    return asyncio.run(look())


# On this disk


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    """O1: a row implies a file of that size."""
    parcels = [any_parcel(), any_parcel(400_000)]
    put(tmp_path, *parcels)
    outbox = Outbox(tmp_path)
    assert outbox.waiting() == 2
    assert outbox.refusals() == []
    assert files(tmp_path) == {parcel.clip: len(parcel.pay) for parcel in parcels}


def test_putting_a_clip_twice_keeps_it_once_and_as_it_was_first(tmp_path: Path) -> None:
    parcel = any_parcel()
    outbox = Outbox(tmp_path)
    outbox.put(parcel)
    outbox.put(parcel)
    assert outbox.waiting() == 1
    assert files(tmp_path) == {parcel.clip: len(parcel.pay)}


def test_a_file_without_a_row_is_removed_at_the_start(tmp_path: Path) -> None:
    """A crash between writing the file and committing the row."""
    parcel = any_parcel()
    put(tmp_path, parcel)
    (tmp_path / "outbox" / ("z" * 26)).write_bytes(b"half a clip")
    assert Outbox(tmp_path).waiting() == 1
    assert list(files(tmp_path)) == [parcel.clip]


@pytest.mark.parametrize("damage", ["gone", "short"])
def test_a_row_whose_file_the_disk_lost_is_said_to_be_lost(tmp_path: Path, damage: str) -> None:
    lost, whole = any_parcel(), any_parcel()
    put(tmp_path, lost, whole)
    path = tmp_path / "outbox" / lost.clip
    saved = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        os.truncate(path, 100)
    outbox = Outbox(tmp_path)
    assert outbox.waiting() == 1
    ((clip, why),) = outbox.refusals()
    assert clip == lost.clip
    assert "lost" in why
    outbox.close()
    path.write_bytes(saved)
    assert Outbox(tmp_path).waiting() == 2


def test_a_full_disk_keeps_what_waited_and_nothing_of_the_new_clip(tmp_path: Path) -> None:
    first, second = any_parcel(), any_parcel()
    outbox = Outbox(tmp_path)
    outbox.put(first)
    with full_disk(100_000), pytest.raises(OutboxFull) as full:
        outbox.put(second)
    assert "still here" in full.value.kept
    assert list(files(tmp_path)) == [first.clip]
    with full_disk(), pytest.raises(OutboxFull):
        outbox.put(second)
    outbox.put(second)
    assert outbox.waiting() == 2
    outbox.close()
    assert Outbox(tmp_path).waiting() == 2


PUTTING = """
import sys
from pathlib import Path
from tests.hub.test_outbox import any_parcel
from fanlight.hub.outbox import Outbox

outbox = Outbox(Path(sys.argv[1]))
while True:
    parcel = any_parcel()
    outbox.put(parcel)
    print(parcel.clip, len(parcel.pay), flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 9])
def test_a_hub_that_loses_power_has_every_clip_it_had_taken(tmp_path: Path, acknowledged: int) -> None:
    """O1 after kill -9: each clip that was put is there, whole; what was half put is gone."""
    with subprocess.Popen(
        [sys.executable, "-c", PUTTING, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().split() for _ in range(acknowledged)]
        process.send_signal(signal.SIGKILL)
        said += [line.split() for line in process.stdout if line.endswith("\n")]
    outbox = Outbox(tmp_path)
    there = files(tmp_path)
    assert {clip: int(size) for clip, size in said}.items() <= there.items()
    assert len(there) == outbox.waiting() <= len(said) + 1
    assert outbox.refusals() == []


# At the server

WRITES = [("PUT", "{clip}"), ("PUT", "/pay")]


@pytest.mark.parametrize("landed", [False, True], ids=["lost", "landed-but-reported-lost"])
@pytest.mark.parametrize(("method", "ending"), WRITES, ids=["card", "payload"])
def test_a_write_that_fails_is_tried_again_into_exactly_one_clip(
    tmp_path: Path, house: House, method: str, ending: str, *, landed: bool
) -> None:
    """O2, O3: nothing is dropped before it is there, and nothing is there twice."""
    parcel = parcel_of(house)
    put(tmp_path, parcel)
    fault = Fault(method, ending.format(clip=parcel.clip), landed)
    between, error = push_through(tmp_path, house, fault)
    assert isinstance(error, ServerAway)
    assert between.faults == []
    assert list(files(tmp_path)) == [parcel.clip]
    assert push(tmp_path, house) == 1
    assert arrived(house, parcel)
    assert files(tmp_path) == {}
    assert push(tmp_path, house) == 0


def test_a_sign_in_that_fails_loses_nothing(tmp_path: Path, house: House) -> None:
    parcel = parcel_of(house)
    put(tmp_path, parcel)
    for landed in (False, True):
        _, error = push_through(tmp_path, house, Fault("POST", "/sessions", landed))
        assert isinstance(error, ServerAway)
    assert push(tmp_path, house) == 1


def test_a_payload_that_was_half_sent_goes_on_where_it_broke_off(tmp_path: Path, house: House) -> None:
    parcel = parcel_of(house, size=2 * PART_BYTES + 1_000_000)
    put(tmp_path, parcel)
    _, error = push_through(tmp_path, house, Fault("PUT", "/pay", landed=True))
    assert isinstance(error, ServerAway)
    between, error = push_through(tmp_path, house)
    assert error is None
    assert between.sent_bytes == len(parcel.pay) - PART_BYTES
    assert arrived(house, parcel)


def test_a_part_that_breaks_off_in_its_middle_is_sent_again(tmp_path: Path, house: House) -> None:
    parcel = parcel_of(house, size=PART_BYTES)
    put(tmp_path, parcel)
    _, error = push_through(tmp_path, house, Fault("PUT", "/pay", landed=True, part=100_000))
    assert isinstance(error, ServerAway)
    assert push(tmp_path, house) == 1
    assert arrived(house, parcel)


# Where a payload can break off: around the nonce, a chunk, what the server writes at once, a part.
CUTS = {
    "nothing": 0,
    "one-byte": 1,
    "in-the-nonce": 15,
    "nonce": 16,
    "after-the-nonce": 17,
    "before-a-chunk-ends": 16 + 65_552 - 1,
    "chunk": 16 + 65_552,
    "in-the-next-chunk": 16 + 65_552 + 1,
    "before-a-write": (1 << 20) - 1,
    "write": 1 << 20,
    "after-a-write": (1 << 20) + 1,
    "before-a-part-ends": PART_BYTES - 1,
    "part": PART_BYTES,
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS.keys())
@pytest.mark.parametrize("parts_before", [0, 1], ids=["first-part", "second-part"])
def test_an_upload_cut_anywhere_arrives_once_and_goes_on_where_it_was(
    tmp_path: Path, house: House, cut: int, parts_before: int
) -> None:
    """O2, O3: what came before the cut is not asked for again, and the clip is the same to the byte."""
    parcel = parcel_of(house, size=2 * PART_BYTES + 70_000)
    put(tmp_path, parcel)
    passing = [Fault("PUT", "/pay", landed=True)] * parts_before
    for fault in (*passing, Fault("PUT", "/pay", landed=True, part=cut)):
        _, error = push_through(tmp_path, house, fault)
        assert isinstance(error, ServerAway)
    sent = parts_before * PART_BYTES + cut
    wait_for_bytes(house, parcel, sent)
    between, error = push_through(tmp_path, house)
    assert error is None
    assert between.sent_bytes == len(parcel.pay) - sent
    assert arrived(house, parcel)
    assert push(tmp_path, house) == 0


@pytest.mark.parametrize("damage", ["gone", "other", "all-but-the-end", "whole"])
def test_a_server_that_lost_power_gets_the_payload_anew(tmp_path: Path, house: House, damage: str) -> None:
    """What it had received is gone, or is zeros, or was not finished: all end in the right clip."""
    parcel = parcel_of(house)
    put(tmp_path, parcel)
    there = len(parcel.pay) - 1
    push_through(tmp_path, house, Fault("PUT", "/pay", landed=True, part=there))
    received = wait_for_bytes(house, parcel, there)
    if damage == "gone":
        received.unlink()
    elif damage == "other":
        received.write_bytes(bytes(there))
    elif damage == "whole":
        received.write_bytes(parcel.pay)
    assert push(tmp_path, house) == 1
    assert arrived(house, parcel)


def test_a_clip_that_the_server_will_never_take_stays_and_says_why(tmp_path: Path, house: House) -> None:
    old = parcel_of(house, start=clock.now() - timedelta(days=90))
    good = parcel_of(house)
    put(tmp_path, old, good)
    assert push(tmp_path, house) == 1
    outbox = Outbox(tmp_path)
    assert outbox.waiting() == 0
    ((clip, why),) = outbox.refusals()
    assert clip == old.clip
    assert "too far from today" in why
    assert list(files(tmp_path)) == [old.clip]
    assert arrived(house, good)


def test_a_payload_that_this_disk_spoilt_is_refused_and_kept(tmp_path: Path, house: House) -> None:
    parcel = parcel_of(house)
    put(tmp_path, parcel)
    (tmp_path / "outbox" / parcel.clip).write_bytes(bytes(len(parcel.pay)))
    assert push(tmp_path, house) == 0
    ((clip, why),) = Outbox(tmp_path).refusals()
    assert clip == parcel.clip
    assert "not the one the card was signed for" in why
    assert not arrived(house, parcel)


def test_a_clip_that_a_member_erased_is_not_sent_again(tmp_path: Path, house: House) -> None:
    parcel = parcel_of(house)
    put(tmp_path, parcel)
    push_through(tmp_path, house, Fault("PUT", "/pay", landed=True))
    asyncio.run(house.erase(parcel.clip))
    assert push(tmp_path, house) == 0
    outbox = Outbox(tmp_path)
    assert (outbox.waiting(), outbox.refusals(), files(tmp_path)) == (0, [], {})
    assert parcel.clip not in asyncio.run(house.listed())


def test_a_full_household_has_its_clips_wait_and_loses_none(tmp_path: Path, house: House) -> None:
    """Quota: the hub says why, keeps all, and sends them when there is room."""
    parcels = [parcel_of(house, size=1_000) for _ in range(2)]
    put(tmp_path, *parcels)

    async def run() -> None:
        outbox = Outbox(tmp_path)
        full = Answer(507, {"code": "vault.quota_full", "what": "Full.", "kept": "All.", "do": "Erase."})
        with answering(**_answers(full)) as server:
            async with Uplink(server.url, house.hub.signing) as uplink:
                with pytest.raises(Refused, match="Full"):
                    await outbox.push(uplink)
        assert (outbox.waiting(), outbox.refusals()) == (2, [])
        outbox.close()

    def _answers(full: Answer) -> dict[str, Answer]:
        return {f"PUT /v1/clips/{parcel.clip}": full for parcel in parcels}

    asyncio.run(run())
    assert push(tmp_path, house) == 2


def test_clips_go_in_the_order_in_which_they_were_made(tmp_path: Path, house: House) -> None:
    parcels = [parcel_of(house, size=1_000) for _ in range(5)]
    put(tmp_path, *parcels)
    between, _ = push_through(tmp_path, house)
    done = [call.split("/")[3] for call in between.passed if call.endswith("last=true")]
    assert done == [parcel.clip for parcel in parcels]


def test_two_pushes_at_once_send_each_clip_once(tmp_path: Path, house: House) -> None:
    parcels = [parcel_of(house, size=1_000) for _ in range(3)]
    put(tmp_path, *parcels)

    async def both() -> list[int]:
        outbox = Outbox(tmp_path)
        async with Uplink(house.url, house.hub.signing) as uplink:
            return list(await asyncio.gather(outbox.push(uplink), outbox.push(uplink)))

    assert sum(asyncio.run(both())) == 3


def test_a_hub_that_may_not_send_keeps_everything_waiting(tmp_path: Path, house: House) -> None:
    """An account that is not a hub's: no fault of any clip."""
    put(tmp_path, parcel_of(house))

    async def run() -> None:
        async with Uplink(house.url, house.member.keys.signing) as uplink:
            await Outbox(tmp_path).push(uplink)

    with pytest.raises(Refused):
        asyncio.run(run())
    assert Outbox(tmp_path).waiting() == 1


def test_a_disk_that_is_full_when_a_clip_was_sent_sends_it_again_harmlessly(
    tmp_path: Path, house: House
) -> None:
    """O3: forgetting a clip needs room too."""
    parcel = parcel_of(house)
    put(tmp_path, parcel)

    async def run() -> None:
        outbox = Outbox(tmp_path)
        async with Uplink(house.url, house.hub.signing) as uplink:
            await uplink.sign_in()
            with full_disk(), pytest.raises(OutboxFull):
                await outbox.push(uplink)
            assert outbox.waiting() == 1
            assert await outbox.push(uplink) == 1

    asyncio.run(run())
    assert arrived(house, parcel)
