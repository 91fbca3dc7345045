"""R26 R30: on which terms a household gave a clip goes with every package of it, and is checked."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.custody.forgeries import pack, resign, unpack
from tests.custody.invented_case import CUSTODY, DISCLOSURE, EXPORTER, FOLDER, PAGE, make_case

from fanlight.custody.package import build_package
from fanlight.custody.verify_package import verify_package
from fanlight.model.check import State
from fanlight.wire import jcs

TERMS = "They keep it: until the end of the case.\nWho else: a court, <nobody> & no other."
FILE = f"items/{DISCLOSURE}/terms.txt"
CASE = make_case(terms=TERMS)
WHOLE = CASE.build()


def failing(tmp_path: Path, data: bytes) -> list[str]:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    return [check.name for check in verify_package(path) if check.state is State.FAILS]


def test_the_terms_are_a_file_with_its_hash_and_stand_on_the_page_for_paper(tmp_path: Path) -> None:
    files = unpack(WHOLE)
    assert files[FILE].decode() == f"{TERMS}\n"
    assert hashlib.sha256(files[FILE]).hexdigest() in files["evidence.json"].decode()
    assert FILE in files["SHA256SUMS"].decode()
    page = files["print.html"].decode()
    assert "What the household agreed to" in page
    assert "a court, &lt;nobody&gt; &amp; no other." in page
    assert failing(tmp_path, WHOLE) == []


def test_a_package_without_terms_says_nothing_of_them() -> None:
    files = unpack(make_case().build())
    assert FILE not in files
    assert "agreed to</h2>" not in files["print.html"].decode()


@pytest.mark.parametrize("words", [b"They keep it: for ever.\n", None])
def test_other_terms_than_the_household_signed_fail_even_from_who_may_sign_again(
    words: bytes | None, tmp_path: Path
) -> None:
    files = unpack(WHOLE)
    (item,) = jcs.loads(files["evidence.json"])["items"]
    if words is None:
        del files[FILE], item["files"][FILE]
    else:
        files[FILE] = words
    assert failing(tmp_path, pack(resign(files, items=[item]))) == [f"clip {DISCLOSURE}: manifest"]


def test_terms_that_the_household_did_not_sign_fail(tmp_path: Path) -> None:
    files = unpack(make_case().build())
    (item,) = jcs.loads(files["evidence.json"])["items"]
    files[FILE] = b"It may be given to anybody.\n"
    item["files"][FILE] = ""
    assert failing(tmp_path, pack(resign(files, items=[item]))) == [f"clip {DISCLOSURE}: manifest"]


def test_the_browser_makes_the_same_package_of_the_same_terms() -> None:
    """web/core/evidence/terms.test.ts builds from the same vector; what comes out is kept as hashes."""
    given_in = json.loads((FOLDER / "input.json").read_text())
    vector = json.loads((FOLDER / "terms.json").read_text())
    assert vector["terms"] == TERMS
    case = make_case()
    files = unpack((FOLDER / "package.zip").read_bytes())
    given = given_in["items"][0]
    said = jcs.loads(given["manifest"].encode()) | {"terms": TERMS}
    (item,) = case.items
    item = replace(
        item,
        clip_mp4=files[f"items/{DISCLOSURE}/clip.mp4"],
        clip_age=files[f"items/{DISCLOSURE}/clip.age"],
        manifest=jcs.dumps(said),
        manifest_sig=bytes(64),
        file_key=bytes(16),
    )
    record = replace(case.record, openings=given_in["record"]["openings"])
    made = unpack(build_package(case.facts, [item], record, custody=CUSTODY, exporter=EXPORTER, page=PAGE))
    names = (FILE, "print.html", "case.jsonld")
    assert {name: hashlib.sha256(made[name]).hexdigest() for name in names} == vector["sha256"]
