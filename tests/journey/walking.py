"""Run `fanlight` as its users do, as a command."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
FANLIGHT = str(Path(sys.executable).with_name("fanlight"))
DEMO_CLIP = ROOT / "src/fanlight/hub/data/one-by-one-person-detection.mp4"


def fanlight(*arguments: str, timeout_s: float = 280) -> subprocess.CompletedProcess[str]:
    command = [FANLIGHT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)


@dataclass
class Toured:
    out: Path
    result: subprocess.CompletedProcess[str]

    @cached_property
    def report(self) -> dict[str, Any]:
        return dict(json.loads((self.out / "report.json").read_text()))

    @property
    def clips(self) -> list[Path]:
        return sorted((self.out / "clips").glob("*.age"))

    @property
    def key(self) -> Path:
        (found,) = (self.out / "keys").glob("epoch-*.txt")
        return found

    @property
    def package(self) -> Path:
        (found,) = (self.out / "evidence").glob("*.zip")
        return found


def walk(camera: str, out: Path, *more: str) -> Toured:
    return Toured(out, fanlight("tour", "--camera", camera, "--out", str(out), *more))
