"""The witnesses of this log, asked together.

In:     a signed checkpoint and a way to prove consistency with an older size.
Out:    the checkpoint with every cosignature that came in time, and how each witness stands.
Holds:  `enough` only with as many good cosignatures as the list asks for; a slow, absent or lying
        witness is named and holds up nobody while enough others sign.
Absent: how one witness is asked (server.log.witnesses); when to ask again (server.log.sequencer).
Why:    docs/spec/log.md
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import structlog

from fanlight.model.errors import FanlightError
from fanlight.proof.cosignature import Witness, cosigners
from fanlight.proof.errors import ProofError
from fanlight.proof.note import Note
from fanlight.proof.witness_list import WitnessList
from fanlight.server.log.witnesses import WitnessAway, WitnessClient, WitnessDisagrees

GRACE_S = 0.25  # how long those are waited for that are not needed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one witness did not sign, and since when."""

    error: FanlightError
    since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint after the witnesses were asked: with their lines, and whether these are enough."""

    note: bytes
    enough: bool


class Panel:
    """Several witnesses and how many of them are needed.

    Args:
        clients: one a witness; at least one.
        need: how many have to sign.
    """

    def __init__(self, clients: Sequence[WitnessClient], need: int) -> None:
        """Ask nobody yet."""
        self._clients = tuple(clients)
        self.need = need
        self._troubles: dict[int, Trouble] = {}

    @classmethod
    def alone(cls, url: str, known: Path) -> Self:
        """Return a panel of one witness whose key is learnt from itself and then kept in `known`."""
        return cls([WitnessClient(url, known=known)], 1)

    @classmethod
    def of(cls, listed: WitnessList) -> Self:
        """Return the panel of a list, which names each witness's key."""
        return cls([WitnessClient(one.url, witness=one.witness) for one in listed.listed], listed.need)

    @property
    def witnesses(self) -> list[Witness]:
        """The witnesses whose keys are known."""
        return [client.witness for client in self._clients if client.witness]

    @property
    def trouble(self) -> Trouble | None:
        """What keeps checkpoints from being cosigned: the gravest where fewer sign than are needed."""
        if len(self._clients) - len(self._troubles) >= self.need:
            return None
        told = sorted(self._troubles.values(), key=lambda one: not isinstance(one.error, WitnessDisagrees))
        return told[0]

    async def close(self) -> None:
        """Close connections."""
        for client in self._clients:
            await client.close()

    def counts(self, note: Note) -> bool:
        """Tell whether a checkpoint of the past has enough cosignatures."""
        try:
            return len(cosigners(note, self.witnesses)) >= self.need
        except ProofError:
            return False

    def state(self) -> list[dict[str, Any]]:
        """Return how each witness stands, in the order of the list."""
        rows = []
        for place, client in enumerate(self._clients):
            trouble = self._troubles.get(place)
            disagrees = trouble is not None and isinstance(trouble.error, WitnessDisagrees)
            rows.append(
                {
                    "name": client.witness.key.name if client.witness else None,
                    "run_by": client.witness.run_by if client.witness else None,
                    "state": "disagrees" if disagrees else "away" if trouble else "cosigning",
                    "since": trouble.since.isoformat() if trouble else None,
                    "trouble": trouble.error.what if trouble else None,
                }
            )
        return rows

    async def cosign(self, note: bytes, size: int, prove: Callable[[int], Sequence[bytes]]) -> Seen:
        """Ask all at once; return when enough have signed and the others had a moment more.

        Args:
            note: the checkpoint as the log signed it, which ends with its signature line.
            size: leaves in it.
            prove: gives the consistency proof from an older size to this one.
        """
        asking = {
            asyncio.create_task(client.cosign(note, size, prove)): place
            for place, client in enumerate(self._clients)
        }
        lines: dict[int, bytes] = {}
        waiting = set(asking)
        try:
            while waiting and len(lines) < self.need:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                self._take(done, asking, note, lines)
            if waiting:
                done, waiting = await asyncio.wait(waiting, timeout=GRACE_S)
                self._take(done, asking, note, lines)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        for place in sorted({asking[task] for task in waiting}):
            self._note_trouble(place, _slow())
        return Seen(note + b"".join(lines[place] for place in sorted(lines)), len(lines) >= self.need)

    def _take(
        self,
        done: set[asyncio.Task[bytes]],
        asking: dict[asyncio.Task[bytes], int],
        note: bytes,
        lines: dict[int, bytes],
    ) -> None:
        for task in done:
            place = asking[task]
            try:
                lines[place] = task.result()[len(note) :]
            except (WitnessAway, WitnessDisagrees) as error:
                self._note_trouble(place, error)
            else:
                self._troubles.pop(place, None)

    def _note_trouble(self, place: int, error: FanlightError) -> None:
        before = self._troubles.get(place)
        if before is None or before.error.code != error.code:
            log.warning("witness", place=place, code=error.code)
            self._troubles[place] = Trouble(error, datetime.now(UTC))


def _slow() -> WitnessAway:
    return WitnessAway(
        "The witness answers too slowly; enough others had signed by then.",
        kept="The checkpoint was published with the others' signatures.",
        do="Look whether the witness's machine is busy.",
    )
