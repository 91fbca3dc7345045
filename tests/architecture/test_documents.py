"""What the documents say is there: links, commands, options, entry types, examples."""

import ast
import doctest
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from tests.architecture.test_the_repository import ROOT, tracked

from fanlight.cli.home import Home
from fanlight.cli.main import main
from fanlight.server import setup

DOCS = ROOT / "docs"
PAGES = sorted(path for path in tracked() if path.suffix == ".md")
GUIDES = [ROOT / "README.md", *sorted((DOCS / "guide").glob("*.md"))]
EXAMPLES = [path for path in PAGES if path.is_relative_to(DOCS) and ">>>" in path.read_text("utf-8")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?<![\w./-])fanlight((?: +[a-z][a-z-]*)+|(?= *--))")
NOT_ENTRIES = {"vkey", "checkpoint"}  # rows of the same page's table of files
OPTION = re.compile(r"(?<![\w-])--[a-z0-9][a-z0-9-]*")
MODULE = re.compile(r"python -m (fanlight[\w.]*)")


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    text = FENCE.sub("", page.read_text("utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def code_in(page: Path) -> str:
    """All that a page sets in code: in fences and between backticks."""
    text = page.read_text("utf-8")
    return "\n".join(FENCE.findall(text) + re.findall(r"`([^`\n]+)`", FENCE.sub("", text)))


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield above + name, command
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")


def options(command: click.Command) -> set[str]:
    return {
        option for one in command.params for option in (*one.opts, *one.secondary_opts) if option[0] == "-"
    }


def queued_leaf_types() -> set[str]:
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "queue_leaf":
                kind = node.args[1]
                assert isinstance(kind, ast.Constant), f"{label(path)}: a type that is not a plain word"
                found.add(str(kind.value))
    return found


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        name, _, anchor = unquote(target).partition("#")
        if re.match(r"[a-z]+:", name):
            continue
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{target} is not there"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{target} has no such heading"


@pytest.mark.parametrize("page", GUIDES, ids=label)
def test_every_command_named_is_one(page: Path) -> None:
    known = {words for words, _ in commands(main)}
    for words in COMMAND.findall(code_in(page)):
        named = words.split()
        length = 2 if named[0] == "hub" and len(named) > 1 else 1
        assert " ".join(named[:length]) in known, f"fanlight{words}"


@pytest.mark.parametrize("page", GUIDES, ids=label)
def test_every_option_named_is_one(page: Path) -> None:
    known = {option for _, command in commands(main) for option in options(command)}
    for line in code_in(page).splitlines():
        if COMMAND.search(line) and not MODULE.search(line):
            assert set(OPTION.findall(line)) <= known, line


def test_every_command_option_and_variable_stands_in_a_document() -> None:
    text = "\n".join(page.read_text("utf-8") for page in GUIDES)
    for words, command in commands(main):
        if not isinstance(command, click.Group):
            assert f"fanlight {words}" in text
        assert options(command) <= set(OPTION.findall(text)), words
    assert Home.environment in text


@pytest.mark.parametrize("part", ["server", "witness", "postmedia"])
def test_every_option_of_a_part_stands_in_a_document(part: str) -> None:
    source = (ROOT / "src/fanlight" / part / "__main__.py").read_text("utf-8")
    text = "\n".join(page.read_text("utf-8") for page in [*GUIDES, DOCS / "spec/log.md"])
    taken = set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', source))
    assert len(taken) > 3
    assert taken - set(OPTION.findall(text)) == set()


def test_the_town_of_the_guide_can_be_set_up(tmp_path: Path) -> None:
    """R33: with its agency, which may ask for nothing before the register says so."""
    text = (DOCS / "guide/own-town.md").read_text("utf-8")
    document, agency, _ = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    town = {**json.loads(document)["town"], **json.loads(f"{{{agency}}}")}
    vkey = setup.prepare(tmp_path, town=town)
    assert vkey.startswith(town["origin"] + "+")
    assert [one["ori"] for one in town["agencies"]] == ["NY0130000"]
    assert town["agreements"] == []


def test_every_type_of_entry_is_specified() -> None:
    types = queued_leaf_types()
    assert {"town", "request", "case"} <= types
    specified = re.findall(r"^\| `([a-z-]+)` \|", (DOCS / "spec/log.md").read_text("utf-8"), re.MULTILINE)
    assert set(specified) - NOT_ENTRIES == types


@pytest.mark.parametrize("page", EXAMPLES, ids=label)
def test_the_examples_are_true(page: Path) -> None:
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried > 0
    assert failed == 0
