"""`fanlight report`: a year of a town, counted again from a copy of its record.

In:     a log's folder or address, a year; how many entries; an ordinance; a report to compare with.
Out:    `report-2026.json` and `report-2026.html`, the bytes that the town's own pages hand out at that size.
Holds:  nothing is written before every entry was read and the signed root came out of them.
Absent: the figures (oversight.reports), whether witnesses saw the checkpoint (`fanlight verify`).
Why:    R45; docs/spec/reports.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fanlight.cli import whole_log
from fanlight.cli.verify_log import reading
from fanlight.model.errors import FanlightError
from fanlight.proof.checkpoint import SignedCheckpoint
from fanlight.proof.tiles import ReadFile, TileTree
from fanlight.proof.trust import Trust
from fanlight.server.oversight import Entry, LogState, Record
from fanlight.server.oversight.pages import report_file
from fanlight.server.oversight.reports import fields, years

_FORMS = ("json", "html")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # no figure depends on when it is read
_UNCOUNTED = b'"type":"case","v":1}'  # canonical: an act in a case or a dummy, of which nothing is counted


class NoSuchReport(FanlightError):
    """The record tells nothing of that year, or has no such ordinance."""

    code = "cli.report_none"


class CannotWrite(FanlightError):
    """The report cannot be written."""

    code = "cli.report_file"


class NotTheSame(FanlightError):
    """The report made again has other bytes."""

    code = "cli.report_differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report: of a year, of so many entries (None: all), in an ordinance's own fields or not."""

    year: str
    size: int | None = None
    ordinance: str | None = None

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"report-{self.year}" + (f"-{self.ordinance}" if self.ordinance else "")


class _Said(msgspec.Struct):
    """What a report says of how it was made."""

    year: str
    size: int
    ordinance: dict[str, object] | None = None


def make(target: str, wanted: Wanted, folder: Path, trust: Trust) -> list[Path]:
    """Make a report's files.

    Args:
        target: folder or address of the log.
        wanted: which report.
        folder: where to write; made if it is not there.
        trust: the key trusted for the log; by default the one it names itself.

    Raises:
        NotThatLog, NoLog, NoSuchReport, CannotWrite: nothing was written.
    """
    record = read(target, wanted.size, trust)
    bodies = [(form, _body(record, wanted, form)) for form in _FORMS]
    return write(folder, {f"{wanted.name}.{form}": body for form, body in bodies})


def write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files, each whole or not at all; raises CannotWrite."""
    paths = [folder / name for name in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, body in zip(paths, files.values(), strict=True):
            pending = path.with_name(f".{path.name}.new")
            pending.write_bytes(body)
            pending.replace(path)
    except OSError as error:
        raise CannotWrite(
            f"{folder} cannot be written: {error.strerror or error}.",
            kept="What was there before is as it was.",
            do="Choose another folder.",
        ) from error
    return paths


def again(target: str, file: Path, trust: Trust) -> Wanted:
    """Make the report in a JSON file again, and return which it is if it has the same bytes.

    Raises:
        NotTheSame: it has others. NoSuchReport: it is no report. And as `make`.
    """
    known = file.read_bytes()
    try:
        said = msgspec.json.decode(known, type=_Said)
    except msgspec.DecodeError as error:
        raise NoSuchReport(
            f"{file} is no report of a record.",
            kept="Nothing was compared.",
            do="Give the JSON that a record's page of reports, or this command, made.",
        ) from error
    ordinance = str(said.ordinance.get("id")) if said.ordinance else None
    wanted = Wanted(year=said.year, size=said.size, ordinance=ordinance)
    if _body(read(target, said.size, trust), wanted, "json") != known:
        raise NotTheSame(
            f"Counted again from these entries, the report of {said.year} has other bytes than {file}.",
            kept="Nothing was changed.",
            do="Make it with --out, and compare the two. Ask who gave you the other one.",
        )
    return wanted


def read(target: str, size: int | None, trust: Trust, *, with_cases: bool = False) -> Record:
    """Return the record of the first `size` entries, once all that the checkpoint signs were read.

    Without acts in cases and dummies unless `with_cases`: no figure is of them.

    Raises:
        NotThatLog: they are not those it signs, or there are fewer. NoLog: there is none.
    """
    with reading(target) as at:
        signed = whole_log.checkpoint(at, trust)
        upto = signed.head.size if size is None else size
        if not 0 < upto <= signed.head.size:
            raise whole_log.NotThatLog.because(f"It has {signed.head.size} entries, not {upto}.")
        return _record(at, signed, upto, with_cases=with_cases)


def _record(at: ReadFile, signed: SignedCheckpoint, upto: int, *, with_cases: bool) -> Record:
    entries: list[Entry] = []
    tree = TileTree()  # of the entries before `upto`, where the checkpoint signs more
    for first, bundle in whole_log.bundles(at, signed.head):
        wanted = bundle[: max(0, upto - first)]
        entries += (
            Entry.of(first + place, raw)
            for place, raw in enumerate(wanted)
            if with_cases or not raw.endswith(_UNCOUNTED)
        )
        if upto < signed.head.size:
            tree.append(wanted)
    root = tree.root if upto < signed.head.size else signed.head.root
    state = LogState(origin=signed.checkpoint.origin, size=upto, root=root)
    return Record.of(entries, state, _BEGINNING)


def _body(record: Record, wanted: Wanted, form: str) -> bytes:
    parts = [wanted.year, *(("as", wanted.ordinance) if wanted.ordinance else ())]
    body = report_file(parts, form, record)
    if body is None:
        told = ", ".join(reversed(years(record))) or "none"
        known = ", ".join(sorted(fields.packs(record))) or "none"
        raise NoSuchReport(
            f"There is no such report. The record tells of these years: {told}; these ordinances: {known}.",
            kept="Nothing was written.",
            do="Choose one of them.",
        )
    return body
