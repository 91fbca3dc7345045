"""`fanlight records`: an agency's public records as one file, and whether one is whole.

In:     a log's folder or address, an agency's ORI; how many entries; a file to compare with.
Out:    `records-ORI.json`, the bytes that the town's own page hands out at that size.
Holds:  nothing is written before every entry was read and the signed root came out of them. A file from which
        something was left out has other bytes than the one made again.
Absent: what is in it (oversight.records).
Why:    R44; docs/spec/records.md
"""

from pathlib import Path

import msgspec

from fanlight.cli import report
from fanlight.model.errors import FanlightError
from fanlight.proof.trust import Trust
from fanlight.server.oversight import records


class NoSuchAgency(FanlightError):
    """The record has no such agency."""

    code = "cli.records_agency"


class _Said(msgspec.Struct):
    """What a file says of how it was made."""

    agency: str
    size: int


def make(target: str, agency: str, size: int | None, folder: Path, trust: Trust) -> Path:
    """Write an agency's records; return the file.

    Raises:
        NotThatLog, NoLog, NoSuchAgency, CannotWrite: nothing was written.
    """
    body = _body(target, agency, size, trust)
    name = "".join(sign if sign.isalnum() else "-" for sign in agency)
    (path,) = report.write(folder, {f"records-{name}.json": body})
    return path


def again(target: str, file: Path, trust: Trust) -> tuple[str, int]:
    """Make a file's records again; return its agency and size if nothing was left out or changed.

    Raises:
        NotTheSame: it has other bytes. NoSuchReport: it is no such file. And as `make`.
    """
    known = file.read_bytes()
    try:
        said = msgspec.json.decode(known, type=_Said)
    except msgspec.DecodeError as error:
        raise report.NoSuchReport(
            f"{file} is no file of an agency's records.",
            kept="Nothing was compared.",
            do="Give the JSON that an agency's page, or this command, made.",
        ) from error
    if _body(target, said.agency, said.size, trust) != known:
        raise report.NotTheSame(
            f"Made again from these entries, the records of {said.agency} have other bytes than {file}.",
            kept="Nothing was changed.",
            do="Make them with --out, and compare the two. Ask who gave you the other one.",
        )
    return said.agency, said.size


def _body(target: str, agency: str, size: int | None, trust: Trust) -> bytes:
    record = report.read(target, size, trust, with_cases=True)
    body = records.export(record, agency)
    if body is None:
        known = ", ".join(record.agencies) or "none"
        raise NoSuchAgency(
            f"The record has no agency {agency}. It has: {known}.",
            kept="Nothing was written.",
            do="Give the ORI of one of them.",
        )
    return body
