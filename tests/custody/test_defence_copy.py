"""A copy for the defence: the same evidence by hash, or `fanlight verify A.zip B.zip` says what differs."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from tests.custody.forgeries import flip, pack, resign, sha256, unpack
from tests.custody.invented_case import (
    AGENCY,
    DISCLOSURE,
    FOLDER,
    PACKAGE,
    Case,
    disclose,
    make_case,
    prove,
    salts,
)

from fanlight.cli.main import main
from fanlight.cli.verify import EXIT_FAILS, EXIT_HOLDS, EXIT_UNKNOWN, verify_two
from fanlight.custody.compare import compare_packages
from fanlight.custody.evidence import read_evidence
from fanlight.custody.parts import check_parts, parts_hash, parts_of
from fanlight.custody.verify_package import verify_package
from fanlight.model.check import Check, State
from fanlight.proof import openings
from fanlight.seal import keys

FIRST = make_case()
WHOLE = FIRST.build()
COPY = "d" * 26
VECTOR = FOLDER / "parts.json"


def parts(whole: bytes) -> str:
    return parts_of(read_evidence(unpack(whole)["evidence.json"]))


def copy_of(case: Case, **said: Any) -> Case:
    """Make the copy for the defence: the same clip under an export of its own, which `said` changes."""
    detail = {
        "disclosure": DISCLOSURE,
        "recipient": "Public Defender",
        "parts": parts(case.build()),
        "equals": PACKAGE,
    }
    private = {"act": "exported", "detail": detail | said}
    leaf, opened = openings.make_leaf("case", {"agency": AGENCY, "day": "2026-11-22"}, private, random=salts)
    request, case_key, export = prove([case.record.request.leaf, case.record.case_key.leaf, leaf])
    record = dataclasses.replace(
        case.record,
        request=request,
        case_key=case_key,
        export=export,
        openings=dict(case.record.openings) | {"export": [one.as_json() for one in opened]},
    )
    facts = dataclasses.replace(case.facts, package=COPY, recipient="Public Defender")
    return Case(facts, case.items, record)


def files(tmp_path: Path, one: bytes, two: bytes) -> tuple[Path, Path]:
    first, second = tmp_path / "prosecution.zip", tmp_path / "defence.zip"
    first.write_bytes(one)
    second.write_bytes(two)
    return first, second


def compared(tmp_path: Path, one: bytes, two: bytes) -> dict[str, Check]:
    return {check.name: check for check in compare_packages(*files(tmp_path, one, two))}


def test_the_copy_for_the_defence_holds_the_same_evidence_and_says_of_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R30: equal by hash to the prosecution's, though recipient, receipts and signature are others."""
    first, second = files(tmp_path, WHOLE, copy_of(FIRST).build())
    assert first.read_bytes() != second.read_bytes()
    assert verify_two(first, second) == EXIT_HOLDS
    said = capsys.readouterr().out
    assert f"second: evidence parts: SHA-256 {parts(WHOLE)}. The log's entry says that they equal" in said
    assert "What is said of the packages differs in: recipient." in said
    assert "holds  copy on record: The second was entered in the log as a copy equal to the other." in said
    assert verify_two(second, first) == EXIT_HOLDS
    assert "The first was entered in the log" in capsys.readouterr().out


def test_the_command_takes_two_packages(tmp_path: Path) -> None:
    """R30: exit status 0 for the same evidence, 1 for other evidence, 2 for what cannot be compared."""
    first, second = files(tmp_path, WHOLE, make_case().build())
    for given, status in (
        ([first, first], EXIT_HOLDS),
        ([first, second], EXIT_FAILS),
        ([first, tmp_path / "no.zip"], EXIT_UNKNOWN),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["verify", *map(str, given)])
        assert ended.value.code == status


def test_the_hash_of_the_parts_can_be_made_by_hand() -> None:
    """R30: `grep '  items/' SHA256SUMS | sha256sum`."""
    listed = unpack(WHOLE)["SHA256SUMS"].decode().splitlines(keepends=True)
    by_hand = sha256("".join(line for line in listed if "  items/" in line).encode())
    assert by_hand == parts(WHOLE)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.age", "manifest.json", "file-key.hex"])
def test_a_copy_with_one_byte_changed_is_not_the_same_evidence(name: str, tmp_path: Path) -> None:
    """R30: also where a dishonest maker names the changed hash and signs anew."""
    path = f"items/{DISCLOSURE}/{name}"
    changed = unpack(copy_of(FIRST).build())
    changed[path] = flip(changed[path])
    for made in (pack(changed), pack(resign(changed))):
        checks = compared(tmp_path, WHOLE, made)
        assert checks["same evidence"].state is State.FAILS
        assert checks[f"clip {DISCLOSURE}: same in both"].detail == f"{path}: not the same bytes."
        assert verify_two(*files(tmp_path, WHOLE, made)) == EXIT_FAILS
    signed = tmp_path / "signed.zip"
    signed.write_bytes(pack(resign(changed)))
    assert "evidence parts" in [c.name for c in verify_package(signed) if c.state is State.FAILS]


def test_a_copy_that_lacks_a_clip_or_a_part_is_not_the_same_evidence(tmp_path: Path) -> None:
    """R30: what was left out is named."""
    case_key = keys.new_identity()
    other = dataclasses.replace(
        disclose(case_key, media=b"\x00\x00\x00\x64mdat" + bytes(92)), disclosure="t" * 26
    )
    both = dataclasses.replace(FIRST, items=[*FIRST.items, other]).build()
    lacking = compared(tmp_path, both, WHOLE)
    assert lacking["same evidence"].state is State.FAILS
    assert lacking[f"clip {'t' * 26}: same in both"].detail == "Only the first package holds it."
    assert lacking[f"clip {DISCLOSURE}: same in both"].state is State.HOLDS
    turned = compared(tmp_path, WHOLE, both)
    assert turned[f"clip {'t' * 26}: same in both"].detail == "Only the second package holds it."
    part = f"items/{DISCLOSURE}/manifest.json"
    left_out = pack({name: data for name, data in unpack(WHOLE).items() if name != part})
    without = compared(tmp_path, WHOLE, left_out)
    assert without[f"clip {DISCLOSURE}: same in both"].detail == f"{part}: not the same bytes."


def test_an_entry_that_names_other_parts_than_the_package_has_fails(tmp_path: Path) -> None:
    """R30: the log's entry commits to the parts, so nobody can say later that they were others."""
    path = tmp_path / "copy.zip"
    path.write_bytes(copy_of(FIRST, parts="0" * 64).build())
    assert [c.name for c in verify_package(path) if c.state is State.FAILS] == ["evidence parts"]


def test_a_package_that_is_no_copy_of_the_other_is_not_said_to_be_one(tmp_path: Path) -> None:
    """R30: the same evidence, but the entry names another package."""
    other = compared(tmp_path, WHOLE, copy_of(FIRST, equals="q" * 26).build())
    assert (other["same evidence"].state, other["copy on record"].state) == (State.HOLDS, State.ABSENT)


def test_what_is_said_of_the_parts_is_the_same_in_the_browser() -> None:
    """R30: web/core/evidence/parts.test.ts reads the same file."""
    given = json.loads(VECTOR.read_text())
    evidence = read_evidence(unpack((FOLDER / "package.zip").read_bytes())["evidence.json"])
    listed = {name: digest for item in evidence.items for name, digest in item.files.items()}
    assert parts_hash(listed) == given["parts"]
    for case in given["cases"]:
        check = check_parts(evidence, case["detail"])
        said = None if check is None else {"state": check.state.value, "detail": check.detail}
        assert said == case["said"], case["why"]
