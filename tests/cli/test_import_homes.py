"""`fanlight import homes`: a table of homes becomes counts of cells where it is read; nothing else stays."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import h3
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.cli.lists.homes import Counted, homes
from fanlight.cli.lists.rows import BadList, Source
from fanlight.cli.main import main

WHERE = ("--source", "the county's address points", "--credit", "the county", "--as-of", "2026-10-01")
HERE = (-122.41, 37.78)
SECRET = "12 Zanzibar Close"


def read(body: str, **options: Any) -> Counted:
    return homes(Source(Path("homes.csv"), body.encode(), "0" * 64), **options)


def point(lon: object, lat: object, **about: object) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": about}


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def test_a_table_is_told_line_by_line_and_kept_as_counts_of_cells(tmp_path: Path) -> None:
    """R50: every line is taken or left out with its reason; no address, owner or id is printed."""
    lon, lat = HERE
    path = tmp_path / "homes.csv"
    path.write_text(
        "id,address,owner,lon,lat,homes\n"
        f"a,{SECRET} 1,Ann Zanzibar,{lon},{lat},1\n"
        f"b,{SECRET} 2,Bo Zanzibar,{lon},{lat},40\n"
        f"b,{SECRET} 2,Bo Zanzibar,{lon},{lat},40\n"
        f"c,{SECRET} 3,Cy Zanzibar,,,1\n"
        f"d,{SECRET} 4,Di Zanzibar,{SECRET},{lat},1\n"
        f"e,{SECRET} 5,Ed Zanzibar,{lat},{-lon},1\n"
        f"f,{SECRET} 6,Flo Zanzibar,0,0,1\n"
        f"g,{SECRET} 7,Gus Zanzibar,nan,{lat},1\n"
        f"h,{SECRET} 8,Hal Zanzibar,{lon},{lat},-1\n"
        f"i,{SECRET} 9,Ida Zanzibar,{lon},{lat},0\n"
        f"j,{SECRET} 10,Jo Zanzibar,{lon}\n"
        f"k,{SECRET} 11,Kim Zanzibar,{lon + 5},{lat},1\n"
    )
    result = CliRunner().invoke(
        main, ["import", "homes", str(path), "--within", "-123", "37", "-122", "38", *WHERE]
    )
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "12 lines read, 2 taken, 10 left out.",
        "     1 left out: it has no homes",
        "     2 left out: it has no point",
        "     1 left out: it has not as many fields as the first line",
        "     1 left out: its homes are no whole number up to 10000",
        "     1 left out: its id stood before",
        "     1 left out: its point is 0, 0",
        "     2 left out: its point is not on the map",
        "     1 left out: its point lies outside",
        "41 homes in 1 cells.",
        "Dropped: every address, point and id. Kept: how many homes each cell has.",
        "Columns that were not looked at: address, owner.",
        "Read only: --server and --key hand it in.",
    ]
    assert "anzibar" not in result.output


def test_points_of_geojson_are_counted_as_lines_are() -> None:
    lon, lat = HERE
    wrong: list[Any] = [
        7,
        {"type": "Feature", "geometry": None, "properties": {"address": SECRET}},
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[lon, lat]]]}, "properties": {}},
        point(lon, SECRET),
        point(lon, lat, homes="many"),
        point(lon, lat, homes=True),
        point(lon, lat, homes=-1),
        point(lon, lat, id=5),
    ]
    found = read(collection(point(lon, lat, id=5, address=SECRET), point(lon, lat, homes=3), *wrong))
    assert (found.homes, found.read, found.taken) == ({h3.latlng_to_cell(lat, lon, 8): 4}, 10, 2)
    assert found.dropped == ("address",)
    assert sum(found.left.values()) == len(wrong)


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"{SECRET},1,2\n{SECRET},3,4\n",
        f"lon,address\n1,{SECRET}\n",
        f"lon,lat,lat\n1,2,{SECRET}\n",
        f"lon,lat\n{SECRET},{SECRET}\n",
        f'lon,lat,address\n1,2,"{SECRET}\n',
        '{"type": "FeatureCollection", "features": [{"properties": {"address": "' + SECRET + '"}}]}',
        '{"type": "Feature", "address": "' + SECRET + '"}',
        '{"' + SECRET,
    ],
)
def test_what_is_no_table_gets_one_clear_error_that_repeats_nothing_of_it(tmp_path: Path, body: str) -> None:
    """R50: a file without column names begins with somebody's address."""
    path = tmp_path / "homes.csv"
    path.write_text(body)
    result = CliRunner().invoke(main, ["import", "homes", str(path), *WHERE])
    assert (result.exit_code, "cannot be taken over" in result.output) == (1, True)
    with pytest.raises(BadList) as caught:
        read(body)
    chain: list[BaseException] = [caught.value]
    while chain[-1].__cause__ is not None:
        chain.append(chain[-1].__cause__)
    assert "Zanzibar" not in "".join(map(str, chain)) + result.output


HOMES = st.lists(
    st.tuples(st.floats(-179, 179), st.floats(-80, 80), st.integers(0, 60)), min_size=1, max_size=40
)


@given(HOMES)
@settings(max_examples=60)
def test_any_table_gives_the_same_counts_as_csv_and_as_geojson(table: list[tuple[float, float, int]]) -> None:
    """R50: and every home of a line that counts lies in one cell."""
    expected: Counter[str] = Counter()
    for lon, lat, many in table:
        if many and (lon, lat) != (0, 0):
            expected[h3.latlng_to_cell(lat, lon, 8)] += many
    rows = "".join(f"{lon!r},{lat!r},{many},{SECRET}\n" for lon, lat, many in table)
    features = [point(lon, lat, homes=many, address=SECRET) for lon, lat, many in table]
    for body in ("lon,lat,homes,address\n" + rows, collection(*features)):
        try:
            found = read(body)
        except BadList:
            assert not expected
        else:
            assert found.homes == dict(expected)
            assert found.read == found.taken + sum(found.left.values()) == len(table)
            assert "Zanzibar" not in repr(found)


WORDS = st.text(alphabet="lonat,homesid\n\"'{}[]:.0123456789-eE \x00\ufeffé", max_size=120)


@given(st.one_of(WORDS, WORDS.map(lambda some: "lon,lat,homes,id\n" + some), WORDS.map(lambda s: "{" + s)))
@settings(max_examples=200)
def test_no_text_at_all_brings_more_than_one_clear_error(body: str) -> None:
    said = ["homes.csv cannot be taken over: "]
    try:
        found = read(body)
    except BadList as error:
        said = error.what.splitlines()
    else:
        assert found.homes
        assert all(h3.get_resolution(cell) == 8 and many > 0 for cell, many in found.homes.items())
        assert found.read == found.taken + sum(found.left.values())
    assert said[0].startswith("homes.csv cannot be taken over: ")
