"""What is said of an agreement in canonical JSON: its papers, and what a clerk signs.

In:     plain values.
Out:    canonical bytes, and their SHA-256.
Holds:  a statement names its agreement, the very papers, the ordinance, the state and the day, so that its
        signature fits nothing else.
Absent: keys and signatures (seal.keys); whether anything may be signed (server.programme).
Why:    docs/spec/register.md
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fanlight.wire import jcs

CONTEXT = "register"  # under which a clerk signs


def digest(text: str | bytes) -> str:
    """Return the SHA-256 of a text in hex."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What an agreement says. `clauses` and `documents` are JSON objects of docs/spec/register.md."""

    agreement: str
    agency: str
    pack: str
    first: date
    until: date
    renewal: str
    exit_cost: str
    clauses: Sequence[Mapping[str, Any]]
    documents: Sequence[Mapping[str, Any]]
    renews: str | None = None

    def text(self) -> str:
        """Return the canonical form."""
        fields = {
            "v": 1,
            "agreement": self.agreement,
            "agency": self.agency,
            "pack": self.pack,
            "from": self.first.isoformat(),
            "until": self.until.isoformat(),
            "renewal": self.renewal,
            "exit_cost": self.exit_cost,
            "clauses": [dict(clause) for clause in self.clauses],
            "documents": [dict(document) for document in self.documents],
            "renews": self.renews,
        }
        return jcs.dumps(fields).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Who speaks about which papers, on which day; each method gives a statement's canonical text."""

    agreement: str
    papers: str
    pack: str
    clerk: str
    day: date

    def hearing(self, **hearing: object) -> str:
        """Return the statement on a hearing: `body`, `date`, `minutes`."""
        return self._text("hearing", hearing=hearing)

    def vote(self, **vote: Any) -> str:
        """Return the statement on a vote, carried or not."""
        return self._text("voted" if vote["ayes"] > vote["noes"] else "rejected", vote=vote)

    def force(self, vote: str) -> str:
        """Return the statement that brings it into force upon a vote's statement."""
        return self._text("in_force", vote=digest(vote))

    def _text(self, state: str, **more: object) -> str:
        fields = {
            "v": 1,
            "agreement": self.agreement,
            "papers": self.papers,
            "pack": self.pack,
            "state": state,
            "clerk": self.clerk,
            "day": self.day.isoformat(),
            **more,
        }
        return jcs.dumps(fields).decode()


def appointment(  # noqa: PLR0913 - what an appointment says
    *, clerk: str, name: str, office: str, key: str, day: date, appointed: Mapping[str, str]
) -> str:
    """Return the statement on a clerk's appointment; `key` is base64, `appointed` the elected body's act."""
    fields = {
        "v": 1,
        "clerk": clerk,
        "name": name,
        "office": office,
        "key": key,
        "day": day.isoformat(),
        "appointed": dict(appointed),
    }
    return jcs.dumps(fields).decode()
