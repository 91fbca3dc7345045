"""R18: what is read of exports, alerts and documents, and that nothing else gets out of the readers."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.incidents import samples
from tests.server.incidents.samples import SECRET

from fanlight.server.incidents.mapping import BadMapping, Mapping, from_toml
from fanlight.server.incidents.reading import BadExport, Read, read

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WALL = datetime(2026, 3, 1, 21, 14, 5)  # noqa: DTZ001 - a wall clock in Los Angeles, as exports have it
MAPPINGS = {
    "csv": samples.CSV,
    "json": samples.CSV.replace('"csv"', '"json"'),
    "cap": 'v = 1\nform = "cap"',
    "eido": 'v = 1\nform = "eido"',
}


def of(form: str, data: bytes, mapping: str = "") -> Read:
    return read(data, from_toml(mapping or MAPPINGS[form]), NOW)


def test_units_are_joined_and_times_have_a_zone() -> None:
    """Two units of one incident are one report: over when both are free; times are the zone's."""
    early = samples.row("7", WALL, available="yes")
    found = of("csv", samples.table(early, samples.row("7", WALL + timedelta(seconds=9), unit="E2")))
    (one,) = found.reports
    assert (found.rows, found.joined, found.dropped) == (2, 1, {})
    assert one.began == datetime(2026, 3, 2, 5, 14, 5, tzinfo=UTC)
    assert (one.kind, one.state, one.point, one.changed) == (
        "Structure Fire",
        "open",
        (-122.4187, 37.7756),
        NOW,
    )
    free = of("csv", samples.table(early, samples.row("7", WALL, available="yes", unit="E2")))
    assert free.reports[0].state == "over"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (samples.row("", WALL), "no_id"),
        (samples.row("7", WALL, when="yesterday"), "no_time"),
        ("7,E1", "too_short"),
    ],
)
def test_a_row_that_cannot_be_read_is_counted_and_the_others_stay(row: str, why: str) -> None:
    """What is wrong with one row costs that row alone."""
    found = of("csv", samples.table(row, samples.row("8", WALL)))
    assert (dict(found.dropped), len(found.reports)) == ({why: 1}, 1)


@pytest.mark.parametrize("where", ["REDACTED", '"(0, 0)"', "-1", '"(95, -122)"', "", "here", '"(1,2,3)"'])
def test_what_stands_for_no_point_is_none(where: str) -> None:
    """Sentinels and nonsense are no place; the incident stays."""
    (one,) = of("csv", samples.table(samples.row("7", WALL, where=where))).reports
    assert one.point is None


def test_columns_by_number_day_and_hour_apart_and_no_number_of_its_own() -> None:
    """Exports without a header (Reno), with two columns of time (Los Angeles), without a key (Montgomery)."""
    mapping = """
v = 1
form = "csv"
header = false
delimiter = "|"
encoding = "windows-1252"
kind = [2]
began = { columns = [3, 4], form = "%Y-%m-%d %H:%M:%S", first = [10, 8] }
place = { columns = [6, 5] }
"""
    text = "x|CAF\xc9 FIRE|2026-03-01T00:00:00|04:57:44|37.77|-122.41\n" * 2
    (one,) = of("csv", text.encode("windows-1252"), mapping).reports
    assert (one.kind, one.began, one.point) == (
        "CAF\xc9 FIRE",
        datetime(2026, 3, 1, 4, 57, 44, tzinfo=UTC),
        (-122.41, 37.77),
    )


def test_json_rows_are_read_as_a_table_is() -> None:
    """Socrata's JSON: values are texts; nested ones and those that no mapping names are never looked at."""
    rows = [
        {"Incident": "7", "Type": "Alarm", "Received": "03/01/2026 09:14:05 PM", "Location": {"x": SECRET}}
    ]
    (one,) = of("json", json.dumps(rows).encode()).reports
    assert (one.key, one.kind, one.point) == ("7", "Alarm", None)


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("csv", b"Incident,Type\n1,2\n"),
        ("csv", b"\xff\xfe\x00"),
        ("csv", b'Incident,"' + b"x" * 200_000),
        ("csv", b"a\0b"),
        ("json", b"{"),
        ("json", b"[[" * 100_000),
        ("json", b'{"Incident": 1}'),
        ("cap", b"<alert/>"),
        ("cap", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("cap", b"<a>" * 50_000),
        ("cap", b"<a>" + b"<b/>" * 60_000 + b"</a>"),
        ("cap", b"x" * (1 << 21)),
        ("eido", b"\xff"),
        ("eido", b"[" * 100_000),
    ],
)
def test_what_cannot_be_read_at_all_is_one_clear_error(form: str, data: bytes) -> None:
    """One error, that says what was kept and what to do, without a word of what was in the file."""
    with pytest.raises(BadExport) as raised:
        of(form, data)
    assert raised.value.kept == "Nothing was taken in."
    assert SECRET not in str(raised.value)


def test_entities_are_refused_before_they_grow() -> None:
    """A thousand million laughs: the document type alone is enough to refuse it."""
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE l [<!ENTITY a0 "ha">{grown}'
    with pytest.raises(BadExport, match="document type"):
        of("cap", f"{bomb}]><alert>&a8;</alert>".encode())


def test_alerts_updates_and_cancels() -> None:
    """CAP: an update stands for what it refers to, whatever offset it writes; a cancel takes it away."""
    pacific = NOW.astimezone(ZoneInfo("America/Los_Angeles"))
    (first,) = of("cap", samples.alert("1", NOW)).reports
    assert (first.kind, first.state, first.point) == ("Law Enforcement Warning", "open", None)
    assert first.outline[0][0] == (-122.42, 37.77)
    assert first.until == NOW + timedelta(hours=3)
    refers = f"dispatch@town.example,1,{pacific.isoformat(timespec='seconds')}"
    (second,) = of("cap", samples.alert("2", NOW, type="Update", refers=refers)).reports
    assert second.replaces == (first.key,)
    (third,) = of("cap", samples.alert("3", NOW, type="Cancel", refers=refers)).reports
    assert (third.state, third.replaces) == ("cancelled", (first.key,))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "Exercise"}, "not_actual"),
        ({"status": "Test"}, "not_actual"),
        ({"type": "Ack"}, "not_actual"),
        ({"scope": "Restricted"}, "not_public"),
    ],
)
def test_an_exercise_and_what_is_not_public_are_dropped(change: dict[str, str], why: str) -> None:
    """Nothing that is not real or not for everybody gets in."""
    assert dict(of("cap", samples.alert("1", NOW, **change)).dropped) == {why: 1}


@pytest.mark.parametrize(
    "area", ["<polygon></polygon>", "<polygon>1,2 3,4</polygon>", "<circle>a</circle>", ""]
)
def test_an_area_that_is_none_leaves_the_alert(area: str) -> None:
    """The Weather Service writes empty polygons: the alert is of the whole town then."""
    (one,) = of("cap", samples.alert("1", NOW, area=area)).reports
    assert one.outline == ()


def test_of_a_document_the_incident_alone_is_read() -> None:
    """EIDO: state, type, number, and the point that is called the incident's own."""
    (one,) = of("eido", samples.documents(samples.document("26-1", NOW))).reports
    assert (one.key, one.kind, one.state, one.point) == ("26-1", "BURGLARY", "open", (-122.4187, 37.7756))
    (caller,) = of("eido", samples.documents(samples.document("26-1", NOW, role="Caller"))).reports
    assert caller.point is None
    closed = samples.document("26-1", NOW, incidentStatusCommonRegistryText=["Closed"])
    assert of("eido", samples.documents(closed)).reports[0].state == "over"
    kept_back = samples.document("26-1", NOW, may="false")
    assert dict(of("eido", samples.documents(kept_back)).dropped) == {"not_public": 1}
    assert dict(of("eido", b'[{"$id": "x"}, 3]').dropped) == {"no_incident": 2}


@pytest.mark.parametrize("form", ["csv", "cap", "eido"])
def test_nothing_that_is_not_read_gets_out(form: str) -> None:
    """A caller's words are in each sample, and in nothing that the readers return."""
    data = {
        "csv": samples.table(samples.row("7", WALL)),
        "cap": samples.alert("1", NOW),
        "eido": samples.documents(samples.document("26-1", NOW)),
    }[form]
    assert SECRET.encode() in data
    assert SECRET not in repr(of(form, data))


@given(st.sampled_from(sorted(MAPPINGS)), st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@settings(deadline=None)
def test_whatever_comes_is_read_or_refused(form: str, data: bytes) -> None:
    """Arbitrary bytes: a result or BadExport, nothing else."""
    try:
        found = of(form, data)
    except BadExport:
        return
    assert found.rows == len(found.reports) + found.joined + sum(found.dropped.values())


@given(st.data())
@settings(deadline=None)
def test_damaged_samples_are_read_or_refused(data: st.DataObject) -> None:
    """Real forms with bytes changed, cut and doubled."""
    form = data.draw(st.sampled_from(["csv", "cap", "eido"]))
    whole = {
        "csv": samples.table(samples.row("7", WALL), samples.row("8", WALL)),
        "cap": samples.alert("1", NOW),
        "eido": samples.documents(samples.document("26-1", NOW)),
    }[form]
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 20))
    damaged = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + length :]
    try:
        found = of(form, damaged)
    except BadExport:
        return
    assert found.rows == len(found.reports) + found.joined + sum(found.dropped.values())


@pytest.mark.parametrize(
    "change",
    [
        'zone = "Mars/Base"',
        "kind = []",
        "header = false",
        'key = ["a", "b", "c", "d", "e"]',
        "colour = 1",
        'began = { columns = ["Received"], first = [1, 2] }',
        'began = { columns = ["Received"], form = "%d %d" }',
        'began = { columns = ["Received"], form = "%" }',
    ],
)
def test_a_mapping_whose_parts_do_not_fit_says_so(change: str) -> None:
    """A mapping file is checked before anything is read by it."""
    name = change.split(" = ", maxsplit=1)[0]
    lines = [line for line in samples.CSV.splitlines() if not line.startswith(f"{name} = ")]
    with pytest.raises(BadMapping):
        from_toml("\n".join([*lines, change]))


def test_a_standards_form_has_no_columns() -> None:
    """CAP and EIDO say themselves where things are."""
    with pytest.raises(BadMapping):
        from_toml('v = 1\nform = "cap"\nkey = ["a"]')
    assert isinstance(from_toml(MAPPINGS["eido"]), Mapping)
