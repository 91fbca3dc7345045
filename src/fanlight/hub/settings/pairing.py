"""Which household a hub belongs to: `hub.json` of its folder (0600).

Holds:  the file is whole or as before; one that cannot be read is named and kept.
Absent: cameras and all that a person decides (`hub.toml`, file.py).
"""

from pathlib import Path
from typing import Annotated

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.store.files import write_private


class NotPaired(FanlightError):
    """This hub has no household yet."""

    code = "hub.not_paired"


class PairingUnreadable(FanlightError):
    """What this hub was told of its household cannot be read."""

    code = "hub.pairing_unreadable"


class Pairing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`owner` is the pinned Ed25519 public key (base64) whose epochs this hub accepts; lon, lat: the door."""

    server: str
    household: str
    owner: str
    cell: str
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    poll_s: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    status_s: Annotated[float, msgspec.Meta(gt=0)] = 60.0


class OldCamera(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A camera as `hub.json` held it before there was a `hub.toml`."""

    id: str
    name: str
    url: str


class StoredPairing(Pairing, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file's form, an older one with cameras included."""

    cameras: list[OldCamera] = []

    def pairing(self) -> Pairing:
        """Return what is still kept here."""
        return Pairing(**{name: getattr(self, name) for name in Pairing.__struct_fields__})


def find_pairing(folder: Path) -> Pairing | None:
    """Read `hub.json`; None for a hub that was never paired.

    Raises:
        PairingUnreadable: there is one, and it is not ours.
    """
    stored = read_stored(folder)
    return stored.pairing() if stored else None


def load_pairing(folder: Path) -> Pairing:
    """Read `hub.json`.

    Raises:
        NotPaired: there is none. PairingUnreadable: it is not ours.
    """
    found = find_pairing(folder)
    if found is None:
        raise NotPaired(
            "This hub does not know its household yet.",
            kept="It records and shows its cameras at home; nothing is sealed or sent.",
            do="Pair it on its page, under Health, or with fanlight hub pair and your town's address.",
        )
    return found


def save_pairing(folder: Path, pairing: Pairing) -> None:
    """Write `hub.json`; raises OSError with the old one in place."""
    write_private(folder / "hub.json", msgspec.json.format(msgspec.json.encode(pairing), indent=2))


def read_stored(folder: Path) -> StoredPairing | None:
    """Read the file in its present or an older form; raises PairingUnreadable."""
    path = folder / "hub.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=StoredPairing)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise PairingUnreadable(
            f"What this hub knows of its household cannot be read: {path}.",
            kept="What was recorded and the clips that wait are still here.",
            do="Mend that file, or move it away and pair the hub again.",
        ) from error
