"""Who in a household may do what with its sealed clips; which ids an address may name.

Holds:  owner and member may all; a guest lists and fetches (of what they cannot open, day and size);
        installer and landlord reach nothing of footage (R10).
"""

from fanlight.model.ids import is_id
from fanlight.server.accounts import Session
from fanlight.server.errors import NotAllowed, NotFound


def as_viewer(session: Session) -> Session:
    """Return the session of somebody who may see the household's sealed clips; raises NotAllowed."""
    if session.at_home().role not in {"owner", "member", "guest"}:
        raise _without_footage()
    return session


def as_resident(session: Session) -> Session:
    """Return the session of somebody who may decide about the household's clips; raises NotAllowed."""
    if session.at_home().role not in {"owner", "member"}:
        raise _without_footage()
    return session


def _without_footage() -> NotAllowed:
    return NotAllowed(
        "Your part in this household does not reach this footage.",
        do="Ask an owner of the household.",
        code="vault.other_role",
    )


def checked_id(clip: str) -> str:
    """Return a clip's id as an address gave it; raises NotFound for what cannot be one."""
    if not is_id(clip):
        raise no_clip()
    return clip


def no_clip() -> NotFound:
    """Return the error for a clip that is not there, or not this household's."""
    return NotFound("There is no such clip.", do="Load the list again.", code="vault.no_clip")
