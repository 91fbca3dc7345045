"""Take the pictures of the guide: every page that people use, on a phone and a desk, light and dark.

    .venv/bin/python docs/pictures.py [--axe] [-g PART OF A TEST'S NAME]

With --axe no picture is taken: each page is looked at by axe instead, on both screens, in both themes.

In:     web/e2e/pictured.json: what each picture shows. A demo town is started for it, and stopped after.
Out:    docs/guide/pictures/*.webp, some 60 kB each at most, 14 MB in all; docs/guide/pages.md with all.
Holds:  what is in a picture is the demo's: invented people, footage under CC BY 4.0 (docs/ref/credits.md).
Drops:  the pictures of before, of each page that was reached; those that pictured.json names no more.
Absent: opinions of what a page should look like (web/e2e/looking.ts has what a test can say of it).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide"
PICTURES = GUIDE / "pictures"
MOST_BYTES = 14_500_000
PORT = 18_760
SETTINGS = ("phone-light", "phone-dark", "desk-light", "desk-dark")
INTRODUCTION = """\
# Every page

On a phone and a desk, light and dark. The pictures are of the demo town: nobody in them is real but
those whom Intel filmed for [its samples](../ref/credits.md). `docs/pictures.py` takes them, and makes this.
"""


def main() -> int:
    """Take all pictures anew, or let axe look; return an exit status."""
    axe = "--axe" in sys.argv
    more = [word for word in sys.argv[1:] if word != "--axe"]
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
                "FANLIGHT_SPEC": "pages*.spec.ts",
                **({} if axe else {"FANLIGHT_PICTURES": str(made)}),
                "FANLIGHT_E2E_OUT": f"{folder}/out",
            }
            walk = ["npx", "playwright", "test", "--project=desk", *more]
            status = subprocess.run(walk, cwd=ROOT / "web", env=environment, check=False).returncode
            town.send_signal(signal.SIGINT)
        if not axe:
            _replace(made)
    return status


def _replace(made: Path) -> None:
    taken = {one.name: one.read_bytes() for one in made.glob("*.webp")}
    sections = json.loads((ROOT / "web/e2e/pictured.json").read_text())
    wanted = {
        f"{one['name']}-{how}.webp" for part in sections for one in part["pictures"] for how in SETTINGS
    }
    here = {one.name: one.stat().st_size for one in PICTURES.glob("*.webp") if one.name in wanted}
    if (size := sum({**here, **{name: len(body) for name, body in taken.items()}}.values())) > MOST_BYTES:
        raise SystemExit(
            f"The pictures take {size} bytes, and {MOST_BYTES} may be used. Nothing was changed."
        )
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        if old.name not in wanted:
            old.unlink()
    for name, picture in taken.items():
        (PICTURES / name).write_bytes(picture)
    (GUIDE / "pages.md").write_text(INTRODUCTION + "".join(map(_section, sections)))
    print(f"{len(taken)} pictures taken; all of them are {size // 1000} kB.")


def _section(part: dict[str, Any]) -> str:
    lines = [
        f"\n## {part['section']}\n",
        "| | phone, light | phone, dark | desk, light | desk, dark |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in part["pictures"]:
        shown = " | ".join(
            f"![{one['shows']}, {how.replace('-', ', ')}](pictures/{one['name']}-{how}.webp)"
            for how in SETTINGS
        )
        lines.append(f"| {one['shows']} | {shown} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
