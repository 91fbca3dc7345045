"""The keys of a log: the one that signs, the one before while it still does, how each came to the next."""

from dataclasses import dataclass

from fanlight.proof.handover import Handover, Handovers
from fanlight.proof.note import SignerKey, VerifierKey


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What a log signs with.

    Attributes:
        key: signs; its name is the log's origin.
        former: the key before, while it still signs beside the new one.
        changes: hand-overs of the log's keys and of its witnesses'.
    """

    key: SignerKey
    former: SignerKey | None = None
    changes: tuple[Handover, ...] = ()

    @property
    def also(self) -> list[SignerKey]:
        """What signs beside the key."""
        return [self.former] if self.former else []

    @property
    def known(self) -> list[VerifierKey]:
        """Every key that this log signed with, the present one first."""
        return Handovers(self.changes).line(self.key.verifier)
