"""CASE/UCO's own validator judges what a package tells of custody: R30."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.custody.forgeries import unpack
from tests.custody.invented_case import make_case

VALIDATE = Path(__file__).parents[2] / ".tools/peers/bin/case_validate"
INSTALL = "Run `python3 deploy/setup.py run dev test`: it installs what these tests need."


def conforms(folder: Path, graph: dict[str, Any]) -> bool:
    """Ask `case_validate`, with the ontology that it brings along."""
    assert VALIDATE.exists(), INSTALL
    path = folder / "case.jsonld"
    path.write_text(json.dumps(graph))
    command = [str(VALIDATE), "--built-version", "case-1.4.0", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Conforms: " in done.stdout, done.stderr
    return done.returncode == 0 and "Conforms: True" in done.stdout


def test_case_validate_accepts_the_graph_of_a_package_and_not_a_wrong_one(tmp_path: Path) -> None:
    """R30: the control is a graph with an act at no time."""
    graph = json.loads(unpack(make_case().build())["case.jsonld"])
    assert conforms(tmp_path, graph)
    (act, *_) = [node for node in graph["@graph"] if node["@type"].endswith("InvestigativeAction")]
    act["uco-action:startTime"] = "yesterday"
    assert not conforms(tmp_path, graph)
