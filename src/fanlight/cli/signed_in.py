"""One person with their keys and their conversation with a server: what member and officer have in common."""

from dataclasses import dataclass, field

from fanlight.hub.uplink import Uplink
from fanlight.seal.keys import MemberKeys, member_keys


@dataclass(slots=True)
class SignedIn:
    """`seed` gives the person's keys; `uplink` signs in as them on first need."""

    seed: bytes
    server: str
    keys: MemberKeys = field(init=False)
    uplink: Uplink = field(init=False)

    def __post_init__(self) -> None:
        """Derive the keys."""
        self.keys = member_keys(self.seed)
        self.uplink = Uplink(self.server, self.keys.signing)
