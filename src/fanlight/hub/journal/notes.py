"""Small things about a day, such as a thumbnail, encrypted under its key: they end with the footage.

Holds:  a note opens only under the key it names, as a note, never as a record.
"""

import secrets

from cryptography.exceptions import InvalidTag

from fanlight.hub.journal.daykeys import DayKeys

_NONCE = 12
_CONTEXT = b"fanlight/note/v1\0"


def seal_note(keys: DayKeys, day: str, note: bytes) -> bytes:
    """Return a note encrypted under the key that a day is written with; raises OSError."""
    name, cipher = keys.make(day)
    head = bytes([len(name)]) + name.encode()
    nonce = secrets.token_bytes(_NONCE)
    return head + nonce + cipher.encrypt(nonce, note, _CONTEXT + head)


def open_note(keys: DayKeys, day: str, sealed: bytes) -> bytes | None:
    """Return a note; None if its key is gone, or it is not a note of that day."""
    if not sealed or not sealed[1:].startswith(day.encode()):
        return None
    head = sealed[: 1 + sealed[0]]
    cipher = keys.find(head[1:].decode("ascii", "replace"))
    rest = sealed[len(head) :]
    if cipher is None or len(rest) < _NONCE:
        return None
    try:
        return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], _CONTEXT + head)
    except InvalidTag:
        return None
