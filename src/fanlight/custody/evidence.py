"""evidence.json, read strictly: what a package says of itself. Twin of web/core/evidence/evidence.ts.

In:     its bytes.
Out:    Evidence.
Holds:  canonical JSON of exactly these fields, or an error.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.custody.errors import bad_package
from fanlight.model.errors import FanlightError
from fanlight.wire import jcs

_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}$")]


class ItemEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One clip in evidence.json."""

    disclosure: _Id
    files: dict[str, _Hash]


class Evidence(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """evidence.json, read strictly."""

    v: Literal[1, 2]
    type: Literal["evidence"]
    package: _Id
    case_number: str
    agency: str
    made_at: str
    recipient: str
    ground: str
    return_by: str | None
    request: _Id
    exporter: str
    items: Annotated[list[ItemEntry], Meta(min_length=1, max_length=500)]
    files: dict[str, _Hash]


def read_evidence(raw: bytes) -> Evidence:
    """Read evidence.json; raises BadPackage."""
    try:
        return msgspec.convert(jcs.loads(raw), Evidence, strict=True)
    except (msgspec.ValidationError, FanlightError) as error:
        raise bad_package("its evidence.json has another form") from error
