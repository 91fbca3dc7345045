"""The hub believes a cell file only as far as the record, the seal and the ordinance bear it out."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hub.cells import (
    CELL,
    CELL_KEY,
    LOG,
    NOW,
    PLACE,
    WITNESS,
    Asking,
    Change,
    Record,
    cell_file,
    footage_request,
    sign_file,
    square,
)

from fanlight.hub.matching import Asked, CellFile, CellFileRefused, find_matches, named_pack, read_cell_file
from fanlight.hub.sealer import Kept
from fanlight.model.window import Window
from fanlight.policy import default_pack
from fanlight.proof.cosignature import THE_OPERATOR, Witness, format_witnesses
from fanlight.proof.note import COSIGNATURE, ED25519, SignerKey
from fanlight.seal import keys
from fanlight.wire import jcs

STRANGER = SignerKey(LOG.name, ED25519, b"s" * 32)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


def read(raw: bytes, identity: str = CELL_KEY.secret) -> CellFile:
    return read_cell_file(raw, log=LOG.verifier, cell=CELL, identity=identity, pack=default_pack())


def put(**values: object) -> Change:
    return lambda part: part.update(values)


def respaced(canonical: bytes | str) -> bytes:
    """Return the same JSON with spaces in it."""
    return json.dumps(json.loads(canonical)).encode()


def test_a_request_that_holds_is_read_with_all_that_a_resident_is_shown() -> None:
    """R24: everything is decided at home, from bytes that are the same for everyone."""
    asking = Asking()
    found = read(cell_file(asking))
    (asked,) = found.asked
    assert found.refused == ()
    assert found.cosigned_by == (WITNESS.name,)
    assert found.size == 7
    assert (asked.request, asked.case_key, asked.drop) == (asking.id, asking.case_key, asking.drop)
    assert (asked.area, asked.window) == (asking.request.area, asking.request.window)
    assert (asked.words, asked.offence) == (asking.request.words, asking.request.offence)


def test_what_is_told_may_be_padded() -> None:
    """R24: the server pads what it seals; the hub reads the same request from it."""
    asking = Asking(change_told=put(pad="0" * 3_000))
    (found,) = read(cell_file(asking)).asked
    assert found.request == asking.id


def test_a_cell_without_requests_has_a_file_all_the_same() -> None:
    assert read(cell_file()).asked == ()


def test_the_ordinance_is_named_before_anything_is_believed() -> None:
    assert named_pack(cell_file()) == default_pack().sha256


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(cell_file(Asking(), signer=STRANGER), id="signed-by-another-key-of-that-name"),
        pytest.param(cell_file(Asking(), cell="85283083fffffff"), id="of-another-cell"),
        pytest.param(cell_file(Asking(), record=Record(log=STRANGER)), id="checkpoint-of-another-log"),
        pytest.param(cell_file(Asking(), change_body=put(v=2)), id="another-version"),
        pytest.param(cell_file(Asking(), change_body=put(type="cell")), id="another-type"),
        pytest.param(cell_file(change_body=put(pack={"sha256": "0" * 64})), id="another-ordinance"),
        pytest.param(cell_file(change_body=put(pack={"sha256": "0"})), id="no-ordinance"),
        pytest.param(cell_file(change_body=put(witness_vkeys="nobody")), id="witnesses-that-are-none"),
        pytest.param(respaced(cell_file()), id="not-canonical"),
        pytest.param(sign_file(respaced(json.loads(cell_file())["body"])), id="body-not-canonical"),
        pytest.param(cell_file() + b"\n", id="one-byte-more"),
        pytest.param(cell_file()[:-1], id="one-byte-less"),
        pytest.param(b"", id="nothing"),
    ],
)  # fmt: skip
def test_a_file_that_lies_is_refused_whole(raw: bytes) -> None:
    with pytest.raises(CellFileRefused) as refused:
        read(raw)
    assert refused.value.kept
    assert refused.value.do


def test_a_checkpoint_whose_cosignature_is_wrong_is_refused() -> None:
    def swap(body: dict[str, Any]) -> None:
        body["checkpoint"] = Record(entries=[b"{}"]).checkpoint().decode().rsplit("\n", 2)[0].join(["", "\n"])
        other = Record(entries=[b"[]"]).checkpoint().decode().rsplit("\n", 2)[1]
        body["checkpoint"] = body["checkpoint"].removesuffix("\n") + "\n" + other + "\n"

    with pytest.raises(CellFileRefused, match="signatures under it"):
        read(cell_file(change_body=swap))


def test_a_checkpoint_that_no_listed_witness_has_cosigned_is_refused() -> None:
    """R42: the log alone could show this cell another record than everybody else."""

    def alone(body: dict[str, Any]) -> None:
        body["checkpoint"] = body["checkpoint"].rsplit("\n", 2)[0] + "\n"

    def by_another(body: dict[str, Any]) -> None:
        other = SignerKey("another.example", COSIGNATURE, b"o" * 32)
        body["witness_vkeys"] = format_witnesses([Witness(other.verifier, THE_OPERATOR)])

    def with_none_listed(body: dict[str, Any]) -> None:
        alone(body)
        body["witness_vkeys"] = ""

    for change in (alone, by_another):
        with pytest.raises(CellFileRefused, match="No witness"):
            read(cell_file(Asking(), change_body=change))
    found = read(cell_file(Asking(), change_body=with_none_listed))
    assert (len(found.asked), found.cosigned_by) == (1, ())


def _no_opening(told: dict[str, Any]) -> None:
    told["openings"] = told["openings"][1:]


def _other_salt(told: dict[str, Any]) -> None:
    told["openings"][0]["salt"] = "0" * 64


def _moved(told: dict[str, Any]) -> None:
    told["outline"] = [[lon + 1, lat] for lon, lat in told["outline"]]


def _smaller(facts: dict[str, Any]) -> None:
    facts["area_m2"] //= 2


OTHER_KEY = keys.new_identity().recipient
LIES: dict[str, tuple[Asking, str]] = {
    "entry not in the tree": (Asking(change_entry=put(index=0)), "not in the tree"),
    "no such place": (Asking(change_entry=put(index=-1)), "no such leaf"),
    "key's entry not in the tree": (Asking(change_entry=put(key_proof=[])), "proof does not hold"),
    "entry changed afterwards": (Asking(change_entry=put(leaf="{}")), "not in the tree"),
    "entry of another request": (Asking(change_pub=put(request="a" * 26)), "another request"),
    "entry of another kind": (Asking(request_type="case"), "another kind"),
    "entry without what it needs": (Asking(change_pub=lambda pub: pub.pop("facts")), "cannot be read"),
    "refused request": (Asking(change_pub=put(decision="refused")), "does not accept"),
    "key other than its entry's": (Asking(change_key_pub=put(key=OTHER_KEY)), "case key"),
    "key other than the request's": (Asking(change_pub=put(key_sha256="0" * 64)), "case key"),
    "no key": (Asking(change_pub=put(key_sha256=None)), "case key"),
    "key of another agency": (Asking(change_key_pub=put(agency="CA0000000")), "case key"),
    "key that a quantum computer breaks": (
        Asking(case_key="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
        "post-quantum",
    ),
    "decided by another ordinance": (Asking(change_pub=put(pack="0" * 64)), "another ordinance"),
    "one signature only": (Asking(change_facts=put(second_signature=False)), "does not accept"),
    "federal immigration": (Asking(change_facts=put(agency_kind="federal-immigration")), "not accept"),
    "a fact left out": (Asking(change_facts=lambda facts: facts.pop("words_plain")), "could be decided"),
    "area larger than its fact": (Asking(change_facts=_smaller), "asked about"),
    "window longer than its fact": (Asking(change_facts=put(window_min=30)), "asked about"),
    "together less than by itself": (Asking(change_facts=put(joined_area_m2=70_000)), "asked about"),
    "together too large": (Asking(change_facts=put(joined_area_m2=1_294_995)), "does not accept"),
    "told another area": (Asking(change_told=_moved), "stands in the record"),
    "told other words": (Asking(change_told=put(words="Give us everything.")), "stands in the record"),
    "an opening is missing": (Asking(change_told=_no_opening), "stands in the record"),
    "an opening does not fit": (Asking(change_told=_other_salt), "commits to another"),
    "openings of another form": (Asking(change_told=put(openings=7)), "cannot be read"),
    "nothing told": (Asking(change_told=lambda told: told.clear()), "cannot be read"),
    "a drop token that is a path": (Asking(drop="../../v1/clips"), "cannot be read"),
    "sealed to another cell": (Asking(sealed_to=OTHER_KEY), "sealed to other keys"),
    "sealed is no age file": (Asking(change_entry=put(sealed="AAAA")), ""),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_request_that_lies_does_not_count_and_hides_no_other(lie: str) -> None:
    """R24, R42: what the record does not bear out is not shown, and says why."""
    asking, why = LIES[lie]
    honest = Asking()
    found = read(cell_file(asking, honest))
    assert [one.request for one in found.asked] == [honest.id]
    ((refused, reason),) = found.refused
    assert refused == asking.id
    assert why in reason


def test_an_offence_below_the_floor_does_not_pass_under_the_facts_of_a_graver_one() -> None:
    graver = footage_request()
    lesser = Asking(
        request=footage_request(offence="290"),
        change_facts=lambda facts: facts.update(offence_listed=True, offence_floor=True, offence_grave=True),
    )
    assert graver.offence != lesser.request.offence
    found = read(cell_file(lesser))
    assert found.asked == ()
    assert "asked about" in found.refused[0][1]


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_raise_nothing_else(raw: bytes) -> None:
    with pytest.raises(CellFileRefused):
        read(raw)
    with pytest.raises(CellFileRefused):
        named_pack(raw)


@given(st.dictionaries(st.sampled_from(["body", "sig", "other"]), JSON, max_size=3))
def test_random_objects_are_refused_and_raise_nothing_else(value: dict[str, Any]) -> None:
    with pytest.raises(CellFileRefused):
        read(jcs.dumps(value))


NAMES = ["v", "type", "cell", "pack", "checkpoint", "vkey", "witness_vkeys", "requests"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1))
def test_a_signed_body_of_any_form_raises_nothing_else(change: dict[str, Any]) -> None:
    try:
        read(cell_file(change_body=lambda body: body.update(change)))
    except CellFileRefused:
        return
    assert change.keys() <= {"vkey"} or change.get("requests") == [] or change.get("witness_vkeys") == ""


@settings(max_examples=60)
@given(part=st.sampled_from(["facts", "pub", "key_pub", "told", "entry"]), change=st.data())
def test_a_signed_entry_of_any_form_is_refused_or_holds(part: str, change: st.DataObject) -> None:
    """What the log signed may still be nonsense: it must not end the hub."""

    def garble(values: dict[str, Any]) -> None:
        name = change.draw(st.sampled_from(sorted(values)))
        values[name] = change.draw(JSON)

    asking = Asking(**{f"change_{part}": garble})  # type: ignore[arg-type] # one of its changes
    try:
        found = read(cell_file(asking))
    except CellFileRefused:
        assert part == "entry"
        return
    assert len(found.asked) + len(found.refused) == 1


def asked(window: Window, half: float = 0.001) -> Asked:
    return Asked(
        request="r",
        agency_name="",
        case_key="",
        case_number="",
        words="",
        offence="",
        area=square(*PLACE, half),
        window=window,
        drop="",
    )


HOUR = Window(start=NOW - timedelta(hours=2), end=NOW - timedelta(hours=1))


def kept(start_min: float, end_min: float) -> Kept:
    """Return a clip from and to so many minutes after the window's start."""
    at = HOUR.start
    return Kept(
        clip=f"{start_min}-{end_min}",
        camera="c",
        label="person",
        start=at + timedelta(minutes=start_min),
        end=at + timedelta(minutes=end_min),
    )


def matched(*clips: Kept, place: tuple[float, float] = PLACE) -> list[str]:
    found = find_matches([asked(HOUR)], clips, *place, NOW)
    return [clip for match in found for clip in match.clips]


def test_a_clip_matches_when_it_shares_time_with_the_window() -> None:
    inside, over = kept(5, 6), kept(-10, 70)
    early, late = kept(-1, 0.01), kept(59.9, 61)
    assert matched(inside, over, early, late) == [one.clip for one in (inside, over, early, late)]


def test_a_clip_that_only_touches_the_window_does_not_match() -> None:
    assert matched(kept(-1, 0), kept(60, 61), kept(-5, -4), kept(70, 71)) == []


def test_a_hub_outside_the_area_matches_nothing() -> None:
    lon, lat = PLACE
    assert matched(kept(5, 6)) == ["5-6"]
    assert matched(kept(5, 6), place=(lon + 0.0011, lat)) == []
    assert matched(kept(5, 6), place=(lat, lon)) == []


def test_a_window_that_has_not_begun_matches_nothing() -> None:
    ahead = asked(Window(start=NOW + timedelta(minutes=1), end=NOW + timedelta(hours=1)))
    clip = Kept(clip="c", camera="c", label="person", start=NOW, end=NOW + timedelta(hours=2))
    assert find_matches([ahead], [clip], *PLACE, NOW) == []


def test_a_request_that_no_clip_concerns_is_not_named() -> None:
    assert find_matches([asked(HOUR)], [], *PLACE, NOW) == []
