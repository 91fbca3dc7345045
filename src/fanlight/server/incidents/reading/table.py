"""Read a table of incidents: CSV, or JSON as a list of objects.

In:     bytes in the mapping's encoding.
Out:    Read.
Holds:  only the mapping's columns are looked at. A row that cannot be read is dropped and counted.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from fanlight.model.geo import MAX_LAT, Point
from fanlight.server.incidents.mapping import Column, Mapping, Place, Said, Time
from fanlight.server.incidents.reading.report import Read, Report, State, Why, bad, join

MOST_ROWS = 200_000
_MOST_FIELD = 10_000  # characters; a longer one is no column of ours
_NUMBERS = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?")
_BLANKS = re.compile(r"\s+")

Cells = Sequence[str]
Get = Callable[[Cells], str]


def read_csv(data: bytes, mapping: Mapping, sent: datetime) -> Read:
    """Read a CSV file.

    Raises:
        BadExport: wrong encoding, no such columns, or too many rows.
    """
    try:
        text = data.decode(mapping.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise bad(f"The file is not {mapping.encoding}.", "Say its encoding in the mapping.") from error
    if "\0" in text:
        raise bad("The file is no text.", "Export it as CSV.")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter)
    try:
        heads: list[Column] = list(next(rows, [])) if mapping.header else list(range(1, 501))
        reader = _Row(mapping, [one.strip() if isinstance(one, str) else one for one in heads], sent)
        return _read(reader, (row for row in rows if row))
    except csv.Error as error:
        raise bad("The file is no CSV.", "Look at its delimiter and quotes.") from error


def read_json(data: bytes, mapping: Mapping, sent: datetime) -> Read:
    """Read a list of JSON objects; values are texts, numbers, or none.

    Raises:
        BadExport: no JSON, or no list of objects.
    """
    try:
        rows: list[dict[str, Any]] = msgspec.json.decode(data, type=list[dict[str, Any]])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad("The file is no JSON list of objects.", "Export it as one.") from error
    columns = mapping.columns()
    reader = _Row(mapping, columns, sent)
    return _read(reader, ([_text(row.get(str(column))) for column in columns] for row in rows))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _read(reader: "_Row", rows: Iterator[Cells]) -> Read:
    dropped: Counter[Why] = Counter()
    found: list[Report] = []
    count = 0
    for row in rows:
        count += 1
        if count > MOST_ROWS:
            raise bad(f"There are more than {MOST_ROWS:,} rows.", "Hand in what is new since the last time.")
        said = reader.report(row)
        if isinstance(said, Report):
            found.append(said)
        else:
            dropped[said] += 1
    return join(count, found, dropped)


class _Row:
    """Reads one row after another, by the same columns."""

    def __init__(self, mapping: Mapping, heads: Sequence[Column], sent: datetime) -> None:
        places: dict[Column, int] = {}
        for n, head in enumerate(heads):
            places.setdefault(head, n)
        missing = [str(column) for column in mapping.columns() if column not in places]
        if missing:
            raise bad(
                f"The file has no column {missing[0][:60]!r}.", "Mend the mapping, or export that column."
            )
        self._places = places
        self._mapping = mapping
        self._sent = sent
        self._least = 1 + max(places[column] for column in mapping.columns())
        began = mapping.began
        assert began is not None  # noqa: S101 - `Mapping.check`
        self._began = began
        self._times: dict[str, datetime | None] = {}  # the rows of one incident have one time

    def report(self, row: Cells) -> Report | Why:
        if len(row) < self._least:
            return "too_short"
        mapping = self._mapping
        began = self._time(self._began, row)
        if began is None:
            return "no_time"
        kind = " / ".join(filter(None, (self._of(row, column) for column in mapping.kind)))
        point = self._point(mapping.place, row) if mapping.place else None
        parts = [self._of(row, column) for column in mapping.key]
        if mapping.key and not all(parts):
            return "no_id"
        if not mapping.key:
            parts = [began.isoformat(), kind, *(self._of(row, at) for at in self._where())]
        changed = self._time(mapping.changed, row) if mapping.changed else None
        return Report(
            key="\n".join(parts),
            kind=kind,
            began=began,
            changed=changed or self._sent,
            state=self._state(row),
            point=point,
        )

    def _where(self) -> Sequence[Column]:
        return self._mapping.place.columns if self._mapping.place else ()

    def _of(self, row: Cells, column: Column) -> str:
        return _BLANKS.sub(" ", row[self._places[column]][:_MOST_FIELD]).strip()

    def _state(self, row: Cells) -> State:
        if self._says(self._mapping.cancelled, row):
            return "cancelled"
        return "over" if self._says(self._mapping.over, row) else "open"

    def _says(self, said: Said | None, row: Cells) -> bool:
        if said is None:
            return False
        found = self._of(row, said.column)
        return found.casefold() in {one.casefold() for one in said.values} if said.values else bool(found)

    def _time(self, time: Time, row: Cells) -> datetime | None:
        firsts: Sequence[int | None] = time.first or [None] * len(time.columns)
        text = " ".join(self._of(row, at)[:first] for at, first in zip(time.columns, firsts, strict=True))
        known = time.form + "\n" + text
        if known not in self._times:
            self._times[known] = self._moment(text, time.form)
        return self._times[known]

    def _moment(self, text: str, form: str) -> datetime | None:
        try:
            # The zone is put on below: what a mapping's form reads may have one of its own.
            found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
            aware = found if found.tzinfo else found.replace(tzinfo=self._mapping.tz)
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def _point(self, place: Place, row: Cells) -> Point | None:
        texts = [self._of(row, column) for column in place.columns]
        none = {one.casefold() for one in place.none}
        if any(text.casefold() in none for text in texts):
            return None
        numbers = _NUMBERS.findall(texts[0]) if len(texts) == 1 else texts
        if len(texts) == 1 and place.order == "lat lon":
            numbers = numbers[::-1]
        try:
            lon, lat = (float(one) for one in numbers)
        except ValueError:
            return None
        return on_the_map(lon, lat)


def on_the_map(lon: float, lat: float) -> Point | None:
    """Return a point, or None where the numbers are none: off the map, or 0, 0, as many write none."""
    there = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= MAX_LAT  # noqa: PLR2004
    return (lon, lat) if there and (lon, lat) not in {(0.0, 0.0), (-1.0, -1.0)} else None
