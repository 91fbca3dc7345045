"""What a report is: figures of one year, each with the entries it is made from.

Absent: how they are counted (reports.counting), its files (reports.files).
Why:    R45; docs/design/reports.md
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fanlight.server.oversight.leaves import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a report.

    Attributes:
        id: its name within the report, such as `requests.asked`.
        label: what it counts.
        value: the figure; text where it is no count of entries, such as a sum of money or a band.
        entries: places of the entries it is made from, ascending.
    """

    id: str
    label: str
    value: int | str
    entries: tuple[int, ...]

    @classmethod
    def of(cls, name: str, label: str, entries: Iterable[Entry], value: int | str | None = None) -> "Figure":
        """Return a figure: how many entries there are, unless `value` says otherwise."""
        places = tuple(sorted({entry.index for entry in entries}))
        return cls(id=name, label=label, value=len(places) if value is None else value, entries=places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Figures that belong together; `note` says what they do not tell, or nothing."""

    id: str
    title: str
    note: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A year as the record tells it.

    Attributes:
        origin: the log's name; `size`, `root`: of the entries it was made from.
        town: the town's name, or empty.
        year: such as `2026`, in UTC.
        through: the last day that the record tells of, at most the year's last.
        sections: the figures.
    """

    origin: str
    size: int
    root: bytes
    town: str
    year: str
    through: str
    sections: tuple[Section, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the year was over when the last of its entries was made."""
        return self.through == last_day(self.year)

    @property
    def figures(self) -> Iterator[Figure]:
        """All figures, in their order."""
        return (figure for section in self.sections for figure in section.figures)

    def figure(self, name: str) -> Figure | None:
        """Return a figure by its name, or None."""
        return next((figure for figure in self.figures if figure.id == name), None)


def last_day(year: str) -> str:
    """Return a year's last day."""
    return f"{year}-12-31"
