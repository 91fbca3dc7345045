"""The household's book as this hub accepts it: from its owner on, by the book's rules, kept on disk.

In:     the epochs that the server has, and a recovery that it holds back.
Out:    the newest epoch to seal to, also while the server is away; whom else a camera's clips are for.
Holds:  an epoch that a stranger, or the server, made up is refused; what was accepted is never taken back; a
        recovery counts 24 h after this hub first saw it, restarts included.
Absent: the rules (`seal.book`). The hub opens the notes; it cannot open the household's secret.
Why:    docs/spec/seal.md, "The household's book"
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from fanlight.hub.settings import Pairing
from fanlight.hub.uplink import Uplink, member
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.book import Known, Pin, accept
from fanlight.seal.epoch import Epoch, from_wire
from fanlight.seal.errors import Altered, SealError
from fanlight.seal.keys import new_identity
from fanlight.seal.notes import Notes
from fanlight.seal.reading import open_notes
from fanlight.store.files import write_private
from fanlight.wire import b64

_KEPT = "Clips are sealed to the last key that an owner really signed."


class EpochsRefused(FanlightError):
    """The server's list of household keys is not one that this hub accepts."""

    code = "hub.epochs_refused"


class Epochs:
    """Known epochs, oldest first.

    Args:
        folder: the hub's.
        pairing: which household, and the owner's key that came with it.
        identity: the hub's own age identity, which opens the notes; without it nobody is a guest.
    """

    def __init__(self, folder: Path, pairing: Pairing, identity: str = "") -> None:
        """Take up what was accepted before; raises EpochsRefused if that is of another household."""
        self._path, self._pairing, self._identity = folder / "epochs.json", pairing, identity
        self._seen_path = folder / "recoveries.json"
        self._trusted = [b64.decode(pairing.owner)]
        self._chain: tuple[Epoch, ...] = ()
        self._waiting: Epoch | None = None
        self._seen = _read_seen(self._seen_path)
        self._notes: Notes | None = None
        self._answer = b""
        try:
            if self._path.exists():
                self._take_up(_epochs(json.loads(self._path.read_text())))
        except (ValueError, FanlightError) as error:
            raise EpochsRefused(
                f"The household keys that this hub kept in {self._path} are not of its household.",
                kept="What was recorded and the clips that wait are still here.",
                do="Pair the hub in a new folder, or move that file away if the disk damaged it.",
            ) from error

    @property
    def known(self) -> tuple[Epoch, ...]:
        """All that were accepted, oldest first."""
        return self._chain

    @property
    def newest(self) -> Epoch | None:
        """The epoch to seal to; None before the first was accepted."""
        return self._chain[-1] if self._chain else None

    @property
    def waiting(self) -> Epoch | None:
        """A recovery that does not count yet."""
        return self._waiting

    @property
    def head(self) -> Pin | None:
        """Number and hash of the newest epoch, for members to compare."""
        newest = self.newest
        return None if newest is None else Pin(newest.statement.n, newest.chain_hash)

    @property
    def notes(self) -> Notes | None:
        """What the owners wrote beside the newest epoch; None where this hub cannot read it."""
        return self._notes

    def guests(self, camera: str, at: datetime) -> list[str]:
        """Return an age recipient for each guest: theirs, if they may see what a camera shows `at` a moment.

        Otherwise one that nobody can open: their number does not tell the server which cameras are whose.
        """
        newest = self.newest
        if newest is None or newest.statement.book is None:
            return []
        told = {} if self._notes is None else self._notes.guests
        return [
            one.age_recipient
            if one.account in told and told[one.account].sees(camera, at)
            else new_identity().recipient
            for one in newest.statement.book.roll.members
            if one.role == "guest"
        ]

    def may_match(self, camera: str) -> bool:
        """Tell whether a camera's clips may answer an agency: not those of one that somebody demands (R10).

        While the owners' notes cannot be read, nobody knows which cameras are marked, and none matches.
        """
        newest = self.newest
        if newest is None or newest.statement.book is None:
            return True  # keys from before there were marks
        return self._notes is not None and camera not in self._notes.mandated

    async def refresh(self, uplink: Uplink) -> None:
        """Fetch the server's list from our newest epoch on, and accept it if it continues ours.

        Raises:
            EpochsRefused: it does not. SealError: a signature or a link does not hold.
        """
        first = 0 if self.head is None else self.head.n
        answer = await uplink.call("GET", "/v1/households/mine/epochs", params={"from": first})
        if answer.content == self._answer and self._waiting is None:
            return  # as a minute ago: years of signatures need no second look
        offered = self._with_our_notes(self._after_ours(_epochs(member(answer, "epochs")), first))
        self._accept(offered, _pending(answer.json()), clock.now())
        self._answer = answer.content

    def _accept(self, offered: Sequence[Epoch], pending: Epoch | None, now: datetime) -> None:
        known = Known(trusted=self._trusted, pin=self.head, seen=self._seen)
        try:
            taken = accept(offered, household=self._pairing.household, known=known, now=now, pending=pending)
        except Altered as error:
            raise EpochsRefused(
                f"{error.what} This hub does not go along.",
                kept=_KEPT,
                do="Compare the list on the House page with another member.",
            ) from error
        self._waiting = taken.waiting
        if taken.known.seen != self._seen:
            write_private(self._seen_path, _write_seen(taken.known.seen))
            self._seen = taken.known.seen
        if taken.chain != self._chain:
            write_private(self._path, json.dumps([epoch.to_wire() for epoch in taken.chain]).encode())
            self._keep(taken.chain)

    def _take_up(self, kept: Sequence[Epoch]) -> None:
        """Accept what this hub accepted before: all of it, recoveries too."""
        pin = Pin(kept[-1].statement.n, kept[-1].chain_hash) if kept else None
        known = Known(trusted=self._trusted, pin=pin)
        self._keep(accept(kept, household=self._pairing.household, known=known, now=clock.now()).chain)

    def _keep(self, chain: tuple[Epoch, ...]) -> None:
        self._chain = chain
        self._notes = self._read_notes()

    def _read_notes(self) -> Notes | None:
        newest = self.newest
        if newest is None or not newest.private or not self._identity:
            return None
        try:
            return open_notes(newest, [self._identity])
        except SealError:  # this hub is not listed (any more): it lets no guest see anything
            return None

    def _after_ours(self, offered: list[Epoch], first: int) -> list[Epoch]:
        """Put our older epochs before those from number `first` on; an older server hands out all."""
        whole = bool(offered) and offered[0].statement.n == 0
        return offered if whole else [*self._chain[:first], *offered]

    def _with_our_notes(self, offered: list[Epoch]) -> list[Epoch]:
        """Put in the notes that we have and the server left out, or left out before."""
        ours = {epoch.chain_hash: epoch.private for epoch in self._chain}
        return [
            epoch if epoch.private else replace(epoch, private=ours.get(epoch.chain_hash, b""))
            for epoch in offered
        ]


def _epochs(wires: object) -> list[Epoch]:
    if not isinstance(wires, list):
        raise EpochsRefused(
            "The server gave something else than a list of household keys.",
            kept=_KEPT,
            do="Look whether the address really is a Fanlight server.",
        )
    return [from_wire(wire) for wire in wires]


def _pending(answer: Mapping[str, Any]) -> Epoch | None:
    """Return the recovery that the server holds back; raises Malformed if it is no epoch."""
    pending = answer.get("pending")
    return (
        None if pending is None else from_wire(pending.get("epoch") if isinstance(pending, dict) else pending)
    )


def _read_seen(path: Path) -> Mapping[bytes, datetime]:
    """Return when this hub saw which recovery; from a damaged file nothing, so that one waits anew."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        return {bytes.fromhex(name): clock.from_text(since) for name, since in kept.items()}
    except (OSError, ValueError, FanlightError):
        return {}


def _write_seen(seen: Mapping[bytes, datetime]) -> bytes:
    return json.dumps({name.hex(): clock.to_text(since) for name, since in seen.items()}).encode()
