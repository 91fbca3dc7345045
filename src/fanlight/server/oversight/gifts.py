"""The pages of what was given and of raffles: every entry, the sums of a year, each draw made again. Pure.

In:     entries of the record; the parts of a path behind /record/gifts.
Out:    GiftBook; a view's template, title and values, or None; rows for a file.
Holds:  a sum is of the entries that its link opens. What was corrected or taken out of the count stays on the
        page and is in no sum. Sums of different currencies are not added.
Absent: HTML (the templates), entering anything (server.gifts).
Why:    R35, R41; docs/spec/gifts.md
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fanlight.model.check import Check
from fanlight.proof.raffle import check_raffles
from fanlight.server.oversight.leaves import Entry
from fanlight.wire.gifts import Gift, GiftVoid, Raffle, RaffleClosed, RaffleDrawn, RaffleVoid


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftFile:
    """Something that was given: its entry, and the one that took its place or took it out of the count."""

    entry: Entry
    gift: Gift
    corrected: Entry | None
    void: Entry | None

    @property
    def counts(self) -> bool:
        """Whether it is in the sums."""
        return self.corrected is None and self.void is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaffleFile:
    """A raffle: its entries in order, what they say, and whether the draw comes out again."""

    entries: tuple[Entry, ...]
    raffle: Raffle
    closed: RaffleClosed | None
    drawn: RaffleDrawn | None
    void: RaffleVoid | None
    check: Check


@dataclass(frozen=True, slots=True)
class GiftBook:
    """Everything of value that the record holds, in its order, and every raffle."""

    files: tuple[GiftFile, ...] = ()
    raffles: tuple[RaffleFile, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "GiftBook":
        """Lay out what was given. Of two entries of one id, or that correct one, the first counts."""
        given: dict[str, Entry] = {}
        corrected: dict[str, Entry] = {}
        void: dict[str, Entry] = {}
        steps: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            match entry.known:
                case Gift() as gift:
                    if given.setdefault(gift.gift, entry) is entry and gift.corrects in given:
                        corrected.setdefault(gift.corrects or "", entry)
                case GiftVoid() as said:
                    void.setdefault(said.gift, entry)
                case Raffle() | RaffleClosed() | RaffleDrawn() | RaffleVoid() as step:
                    steps[step.raffle].append(entry)
                case _:
                    pass
        files = tuple(
            GiftFile(entry=entry, gift=entry.known, corrected=corrected.get(name), void=void.get(name))
            for name, entry in given.items()
            if isinstance(entry.known, Gift)
        )
        return cls(files, tuple(found for rows in steps.values() for found in _raffle(rows)))

    @property
    def years(self) -> list[str]:
        """The years in which something was given, the latest first."""
        return sorted({file.gift.on[:4] for file in self.files}, reverse=True)

    def in_year(self, year: str) -> list[GiftFile]:
        """Return what was given in a year."""
        return [file for file in self.files if file.gift.on.startswith(year)]

    def of_agency(self, ori: str) -> list[GiftFile]:
        """Return what concerns an agency."""
        return [file for file in self.files if file.gift.agency == ori]


def worth(files: Iterable[GiftFile]) -> list[tuple[str, int]]:
    """Return (currency, worth in its smallest unit) of what counts, by currency."""
    sums: defaultdict[str, int] = defaultdict(int)
    for file in files:
        if file.counts:
            sums[file.gift.currency] += file.gift.value
    return sorted(sums.items())


def hours(files: Iterable[GiftFile]) -> int:
    """Return the minutes of staff time of what counts."""
    return sum(file.gift.minutes or 0 for file in files if file.counts)


def _raffle(rows: Sequence[Entry]) -> list[RaffleFile]:
    (check, *_) = check_raffles(entry.raw for entry in rows)
    said = [entry.known for entry in rows]
    raffle = next((one for one in said if isinstance(one, Raffle)), None)
    if raffle is None:
        return []
    return [
        RaffleFile(
            entries=tuple(rows),
            raffle=raffle,
            closed=next((one for one in said if isinstance(one, RaffleClosed)), None),
            drawn=next((one for one in said if isinstance(one, RaffleDrawn)), None),
            void=next((one for one in said if isinstance(one, RaffleVoid)), None),
            check=check,
        )
    ]


def paths(book: GiftBook) -> list[str]:
    """Return the path of each page and file of what was given, behind /record."""
    found = ["/gifts", "/gifts.csv", "/gifts.json"]
    found += [f"/gifts/{year}" for year in book.years]
    return [*found, *(f"/gifts/raffles/{one.raffle.raffle}" for one in book.raffles)]


def find(rest: Sequence[str], book: GiftBook) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page, or None."""
    match list(rest):
        case []:
            return "gifts.html.jinja", {"book": book, **summed("Gifts, money and hours", book.files)}
        case [year] if year in book.years:
            return "gifts.html.jinja", {"book": book, **summed(f"Given in {year}", book.in_year(year))}
        case ["raffles", name]:
            found = next((one for one in book.raffles if one.raffle.raffle == name), None)
            prize = found and next((one for one in book.files if one.gift.gift == found.raffle.gift), None)
            return ("raffle.html.jinja", {"one": found, "prize": prize}) if found else None
        case _:
            return None


def summed(title: str, files: Sequence[GiftFile]) -> dict[str, Any]:
    """Return what a page of gifts shows of some of them, the latest first."""
    latest = sorted(files, key=lambda file: (file.gift.on, file.entry.index), reverse=True)
    return {
        "title": title,
        "files": latest,
        "counting": sum(file.counts for file in files),
        "worth": worth(files),
        "minutes": hours(files),
    }


def rows(book: GiftBook) -> list[dict[str, Any]]:
    """Return everything that was given for a file."""
    return [
        {
            "gift": file.gift.gift,
            "on": file.gift.on,
            "kind": file.gift.kind,
            "what": file.gift.what,
            "units": file.gift.units,
            "donor_role": file.gift.donor.role,
            "donor": file.gift.donor.name,
            "recipient_role": file.gift.recipient.role,
            "recipient": file.gift.recipient.name,
            "currency": file.gift.currency,
            "list_price_minor": file.gift.list_price,
            "paid_minor": file.gift.paid,
            "staff_minutes": file.gift.minutes,
            "terms": file.gift.terms,
            "owes_footage": not file.gift.no_duty,
            "appropriation": file.gift.appropriation,
            "vote": file.gift.vote,
            "eligibility": file.gift.eligibility,
            "agency": file.gift.agency,
            "counts": file.counts,
            "entries": [one.index for one in (file.entry, file.corrected, file.void) if one],
        }
        for file in book.files
    ]
