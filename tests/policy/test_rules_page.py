"""What docs/design/rules.md and the guide to packs say is what the code does."""

import doctest
import re
from dataclasses import fields
from pathlib import Path

from fanlight.model.request import RequestFacts
from fanlight.policy import assemble, default_pack, load_pack

DOCS = Path(__file__).parents[2] / "docs"


def test_the_figures_on_the_rules_page_are_computed() -> None:
    failed, tried = doctest.testfile(str(DOCS / "design/rules.md"), module_relative=False)
    assert tried >= 4
    assert failed == 0


def test_the_rules_page_names_every_action() -> None:
    text = (DOCS / "design/rules.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z.]+)` \|", text, re.MULTILINE)) == set(default_pack().actions)


def test_the_facts_of_a_request_are_those_of_the_schema() -> None:
    """R21: what is asked, what is decided on and what is published are one record."""
    schema = default_pack().schema
    asking = schema[schema.index("{", schema.index("type AskingFacts")) : schema.index("};")]
    assert set(re.findall(r"(\w+): (?:Bool|Long|String)", asking)) == {
        field.name for field in fields(RequestFacts)
    }


def test_the_folder_that_the_guide_starts_from_makes_the_shipped_pack() -> None:
    folder = DOCS.parent / "src/fanlight/policy/packs/model-ordinance"
    assert load_pack(assemble(folder)).sha256 == default_pack().sha256
