"""Room: who is who. Keys instead of passwords; households, their hubs and epochs; people of agencies.

In:     public keys and signatures; never a seed, a password or an address.
Out:    Session for the other rooms; what a household's members need to seal to each other.
Holds:  an agency's account is never of a household (the table's key says so); a session's row holds no
        moment finer than the hour; a household's rows are seen only in its own transactions.
Absent: what is sealed.
"""

from fanlight.server.accounts.sessions import Caller, Session, provide_session, session_of
from fanlight.server.accounts.store import (
    Person,
    account_by_id,
    account_by_key,
    add_account,
    add_person,
    asks_for,
    cell_of,
    members_of,
    people,
    person_name,
    recipients,
)

__all__ = [
    "Caller",
    "Person",
    "Session",
    "account_by_id",
    "account_by_key",
    "add_account",
    "add_person",
    "asks_for",
    "cell_of",
    "members_of",
    "people",
    "person_name",
    "provide_session",
    "recipients",
    "session_of",
]
