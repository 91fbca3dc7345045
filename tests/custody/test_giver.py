"""R30: who gave a clip, and unsigned drafts of certificates, go with the package; no name, no draft."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.forgeries import pack, resign, unpack
from tests.custody.invented_case import CUSTODY, DISCLOSURE, EXPORTER, FOLDER, PAGE, make_case

from fanlight.custody.giver import Giver, giver_path, giver_statement, read_giver
from fanlight.custody.package import build_package
from fanlight.custody.verify_package import verify_package
from fanlight.model.check import State
from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.wire import b64, jcs

GIVER = Giver(name='M. Okafor <"&{{agency}}>', reach="555 0142", confirms=True)
FILE, DRAFTS = giver_path(DISCLOSURE), "certificate.html"
CASE = make_case(giver=GIVER, blurred=True)
WHOLE = CASE.build()
SIGNER = keys.SigningKey(bytes(32))


def checks(tmp_path: Path, data: bytes) -> dict[str, State]:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    return {check.name: check.state for check in verify_package(path)}


def failing(tmp_path: Path, data: bytes) -> list[str]:
    return [name for name, state in checks(tmp_path, data).items() if state is State.FAILS]


def with_files(data: bytes, change: dict[str, bytes | None]) -> bytes:
    """A package as a dishonest exporter would sign it again."""
    files = unpack(data)
    facts = jcs.loads(files["evidence.json"])
    for name, content in change.items():
        if content is None:
            del files[name], facts["files"][name]
        else:
            files[name], facts["files"][name] = content, ""
    return pack(resign(files | {"evidence.json": jcs.dumps(facts)}))


def test_the_package_says_who_gave_a_clip_in_their_own_signed_words(tmp_path: Path) -> None:
    found = checks(tmp_path, WHOLE)
    assert found[f"clip {DISCLOSURE}: giver"] is State.HOLDS
    assert State.FAILS not in found.values()
    said = jcs.loads(unpack(WHOLE)[FILE])
    assert (said["name"], said["reach"], said["confirms"]) == (GIVER.name, GIVER.reach, True)


def test_the_drafts_say_what_the_package_shows_and_nobody_signs_them() -> None:
    files = unpack(WHOLE)
    page = files[DRAFTS].decode()
    assert "Rule 902(13)" in page
    assert "Rule 902(14)" in page
    assert "M. Okafor &lt;&quot;&amp;{{agency}}&gt;" in page
    for path in (f"items/{DISCLOSURE}/clip.mp4", f"items/{DISCLOSURE}/clip.age"):
        assert path in page
        assert hashlib.sha256(files[path]).hexdigest() in page
    assert "made anew to blur the faces" in page
    assert page.count("Draft, not signed.") == 2
    assert page.count("I declare under penalty of perjury that the foregoing is true and correct.") == 2
    assert "{{" not in page.replace("{{agency}}", "")
    assert "<script" not in page


def test_only_who_would_confirm_the_picture_has_the_draft_of_who_made_it() -> None:
    page = unpack(make_case(giver=replace(GIVER, confirms=False)).build())[DRAFTS].decode()
    assert "made the record, Rule 902(13)" not in page
    assert "made the copy, Rule 902(14)" in page


def test_a_clip_that_nobody_gave_by_name_is_a_lead_without_drafts() -> None:
    files = unpack(make_case().build())
    assert FILE not in files
    assert DRAFTS not in files
    assert "each is a lead until its owner comes forward" in files["print.html"].decode()
    assert "each is a lead" not in unpack(WHOLE)["print.html"].decode()


def test_a_name_that_the_giver_did_not_sign_fails_even_from_who_may_sign_again(tmp_path: Path) -> None:
    other = jcs.loads(unpack(WHOLE)[FILE]) | {"name": "A. Nother"}
    assert failing(tmp_path, with_files(WHOLE, {FILE: jcs.dumps(other)})) == [f"clip {DISCLOSURE}: giver"]
    forged = giver_statement(DISCLOSURE, GIVER, SIGNER)
    assert failing(tmp_path, with_files(WHOLE, {FILE: forged})) == [f"clip {DISCLOSURE}: giver"]


def test_drafts_for_a_clip_without_a_name_and_a_name_without_drafts_fail(tmp_path: Path) -> None:
    lead = make_case().build()
    assert failing(tmp_path, with_files(lead, {DRAFTS: unpack(WHOLE)[DRAFTS]})) == ["contents"]
    assert failing(tmp_path, with_files(WHOLE, {DRAFTS: None})) == ["contents"]
    assert failing(tmp_path, with_files(WHOLE, {FILE: None})) == ["contents"]


def test_what_the_giver_of_another_clip_said_makes_no_package() -> None:
    (item,) = CASE.items
    other = replace(item, giver=giver_statement("t" * 26, GIVER, SIGNER))
    with pytest.raises(FanlightError):
        replace(CASE, items=[other]).build()


@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_whatever_bytes_come_are_refused_in_words(raw: bytes) -> None:
    with pytest.raises(FanlightError):
        read_giver(raw, DISCLOSURE, SIGNER.public)


_SIMPLE = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=8))


@given(
    st.dictionaries(
        st.sampled_from(["confirms", "disclosure", "name", "reach", "signature", "more"]), _SIMPLE
    )
)
def test_whatever_fields_come_are_refused_in_words(fields: dict[str, Any]) -> None:
    with pytest.raises(FanlightError):
        read_giver(jcs.dumps(fields), DISCLOSURE, SIGNER.public)


@given(st.text(min_size=1, max_size=100), st.text(max_size=300), st.booleans())
def test_what_was_signed_is_read_back(name: str, reach: str, confirms: bool) -> None:  # noqa: FBT001 - drawn
    giver = Giver(name=name, reach=reach, confirms=confirms)
    assert read_giver(giver_statement(DISCLOSURE, giver, SIGNER), DISCLOSURE, SIGNER.public) == giver


def test_the_browser_makes_the_same_files_of_the_same_words() -> None:
    """web/core/evidence/drafts.test.ts builds from the same vector; what comes out is kept as hashes."""
    vector = json.loads((FOLDER / "giver.json").read_text())
    given_in = json.loads((FOLDER / "input.json").read_text())
    case = make_case()
    golden = unpack((FOLDER / "package.zip").read_bytes())
    said = jcs.loads(given_in["items"][0]["manifest"].encode())
    signer = keys.SigningKey(bytes.fromhex(vector["signer_seed"]))
    manifest = jcs.dumps(said | {"signer": b64.encode(signer.public), "faces": "blurred"})
    giver = Giver(**vector["giver"])
    (item,) = case.items
    item = replace(
        item,
        clip_mp4=golden[f"items/{DISCLOSURE}/clip.mp4"],
        clip_age=golden[f"items/{DISCLOSURE}/clip.age"],
        manifest=manifest,
        manifest_sig=bytes(64),
        file_key=bytes(16),
        giver=giver_statement(DISCLOSURE, giver, signer),
    )
    record = replace(case.record, openings=given_in["record"]["openings"])
    made = unpack(build_package(case.facts, [item], record, custody=CUSTODY, exporter=EXPORTER, page=PAGE))
    names = (FILE, DRAFTS, "print.html")
    assert {name: hashlib.sha256(made[name]).hexdigest() for name in names} == vector["sha256"]
