"""The command itself: help for every verb, and every error as three sentences without a traceback."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner, Result
from tests.hub.limits import full_disk

from fanlight import __version__
from fanlight.cli.main import main

FANLIGHT = str(Path(sys.executable).with_name("fanlight"))


def fanlight(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def verbs(group: Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found += verbs(command, (*before, name)) if isinstance(command, Group) else [(*before, name)]
    return found


def test_the_command_is_installed_and_lists_its_verbs() -> None:
    done = subprocess.run([FANLIGHT, "--help"], check=True, capture_output=True, text=True)
    for verb in ("up", "tour", "open", "verify", "hub"):
        assert re.search(rf"^  {verb} +\w", done.stdout, re.MULTILINE)
    assert done.stderr == ""


@pytest.mark.parametrize("verb", verbs(main), ids=" ".join)
def test_every_verb_explains_itself(verb: tuple[str, ...]) -> None:
    for flag in ("-h", "--help"):
        result = fanlight(*verb, flag)
        assert result.exit_code == 0
        assert result.output.startswith("Usage: ")
        assert len(result.output.splitlines()[2].strip()) > 20


def test_it_says_its_version() -> None:
    assert fanlight("--version").output == f"fanlight, version {__version__}\n"


@pytest.mark.parametrize(
    "words", [["fly"], ["up", "--port", "70000"], ["open"], ["hub", "pair"]], ids=" ".join
)
def test_a_wrong_use_ends_with_2_and_says_how(words: list[str]) -> None:
    result = fanlight(*words)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def said(result: Result) -> str:
    """Return what an error said, after checking its form: what, Kept, To do with a stable code."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    form = re.compile(r"\A[A-Za-z].+\.\n  Kept: .+\.\n  To do: .+  \([a-z_]+\.[a-z_]+\)\n\Z", re.DOTALL)
    assert form.match(result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


PAIR = ("hub", "pair", "town", "--camera", "rtsp://door:secret@host/x", "--place=1,2", "--home")


def test_every_error_is_three_sentences(tmp_path: Path) -> None:
    taken, old, key, clip = (tmp_path / name for name in ("taken", "old", "key.txt", "clip.age"))
    taken.write_text("mine")
    old.mkdir()
    (old / "version").write_text("0")
    key.write_text("no key")
    clip.write_text("no clip")
    out = tmp_path / "out.mp4"
    assert "stands where" in said(fanlight("up", "--home", taken))
    assert "another Fanlight" in said(fanlight("up", "--home", old))
    assert "another Fanlight" in said(fanlight("hub", "run", "--home", old))
    assert "no address of a town's server" in said(fanlight(*PAIR, tmp_path / "new"))
    (tmp_path / "new" / "hub" / "hub.toml").write_text("[page]\nport = 0\n")
    assert "`page.port`" in said(fanlight("hub", "run", "--home", tmp_path / "new"))
    assert "secret" not in said(fanlight(*PAIR, taken))
    assert "no age identity" in said(fanlight("open", clip, "--key", key, "--out", out))
    assert "cannot be used" in said(fanlight("open", clip, "--key", tmp_path / "none", "--out", out))
    assert not out.exists()


def test_a_full_disk_is_three_sentences_too(tmp_path: Path) -> None:
    with full_disk():
        result = fanlight("hub", "run", "--home", tmp_path / "home")
    assert "cannot use the folder" in said(result)


def test_a_home_in_use_is_left_alone(tmp_path: Path) -> None:
    holding = (
        "import sys, pathlib; from fanlight.cli.home import open_home;"
        " held = open_home(pathlib.Path(sys.argv[1])).lock(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert "Another Fanlight is running" in said(fanlight("up", "--home", tmp_path))
        other.kill()
