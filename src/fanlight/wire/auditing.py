"""What is said of an agency's auditor in canonical JSON: the auditor's own word, and what a clerk signs.

In:     plain values.
Out:    canonical text.
Holds:  a statement names its agency, the very offer, the term and the day, so that its signature fits nothing
        else. It is signed in a context of its own: no statement on an agreement can be read as one.
Absent: keys and signatures (seal.keys); whether anything may be signed (server.auditing).
Why:    docs/spec/auditing.md
"""

from collections.abc import Mapping
from datetime import date

from fanlight.wire import jcs

CONTEXT = "auditing"  # under which auditor and clerk sign


def offer(  # noqa: PLR0913 - what an offer says
    *, auditor: str, agency: str, name: str, key: str, recipient: str, day: date
) -> str:
    """Return what somebody signs who is to be an agency's auditor; `key` is base64."""
    fields = {
        "v": 1,
        "act": "offer",
        "auditor": auditor,
        "agency": agency,
        "name": name,
        "key": key,
        "recipient": recipient,
        "day": day.isoformat(),
    }
    return jcs.dumps(fields).decode()


def appointment(  # noqa: PLR0913 - what an appointment says
    *,
    auditor: str,
    agency: str,
    offer: str,
    first: date,
    until: date,
    clerk: str,
    day: date,
    appointed: Mapping[str, str],
) -> str:
    """Return what the clerk signs; `offer` is the hash of the offer, `appointed` the elected body's act."""
    fields = {
        "v": 1,
        "act": "appoint",
        "auditor": auditor,
        "agency": agency,
        "offer": offer,
        "from": first.isoformat(),
        "until": until.isoformat(),
        "clerk": clerk,
        "day": day.isoformat(),
        "appointed": dict(appointed),
    }
    return jcs.dumps(fields).decode()


def ending(*, auditor: str, reason: str, clerk: str, day: date) -> str:
    """Return what the clerk signs to end an appointment."""
    fields = {
        "v": 1,
        "act": "end",
        "auditor": auditor,
        "reason": reason,
        "clerk": clerk,
        "day": day.isoformat(),
    }
    return jcs.dumps(fields).decode()
