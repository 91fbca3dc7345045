"""Evidence packages: the same bytes from every maker, and each way in which one can lie."""

import contextlib
import io
import json
import random
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.custody.forgeries import FORGERIES, flip, lies, pack, resign, sha256, unpack
from tests.custody.invented_case import DISCLOSURE, EXPORTER, FOLDER, Case, disclose, make_case

from fanlight.cli.verify import EXIT_FAILS, verify_target
from fanlight.custody.archive import Archive
from fanlight.custody.errors import BadPackage
from fanlight.custody.package import EvidenceItem, PackageFacts, Proof, Record, build_package
from fanlight.custody.verify_package import verify_package
from fanlight.custody.zip_form import frame, zip_files
from fanlight.model import clock
from fanlight.model.check import Check, State
from fanlight.proof.trust import Trust
from fanlight.seal import keys
from fanlight.wire import b64, jcs

GOLDEN = (FOLDER / "package.zip").read_bytes()
CASE = make_case()
WHOLE = CASE.build()
FUZZ = tempfile.TemporaryDirectory()


def deflate(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def verify(tmp_path: Path, data: bytes, **trusted: Any) -> list[Check]:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    return list(verify_package(path, Trust(**trusted)))


def failing(checks: list[Check]) -> list[str]:
    return [
        check.name.replace(f"clip {DISCLOSURE}", "clip") for check in checks if check.state is State.FAILS
    ]


def test_a_whole_package_holds_in_every_check(tmp_path: Path) -> None:
    """R30: one self-verifying package, checked offline."""
    checks = verify(tmp_path, WHOLE)
    assert [check.name for check in checks if check.state is not State.HOLDS] == ["time stamp", "C2PA"]
    assert len(checks) == 35


def test_a_package_of_version_1_still_holds(tmp_path: Path) -> None:
    """R30: what was handed out before stays evidence."""
    checks = verify(tmp_path, (FOLDER / "version-1.zip").read_bytes())
    assert {check.state for check in checks} == {State.HOLDS, State.ABSENT}
    assert len(checks) == 31


def test_sha256sum_checks_every_file_of_an_unpacked_package(tmp_path: Path) -> None:
    """R30: with a program that everybody has, every file but the list itself."""
    files = unpack(WHOLE)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)

    def check() -> tuple[int, list[str]]:
        command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()

    assert check() == (0, [f"{name}: OK" for name in sorted(files) if name != "SHA256SUMS"])
    (tmp_path / "evidence.sig").write_bytes(flip(files["evidence.sig"]))
    status, said = check()
    assert status == 1
    assert [line for line in said if not line.endswith(": OK")] == ["evidence.sig: FAILED"]


def test_the_printable_page_shows_every_value_as_text_and_no_certificate() -> None:
    """R30: terms, recipient, day of return; no draft under FRE 902 where no household is named."""
    page = unpack(WHOLE)["print.html"].decode()
    assert "{{" not in page.replace("{{agency}}", "")  # the ground holds that text, and it stays text
    assert "Discovery: &quot;Brady&quot; &lt;all&gt; &amp; {{agency}}" in page
    assert "[[-122.2712,37.8044],[-122.27,37.8]]" in page
    for said in (
        "no day was named",
        CASE.facts.recipient,
        "Det. R. Lindqvist",
        sha256(CASE.items[0].clip_mp4),
    ):
        assert said in page
    assert "No certificate under Federal Rule of Evidence 902" in page
    assert "<script" not in page


def test_the_graph_names_the_files_with_their_hashes_and_each_act_after_the_one_before() -> None:
    """R30: CASE/UCO; tests/peers/test_case.py has it judged by others."""
    graph = json.loads(unpack(WHOLE)["case.jsonld"])["@graph"]
    hashes = {
        facet["uco-observable:hash"][0]["uco-types:hashValue"]["@value"]
        for node in graph
        for facet in node.get("uco-core:hasFacet", [])
        if "uco-observable:hash" in facet
    }
    assert hashes == {sha256(CASE.items[0].clip_mp4), sha256(CASE.items[0].clip_age)}
    acts = [node for node in graph if node["@type"].endswith("InvestigativeAction")]
    assert [act["uco-core:name"] for act in acts] == ["disclosed", "viewed", "exported"]
    informed = "case-investigation:wasInformedBy"
    assert [act.get(informed, {}).get("@id") for act in acts] == [None, *(act["@id"] for act in acts[:-1])]
    names = [node["@id"] for node in graph]
    assert len(set(names)) == len(names)


def test_sums_that_name_another_hash_fail(tmp_path: Path) -> None:
    files = unpack(WHOLE)
    files["SHA256SUMS"] = files["SHA256SUMS"].replace(b"custody.json", b"custodi.json")
    assert failing(verify(tmp_path, zip_files(files))) == ["SHA256SUMS"]


def test_a_package_built_from_the_golden_input_is_the_golden_package() -> None:
    """The TypeScript maker reads the same input and has to write the same bytes."""
    given_in = json.loads((FOLDER / "input.json").read_text())
    files = unpack(GOLDEN)
    record = given_in["record"]
    made = build_package(
        PackageFacts(**given_in["facts"] | {"made_at": clock.from_text(given_in["facts"]["made_at"])}),
        [
            EvidenceItem(
                disclosure=item["disclosure"],
                clip_mp4=files[f"items/{item['disclosure']}/clip.mp4"],
                clip_age=files[f"items/{item['disclosure']}/clip.age"],
                manifest=item["manifest"].encode(),
                manifest_sig=b64.decode(item["sig"]),
                file_key=bytes.fromhex(item["file_key"]),
            )
            for item in given_in["items"]
        ],
        Record(
            request=Proof(leaf=record["request"]["leaf"].encode(), proof=record["request"]["proof"]),
            case_key=Proof(leaf=record["case-key"]["leaf"].encode(), proof=record["case-key"]["proof"]),
            export=Proof(leaf=record["export"]["leaf"].encode(), proof=record["export"]["proof"]),
            openings=record["openings"],
            vkey=record["vkey"],
            witness_vkeys=record["witness_vkeys"],
        ),
        custody=given_in["custody"],
        exporter=keys.SigningKey(bytes.fromhex(given_in["exporter_seed"])),
        page=given_in["page"],
    )
    assert made == GOLDEN


def test_the_browser_builds_packages_from_these_very_fixed_pages() -> None:
    web = Path(__file__).parents[2] / "web/core/evidence"
    for name in ("readme.txt", "print.html", "viewer/page.html"):
        assert f'from "../../../src/fanlight/custody/{name}?raw"' in (web / "package.ts").read_text()
        assert not (web / name).exists()


@pytest.mark.parametrize("name", sorted(unpack(WHOLE)))
def test_one_flipped_byte_in_any_file_is_seen(name: str, tmp_path: Path) -> None:
    files = unpack(WHOLE)
    files[name] = flip(files[name])
    try:
        assert failing(verify(tmp_path, zip_files(files)))
    except BadPackage:
        assert name == "evidence.json"


@pytest.mark.parametrize("why", FORGERIES)
def test_a_package_that_lies_fails_where_it_lies(why: str, tmp_path: Path) -> None:
    """R30, R42: even who may sign again cannot make changed evidence hold."""
    expected, forge = FORGERIES[why]
    assert failing(verify(tmp_path, pack(forge(unpack(WHOLE))))) == expected


def test_the_vectors_of_lies_are_those_that_are_told_here() -> None:
    """web/core/evidence reads the same file, and has to fail each where Python does."""
    assert json.loads((FOLDER / "lies.json").read_text()) == lies(GOLDEN)


def test_an_opening_of_another_act_fails(tmp_path: Path) -> None:
    files = unpack(WHOLE)
    opened = json.loads(files["record/openings.json"])
    opened["export"][0]["value"] = "viewed"
    files = resign(files | {"record/openings.json": jcs.dumps(opened)})
    assert "openings of export" in failing(verify(tmp_path, pack(files)))


def test_what_is_not_opened_is_unknown_and_not_held(tmp_path: Path) -> None:
    files = resign(
        unpack(WHOLE) | {"record/openings.json": jcs.dumps({"request": [], "case-key": [], "export": []})}
    )
    unknown = [check.name for check in verify(tmp_path, pack(files)) if check.state is State.UNKNOWN]
    assert unknown == ["case number", "export on record"]


def test_without_a_witness_the_package_says_so(tmp_path: Path) -> None:
    checks = verify(tmp_path, WHOLE, witnesses=[])
    assert [check.name for check in checks if check.state is State.UNKNOWN] == ["witnesses"]


def test_a_clip_given_for_another_request_fails(tmp_path: Path) -> None:
    case_key = keys.new_identity()
    moved = Case(CASE.facts, [disclose(case_key, request="q" * 26)], CASE.record)
    assert failing(verify(tmp_path, moved.build())) == ["clip: case"]


def test_an_export_that_the_log_records_for_another_fails(tmp_path: Path) -> None:
    assert failing(verify(tmp_path, make_case(recipient="A friend").build())) == ["export on record"]


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "a\\..\\b", "items/../../x", "C:evil", "nulX.txt", "items//x", "ä.txt"],
)
def test_names_that_could_leave_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadPackage):
        # zipfile writes nothing after a NUL, so it is put in by hand.
        verify(tmp_path, zip_files(unpack(WHOLE) | {name: b"x"}).replace(b"nulX", b"nul\0"))


def test_a_compressed_package_is_refused(tmp_path: Path) -> None:
    """A zip bomb needs compression, and packages have none."""
    bomb = unpack(WHOLE) | {"README.txt": bytes(10_000_000)}
    with pytest.raises(BadPackage):
        verify(tmp_path, deflate(bomb))


def test_a_name_listed_twice_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO(WHOLE)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("evidence.json", b"{}")
    with pytest.raises(BadPackage):
        verify(tmp_path, out.getvalue())


def test_files_that_need_a_longer_form_of_zip_are_refused_before_one_is_made() -> None:
    """From 2 GiB on a zip would have entries that every check calls changed."""
    with pytest.raises(BadPackage, match="less than 2 GiB"):
        zip_files({"a.mp4": bytes(1 << 31)})  # zeros that take no memory until they are read


@pytest.mark.parametrize("data", [b"", b"not a zip", WHOLE[:-30], WHOLE[:5_000], zip_files({"a.txt": b"x"})])
def test_what_is_no_package_gets_one_clear_error(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadPackage, match="This is not an evidence package"):
        verify(tmp_path, data)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@settings(max_examples=40)
def test_no_single_byte_of_a_package_can_change_and_still_hold(at: int, difference: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] ^= difference
    path = Path(FUZZ.name) / "package.zip"
    path.write_bytes(changed)
    try:
        checks = list(verify_package(path))
    except BadPackage:
        return
    assert failing(checks)


@given(st.data())
@settings(max_examples=150)
def test_a_zip_whose_own_list_is_damaged_is_refused_or_fails(data: st.DataObject) -> None:
    """Several bytes at once, where lengths and places stand: one clear error, or checks that fail."""
    changed = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[-data.draw(st.integers(1, 1_400))] = data.draw(
            st.sampled_from([0, 1, 0x50, 0x7F, 0x80, 0xFF])
        )
    path = Path(FUZZ.name) / "listed.zip"
    path.write_bytes(changed)
    try:
        checks = list(verify_package(path))
    except BadPackage:
        return
    assert changed == WHOLE or failing(checks)


def test_a_list_that_lies_further_back_than_the_file_is_long_is_refused(tmp_path: Path) -> None:
    places = bytearray(WHOLE)
    places[-6:-2] = (len(WHOLE) * 2).to_bytes(4, "little")
    with pytest.raises(BadPackage):
        verify(tmp_path, bytes(places))


def test_200_random_single_byte_changes_are_each_caught(tmp_path: Path) -> None:
    """R30: by `fanlight verify`, in the same 200 places each time."""
    places, path, held = random.Random(20261122), tmp_path / "package.zip", []
    for _ in range(200):
        changed = bytearray(WHOLE)
        at = places.randrange(len(changed))
        changed[at] ^= places.randrange(1, 256)
        path.write_bytes(changed)
        with contextlib.redirect_stdout(io.StringIO()):
            status = verify_target(str(path))
        if status != EXIT_FAILS:
            held.append(at)
    assert not held


def test_no_byte_around_the_files_can_change(tmp_path: Path) -> None:
    """R30: what no hash covers (dates, modes, gaps) is fixed by the form."""
    entries = zipfile.ZipFile(io.BytesIO(WHOLE)).infolist()
    held = []
    for at, run in frame((entry.filename, entry.CRC, entry.file_size) for entry in entries):
        assert WHOLE[at : at + len(run)] == run
        for place in range(at, at + len(run)):
            changed = bytearray(WHOLE)
            changed[place] ^= 1 << place % 8
            if is_exact(tmp_path, bytes(changed)):
                held.append(place)
    assert not held


def is_exact(tmp_path: Path, data: bytes) -> bool:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    try:
        with Archive(path) as archive:
            return archive.is_exact()
    except BadPackage:
        return False


@pytest.mark.parametrize(
    "data",
    [WHOLE + b"x", b"x" + WHOLE],
    ids=["behind", "before"],
)
def test_nothing_can_hide_before_or_behind_the_files(data: bytes, tmp_path: Path) -> None:
    """R30."""
    assert is_exact(tmp_path, WHOLE)
    assert not is_exact(tmp_path, data)


def test_a_package_zipped_again_says_so_and_still_has_its_files_checked(tmp_path: Path) -> None:
    """R30."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in unpack(WHOLE).items():
            archive.writestr(name, data)
    assert failing(verify(tmp_path, out.getvalue())) == ["contents"]


def test_a_package_signed_by_another_key_than_the_one_on_record_fails(tmp_path: Path) -> None:
    """R30: whoever changes a package and signs it anew is not the exporter whose key the entry commits to."""
    stranger = b64.encode(keys.SigningKey.new().public)
    assert failing(verify(tmp_path, make_case(exporter=stranger).build())) == ["export on record"]
    assert failing(verify(tmp_path, make_case(exporter=b64.encode(EXPORTER.public)).build())) == []
