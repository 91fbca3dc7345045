"""`fanlight import`: lists that others wrote, read with their source, and nothing in them guessed."""

import gzip
import string
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fanlight.cli.lists import agencies, agreements, rows
from fanlight.cli.lists.rows import BadList, Source
from fanlight.cli.main import main
from fanlight.demo.lists import LISTS

AGENCIES = "ori,agency_name,agency_type,county,state_abbr,lat,lon\n"
AGREEMENTS = "agency,city,county,state_abbr,partnership_start,ori,source\n"
MORTON = "NY0130000,Morton Police Department,City,WAYNE,NY,43.3,-77.3\n"
WHERE = ("--source", "a list", "--credit", "its maker", "--as-of", "2020-10-07")


def _run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def _source(text: str) -> Source:
    return Source(Path("list.csv"), text.encode(), "0" * 64)


def _file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_two_hundred_then_four_hundred_partnerships_are_counted_from_the_file() -> None:
    """R32 R49: 201 by the end of April 2019, 412 by the end of August; who could not be told is listed."""
    code, told = _run(
        "import", "agreements", str(LISTS["agreements"].file), "--agencies", str(LISTS["agencies"].file),
        "--by", "2019-04-30", "--by", "2019-08-31", "--open", *WHERE,
    )  # fmt: skip
    lines = told.splitlines()
    assert code == 0
    assert lines[:3] == [
        "1501 agreements, 1331 of them with a day.",
        "201 by 2019-04-30",
        "412 by 2019-08-31",
    ]
    assert sum(line.startswith("  line ") for line in lines) == 57
    assert "Lansing Police Department, Lansing, MI: ambiguous" in told


def test_every_agency_of_the_fbis_list_is_read() -> None:
    """R32: 18,702; 556 of them have no point."""
    code, told = _run("import", "agencies", str(LISTS["agencies"].file), *WHERE)
    assert (code, told.splitlines()[0]) == (
        0,
        "18702 agencies, 18146 of them with a point. A point is not a jurisdiction.",
    )


def test_whom_a_line_means_is_given_or_found_or_left_open() -> None:
    """R32: never guessed; the same name in another county, or in two places, stays open."""
    known = agencies.agencies(
        _source(
            AGENCIES
            + MORTON
            + "NY0140000,Salem Police Department,City,ERIE,NY,,\n"
            + "NY0150000,Salem Police Department,City,KINGS,NY,,\n"
            + "NY0160000,Nowhere Police Department,City,,NY,,\n"
        )
    )
    names = agreements.Names(known)
    assert names.whom("NY0130000", "any", "any", "NY") == ("NY0130000", "given")
    assert names.whom("NY9999999", "Morton  Police-Department", "Wayne County", "NY") == (
        "NY0130000",
        "found",
    )
    assert names.whom("", "Morton Police Department", "Erie County", "NY") == (None, "ambiguous")
    assert names.whom("", "Salem Police Department", "Erie County", "NY") == (None, "ambiguous")
    assert names.whom("", "Nowhere Police Department", "", "NY") == (None, "ambiguous")
    assert names.whom("", "Morton Police Department", "Wayne County", "PA") == (None, "none")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the column agency_name is missing"),
        ("ori;agency_name\n", "the column agency_name is missing"),
        (AGENCIES, "it has no lines"),
        (AGENCIES + MORTON + MORTON, "the ORI NY0130000 stands twice"),
        (AGENCIES + MORTON.replace("NY013", "ny013"), "line 2: an ORI is"),
        (AGENCIES + MORTON.replace("43.3", "north"), "line 2: lon and lat are degrees"),
        (AGENCIES + MORTON.replace("43.3", ""), "line 2: lon and lat are degrees"),
        (AGENCIES + MORTON.replace("43.3", "nan"), "line 2: lon and lat are degrees"),
        (AGENCIES + MORTON.replace("43.3", "143.3"), "line 2: lon and lat are degrees"),
        (AGENCIES + MORTON.replace(",NY,", ",New York,"), "line 2: a state is two capital letters"),
        (AGENCIES + MORTON.replace("Morton Police Department", ""), "line 2: a name has 1 to 200 letters"),
        (AGENCIES + MORTON.replace("Morton", "Mor\u202eton"), "line 2: a name holds a letter"),
        (AGENCIES + MORTON.replace("WAYNE", "WAYNE,X"), "line 2 has not as many fields"),
        (AGENCIES + MORTON.replace("43.3,-77.3", "43.3"), "line 2 has not as many fields"),
        (AGENCIES + MORTON.replace("WAYNE", '"WAYNE'), "is no CSV"),
    ],
)
def test_a_list_of_agencies_that_is_wrong_gets_one_clear_error(tmp_path: Path, text: str, why: str) -> None:
    code, told = _run("import", "agencies", _file(tmp_path, text), *WHERE)
    assert (code, why in told, "Nothing of it was stored." in told) == (1, True, True), told


@pytest.mark.parametrize("day", ["30/04/2019", "2019-4-30", "2019-02-30", "20190430"])
def test_a_day_of_another_form_is_refused_with_its_line(tmp_path: Path, day: str) -> None:
    line = f"Morton Police Department,Morton,Wayne County,NY,{day},,\n"
    known = _file(tmp_path, AGENCIES + MORTON, "agencies.csv")
    code, told = _run("import", "agreements", _file(tmp_path, AGREEMENTS + line), "--agencies", known, *WHERE)
    assert (code, "line 2: " in told) == (1, True), told


def test_what_is_no_readable_file_gets_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(AGENCIES.encode())[:20])
    (tmp_path / "latin").write_bytes(AGENCIES.encode() + b"\xe9")
    for name, why in (("cut.gz", "its gzip is damaged"), ("latin", "not UTF-8"), ("none", "No such file")):
        code, told = _run("import", "agencies", tmp_path / name, *WHERE)
        assert (code, why in told) == (1, True), told


def test_a_file_that_unpacks_to_more_than_a_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "much.gz"
    path.write_bytes(gzip.compress(bytes(rows.MOST_BYTES + 1), compresslevel=1))
    with pytest.raises(BadList, match="more than 64 MiB"):
        rows.read(path)


_FIELDS = st.text(st.sampled_from(string.printable + "é\u202e\0"), max_size=30)


@given(st.lists(st.lists(_FIELDS, max_size=9), max_size=4), st.binary(max_size=40))
def test_no_file_at_all_brings_more_than_one_clear_error(fields: list[list[str]], junk: bytes) -> None:
    for head in (AGENCIES, AGREEMENTS):
        data = head.encode() + "\n".join(",".join(line) for line in fields).encode() + junk
        source = Source(Path("list.csv"), data, "0" * 64)
        for read in (agencies.agencies, lambda one: agreements.agreements(one, agreements.Names([]))):
            said = ["list.csv cannot be taken over: "]
            try:
                read(source)
            except BadList as error:
                said = error.what.splitlines()
            assert len(said) == 1
            assert said[0].startswith("list.csv cannot be taken over: ")
