"""The household's keys as this hub accepts them: signed by the pinned owner, chained, kept on disk.

In:     the epochs that the server has.
Out:    the newest epoch to seal to, also while the server is away.
Holds:  an epoch that a stranger, or the server, made up is refused; so is a chain shorter than the one known.
"""

import json
from pathlib import Path

from fanlight.hub.settings import Pairing
from fanlight.hub.uplink import Uplink, member
from fanlight.model.errors import FanlightError
from fanlight.seal.epoch import Epoch, check_chain, from_wire
from fanlight.store.files import write_private
from fanlight.wire import b64


class EpochsRefused(FanlightError):
    """The server's list of household keys is not one that this hub accepts."""

    code = "hub.epochs_refused"


class Epochs:
    """Known epochs, oldest first. `folder` is the hub's."""

    def __init__(self, folder: Path, pairing: Pairing) -> None:
        """Take up what was accepted before; raises EpochsRefused if that is of another household."""
        self._path, self._pairing = folder / "epochs.json", pairing
        self._chain: list[Epoch] = []
        if self._path.exists():
            try:
                self._chain = self._check(json.loads(self._path.read_text()))
            except (ValueError, FanlightError) as error:
                raise EpochsRefused(
                    f"The household keys that this hub kept in {self._path} are not of its household.",
                    kept="What was recorded and the clips that wait are still here.",
                    do="Pair the hub in a new folder, or move that file away if the disk damaged it.",
                ) from error

    @property
    def known(self) -> tuple[Epoch, ...]:
        """All that were accepted, oldest first."""
        return tuple(self._chain)

    @property
    def newest(self) -> Epoch | None:
        """The epoch to seal to; None before the first was accepted."""
        return self._chain[-1] if self._chain else None

    async def refresh(self, uplink: Uplink) -> None:
        """Fetch the server's list and accept it if it continues ours.

        Raises:
            EpochsRefused: it does not. SealError: a signature or a link does not hold.
        """
        answer = await uplink.call("GET", "/v1/households/mine/epochs")
        wires = member(answer, "epochs")
        chain = self._check(wires)
        known = [epoch.statement_bytes for epoch in self._chain]
        if [epoch.statement_bytes for epoch in chain[: len(known)]] != known:
            raise EpochsRefused(
                "The server shows another list of household keys than before.",
                kept="Clips are sealed to the last key that an owner really signed.",
                do="Compare the list on the House page with another member.",
            )
        if len(chain) > len(known):
            write_private(self._path, json.dumps(wires).encode())
            self._chain = chain

    def _check(self, wires: object) -> list[Epoch]:
        if not isinstance(wires, list):
            raise EpochsRefused(
                "The server gave something else than a list of household keys.",
                kept="Clips are sealed to the last key that an owner really signed.",
                do="Look whether the address really is a Fanlight server.",
            )
        return check_chain(
            [from_wire(wire) for wire in wires],
            owner=b64.decode(self._pairing.owner),
            household=self._pairing.household,
        )
