"""How a source writes its exports: which columns may be read, and what they say. Public, as the source is.

In:     a mapping file in TOML, or the same as JSON in a call.
Out:    Mapping, whose fields fit each other.
Holds:  a column that no mapping names is never read.
Absent: which types a town shows (`rules.Types`).
Why:    docs/guide/dispatch.md has one for each of several cities' exports.
"""

import re
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from fanlight.model.errors import FanlightError

Column = Annotated[str, Meta(min_length=1, max_length=100)] | Annotated[int, Meta(ge=1, le=500)]
Columns = Annotated[list[Column], Meta(min_length=1, max_length=4)]
Text = Annotated[str, Meta(max_length=100)]
Form = Literal["csv", "json", "cap", "eido"]


class BadMapping(FanlightError):
    """A mapping that says nothing, or two things at once."""

    code = "incidents.bad_mapping"


class Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What comes in; a field too many is refused."""


class Time(Part, frozen=True):
    """Columns with a time. Several are joined by a blank, as a date and an hour in two columns are.

    Attributes:
        form: as `strptime` reads it; empty for ISO 8601.
        first: how many characters of each column count, for a day that is written with midnight behind it.
    """

    columns: Columns
    form: Text = ""
    first: Annotated[list[Annotated[int, Meta(ge=1, le=40)]], Meta(max_length=4)] = []


class Place(Part, frozen=True):
    """Where its point is: two columns, or one with both numbers in it, such as `POINT (-122.4 37.7)`.

    Attributes:
        columns: longitude and latitude, or the one.
        order: of the two numbers in one column.
        none: values that stand for no point.
    """

    columns: Annotated[list[Column], Meta(min_length=1, max_length=2)]
    order: Literal["lon lat", "lat lon"] = "lon lat"
    none: Annotated[list[Text], Meta(max_length=20)] = []


class Said(Part, frozen=True):
    """A column, and the values of it that mean something; without values, anything but an empty one."""

    column: Column
    values: Annotated[list[Text], Meta(max_length=50)] = []


class Mapping(Part, frozen=True, dict=True):
    """A source's way to write.

    Attributes:
        form: of its files. `cap` and `eido` need no columns.
        delimiter, encoding, header: of a CSV file. Without a header, columns are numbers from 1.
        zone: in which its times are, where they do not say so.
        key: columns which together tell one incident from another; where there are none, time, type and
            place do, and a corrected place makes another incident.
        began: when it began.
        changed: when its row was last changed; without it, an upload's own time counts.
        kind: columns with its type; several are joined by ` / `.
        over, cancelled: what says that it is.
    """

    v: Literal[1]
    form: Form
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: Literal["utf-8", "windows-1252", "iso-8859-1", "utf-16"] = "utf-8"
    header: bool = True
    zone: Annotated[str, Meta(max_length=60)] = "UTC"
    key: Annotated[list[Column], Meta(max_length=4)] = []
    began: Time | None = None
    changed: Time | None = None
    kind: Annotated[list[Column], Meta(max_length=4)] = []
    place: Place | None = None
    over: Said | None = None
    cancelled: Said | None = None

    @cached_property
    def tz(self) -> ZoneInfo:
        """Its zone."""
        return ZoneInfo(self.zone)

    def columns(self) -> list[Column]:
        """Return every column that may be read."""
        found: list[Column] = [*self.key, *self.kind]
        for time in (self.began, self.changed):
            found += time.columns if time else []
        found += self.place.columns if self.place else []
        found += [said.column for said in (self.over, self.cancelled) if said]
        return list(dict.fromkeys(found))

    def check(self) -> "Mapping":
        """Return this mapping; raises BadMapping if its parts do not fit."""
        try:
            _ = self.tz
        except (KeyError, ValueError, OSError) as error:
            raise _bad(f"There is no time zone {self.zone!r}.", "Name it as in America/Chicago.") from error
        if self.form in {"cap", "eido"}:
            if self.columns():
                raise _bad(f"{self.form.upper()} has no columns.", "Leave the columns out.")
            return self
        if self.began is None or not self.kind:
            raise _bad(
                "The mapping does not say when an incident began or of which type it is.",
                "Give `began` and `kind`.",
            )
        for time in (self.began, self.changed):
            if time is not None and time.first and len(time.first) != len(time.columns):
                raise _bad("`first` has not one number a column.", "Give one for each of its columns.")
            if time is not None and time.form:
                _try(time.form)
        numbered = self.form == "csv" and not self.header
        if any(isinstance(column, int) != numbered for column in self.columns()):
            raise _bad(
                "Columns are numbers from 1 where a CSV file has no header, and names elsewhere.",
                "Change the columns, or say `header`.",
            )
        return self


def _try(form: str) -> None:
    """Raise BadMapping unless a time that is written in this form can be read by it."""
    try:
        datetime.strptime(datetime(2026, 11, 22, 13, 5, 9, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error) as error:
        raise _bad(f"No time can be read by {form!r}.", "Write it as in %m/%d/%Y %H:%M:%S.") from error


def from_toml(text: str) -> Mapping:
    """Read a mapping file.

    Raises:
        BadMapping: it is not TOML, or its parts do not fit.
    """
    try:
        found = msgspec.toml.decode(text, type=Mapping)
    except (msgspec.DecodeError, ValueError) as error:
        raise _bad(f"The mapping cannot be read: {error}.", "Look at the guide's mappings.") from error
    return found.check()


def _bad(what: str, do: str) -> BadMapping:
    return BadMapping(what, kept="Nothing was changed.", do=do)
