"""Our ONVIF client asks a camera of another make; a client of another make asks our simulator.

ipycam takes multicast and every interface, so it and our client run in a network of their own, which
`unshare` makes: as root, or as anybody where the system lets people have user namespaces.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hub.onvif_device import OnvifDevice

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".tools" / "peers" / "bin" / "python"
INSTALL = "Run `python3 deploy/setup.py run dev test`: it installs what these tests need."
CLIP = ROOT / "src/fanlight/hub/data/one-by-one-person-detection.mp4"
CAMERA = {
    "name": "Porch", "manufacturer": "PythonCam", "model": "VirtualCam-1", "local_ip": "127.0.0.1",
    "username": "admin", "password": "p@ss:w/rd", "hw_accel": "cpu",
    "main_width": 320, "main_height": 240, "main_fps": 5, "main_bitrate": "200K",
    "sub_width": 160, "sub_height": 120, "sub_fps": 5, "sub_bitrate": "100K",
}  # fmt: skip
ASK = """
import asyncio, json, sys
from dataclasses import asdict
from fanlight.hub import onvif

async def main():
    found = []
    while not found:  # it takes seconds to start
        found = await onvif.discover(0.5)
    told = {"found": [asdict(one) for one in found]}
    async with onvif.Device(found[0].xaddr, "admin", "p@ss:w/rd") as device:
        told["offset_s"] = await device.clock_offset()
        told["info"] = asdict(await device.info())
        told["streams"] = [asdict(one) for one in await device.streams()]
        try:
            await device.masks()
        except onvif.OnvifFault:
            told["masks"] = False
    async with onvif.Device(found[0].xaddr, "admin", "wrong") as device:
        try:
            await device.info()
        except onvif.OnvifError as error:
            told["wrong"] = error.code
    print(json.dumps(told))

asyncio.run(main())
"""
IN_A_NETWORK_OF_ITS_OWN = """
set -e
ip link set lo up
ip link set lo multicast on
ip route add 224.0.0.0/4 dev lo
"$1" -m ipycam --config "$2" --source "$3" --log-level WARNING >"$2.log" 2>&1 &
camera=$!
trap 'kill $camera; wait $camera || true' EXIT
timeout 60 "$4" -c "$5"
"""
FOREIGN_CLIENT = """
import asyncio, datetime, json, os, sys
import onvif
from onvif import ONVIFCamera

async def main():
    port, told = int(sys.argv[1]), {}
    schemas = os.path.join(os.path.dirname(onvif.__file__), "wsdl")
    camera = ONVIFCamera("127.0.0.1", port, "admin", "9999", schemas)
    await camera.update_xaddrs()
    device = await camera.create_devicemgmt_service()
    told["model"] = (await device.GetDeviceInformation()).Model
    told["year"] = (await device.GetSystemDateAndTime()).UTCDateTime.Date.Year
    media = await camera.create_media_service()
    profile = (await media.GetProfiles())[0]
    told["profile"] = profile.token
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    told["uri"] = (await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})).Uri
    manager = await camera.create_pullpoint_manager(datetime.timedelta(seconds=60), lambda: None)
    service = manager.get_service()
    topics = []
    print("listening", flush=True)
    while len(topics) < 2:
        answer = await service.PullMessages({"MessageLimit": 10, "Timeout": datetime.timedelta(seconds=10)})
        for message in answer.NotificationMessage:
            inside = message.Message._value_1
            topics.append([message.Topic._value_1, inside.PropertyOperation, inside.Data.SimpleItem[0].Value])
    told["topics"] = topics
    await manager.shutdown()
    await camera.close()
    print(json.dumps(told))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def unshare() -> list[str]:
    """Return what runs a command in a network of its own."""
    assert PEERS.exists(), INSTALL
    tried = []
    for way in (["unshare", "-n"], ["unshare", "-rn"]):
        result = subprocess.run(
            [*way, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False
        )
        if result.returncode == 0:
            return way
        tried.append(f"{' '.join(way)}: {result.stderr.strip()}")
    message = "This test needs a network of its own, as root or with user namespaces. Tried " + "; ".join(
        tried
    )
    raise AssertionError(message)


def test_a_camera_of_another_make_is_found_and_asked(tmp_path: Path, unshare: list[str]) -> None:
    """R02, R12. ipycam: discovery by multicast, UsernameToken, services, streams; it has no masks."""
    config = tmp_path / "camera.json"
    config.write_text(json.dumps(CAMERA))
    command = [
        "bash",
        "-c",
        IN_A_NETWORK_OF_ITS_OWN,
        "x",
        str(PEERS),
        str(config),
        str(CLIP),
        sys.executable,
        ASK,
    ]
    result = subprocess.run([*unshare, *command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    xaddr = "http://127.0.0.1:8080/onvif/device_service"
    assert told["found"] == [{"name": "Porch", "host": "127.0.0.1", "xaddr": xaddr, "model": ""}]
    assert abs(told["offset_s"]) < 2
    assert (told["info"]["maker"], told["info"]["model"]) == ("PythonCam", "VirtualCam-1")
    main, sub = told["streams"]
    assert main["url"] == "rtsp://admin:p%40ss%3Aw%2Frd@127.0.0.1:8554/video_main"
    assert (main["role"], main["codec"], main["width"], main["height"]) == ("main", "h264", 320, 240)
    assert (sub["role"], sub["width"]) == ("sub", 160)
    assert told["masks"] is False
    assert told["wrong"] == "onvif.refused"


def test_a_client_of_another_make_understands_our_simulator(tmp_path: Path) -> None:
    """onvif-zeep-async reads every answer by the standard's schemas: what our tests talk to is ONVIF."""
    assert PEERS.exists(), INSTALL

    async def run() -> bytes:
        async with OnvifDevice(user="admin", password="9999", login="token", told_host="127.0.0.1") as device:
            device.told_port = device.port
            client = await asyncio.create_subprocess_exec(
                PEERS,
                "-W",
                "ignore",
                "-c",
                FOREIGN_CLIENT,
                str(device.port),
                stdout=-1,
                stderr=-1,
                cwd=tmp_path,
            )
            assert client.stdout is not None
            first = await client.stdout.readline()
            device.report()
            out, trouble = await client.communicate()
            assert (first, client.returncode) == (b"listening\n", 0), trouble.decode()
            assert "Unsubscribe" in device.asked
            return out

    told = json.loads(asyncio.run(run()))
    visitor = "tns1:RuleEngine/MyRuleDetector/Visitor"
    assert told["topics"] == [[visitor, "Initialized", "true"], [visitor, "Changed", "true"]]
    assert (told["model"], told["profile"]) == ("Mockup Model", "main")
    assert told["uri"] == "rtsp://192.168.68.111/h264main"
