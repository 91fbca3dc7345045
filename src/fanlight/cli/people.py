"""The invented people of the demo town and the seeds that stand for their passkeys.

Seeds live in `demo/people.json` of the home (mode 0600) and are read by `fanlight up`'s keyring and by
`fanlight tour` only. The server is given the public halves.
"""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.model.errors import FanlightError
from fanlight.seal.keys import SEED_LENGTH
from fanlight.store.files import write_private
from fanlight.wire import b64


class PeopleUnreadable(FanlightError):
    """The demo people's seeds cannot be read or written."""

    code = "cli.people_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person.

    `role` names the card on the front page, with `-2` for the second of a role; `app` is where it leads.
    """

    role: str
    name: str
    title: str
    app: str
    seed: bytes = field(repr=False)


CAST = (
    ("resident", "Maya Brooks", "Resident, lives behind the demo camera", "home"),
    ("officer", "Det. R. Lindqvist", "Officer, asks for footage", "agency"),
    ("supervisor", "Sgt. A. Okafor", "Supervisor, signs as second person", "agency"),
    ("custodian", "T. Marsh", "Custodian, exports evidence", "agency"),
    ("operator", "Caretaker", "Operator, keeps the server running", "operator"),
    ("clerk", "P. Ivers", "Clerk, signs what the board heard and voted", "clerk"),
    ("administrator", "J. Ferreira", "Administrator, manages the agency's people", "agency"),
    ("counsel", "N. Adeyemi", "Counsel, decides on warrants and orders", "counsel"),
    ("moderator", "L. Haddad", "Moderator, decides on posts to neighbors", "moderator"),
    ("moderator-2", "S. Whitcomb", "Second moderator, decides on appeals against the first", "moderator"),
)
_ROLES = frozenset(role for role, *_ in CAST)
_CAME_LATER = frozenset(
    {"clerk", "administrator", "counsel", "moderator", "moderator-2"}
)  # earlier homes have no seed for them


def load_people(folder: Path) -> dict[str, Person]:
    """Return the demo people by role, making their seeds on the first call.

    Args:
        folder: the `demo` folder of a home.

    Raises:
        PeopleUnreadable: the file is damaged, or the folder cannot be written.
    """
    path = folder / "people.json"
    try:
        seeds = json.loads(path.read_text()) if path.exists() else _make(path, {})
        if isinstance(seeds, dict) and _ROLES - set(seeds) <= _CAME_LATER and _CAME_LATER - set(seeds):
            seeds = _make(path, seeds)
        return {
            role: Person(role=role, name=name, title=title, app=app, seed=_seed(seeds[role]))
            for role, name, title, app in CAST
        }
    except (OSError, ValueError, KeyError, TypeError, FanlightError) as error:
        raise PeopleUnreadable(
            f"The seeds of the demo people cannot be read or written: {path}.",
            kept="Everything stored so far is still there.",
            do="Restore that file, or start the demo anew with another --home: its people hold the keys.",
        ) from error


def _make(path: Path, known: dict[str, str]) -> dict[str, str]:
    """Write seeds for those who have none: all of them at first, later whoever a new release adds."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    seeds = {role: known.get(role) or b64.encode(secrets.token_bytes(SEED_LENGTH)) for role, *_ in CAST}
    write_private(path, json.dumps(seeds).encode())
    return seeds


def _seed(text: str) -> bytes:
    seed = b64.decode(text)
    if len(seed) != SEED_LENGTH:
        raise ValueError
    return seed
