"""Who of the household may see what: from its book, as this hub accepted it. Pure.

In:     the newest epoch that counts, its notes, the owner's key this hub was paired with.
Out:    people with what they may see.
Holds:  installers and landlords see nothing; a guest sees chosen cameras until their end date, live only:
        what is recorded all day is for those who live there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fanlight.seal.epoch import Epoch
from fanlight.seal.notes import Guest

What = Literal["live", "footage", "talk"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may watch. `account` and `recipient` are empty where an old book does not name them.

    `guest` is None for who lives there.
    """

    account: str
    sign_pub: bytes
    recipient: str
    guest: Guest | None = None

    def may(self, what: What, camera: str, now: datetime) -> bool:
        """Tell whether this person may see, or speak through, a camera now."""
        if self.guest is None:
            return True
        return what == "live" and self.guest.sees(camera, now)


def people(newest: Epoch | None, guests: Mapping[str, Guest], owner: bytes) -> tuple[Person, ...]:
    """Return who may watch; `guests` are those of the newest epoch's notes."""
    if newest is None:
        return ()
    book = newest.statement.book
    if book is None:  # version 1 names nobody: its reader is the owner who signed it
        return (Person("", owner, ""),)
    found = []
    for member in book.roll.members:
        guest = guests.get(member.account)
        if member.role in ("owner", "member") or (member.role == "guest" and guest is not None):
            found.append(Person(member.account, member.sign_pub, member.age_recipient, guest))
    return tuple(found)


def find(listed: Iterable[Person], sign_pub: bytes) -> Person | None:
    """Return who signs with a key."""
    return next((person for person in listed if person.sign_pub == sign_pub), None)
