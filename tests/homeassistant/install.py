# ruff: noqa: T201 - a script that says what it does
"""Install a real Home Assistant into .tools/homeassistant, once, and say what is done.

    python tests/homeassistant/install.py

It takes about four minutes and nothing outside that folder. 2024.3.3 is the newest release that runs on
Python 3.11; the second and third lists are what its own set-up would fetch at its first start, so that it
can be started with `--skip-pip` and no network.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".tools" / "homeassistant"
HASS = FOLDER / "bin" / "hass"
UV = ROOT / ".tools" / "bin" / "uv"
NEWEST = "2026-11-14"  # nothing later is taken, so that a poisoned release has had time to be found
STEPS: tuple[tuple[str, list[str]], ...] = (
    ("Home Assistant", ["homeassistant==2024.3.3"]),
    ("what MQTT needs", ["josepy<2", "paho-mqtt==1.6.1", "numpy==1.26.0", "securetar==2024.2.0"]),
    (
        "what its web server needs",
        ["--no-deps", "Pillow==10.2.0", "PyTurboJPEG==1.7.1", "SQLAlchemy==2.0.27",
         "aiohttp-fast-url-dispatcher==0.3.0", "aiohttp-zlib-ng==0.3.1", "aiohttp_cors==0.7.0",
         "fnv-hash-fast==0.5.0", "fnvhash", "greenlet", "ifaddr==0.2.0", "janus==1.0.0", "psutil",
         "psutil-home-assistant==0.0.1", "home-assistant-frontend==20240307.0"],
    ),
)  # fmt: skip


def main() -> int:
    """Install what is missing; return an exit status."""
    done = FOLDER / ".done"
    wanted = repr(STEPS)
    if done.exists() and done.read_text() == wanted:
        return 0
    print(f"Installing Home Assistant into {FOLDER.relative_to(ROOT)}: about four minutes.", flush=True)
    python = FOLDER / "bin" / "python"
    steps = [
        (
            "a Python environment",
            [str(UV), "venv", "-q", "--clear", "--seed", "--python", "3.11", str(FOLDER)],
        )
    ]
    install = [str(UV), "pip", "install", "-q", "--system-certs", "--exclude-newer", NEWEST]
    steps += [(name, [*install, "--python", str(python), *packages]) for name, packages in STEPS]
    for name, command in steps:
        started = time.monotonic()
        print(f"  installing {name} ...", flush=True)
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            print(f"That failed; nothing outside this folder was changed.\n{result.stderr[-3000:]}")
            return 1
        print(f"  done: {name} ({time.monotonic() - started:.0f} s)", flush=True)
    done.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
