"""Take the pictures of the guides: every page of the home, on a phone and a desk, light and dark.

    .venv/bin/python docs/pictures.py

In:     nothing. A demo town is started for it, and stopped after.
Out:    docs/guide/pictures/*.webp, some 60 kB each at most, 8 MB in all.
Holds:  what is in a picture is the demo's: invented people, footage under CC BY 4.0 (docs/ref/credits.md).
Drops:  the pictures of before, of each page that was reached.
Absent: opinions of what a page should look like (web/e2e/looking.ts has what a test can say of it).
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs/guide/pictures"
MOST_BYTES = 8_000_000
PORT = 18_760


def main() -> int:
    """Take all pictures anew; return an exit status."""
    with tempfile.TemporaryDirectory() as folder:
        fanlight = str(Path(sys.executable).with_name("fanlight"))
        made = Path(folder) / "pictures"
        made.mkdir()
        command = [fanlight, "up", "--home", f"{folder}/home", "--port", str(PORT)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as town:
            if town.stdout is None or not (ready := town.stdout.readline()):
                raise SystemExit("The demo town did not start.")
            print(ready, end="", flush=True)
            environment = {
                **os.environ,
                "FANLIGHT_URL": f"http://localhost:{PORT}",
                "FANLIGHT_SPEC": "pages.spec.ts",
                "FANLIGHT_PICTURES": str(made),
                "FANLIGHT_E2E_OUT": f"{folder}/out",
            }
            walk = ["npx", "playwright", "test", "--project", "desk"]
            status = subprocess.run(walk, cwd=ROOT / "web", env=environment, check=False).returncode
            town.send_signal(signal.SIGINT)
        _replace(made)
    return status


def _replace(made: Path) -> None:
    taken = {one.name: one.read_bytes() for one in made.glob("*.webp")}
    if (size := sum(map(len, taken.values()))) > MOST_BYTES:
        raise SystemExit(
            f"The pictures take {size} bytes, and {MOST_BYTES} may be used. Nothing was changed."
        )
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, picture in taken.items():
        (PICTURES / name).write_bytes(picture)
    print(f"{len(taken)} pictures, {size // 1000} kB.")


if __name__ == "__main__":
    sys.exit(main())
