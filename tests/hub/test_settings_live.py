"""Settings at work: the page and an editor change the same file, and a bad one changes nothing."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from fanlight.hub.options import HubOptions, Page, Storage
from fanlight.hub.settings import BadSettings, LiveSettings
from fanlight.hub.settings import live as live_module


class Work:
    """Whoever works by the settings: remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[HubOptions] = []
        self.changed = asyncio.Event()

    async def take(self, options: HubOptions) -> None:
        self.told.append(options)
        self.changed.set()


def port(number: int) -> HubOptions:
    return HubOptions(page=Page(port=number))


async def until(true: object) -> None:
    assert callable(true)
    while not true():  # noqa: ASYNC110 - a file is watched by looking at it
        await asyncio.sleep(0.01)


def test_a_change_is_on_the_disk_and_at_work(tmp_path: Path) -> None:
    async def scene() -> None:
        work = Work()
        live = LiveSettings(tmp_path, work.take)
        assert await live.change(lambda old: msgspec.structs.replace(old, page=Page(port=9000))) == port(9000)
        assert work.told == [port(9000)]
        assert "port = 9000" in (tmp_path / "hub.toml").read_text()
        await live.change(lambda old: old)
        assert work.told == [port(9000)]

    asyncio.run(scene())


def test_what_an_editor_writes_is_put_to_work_and_a_bad_file_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "LOOK_S", 0.02)
    path = tmp_path / "hub.toml"

    async def scene() -> None:
        work = Work()
        live = LiveSettings(tmp_path, work.take)
        watching = asyncio.create_task(live.watch())
        try:
            path.write_text("[page]\nport = 9000\n")
            await until(lambda: work.told == [port(9000)])
            path.write_text("[page]\nport = 0\n")
            await until(lambda: live.refused)
            assert "`page.port`" in live.refused
            assert [found.state for found in live.health()] == ["warn"]
            assert live.options == port(9000)
            path.write_text("[page]\nport = 9002\n")
            await until(lambda: work.told == [port(9000), port(9002)])
            assert [found.state for found in live.health()] == ["ok"]
        finally:
            watching.cancel()

    asyncio.run(scene())


def test_the_page_does_not_overwrite_what_an_editor_wrote_meanwhile(tmp_path: Path) -> None:
    async def scene() -> None:
        work = Work()
        live = LiveSettings(tmp_path, work.take)
        (tmp_path / "hub.toml").write_text("# mine\n[storage]\nreserve_mb = 512\n")
        after = await live.change(lambda old: msgspec.structs.replace(old, page=Page(port=9000)))
        assert after == HubOptions(page=Page(port=9000), storage=Storage(reserve_mb=512))
        text = (tmp_path / "hub.toml").read_text()
        assert text.startswith("# mine\n")
        assert work.told[-1] == after

    asyncio.run(scene())


def test_the_page_changes_nothing_while_the_file_cannot_be_used(tmp_path: Path) -> None:
    async def scene() -> None:
        work = Work()
        live = LiveSettings(tmp_path, work.take)
        (tmp_path / "hub.toml").write_text("[page\n")
        with pytest.raises(BadSettings, match="line 1"):
            await live.change(lambda old: msgspec.structs.replace(old, page=Page(port=9000)))
        assert (tmp_path / "hub.toml").read_text() == "[page\n"
        assert work.told == []

    asyncio.run(scene())


def test_two_changes_at_once_both_come_to_stand(tmp_path: Path) -> None:
    async def scene() -> None:
        live = LiveSettings(tmp_path, Work().take)
        await asyncio.gather(
            live.change(lambda old: msgspec.structs.replace(old, page=Page(port=9000))),
            live.change(lambda old: msgspec.structs.replace(old, storage=Storage(reserve_mb=512))),
        )
        assert live.options == HubOptions(page=Page(port=9000), storage=Storage(reserve_mb=512))

    asyncio.run(scene())


def test_who_says_that_the_file_changed_is_heard_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "LOOK_S", 3600.0)

    async def scene() -> None:
        work = Work()
        live = LiveSettings(tmp_path, work.take)
        watching = asyncio.create_task(live.watch())
        try:
            (tmp_path / "hub.toml").write_text("[page]\nport = 9000\n")
            live.hurry()
            await until(lambda: work.told == [port(9000)])
        finally:
            watching.cancel()

    asyncio.run(scene())
