"""Install what `make` needs, show progress, skip what is done.

Runs on the system's own python3 with nothing installed, so it imports the standard library only.

    python3 deploy/setup.py run          Python packages, the `fanlight` command, the web pages
    python3 deploy/setup.py run dev      and the linters and test tools
    python3 deploy/setup.py run dev test and Debian's Chromium, FFmpeg, Go for the independent checks
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
WEB = ROOT / "web"
STATIC = (  # what the web build writes: the server's pages, the hub's own, evidence packages'
    ROOT / "src" / "fanlight" / "server" / "static",
    ROOT / "src" / "fanlight" / "hub" / "page" / "static",
    ROOT / "src" / "fanlight" / "custody" / "viewer",
)
OLDEST_PYTHON = (3, 11)
BUILT_INTO_PAGES = (  # package data that the pages read at build time
    "src/fanlight/custody/print.html",
    "src/fanlight/custody/readme.txt",
    "src/fanlight/model/data/nibrs.csv",
    "src/fanlight/policy/data/pressing-words.json",
    "src/fanlight/policy/data/record-words.json",
)
DEBIAN = {  # program or folder that shows it is there -> Debian package
    "chromium": "chromium",
    "ffmpeg": "ffmpeg",
    "openssl": "openssl",
    "go": "golang-go",
    "ip": "iproute2",
    "/usr/sbin/mosquitto": "mosquitto",
    "pdftoppm": "poppler-utils",  # a printed recovery sheet, as a scanner has it
    "/usr/share/gocode/src/golang.org/x/mod/sumdb": "golang-golang-x-mod-dev",
    # GStreamer: cameras and clients of another make, run by Debian's own Python.
    "gst-launch-1.0": "gstreamer1.0-tools",
    "/usr/lib/python3/dist-packages/gi": "python3-gi",
    "/usr/share/doc/gir1.2-gst-rtsp-server-1.0": "gir1.2-gst-rtsp-server-1.0",
    "/usr/share/doc/gstreamer1.0-plugins-good": "gstreamer1.0-plugins-good",
    "/usr/share/doc/gstreamer1.0-plugins-bad": "gstreamer1.0-plugins-bad",
}


class SetupFailed(Exception):
    """One step did not work; the message holds the last lines that it printed."""


def main(kinds: list[str]) -> int:
    """Bring this checkout to the state that the kinds ask for; return an exit status."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"Fanlight needs Python 3.11 or later; this is {found}. Set PYTHON=python3.11 or newer.")
        return 1
    if shutil.which("npm") is None:
        print("Fanlight needs node and npm to build its pages; install them (Debian: nodejs, npm).")
        return 1
    try:
        with _one_at_a_time():
            _run_all(kinds)
    except SetupFailed as failure:
        print(
            f"\nSet-up stopped. {failure}\nNothing outside this folder was changed; mend it and run it again."
        )
        return 1
    return 0


def _run_all(kinds: list[str]) -> None:
    python = threading.Thread(target=_guarded, args=(lambda: _python("dev" in kinds),))
    failures.clear()
    python.start()
    _guarded(_web)
    if "test" in kinds:
        _guarded(_debian)
    python.join()
    if "test" in kinds and not failures:
        _guarded(_peers)
    if failures:
        raise failures[0]


failures: list[SetupFailed] = []


def _guarded(step: Callable[[], None]) -> None:
    try:
        step()
    except SetupFailed as failure:
        failures.append(failure)


def _python(dev: bool) -> None:  # noqa: FBT001 - one caller, one meaning
    wanted = ROOT / "requirements" / ("dev.txt" if dev else "run.txt")
    done = [ROOT / "requirements" / "dev.txt", wanted]
    if any(_is_done("python", [path, ROOT / "pyproject.toml"], VENV) for path in done):
        return
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if not (TOOLS / "bin" / "uv").exists():
        _step(
            "the installer (uv)",
            [
                *pip,
                "--require-hashes",
                "--target",
                str(TOOLS),
                "-r",
                str(ROOT / "requirements" / "tools.txt"),
            ],
        )
    uv = str(TOOLS / "bin" / "uv")
    if not (VENV / "bin" / "python").exists():
        _step("a Python environment", [uv, "venv", "-q", "--python", sys.executable, str(VENV)])
    # The machine's own certificates, as pip uses them: a network that inspects TLS has its own root.
    install = [uv, "pip", "install", "-q", "--compile-bytecode", "--system-certs"]
    install += ["--python", str(VENV / "bin" / "python")]
    _step(f"Python packages ({wanted.stem})", [*install, "--require-hashes", "-r", str(wanted)])
    _step("the fanlight command", [*install, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    _mark_done("python", [wanted, ROOT / "pyproject.toml"], VENV)


def _peers() -> None:
    """Install programs of others that judge ours, in an environment of their own."""
    wanted, home = ROOT / "requirements" / "peers.txt", TOOLS / "peers"
    if _is_done("peers", [wanted], home):
        return
    uv = str(TOOLS / "bin" / "uv")
    if not (home / "bin" / "python").exists():
        _step("an environment for peers", [uv, "venv", "-q", "--python", sys.executable, str(home)])
    install = [uv, "pip", "install", "-q", "--system-certs", "--python", str(home / "bin" / "python")]
    _step(
        "peers (an ONVIF camera and client, a detector, WebRTC, CASE)",
        [*install, "--no-deps", "--require-hashes", "-r", str(wanted)],
    )
    _mark_done("peers", [wanted], home)


def _web() -> None:
    lock = [WEB / "package.json", WEB / "package-lock.json"]
    modules = WEB / "node_modules"
    if not _is_done("npm", lock, modules):
        _step("web packages", ["npm", "ci", "--silent", "--no-audit", "--no-fund"], WEB)
        _mark_done("npm", lock, modules)
    sources = [*lock, *_web_sources()]
    if not all(_is_done("web", sources, folder) for folder in STATIC):
        _step("the web pages", ["npm", "run", "--silent", "build"], WEB)
        for folder in STATIC:
            _mark_done("web", sources, folder)


def _web_sources() -> list[Path]:
    skip = {"node_modules", "dist", "e2e", "test-results", "playwright-report"}
    files: list[Path] = []
    for folder, names, leaves in os.walk(WEB):
        names[:] = sorted(name for name in names if name not in skip)
        files += [Path(folder) / leaf for leaf in sorted(leaves) if not leaf.endswith(".test.ts")]
    return files + [ROOT / name for name in BUILT_INTO_PAGES]


def _debian() -> None:
    missing = [
        package
        for sign, package in DEBIAN.items()
        if not (Path(sign).exists() if sign.startswith("/") else shutil.which(sign))
    ]
    if not missing:
        return
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    why = f"Install by hand: apt-get install {' '.join(missing)}"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _step("Debian's package list", [*root, "apt-get", "update", "-qq"], env=env, on_failure=why)
    install = [*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    _step(f"Debian packages: {', '.join(missing)}", install, env=env, on_failure=why)


def _step(
    name: str,
    command: list[str],
    cwd: Path = ROOT,
    *,
    env: dict[str, str] | None = None,
    on_failure: str = "",
) -> None:
    print(f"  installing {name} ...", flush=True)
    started = time.monotonic()
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        tail = "\n    ".join((result.stdout + result.stderr).strip().splitlines()[-12:])
        raise SetupFailed(f"Installing {name} failed. {on_failure}\n    {tail}")
    print(f"  done: {name} ({time.monotonic() - started:.1f} s)", flush=True)


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _is_done(name: str, paths: list[Path], folder: Path) -> bool:
    stamp = folder / f".done-{name}"
    return stamp.exists() and stamp.read_text() == _digest(paths)


def _mark_done(name: str, paths: list[Path], folder: Path) -> None:
    (folder / f".done-{name}").write_text(_digest(paths))


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    import fcntl  # noqa: PLC0415 - absent on Windows, where the message above is reached first

    with (ROOT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or ["run"]))
