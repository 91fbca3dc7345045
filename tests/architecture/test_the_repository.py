"""Promises about the repository itself."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    "host", ["registry." + "npmjs", "files." + "pythonhosted", "pypi." + "org", "deb." + "debian"]
)
def test_no_file_names_a_registry_host(host: str) -> None:
    found = [str(path) for path in tracked() if host.encode() in path.read_bytes()]
    assert found == []


def test_generated_pages_say_what_the_code_says_now() -> None:
    result = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, check=False, capture_output=True
    )
    assert result.returncode == 0, result.stdout.decode()


def test_every_locked_dependency_has_a_line_in_the_licence_list() -> None:
    listed = (ROOT / "docs/ref/licences.md").read_text().lower()
    pins = (ROOT / "requirements/run.txt").read_text().splitlines()
    names = {
        line.split("==")[0].split("[")[0].lower()
        for line in pins
        if "==" in line and not line.startswith(" ")
    }
    assert {name for name in names if f"`{name}`" not in listed} == set()


def test_what_users_run_and_what_is_tested_is_pinned_alike() -> None:
    run, dev = [
        {
            line.split(" ")[0]: line
            for line in (ROOT / "requirements" / name).read_text().splitlines()
            if "==" in line
        }
        for name in ("run.txt", "dev.txt")
    ]
    assert {name: line for name, line in run.items() if dev.get(name) != line} == {}


def test_only_one_clip_of_footage_is_shipped() -> None:
    """The other clips may not be redistributed."""
    footage = [path.name for path in tracked() if path.suffix in {".mp4", ".avi", ".mkv", ".mov"}]
    assert [name for name in footage if "person-detection" in name] == ["one-by-one-person-detection.mp4"]


def test_every_model_has_a_data_sheet_with_the_public_set_it_was_trained_on() -> None:
    """R06: no model comes from anybody's footage."""
    models = [path for path in tracked() if path.suffix in {".onnx", ".pt", ".tflite", ".safetensors"}]
    shipped = [path for path in models if "tests" not in path.parts and "vectors" not in path.parts]
    assert shipped
    for path in shipped:
        sheet = (path.parent / "README.md").read_text()
        assert path.name in sheet
        assert hashlib.sha256(path.read_bytes()).hexdigest() in sheet, path.name
        about = sheet.partition(path.name)[2].partition("\n## ")[0]
        rows = [line.split("|")[1].strip() for line in about.splitlines() if line.startswith("| ")]
        assert {"trained on", "licence"} <= set(rows), path.name
