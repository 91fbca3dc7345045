"""Whether two packages hold the same evidence: the prosecution's and the copy made for the defence.

In:     two packages' paths, of which each is checked by itself elsewhere (verify_package).
Out:    one Check after another.
Holds:  files are compared as they lie in the packages, not as the packages list them.
Absent: whether either package holds by itself.
Why:    docs/spec/evidence.md
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fanlight.custody.archive import Archive
from fanlight.custody.evidence import Evidence, read_evidence
from fanlight.custody.package import EVIDENCE, ITEM_FILES, TERMS
from fanlight.custody.parts import parts_hash
from fanlight.model.check import Check, State
from fanlight.model.errors import FanlightError
from fanlight.proof.openings import Opening, check_openings
from fanlight.wire import jcs

_SAID = ("request", "agency", "case_number", "recipient", "ground", "return_by", "made_at", "exporter")
_NAME = "same evidence"


@dataclass(frozen=True, slots=True)
class _Side:
    """What of one package is compared; `equals` is the package that its entry in the log says it equals."""

    evidence: Evidence
    hashes: dict[str, str]
    equals: str | None


def compare_packages(first: Path, second: Path) -> Iterator[Check]:
    """Compare the evidence parts of two packages, byte for byte by their SHA-256.

    Yields:
        For each clip whether both hold it with the same four files; whether both hold the same evidence, and
        what else differs; whether one was entered in the log as a copy of the other.

    Raises:
        BadPackage: one is no evidence package, or damaged. OSError: one cannot be read.
    """
    one, two = _read(first), _read(second)
    for disclosure in sorted({_disclosure(path) for path in [*one.hashes, *two.hashes]}):
        yield _clip(disclosure, one, two)
    if one.hashes != two.hashes:
        yield Check(_NAME, State.FAILS, "The two packages do not hold the same evidence.")
    else:
        said = f"SHA-256 of the parts {parts_hash(one.hashes)}. {_differing(one.evidence, two.evidence)}"
        yield Check(_NAME, State.HOLDS, said)
    yield _named(one, two)


def _read(path: Path) -> _Side:
    with Archive(path) as archive:
        evidence = read_evidence(archive.read(EVIDENCE))
        hashes = {}
        for name in archive.names:
            if name.startswith("items/"):
                digest = hashlib.sha256()
                for block in archive.blocks(name):
                    digest.update(block)
                hashes[name] = digest.hexdigest()
        return _Side(evidence, hashes, _equals(archive))


def _equals(archive: Archive) -> str | None:
    """Return the package that the export's entry names, if its openings open the entry."""
    try:
        given = jcs.loads(archive.read("record/openings.json")).get("export")
        listed = [Opening.from_json(each) for each in (given if isinstance(given, list) else [])]
        detail = check_openings(archive.read("record/export.leaf"), listed).get("detail")
    except FanlightError:
        return None  # said by the package's own checks
    equals = detail.get("equals") if isinstance(detail, dict) else None
    return equals if isinstance(equals, str) else None


def _disclosure(path: str) -> str:
    return path.split("/")[1]


def _clip(disclosure: str, one: _Side, two: _Side) -> Check:
    name = f"clip {disclosure}: same in both"
    paths = [f"items/{disclosure}/{part}" for part in (*ITEM_FILES, TERMS)]
    for side, which in ((one, "second"), (two, "first")):
        if not any(path in side.hashes for path in paths):
            return Check(name, State.FAILS, f"Only the {which} package holds it.")
    differ = [path for path in paths if one.hashes.get(path) != two.hashes.get(path)]
    if differ:
        return Check(name, State.FAILS, f"{', '.join(differ)}: not the same bytes.")
    return Check(name, State.HOLDS, "Video, sealed original, manifest, key and terms are the same bytes.")


def _differing(one: Evidence, two: Evidence) -> str:
    differ = [name for name in _SAID if getattr(one, name) != getattr(two, name)]
    return (
        f"What is said of the packages differs in: {', '.join(differ)}."
        if differ
        else "All else is the same."
    )


def _named(one: _Side, two: _Side) -> Check:
    name = "copy on record"
    for copy, other, which in ((two, one, "second"), (one, two, "first")):
        if copy.equals is not None and copy.equals == other.evidence.package:
            return Check(
                name, State.HOLDS, f"The {which} was entered in the log as a copy equal to the other."
            )
    return Check(name, State.ABSENT, "Neither was entered in the log as a copy of the other.")
