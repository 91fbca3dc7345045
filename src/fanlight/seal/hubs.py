"""The owner's word that a hub is of the household: what is signed, and which of a server's list holds.

In:     a household's id, a hub's public halves, the owner's key.
Out:    a signature; of a list as the server hands it out, the keys of the hubs that the owner let in.
Holds:  a hub that no owner signed for this household is never among them.
Absent: the API (`fanlight.server.accounts`).
"""

from collections.abc import Iterable, Mapping

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64, jcs

CONTEXT = "hub"


def hub_statement(*, household: str, sign_pub: bytes, age_recipient: str) -> bytes:
    """Return the JCS bytes that the owner signs (context `hub`)."""
    return jcs.dumps(
        {
            "v": 1,
            "type": "hub",
            "household": household,
            "sign_pub": b64.encode(sign_pub),
            "age_recipient": age_recipient,
        }
    )


def sign_hub(owner: SigningKey, *, household: str, sign_pub: bytes, age_recipient: str) -> bytes:
    """Return the owner's signature that lets a hub into the household."""
    data = hub_statement(household=household, sign_pub=sign_pub, age_recipient=age_recipient)
    return owner.sign(CONTEXT, data)


def admitted_hubs(listed: Iterable[Mapping[str, object]], *, owner: bytes, household: str) -> list[bytes]:
    """Return the public keys of those `listed` hubs that the owner signed; the others are left out."""
    return [key for hub in listed if (key := _admitted(hub, owner, household)) is not None]


def _admitted(hub: Mapping[str, object], owner: bytes, household: str) -> bytes | None:
    texts = [hub.get(name) for name in ("sign_pub", "age_recipient", "signature")]
    try:
        public, recipient, signature = (text for text in texts if isinstance(text, str))
        key = b64.decode(public)
        data = hub_statement(household=household, sign_pub=key, age_recipient=recipient)
        keys.verify(owner, CONTEXT, data, b64.decode(signature))
    except (ValueError, FanlightError):
        return None
    return key
