"""The hub's own page over HTTP: who may ask, and what never comes back."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.utils.path import normalize_path
from tests.hub.pages import FIRST, Served, camera, recorded, serving

from fanlight.hub.options import Chime, HubOptions, Mqtt, Page, Webhook
from fanlight.hub.page.app import make_routes
from fanlight.hub.page.guard import OPEN, is_own, is_plain, own_names
from fanlight.hub.page.key import load_page_key, press_key
from fanlight.hub.page.parts import Parts

LET_THROUGH = {"/", "/{path:path}", "/healthz", "/press/{camera:str}", "/press/{camera:str}/{shown:str}"}
GUARDED = ("/api", "/metrics")
STAND_INS = {
    "{camera:str}": FIRST,
    "{event:str}": "e" * 26,
    "{reply:str}": "ab12",
    "{shown:str}": "0" * 32,
    "{name:str}": "2026-05-01",
    "/{path:path}": "/assets/app.js",
    "{path:str}": "openapi.json",
}
SECRETS = {
    "camera": "rtsp-pass-4711",
    "sub": "sub-pass-4712",
    "onvif": "onvif-pass-4713",
    "mqtt": "broker-pass-4714",
    "webhook": "signing-4715",
    "hook": "hook-token-4716",
    "chime": "chime-token-4717",
    "caller": "caller-pass-4718",
}
TOLD = HubOptions(
    camera=(
        camera(),
        camera(
            "d" * 26,
            "Shed",
            f"rtsp://viewer:{SECRETS['camera']}@127.0.0.1:9/main",
            sub_url=f"rtsp://viewer:{SECRETS['sub']}@127.0.0.1:9/sub",
            onvif=f"http://viewer:{SECRETS['onvif']}@127.0.0.1:9/onvif/device_service",
        ),
    ),
    mqtt=Mqtt(password=SECRETS["mqtt"]),
    webhook=(
        Webhook(url=f"http://127.0.0.1:9/hook/{SECRETS['hook']}", secret=SECRETS["webhook"]),
        Webhook(url=f"http://me:{SECRETS['caller']}@127.0.0.1:9"),
    ),
    chime=Chime(url=f"http://127.0.0.1:9/?key={SECRETS['chime']}"),
)


def routes(hub: Served) -> list[tuple[str, str]]:
    """Every method and path that the application knows, with stand-ins for what varies."""
    app = make_routes(Parts(hub.folder, hub.pipeline, hub.settings, hub.key))
    assert {route.path for route in app.routes if not route.path.startswith(GUARDED)} == LET_THROUGH
    found = []
    for route in app.routes:
        path = route.path
        for name, stand_in in STAND_INS.items():
            path = path.replace(name, stand_in)
        assert "{" not in path, path
        found += [(str(method), path) for method in sorted(route.methods)]
    return found


def test_nothing_but_the_page_itself_and_the_bell_is_answered_without_the_key(tmp_path: Path) -> None:
    """Every route that there is, by every method: a route that somebody adds is asked here too."""

    async def scene() -> None:
        async with serving(tmp_path, HubOptions(camera=(camera(),))) as hub:
            known = routes(hub)
            assert len({path for _, path in known}) > 25
            guarded = [(method, path) for method, path in known if path.startswith(GUARDED)]
            guarded += [("GET", "/api"), ("GET", "/api/nothing"), ("GET", "/metrics/"), ("PUT", "/api/hub/x")]
            others = ["Bearer", hub.key, f"Basic {hub.key}", f"Bearer {hub.key}x", "Bearer x y"]
            asked = [(method, path, "Bearer " + "x" * 43) for method, path in guarded]
            asked += [("GET", "/api/hub", shown) for shown in ["", *others]]
            for method, path, shown in asked:
                answer = await hub.stranger.request(method, path, headers={"Authorization": shown})
                assert (answer.status_code, answer.json()["code"]) == (401, "hub.page.key_needed"), path
            assert (await hub.stranger.get("/api/hub")).status_code == 401
            assert len(hub.settings.options.camera) == 1

    asyncio.run(scene())


def otherwise(path: str) -> list[str]:
    """The same address written so that a router which folds or decodes it might still find it."""
    first, last = path.rpartition("/")[0], path.rpartition("/")[2]
    return [
        "/" + path,
        "//" + path,
        path.replace("/", "//"),
        path + "//",
        "/%2f" + path[1:],
        "/%2F" + path,
        "/" + path[1:].replace("/", "%2f", 1),
        f"{first}%2f{last}",
        "/." + path,
        "/x/.." + path,
        "/%2e" + path,
        "/x/%2e%2E" + path,
        "/\\" + path,
        "/%5c" + path,
        "/%5C" + path[1:],
        "/assets//.." + path,
        "/press/..%2f.." + path,
        path[1:],  # a target without its slash
        f"http://127.0.0.1{path}",
    ]


async def asked_raw(hub: Served, method: str, target: str) -> tuple[int, bytes]:
    """Ask as no library would: the target goes out as it stands."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.page.port)
    try:
        call = (
            f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
        writer.write(call.encode())
        answer = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    return int(answer.split()[1]), answer.partition(b"\r\n\r\n")[2]


def test_no_other_writing_of_an_address_comes_past_the_key(tmp_path: Path) -> None:
    """Every route again, in every form that a router may fold: slashes twice, encoded, dots, backslashes."""

    async def scene() -> None:
        async with serving(tmp_path, HubOptions(camera=(camera(),))) as hub:
            shut = [(method, path) for method, path in routes(hub) if not OPEN.fullmatch(path)]
            assert len(shut) > 30
            for method, path in shut:
                for target in otherwise(path):
                    status, body = await asked_raw(hub, method, target)
                    assert status in {400, 401, 404}, (method, target)
                    assert status == 400 or json.loads(body)["code"] in {
                        "hub.page.not_found",
                        "hub.page.key_needed",
                    }, target
            assert len(hub.settings.options.camera) == 1
            assert (await hub.client.get("//api/settings")).status_code == 404  # for everybody

    asyncio.run(scene())


@given(st.text(alphabet="/.\\\0 ab%2efF5cé", max_size=12))
def test_the_door_and_the_router_read_the_same_path(path: str) -> None:
    """What the door lets through, the router leaves as it is, but for one slash at the end."""
    if is_plain(path, path.encode()):
        assert normalize_path(path) == (path.rstrip("/") or "/")
        assert not {".", ".."} & set(path.split("/"))


def test_another_name_for_this_machine_gets_nothing(tmp_path: Path) -> None:
    """A page from elsewhere whose name was pointed here (DNS rebinding) is not answered, key or not."""

    async def scene() -> None:
        options = HubOptions(camera=(camera(),), page=Page(names=("hub.example",)))
        async with serving(tmp_path, options) as hub:
            for path in ("/", "/healthz", "/api/hub", f"/press/{FIRST}/{press_key(hub.key, FIRST)}"):
                for name in ("evil.example", f"evil.example:{hub.page.port}", "", "localhost.evil.example"):
                    answer = await hub.client.get(path, headers={"Host": name})
                    assert answer.status_code in {400, 421}, (path, name)
                    assert "cameras" not in answer.text
            for name in (
                "localhost",
                "127.0.0.1:1",
                "192.168.1.20",
                "[::1]:8430",
                "hub.example",
                "HUB.example.",
            ):
                assert (await hub.client.get("/api/hub", headers={"Host": name})).status_code == 200, name

    asyncio.run(scene())


def test_a_page_of_another_origin_may_read_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path) as hub:
            for method, path in (
                ("GET", "/api/hub"),
                ("OPTIONS", "/api/hub"),
                ("GET", "/"),
                ("GET", "/healthz"),
            ):
                headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
                answer = await hub.client.request(method, path, headers=headers)
                assert not [name for name in answer.headers if name.startswith("access-control")]
                assert "default-src 'self'" in answer.headers["content-security-policy"]
                assert answer.headers["referrer-policy"] == "no-referrer"
                assert "server" not in answer.headers
            assert (await hub.client.get("/api/hub")).headers["cache-control"] == "no-store"

    asyncio.run(scene())


names = frozenset({"localhost", "hub.example"})


@given(st.text(max_size=60))
def test_a_host_is_ours_by_its_digits_or_by_a_name_that_we_know(host: str) -> None:
    if is_own(host, names):
        bare = host.lower().rstrip(".")
        assert any(name in bare for name in names) or any(char.isdigit() or char == ":" for char in bare)


@pytest.mark.parametrize(
    "host", ["localhost.evil", "evil.localhost", "127.0.0.1.evil", "1.2.3", "localhost:x:y", "@127.0.0.1"]
)
def test_what_only_looks_like_ours_is_not(host: str) -> None:
    assert not is_own(host, names)


def test_own_names_are_the_machines_and_those_that_were_given() -> None:
    given = own_names("hub.lan", ["Door.Example."])
    assert {"localhost", "hub.lan", "door.example"} <= given
    assert "" not in given


async def everything(hub: Served) -> list[httpx.Response]:
    """Ask every route for reading, and those for writing with something that cannot be."""
    answers = []
    for method, path in routes(hub):
        if path.endswith(("live.mp4", "/discover")):
            continue  # one never ends, the other asks the network
        more: dict[str, Any] = {}
        if method in {"POST", "PATCH", "PUT"}:
            more["json"] = {
                "url": f"rtsp://viewer:{SECRETS['camera']}@127.0.0.1:9/",
                "record": SECRETS["sub"],
            }
        query = "?state=CA&day=2026-05-01&start=2026-05-01T00:00:00Z&end=2026-05-01T00:01:00Z"
        answers.append(await hub.client.request(method, path + query, **more))
    return answers


def test_no_secret_comes_back_by_any_route(tmp_path: Path) -> None:
    """Passwords of cameras, of the broker and of webhooks go in and never out, by errors neither."""

    async def scene() -> None:
        async with serving(tmp_path, TOLD) as hub:
            await recorded(hub)
            before = hub.settings.options
            answers = await everything(hub)
            answers += [
                await hub.client.patch("/api/settings", json={"mqtt": {"password": [SECRETS["mqtt"]]}}),
                await hub.client.patch("/api/settings", json={"mqtt": {"discovery": SECRETS["mqtt"]}}),
                await hub.client.patch("/api/settings", json={"chime": {"url": f"…{SECRETS['chime']}"}}),
                await hub.client.patch(
                    "/api/settings", json={"webhook": [{"url": f"ftp://h/{SECRETS['hook']}"}]}
                ),
                await hub.client.post("/api/cameras", json={"name": "x", "url": f"\n{SECRETS['camera']}"}),
                await hub.client.post("/api/cameras", content=b'{"url": "' + SECRETS["camera"].encode()),
            ]
            assert {answer.status_code for answer in answers[-6:]} == {400}
            assert len(answers) > 30
            for answer in answers:
                seen = answer.content + repr(answer.headers).encode()
                for secret in (*SECRETS.values(), hub.key):
                    assert secret.encode() not in seen, answer.request.url
                if answer.status_code >= 400 and answer.request.url.path != "/healthz":
                    assert {"code", "what", "kept", "do"} <= answer.json().keys(), answer.request.url
            assert hub.settings.options.mqtt == before.mqtt

    asyncio.run(scene())


def test_the_bells_address_rings_its_own_camera_and_opens_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        two = HubOptions(camera=(camera(), camera("d" * 26, "Back door")))
        async with serving(tmp_path, two) as hub:
            await recorded(hub)
            key = press_key(hub.key, FIRST)
            assert (await hub.get(f"/api/cameras/{FIRST}/press-address")) == {"path": f"/press/{FIRST}/{key}"}
            for path in (f"/press/{'d' * 26}/{key}", f"/press/{FIRST}/{hub.key}", f"/press/{'x' * 26}/{key}"):
                assert (await hub.stranger.get(path)).status_code == 401
            bell = {"Authorization": f"Bearer {key}"}
            assert (await hub.stranger.get("/api/hub", headers=bell)).status_code == 401
            assert (await hub.stranger.post(f"/press/{'d' * 26}", headers=bell)).status_code == 401
            rung = await hub.stranger.get(f"/press/{FIRST}/{key}")
            assert rung.status_code == 200
            (event,) = (await hub.get("/api/events"))["events"]
            assert (event["id"], event["camera"], event["label"]) == (rung.json()["event"], FIRST, "doorbell")
            assert (await hub.stranger.post(f"/press/{FIRST}", headers=bell)).status_code == 200

    asyncio.run(scene())


def test_the_key_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    key = load_page_key(tmp_path)
    assert load_page_key(tmp_path) == key
    assert len(key) >= 43
    assert (tmp_path / "keys" / "page.key").stat().st_mode & 0o077 == 0
    assert load_page_key(tmp_path / "other") != key


def test_only_the_pages_own_files_are_served(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path) as hub:
            for path in (
                "/../app.py",
                "/%2e%2e/app.py",
                "/assets/%2e%2e/%2e%2e/key.py",
                "/assets/..%2f..%2fkey.py",
                "/a%00.js",
                "/assets/a%00.js",
                "/assets/" + "a" * 4000 + ".js",
                "/assets/x.js",
            ):
                for who in (hub.client, hub.stranger):
                    answer = await who.get(path)
                    assert answer.status_code in {404, 400, 401}, path
                    assert "import" not in answer.text
            assert (await hub.stranger.get("/x.js")).status_code == 401
            assert (await hub.client.get("/x.js")).status_code == 404
            assert (await hub.stranger.get("/")).status_code in {200, 503}  # it may not be built here
            assert "root:" not in (await hub.stranger.get("//etc/passwd")).text

    asyncio.run(scene())


def test_a_body_larger_than_settings_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path) as hub:
            answer = await hub.client.patch(
                "/api/settings", content=b" " * (1 << 20), headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "hub.page.too_large")

    asyncio.run(scene())
