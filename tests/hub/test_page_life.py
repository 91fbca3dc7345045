"""The page and its settings at work: what is changed where, and what goes on meanwhile."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.pages import FIRST, SECOND, camera, recorded, serving, until

from fanlight.hub.options import Chime, HubOptions, Mqtt, Page, Webhook
from fanlight.hub.page import link
from fanlight.hub.page.app import ROUTES
from fanlight.hub.page.serving import PortTaken, listen
from fanlight.hub.page.unshown import cut
from fanlight.hub.settings import live, read_options

TWO = HubOptions(camera=(camera(), camera(SECOND, "Shed")))


def test_an_editors_change_is_at_work_and_a_bad_one_is_said_while_all_goes_on(tmp_path: Path) -> None:
    """The file is looked at all the time; the other camera's line is the same before and after."""

    async def scene() -> None:
        async with serving(tmp_path, TWO) as hub:
            await recorded(hub)
            await recorded(hub, SECOND)
            door, shed = hub.pipeline.lines[FIRST], hub.pipeline.lines[SECOND]
            file = tmp_path / "hub.toml"
            good = file.read_text()
            file.write_text(good.replace("rate=15", "rate=10", 1))
            await until(lambda: hub.pipeline.lines[FIRST] is not door)
            assert hub.pipeline.lines[SECOND] is shed
            file.write_text(good + "\n[page]\nport = 'x'\n")
            await until(lambda: hub.settings.refused)
            health = {one["what"]: one for one in (await hub.get("/api/hub"))["health"]}
            assert health["settings"]["state"] == "warn"
            assert "`page.port`" in health["settings"]["note"]
            before = hub.pipeline.journal.committed(SECOND)
            await until(lambda: hub.pipeline.journal.committed(SECOND) > before)
            assert hub.pipeline.lines[SECOND] is shed
            refused = await hub.client.patch(f"/api/cameras/{FIRST}", json={"name": "Door"})
            assert (refused.status_code, refused.json()["code"]) == (422, "hub.bad_settings")
            file.write_text(good)
            await until(lambda: not hub.settings.refused)
            await until(lambda: {one.state for one in hub.pipeline.health()} == {"ok"})

    assert live.LOOK_S <= 2
    asyncio.run(scene())


def test_settings_are_changed_field_by_field_and_a_secret_that_is_set_stays(tmp_path: Path) -> None:
    async def scene() -> None:
        told = HubOptions(
            mqtt=Mqtt(user="hub", password="secret-1"),
            webhook=(Webhook(url="http://127.0.0.1:9/a", secret="secret-2"),),
        )
        async with serving(tmp_path, told) as hub:
            shown = await hub.get("/api/settings")
            assert (shown["mqtt"]["password"], shown["webhook"][0]["secret"]) == ("set", "set")
            shown["storage"]["quota_gb"] = 30
            shown["webhook"].append({"url": "http://127.0.0.1:9/b", "on": ["person"], "secret": ""})
            answer = await hub.client.patch("/api/settings", json=shown)
            assert answer.status_code == 200, answer.text
            options = hub.settings.options
            assert options.storage.quota_gb == 30
            assert options.mqtt.password == "secret-1"
            assert [one.secret for one in options.webhook] == ["secret-2", ""]
            await hub.client.patch("/api/settings", json={"mqtt": {"password": ""}})
            assert hub.settings.options.mqtt == Mqtt(user="hub")
            refused: list[dict[str, Any]] = [
                {"camera": []},
                {"mqtt": {"port": 0}},
                {"nothing": 1},
                {"webhook": [{}]},
            ]
            for bad in refused:
                assert (await hub.client.patch("/api/settings", json=bad)).status_code == 400, bad
            assert read_options(tmp_path).options == hub.settings.options

    asyncio.run(scene())


def test_an_address_that_is_called_is_shown_by_its_host_and_stays_when_sent_back(tmp_path: Path) -> None:
    """Two at one host are told apart also when one goes; what is shown is never saved as an address."""

    async def scene() -> None:
        first, second = (
            Webhook(url="https://h.example/a?t=1", secret="s1"),
            Webhook(url="https://h.example/b"),
        )
        told = HubOptions(webhook=(first, second), chime=Chime(url="http://u:p@[fd00::1]:81/ring"))
        async with serving(tmp_path, told) as hub:
            shown = await hub.get("/api/settings")
            assert [one["url"] for one in shown["webhook"]] == ["https://h.example/…"] * 2
            assert shown["chime"]["url"] == "http://[fd00::1]:81/…"
            answer = await hub.client.patch("/api/settings", json=shown | {"webhook": shown["webhook"][1:]})
            assert answer.status_code == 200, answer.text
            assert hub.settings.options.webhook == (second,)
            assert hub.settings.options.chime == told.chime
            await hub.client.patch(
                "/api/settings", json={"webhook": [shown["webhook"][1] | {"secret": "s2"}]}
            )
            assert hub.settings.options.webhook == (Webhook(url=second.url, secret="s2"),)
            moved = shown["webhook"][1] | {"url": "https://other.example/c", "secret": "set"}
            await hub.client.patch("/api/settings", json={"webhook": [moved]})
            assert hub.settings.options.webhook == (Webhook(url="https://other.example/c", secret="s2"),)
            for bad in (
                {"webhook": [shown["webhook"][0]]},  # it is gone
                {"webhook": [moved | {"url": "https://h.example/…"}]},
                {"webhook": [{"url": "https://h.example/…"}]},
                {"chime": {"url": "http://[fd00::1]:82/…"}},
            ):
                assert (await hub.client.patch("/api/settings", json=bad)).status_code == 400, bad
            await hub.client.patch("/api/settings", json={"chime": {"url": ""}})
            assert not hub.settings.options.chime.url

    asyncio.run(scene())


@given(st.text(alphabet="htps:/@[]?#…é.1\0 \t%", max_size=24), st.text(alphabet="xyz9", min_size=6))
def test_nothing_behind_the_host_of_an_address_is_shown(start: str, token: str) -> None:
    for url in (
        f"{start}/{token}",
        f"https://h.example/{start}{token}",
        f"https://a:{token}@h.example{start}",
    ):
        assert token not in cut(url) or token in host_of(url)


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def test_a_page_that_cannot_listen_is_a_state_and_recording_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, HubOptions(camera=(camera(),))) as hub:
            with socket.create_server(("127.0.0.1", 0)) as taken:
                port = taken.getsockname()[1]
                hub.page._own_port = port
                await hub.client.patch("/api/settings", json={"page": {"names": ["hub.example"]}})
                await until(lambda: hub.page.trouble)
                (row,) = [one for one in hub.pipeline.health() if one.what == "page"]
                assert (row.state, f"port {port}" in row.note) == ("bad", True)
                await recorded(hub)
            hub.page._own_port = 0
            hub.page.change(hub.settings.options, TWO)
            await until(lambda: hub.page.port)
            assert not hub.page.trouble
            address = f"http://127.0.0.1:{hub.page.port}/healthz"
            assert (await hub.stranger.get(address)).json() == {"state": "ok"}

    asyncio.run(scene())


@pytest.mark.parametrize("host", ["ü..b", "a\0b", "x" * 70 + ".b", "no.such.name.invalid", ".", "::1%none"])
def test_an_address_that_is_none_is_a_state_too(host: str) -> None:
    with pytest.raises(PortTaken, match="cannot listen"):
        listen(host, 0)


def test_no_framework_is_loaded_before_somebody_opens_the_page() -> None:
    """A hub that only records does without the memory that answering takes."""
    probe = (
        "import sys, fanlight.hub.__main__;"
        "print(*[name for name in ('litestar', 'uvicorn', 'tomlkit', 'av') if name in sys.modules])"
    )
    loaded = subprocess.check_output([sys.executable, "-c", probe], text=True).split()
    assert loaded == []


def test_the_link_holds_the_key_where_browsers_keep_it_to_themselves(tmp_path: Path) -> None:
    address = link(tmp_path, "127.0.0.1", 8430)
    assert address.startswith("http://127.0.0.1:8430/#k=")
    assert httpx.URL(address).raw_path == b"/"
    assert link(tmp_path, "::1", 8430).startswith("http://[::1]:8430/#k=")


def test_figures_for_a_monitor_need_the_key_and_name_no_camera_by_its_address(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(
            tmp_path, HubOptions(camera=(camera(),), page=Page(names=("hub.example",)))
        ) as hub:
            await recorded(hub)
            answer = await hub.client.get("/metrics")
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
            assert "fanlight_hub_info" in answer.text
            assert "test:?" not in answer.text
            assert (await hub.stranger.get("/metrics")).status_code == 401
            assert (await hub.stranger.get("/healthz")).json() == {"state": "ok"}

    asyncio.run(scene())


def test_the_published_forms_name_every_call(tmp_path: Path) -> None:
    """Pages and programs of others are made from it: names stay."""

    async def scene() -> None:
        async with serving(tmp_path) as hub:
            schema = await hub.get("/api/schema/openapi.json")
            named = {
                call["operationId"]
                for path in schema["paths"].values()
                for call in path.values()
                if isinstance(call, dict)
            }
            assert named == {route.operation_id for route in ROUTES if route.include_in_schema is not False}
            assert {"getHub", "tryCamera", "addCamera", "changeCamera", "getTimeline", "getFilm"} <= named
            assert "url" not in schema["components"]["schemas"]["CameraView"]["properties"]

    asyncio.run(scene())
