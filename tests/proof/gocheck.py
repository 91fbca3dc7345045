"""Check a log with Debian's Go and golang.org/x/mod/sumdb: code that shares nothing with ours."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_PROGRAM = Path(__file__).parent / "go" / "main.go"
_DEBIANS_SOURCES = "/usr/share/gocode"  # of the package golang-golang-x-mod-dev


@functools.cache
def _built() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fanlight-go-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    env = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": _DEBIANS_SOURCES,
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    subprocess.run(["go", "build", "-o", str(folder / "check"), str(_PROGRAM)], env=env, check=True)
    return folder / "check"


def go_verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Return what the Go program says of a log folder: exit status 0 if all holds, 1 if not."""
    return subprocess.run([str(_built()), str(folder)], capture_output=True, text=True, check=False)
