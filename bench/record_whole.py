"""Checking a record of a million entries: `fanlight verify`'s own code, Debian's Go, a browser's worker.

Each reads all entries and tiles of one log: from a folder, or over HTTP on the loopback. Go checks the notes
as well, proves each entry and the growth since the earlier checkpoint; a thousand entries and growths it
proves once more from tiles alone, as its client does. The browser is Chromium and runs the worker that the
public pages start; nobody drives it, since what drives a browser is told of each of eight thousand files.
`record_whole.py go` is Go alone, `browser` Chromium alone.
"""

import http.server
import json
import os
import queue
import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import State
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import Witness, cosign, format_witnesses
from fanlight.proof.merkle import TreeHead
from fanlight.proof.note import COSIGNATURE, ED25519, SignerKey
from fanlight.proof.openings import make_leaf
from fanlight.proof.tiles import TileTree
from fanlight.server.pages import STATIC
from machine import ROOT, Figure, scratch, tell

Told = queue.SimpleQueue[dict[str, Any]]

RUNS = 5
SIZE = 1_000_000
EARLIER = 600_000
TIMEOUT_S = 900.0
KEY = SignerKey("bench.fanlight.example/log", ED25519, secrets.token_bytes(32))
WITNESSES = [SignerKey(f"w{n}.example", COSIGNATURE, secrets.token_bytes(32)) for n in range(3)]
GO = ROOT / "tests" / "proof" / "go" / "main.go"

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PAGE = """
const began = performance.now();
const tell = (found) => {
  const seconds = (performance.now() - began) / 1000;
  fetch("/told", { method: "POST", body: JSON.stringify({ seconds, found }) });
};
const worker = new Worker("/static/oversight/whole.worker.js", { type: "module" });
worker.onerror = (event) => tell({ kind: "fails", what: event.message });
worker.onmessage = ({ data }) => data.kind === "done" && tell(data.found);
worker.postMessage({ base: new URL("/log/", location.href).href, vkey: null });
"""

FIGURES = [
    Figure(
        key="verify", what="checking a million entries, fanlight verify", unit="s", at_most=20,
        how=f"every entry, every tile and the root, from a folder; median of {RUNS}",
    ),
    Figure(
        key="go", what="checking a million entries, Go's x/mod/sumdb", unit="s",
        how="every entry, tile and signature; 1,000 entries and growths from tiles alone; a folder, once",
    ),
    Figure(
        key="browser", what="checking a million entries, browser's worker", unit="s", at_most=60,
        how="Chromium, over HTTP on the loopback; once, the page loaded anew",
    ),
]  # fmt: skip
ASKED = set(sys.argv[1:]) & {figure.key for figure in FIGURES} or {figure.key for figure in FIGURES}


def write(folder: Path) -> None:
    """Write a log of a million entries, without syncing it."""
    tree = TileTree()
    pub = {"agency": "CA0389900", "day": "2026-11-22"}
    made = [make_leaf("case", pub, {"act": "view", "detail": number})[0] for number in range(1_000)]
    for _ in range(SIZE // len(made)):
        files = dict(tree.append(made).files)
        if tree.size == EARLIER:
            files["checkpoint.old"] = signed(tree.head)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    (folder / "checkpoint").write_bytes(signed(tree.head))
    (folder / "vkey").write_text(f"{KEY.verifier.vkey}\n")
    (folder / "witness.vkeys").write_text(format_witnesses([Witness(w.verifier, "bench") for w in WITNESSES]))


def signed(head: TreeHead) -> bytes:
    """Return a checkpoint that the log and its witnesses signed."""
    note = sign_checkpoint(head, KEY).decode()
    text = note.partition("\n\n")[0] + "\n"
    return (note + "".join(cosign(text, witness, int(time.time())) for witness in WITNESSES)).encode()


def in_python(folder: Path) -> float:
    """Check it with our own code; return seconds."""
    started = time.perf_counter()
    found = {check.name: check.state for check in verify_log_target(str(folder))}
    took = time.perf_counter() - started
    if set(found.values()) != {State.HOLDS}:
        raise SystemExit(f"It does not hold: {found}")
    return took


def in_go(folder: Path, program: Path) -> float:
    """Check it with Go; return seconds."""
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(program), str(GO)], env=environment, check=True)
    started = time.perf_counter()
    ended = subprocess.run([str(program), str(folder)], capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if ended.returncode:
        raise SystemExit(ended.stderr)
    print(f"  Go: {ended.stdout.strip()}")
    return took


class _Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes, of which the second would wait
    told: ClassVar[Told]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take what the page found."""
        self.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(http.HTTPStatus.NO_CONTENT)
        self.end_headers()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Told]]:
    """Serve a folder on the loopback; give the address, and what is posted to it."""

    class Files(_Files):
        told: ClassVar[Told] = queue.SimpleQueue()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", Files.told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_browser(folder: Path) -> float:
    """Check it in a worker; return seconds."""
    (folder / "index.html").write_text(
        "<!doctype html><title>record</title><script type=module src=page.js></script>"
    )
    (folder / "page.js").write_text(PAGE)
    (folder / "static").symlink_to(STATIC)
    program = os.environ.get("FANLIGHT_CHROMIUM", "/usr/bin/chromium")
    with serving(folder) as (url, told):
        command = [program, *FLAGS, f"--user-data-dir={folder / 'chromium'}", f"{url}/index.html"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                answer = told.get(timeout=TIMEOUT_S)
            finally:
                process.terminate()
    if answer["found"].get("size") != SIZE or answer["found"]["kind"] != "whole":
        raise SystemExit(f"It does not hold: {answer}")
    return float(answer["seconds"])


def measure() -> dict[str, float]:
    """Return seconds."""
    with scratch() as folder:
        write(folder / "log")
        found = {}
        if "verify" in ASKED:
            found["verify"] = statistics.median(in_python(folder / "log") for _ in range(RUNS))
        if "go" in ASKED:
            found["go"] = in_go(folder / "log", folder / "check")
        if "browser" in ASKED:
            found["browser"] = in_browser(folder)
    return found


if __name__ == "__main__":
    tell([figure for figure in FIGURES if figure.key in ASKED], measure)
