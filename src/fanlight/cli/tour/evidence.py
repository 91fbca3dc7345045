"""Export what was disclosed and make the evidence package, on the agency's side."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from fanlight.cli.tour.agency import Officer
from fanlight.custody.package import EvidenceItem, PackageFacts, Proof, Record, build_package
from fanlight.model import clock, ids
from fanlight.proof.openings import parse_leaf

RECIPIENT = "Office of the District Attorney (demo)"
GROUND = "Shown to the charging prosecutor"
KEEP_DAYS = 30


async def export(officer: Officer, request: str, item: EvidenceItem, case_number: str, package: Path) -> None:
    """Enter an export in the record, then write the package to `package`.

    Raises:
        Refused: the ordinance does not allow it. BadPackage: it could not be made.
    """
    now = clock.now()
    return_by = (now + timedelta(days=KEEP_DAYS)).date()
    answer = await officer.export(item.disclosure, RECIPIENT, GROUND, return_by.isoformat())
    receipts: dict[str, dict[str, Any]] = answer["receipts"]
    facts = PackageFacts(
        package=ids.new_id(),
        case_number=case_number,
        agency=str(parse_leaf(receipts["request"]["leaf"].encode()).pub["agency"]),
        made_at=now,
        recipient=RECIPIENT,
        ground=GROUND,
        return_by=return_by,
        request=request,
    )
    record = Record(
        request=_proof(receipts["request"]),
        case_key=_proof(receipts["key"]),
        export=_proof(receipts["export"]),
        openings=answer["openings"],
        vkey=answer["vkey"],
        witness_vkeys=answer["witness_vkeys"],
    )
    data = build_package(facts, [item], record, custody=answer["custody"], exporter=officer.keys.signing)
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_bytes(data)


def _proof(receipt: dict[str, Any]) -> Proof:
    return Proof(leaf=receipt["leaf"].encode(), proof=receipt["receipt"])
