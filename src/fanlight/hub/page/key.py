"""The keys by which the hub's page is opened and its bell rung: made once, 0600, compared in constant time.

Holds:  the page's key opens everything, so it is in no address that is sent anywhere: the link carries it
        behind `#`, which browsers keep to themselves. A doorbell that can only call an address gets a key
        that rings this camera's bell and does nothing else.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from fanlight.hub.settings import KeysUnreadable
from fanlight.store.files import write_private

LENGTH = 32
_PRESS_LENGTH = 32  # hex digits: 128 bits


def load_page_key(folder: Path) -> str:
    """Return the key of the hub's page, making it on the first call; raises KeysUnreadable."""
    path = folder / "keys" / "page.key"
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, secrets.token_urlsafe(LENGTH).encode())
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path) from error
    if len(key) < LENGTH or not key.isprintable():
        raise _unreadable(path)
    return key


def press_key(page_key: str, camera: str) -> str:
    """Return the key that rings one camera's bell; a new page key makes it void."""
    return hmac.new(page_key.encode(), f"press {camera}".encode(), hashlib.sha256).hexdigest()[:_PRESS_LENGTH]


def is_same(shown: str, wanted: str) -> bool:
    """Tell whether two keys are the same, in a time that does not say where they differ."""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), wanted.encode())


def _unreadable(path: Path) -> KeysUnreadable:
    return KeysUnreadable(
        f"The key of the hub's page cannot be read or written: {path}.",
        kept="Recording goes on.",
        do="Remove that file; the next start makes a new key, and fanlight hub page prints the new link.",
    )
