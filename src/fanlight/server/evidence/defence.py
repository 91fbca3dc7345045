"""A copy for the defence: the same evidence as an earlier export's, by hash.

In:     an export that names another (`equals`) and the hash of its own evidence parts.
Out:    refused, unless the earlier export's entry committed to that very hash.
Holds:  only a custodian makes one. The server never sees what was hashed: who exports signs
        for it, both packages show it, and `fanlight verify A.zip B.zip` compares the bytes.
Why:    docs/spec/evidence.md
"""

from dataclasses import dataclass
from datetime import date

from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, Malformed
from fanlight.server.evidence import ends_store
from fanlight.store.database import Tx
from fanlight.wire import jcs

_NOTHING = "Nothing was handed out and nothing was entered."


@dataclass(frozen=True, slots=True, kw_only=True)
class DefenceCopy:
    """The export that the copy equals, and the hash of the evidence parts of both, in hex."""

    equals: str
    parts: str


def read(kind: str, parts: str | None, equals: str | None) -> DefenceCopy | None:
    """Return what an export says of being a copy for the defence; None if it is none. Raises Malformed."""
    if equals is None:
        return None
    if kind != "defence" or parts is None:
        raise Malformed(
            "Only a copy for the defence names the export that it equals, with the hash of its parts.",
            kept=_NOTHING,
            do="Choose the defence as the kind of recipient, or name no export.",
            code="evidence.no_defence_copy",
        )
    return DefenceCopy(equals=equals, parts=parts)


async def check(tx: Tx, session: Session, disclosure: str, copy: DefenceCopy) -> None:
    """Check that a copy equals the earlier export that it names; raises NotAllowed, Conflict."""
    session.as_role("custodian")
    earlier = await ends_store.export_of(tx, session.agency, copy.equals)
    said = jcs.loads(earlier.body) if earlier is not None and earlier.disclosure == disclosure else {}
    if "equals" in said or said.get("parts") != copy.parts:
        raise Conflict(
            "This copy would not equal the export that it names: that one is of another clip,"
            " is a copy itself, or has other evidence parts.",
            kept=_NOTHING,
            do="Load the case again and choose the export to the prosecution; one made before copies could be"
            " compared is exported once more.",
            code="evidence.not_equal",
        )


def line(copy: DefenceCopy, recipient: str, return_by: date) -> str:
    """Return the line of custody: to whom, until when, and what proves that it equals the other."""
    back = return_by.isoformat()
    return f"defence-copy to {recipient}, back by {back}: equals export {copy.equals}, parts {copy.parts}"
