"""Find cameras on the local network: WS-Discovery, one question on each interface.

In:     nothing but time.
Out:    the devices that answered, one a place.
Holds:  nothing is asked but what kind of device is there; an answer that cannot be read is passed over.
Absent: devices in other networks, and answers by multicast (Hello): we ask when a person adds a camera.
Why:    docs/adr/0009-own-onvif-client.md
Source: WS-Discovery 2005/04; ONVIF Core, 7.
"""

import asyncio
import contextlib
import socket
import uuid

from fanlight.hub.onvif.errors import OnvifError
from fanlight.hub.onvif.messages import Found, parse_probe
from fanlight.hub.onvif.tree import MAX_BYTES

GROUP = ("239.255.255.250", 3702)
_HOPS = 1
_MAX_FOUND = 256
_TIMES = 3  # UDP loses; the standard repeats as well
_APART_S = 0.4


def probe(message_id: str, kind: str) -> bytes:
    """Return the question for devices of a kind, a qualified name such as `dn:NetworkVideoTransmitter`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
        'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
        'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>'
        f"<w:MessageID>urn:uuid:{message_id}</w:MessageID>"
        '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
        '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action>'
        f"</e:Header><e:Body><d:Probe><d:Types>{kind}</d:Types></d:Probe></e:Body></e:Envelope>"
    ).encode()


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, found: dict[str, Found]) -> None:
        self._found = found

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) > MAX_BYTES or len(self._found) >= _MAX_FOUND:
            return
        with contextlib.suppress(OnvifError):
            for device in parse_probe(data, addr[0]):
                self._found.setdefault(device.xaddr, device)

    def error_received(self, exc: Exception) -> None:
        """Nothing: an interface without a way out is no trouble of the others."""


def _addresses() -> list[str]:
    """Return this machine's own IPv4 addresses, one an interface and address."""
    import psutil  # noqa: PLC0415 - only while a camera is being added

    return [
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == socket.AF_INET
    ]


async def discover(timeout_s: float = 4.0) -> list[Found]:
    """Ask the local network and return who answered in time, by name; empty if nobody did."""
    found: dict[str, Found] = {}
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as open_ones:
        ways = []
        for address in await asyncio.to_thread(_addresses):
            ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                ear.setblocking(False)  # noqa: FBT003 - the socket's own interface
                ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
                ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS)
                ear.bind((address, 0))
                way, _ = await loop.create_datagram_endpoint(lambda: _Ear(found), sock=ear)
            except OSError:
                ear.close()
                continue
            open_ones.callback(way.close)
            ways.append(way)
        questions = [
            probe(str(uuid.uuid4()), kind) for kind in ("dn:NetworkVideoTransmitter", "tds:Device")
        ]  # apart: some devices answer only to the one type that they are
        end = loop.time() + timeout_s
        for _ in range(_TIMES):
            for way in ways:
                for question in questions:
                    with contextlib.suppress(OSError):
                        way.sendto(question, GROUP)
            await asyncio.sleep(max(min(_APART_S, end - loop.time()), 0))
        await asyncio.sleep(max(end - loop.time(), 0))
    return sorted(found.values(), key=lambda device: (device.name, device.xaddr))
