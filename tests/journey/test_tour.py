"""What `fanlight tour` leaves, checked by programs that are not ours."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.journey.walking import ROOT, Toured, fanlight
from tests.proof.gocheck import go_verify

VISITS_S = [(6.5, 19.0), (23.0, 44.5), (51.0, 69.0), (74.5, 86.5)]  # as listed with the footage


def test_every_step_holds(toured: Toured) -> None:
    """R01 R03 R20 R21 R22 R24 R30 R42: camera to public record, on real input."""
    assert toured.result.returncode == 0, toured.result.stdout + toured.result.stderr
    assert all(step["ok"] for step in toured.report["steps"])
    names = [step["name"] for step in toured.report["steps"]]
    assert names.index("ask") < names.index("cosign") < names.index("match") < names.index("share")


def test_each_visit_of_the_clip_is_one_person_event_that_starts_in_time(toured: Toured) -> None:
    """R01: four visits, each noticed at most 1.5 s late."""
    events = toured.report["events"]
    assert [event["label"] for event in events] == ["person"] * len(VISITS_S)
    for event, (arrives, leaves) in zip(events, VISITS_S, strict=True):
        assert arrives - 1.5 <= event["start_s"] <= arrives + 1.5
        assert event["start_s"] < event["end_s"] <= leaves + 3


def test_the_report_names_exactly_the_clips_that_lie_there(toured: Toured) -> None:
    listed = {row["id"]: (row["sha256"], row["bytes"]) for row in toured.report["clips"]}
    found = {
        clip.stem: (hashlib.sha256(clip.read_bytes()).hexdigest(), clip.stat().st_size)
        for clip in toured.clips
    }
    assert found == listed
    assert len(found) == len(VISITS_S)


def test_npm_age_opens_every_clip_and_ffmpeg_decodes_it_without_an_error(
    toured: Toured, tmp_path: Path
) -> None:
    """R02 R03: footage can be recovered with stock tools and no Fanlight."""
    script = ROOT / "tests/journey/open_with_age.mjs"
    for clip in toured.clips:
        plain = tmp_path / f"{clip.stem}.mp4"
        subprocess.run(["node", str(script), str(toured.key), str(clip), str(plain)], check=True)
        decode = ["ffmpeg", "-v", "error", "-xerror", "-i", str(plain), "-f", "null", "-"]
        decoded = subprocess.run(decode, capture_output=True, text=True, check=False)
        assert (decoded.returncode, decoded.stderr) == (0, "")


def test_fanlight_open_gives_the_same_bytes_as_npm_age(toured: Toured, tmp_path: Path) -> None:
    clip = toured.clips[0]
    ours, theirs = tmp_path / "ours.mp4", tmp_path / "theirs.mp4"
    assert fanlight("open", str(clip), "--key", str(toured.key), "--out", str(ours)).returncode == 0
    script = ROOT / "tests/journey/open_with_age.mjs"
    subprocess.run(["node", str(script), str(toured.key), str(clip), str(theirs)], check=True)
    assert ours.read_bytes() == theirs.read_bytes()


def test_go_verifies_the_log_and_consistency(toured: Toured) -> None:
    """R42: a verifier of another make, in another language."""
    result = go_verify(toured.out / "log")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("target", ["log", "evidence"])
def test_fanlight_verify_holds(toured: Toured, target: str) -> None:
    """R30 R42: offline, one line a check."""
    result = fanlight("verify", str(toured.out / "log" if target == "log" else toured.package))
    assert result.returncode == 0, result.stdout


def _victims(log: Path) -> list[Path]:
    tiles = sorted((log / "tile" / "0").rglob("*"))
    entries = sorted((log / "tile" / "entries").rglob("*"))
    return [log / "checkpoint", *[path for path in tiles[-1:] + entries[-1:] if path.is_file()]]


def test_a_flipped_byte_anywhere_in_the_log_fails_in_go_and_here(toured: Toured, tmp_path: Path) -> None:
    """R42: tile, entry or checkpoint."""
    for number, victim in enumerate(_victims(toured.out / "log")):
        copy = tmp_path / str(number)
        shutil.copytree(toured.out / "log", copy)
        path = copy / victim.relative_to(toured.out / "log")
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        assert go_verify(copy).returncode != 0, path
        assert fanlight("verify", str(copy)).returncode == 1, path


def test_a_flipped_byte_in_the_evidence_package_fails(toured: Toured, tmp_path: Path) -> None:
    """R30."""
    package = tmp_path / "changed.zip"
    data = bytearray(toured.package.read_bytes())
    data[len(data) // 2] ^= 1
    package.write_bytes(data)
    assert fanlight("verify", str(package)).returncode == 1


def test_nothing_but_what_is_promised_lies_in_the_folder(toured: Toured) -> None:
    assert {path.name for path in toured.out.iterdir()} == {"report.json", "clips", "keys", "evidence", "log"}
    assert {"checkpoint", "checkpoint.old", "vkey", "witness.vkeys", "tile"} == {
        path.name for path in (toured.out / "log").iterdir()
    }
