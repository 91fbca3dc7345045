"""`fanlight hub unlock`: days that a paired hub has forgotten its keys of, opened by the recovery sheet."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.hub import pages
from tests.hub.demuxed import cut, make, packets
from tests.hub.homes import make_chain, make_page, make_pairing
from tests.seal.books import SHEET as PAGE

from fanlight.cli.home import open_home
from fanlight.cli.hub.export import NotExported, export
from fanlight.cli.hub.unlock import NotUnlocked, read_identity, unlock
from fanlight.cli.main import main
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.options import HubOptions
from fanlight.hub.segmenter.segment import Segment
from fanlight.hub.settings import lock
from fanlight.hub.settings.pairing import save_pairing
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import member_keys
from fanlight.seal.sheet import new_sheet
from fanlight.wire import b64

SEED = b"m" * 32  # of tests.hub.homes.MEMBER
GROUPS = " ".join((SEED.hex() + hashlib.sha256(SEED).hexdigest())[at : at + 4] for at in range(0, 68, 4))
OPTIONS = HubOptions(camera=(pages.camera(record="off", keep_days=14),))
BEGIN = datetime.combine(datetime.now(UTC).date() - timedelta(days=7), time(12), UTC)
DAY = f"{BEGIN:%Y-%m-%d}"


@pytest.fixture
def recorded(tmp_path: Path) -> list[Segment]:
    """Make a home whose hub recorded a week ago, has an epoch since, and forgot that day's key."""
    folder = open_home(tmp_path).folder("hub")
    pages.write(folder, OPTIONS)
    save_pairing(folder, make_pairing())
    chain: list[Epoch] = make_chain(1)
    chain.append(make_page(chain[-1])[1])
    (folder / "epochs.json").write_text(json.dumps([one.to_wire() for one in chain]))
    taken = cut(packets(make(tmp_path / "x", "h264", seconds=2)))
    shift = BEGIN - taken[0].wall
    moved = [_moved(segment, shift) for segment in taken]
    journal = Journal(folder, Limits(reserve_bytes=0))
    journal.seal_day_keys([chain[-1].statement.recipient])
    for segment in moved:
        journal.offer(pages.FIRST, segment)
    assert journal.flush()
    journal.close()
    (folder / "keys" / f"day-{DAY}.key").unlink()
    return moved


def _moved(segment: Segment, by: timedelta) -> Segment:
    return replace(segment, wall=segment.wall + by, mono_us=0)


@pytest.mark.parametrize("sheet", [PAGE.words, PAGE.code, GROUPS], ids=["words", "code", "a member's key"])
def test_the_sheet_opens_a_forgotten_day_for_the_running_hub(
    tmp_path: Path, recorded: list[Segment], sheet: str
) -> None:
    """J5, R05, R12: what only the household's key opens is shown again, and no file has the day's key."""
    folder = open_home(tmp_path).folder("hub")
    asked = {"start": BEGIN.isoformat(), "end": (BEGIN + timedelta(seconds=2)).isoformat()}
    film = f"/api/cameras/{pages.FIRST}/film.mp4"

    async def scene() -> None:
        held = lock(folder)
        async with pages.serving(folder, OPTIONS) as hub:
            assert (await hub.client.get(film, params=asked)).status_code != 200
            before = sorted(path.name for path in (folder / "keys").iterdir())
            said = await asyncio.to_thread(unlock, DAY, sheet, tmp_path, port=hub.page.port)
            assert said == [f"{DAY} (UTC): open until the hub stops."]
            answer = await hub.client.get(film, params=asked)
            assert answer.status_code == 200
            assert answer.content[4:8] == b"ftyp"
            assert len(answer.content) > sum(len(one.fragment) for one in recorded) // 2
            assert sorted(path.name for path in (folder / "keys").iterdir()) == before
        held.close()

    asyncio.run(scene())
    journal = Journal(folder, Limits(reserve_bytes=0))
    assert journal.read(pages.FIRST, BEGIN, BEGIN + timedelta(seconds=2)) == []  # it went with the hub
    journal.close()


@pytest.mark.usefixtures("recorded")
def test_the_hub_takes_no_other_key_for_a_day(tmp_path: Path) -> None:
    """A wrong key would make whole footage look damaged."""
    folder = open_home(tmp_path).folder("hub")
    right = {"key": b64.encode(b"k" * 32)}

    async def scene() -> None:
        async with pages.serving(folder, OPTIONS) as hub:
            path = f"/api/days/{DAY}/key"
            assert (await hub.stranger.put(path, json=right)).status_code == 401
            for where, body, status, code in (
                (path, right, 409, "journal.wrong_day_key"),
                (path, {"key": b64.encode(b"short")}, 400, "hub.page.malformed"),
                (path, {"key": "?"}, 400, "hub.page.malformed"),
                (path, {}, 400, "hub.page.malformed"),
                ("/api/days/2020-01-01/key", right, 404, "hub.page.not_found"),
                ("/api/days/..%2f..%2fpage/key", right, 404, "hub.page.not_found"),
            ):
                answer = await hub.client.put(where, json=body)
                assert (answer.status_code, answer.json()["code"]) == (status, code)
            journal = hub.pipeline.journal
            assert journal.spans(pages.FIRST)[0][0] == BEGIN  # nothing of it counts as damaged
            assert journal.timeline(pages.FIRST, BEGIN.date()).gaps == []

    asyncio.run(scene())


@pytest.mark.usefixtures("recorded")
def test_what_cannot_be_unlocked_is_refused_in_words(tmp_path: Path) -> None:
    folder = open_home(tmp_path).folder("hub")
    with pytest.raises(NotUnlocked, match="No hub answers"):
        unlock(DAY, PAGE.words, tmp_path)
    result = CliRunner().invoke(
        main, ["hub", "unlock", "--day", DAY, "--home", str(tmp_path)], input=PAGE.words
    )
    assert result.exit_code == 1
    with lock(folder):  # a hub that runs
        for day, sheet, said in (
            ("tomorrow", PAGE.words, "not a day"),
            (DAY, GROUPS[:-1] + "x", "recovery sheet"),
            (DAY, PAGE.words.replace(" ", " x", 1), "recovery sheet"),
            (DAY, "", "recovery sheet"),
            (DAY, "ab" * 32, "opens none of the keys"),
            (DAY, new_sheet().words, "opens none of the keys"),
            ("2020-01-01", PAGE.words, "no key of that day"),
        ):
            with pytest.raises(NotUnlocked, match=said) as caught:
                unlock(day, sheet, tmp_path)
            assert SEED.hex()[:8] not in str(caught.value)
            assert PAGE.words.split()[0] not in str(caught.value)
        with pytest.raises(NotUnlocked, match="No hub answers"):
            unlock(DAY, PAGE.words, tmp_path, port=9)  # its page does not listen


@pytest.mark.usefixtures("recorded")
def test_an_export_of_a_forgotten_day_says_how_to_open_it(tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    with pytest.raises(NotExported, match="forgotten the key") as caught:
        export(
            pages.FIRST,
            BEGIN.isoformat(),
            (BEGIN + timedelta(seconds=2)).isoformat(),
            out,
            home=tmp_path,
            joined=False,
        )
    assert "fanlight hub unlock" in caught.value.do
    assert not out.exists()


def test_a_members_own_key_is_read_with_and_without_its_last_group() -> None:
    for text in (GROUPS, GROUPS.replace(" ", "\n"), GROUPS[:-5].upper()):
        assert read_identity(text) == member_keys(SEED).age.secret
