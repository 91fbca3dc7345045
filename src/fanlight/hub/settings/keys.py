"""A hub's own keys: `keys/hub.json` of its folder (0600), made once and never replaced."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.store.files import write_private


class KeysUnreadable(FanlightError):
    """This hub's own keys are not what it wrote, or cannot be written."""

    code = "hub.keys_unreadable"


class _StoredKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seed: str
    identity: str


@dataclass(frozen=True, slots=True)
class HubKeys:
    """`signing` signs clips and sign-ins; `identity` (an age identity's text) opens messages to this hub."""

    signing: keys.SigningKey
    identity: str = field(repr=False)

    @property
    def recipient(self) -> str:
        """The public half of `identity`."""
        return keys.identity_recipient(self.identity)


def load_keys(folder: Path) -> HubKeys:
    """Return this hub's keys, making them on the first call.

    Raises:
        KeysUnreadable: they cannot be written, or what is there is not what a hub wrote.
    """
    path = folder / "keys" / "hub.json"
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = {"seed": keys.SigningKey.new().seed.hex(), "identity": keys.new_identity().secret}
            write_private(path, json.dumps(made).encode())
        stored = msgspec.json.decode(path.read_bytes(), type=_StoredKeys)
        found = HubKeys(keys.SigningKey(bytes.fromhex(stored.seed)), stored.identity)
        keys.identity_recipient(found.identity)
    except (OSError, ValueError, FanlightError) as error:
        raise KeysUnreadable(
            f"This hub's keys cannot be read or written: {path}.",
            kept="What was recorded and the clips that wait are still here.",
            do="Restore that file from a backup, or move it away and pair the hub again.",
        ) from error
    return found
