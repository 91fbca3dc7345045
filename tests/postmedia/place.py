"""The place of posts' pictures as it runs: a process, asked over a socket, as browser and town do."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psutil

from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.wire import b64
from fanlight.wire.media import HEADER, Act, Kind, Receipt, Ticket, public_half, read_receipt, write_ticket

TOWN = bytes(range(32))
ORIGIN = "http://localhost:8420"


def ticket(act: Act, media: str, kind: Kind = "photo", until: datetime | None = None) -> dict[str, str]:
    """Return the header that the town lets somebody send."""
    until = until or clock.now() + timedelta(minutes=5)
    return {HEADER: write_ticket(TOWN, Ticket(act=act, media=media, kind=kind, until=until))}


@dataclass
class Place:
    """A running place."""

    home: Path
    url: str
    key: bytes
    process: subprocess.Popen[str]
    http: httpx.Client

    def send(self, body: bytes, kind: Kind = "photo", media: str | None = None) -> httpx.Response:
        media = media or new_id()
        return self.http.put(f"/v1/media/{media}", content=body, headers=ticket("put", media, kind))

    def made(self, body: bytes, kind: Kind = "photo") -> tuple[Receipt, bytes]:
        """Send a file that is taken; return its receipt and what is given out."""
        answer = self.send(body, kind)
        assert answer.status_code == 201, answer.text
        receipt = read_receipt(self.key, answer.json()["receipt"])
        return receipt, self.see(receipt.media)

    def see(self, media: str, name: str = "") -> bytes:
        answer = self.http.get(f"/v1/media/{media}{name}", headers=ticket("see", media))
        assert answer.status_code == 200, answer.text
        return answer.content

    def tell(self, act: Act, media: str) -> int:
        return self.http.post(f"/v1/media/{media}/{act}", headers=ticket(act, media)).status_code

    def refused(self, body: bytes, kind: Kind = "photo") -> str:
        """Send a file that is not taken; return the code, after a look that nothing is left of it."""
        answer = self.send(body, kind)
        assert answer.status_code in {400, 413}, answer.text
        assert {"code", "what", "kept", "do"} == set(answer.json())
        assert not list((self.home / "work").iterdir())
        return str(answer.json()["code"])

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextlib.contextmanager
def running(home: Path, town: bytes | None = None, origin: str = ORIGIN) -> Iterator[Place]:
    """Run a place until the end of the block, for a town of this public key whose pages are at `origin`."""
    command = [sys.executable, "-m", "fanlight.postmedia", "--home", str(home), "--origin", origin]
    command += ["--tickets", b64.encode(town or public_half(TOWN))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        word, ready, port, key = process.stdout.readline().split()
        assert (word, ready) == ("postmedia", "ready")
        url = f"http://127.0.0.1:{port}"
        try:
            with httpx.Client(base_url=url, trust_env=False, timeout=120) as client:
                yield Place(home, url, b64.decode(key), process, client)
        finally:
            process.terminate()
