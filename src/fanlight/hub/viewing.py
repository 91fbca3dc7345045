"""Live viewing joined to a hub that has a household: who may, what there is to see, and the way out.

In:     a hub that records, and its side of the town.
Out:    the room `live` fed with pictures, its connection, its word in the status box.
Holds:  nothing of it runs or is loaded at a hub without a household.
"""

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol

from fanlight.hub.doorbell import Mouths
from fanlight.hub.journal import Journal
from fanlight.hub.line import Line
from fanlight.hub.live import House, Link, Live, Person, people
from fanlight.hub.options import HubOptions
from fanlight.hub.packet import Packet, Role
from fanlight.hub.settings import HubKeys
from fanlight.hub.status import CameraStatus
from fanlight.hub.town import Town
from fanlight.wire import b64


class Recording(Protocol):
    """The hub at work: what there is to see, and how each camera is."""

    journal: Journal
    mouths: Mouths
    options: HubOptions
    lines: dict[str, Line]

    def statuses(self) -> list[CameraStatus]:
        """Return how each camera is."""
        ...


class Viewing:
    """The live side of one hub."""

    def __init__(self, folder: Path, keys: HubKeys, town: Town, recording: Recording) -> None:
        """Join the parts; nothing runs yet."""
        self._town, self._recording = town, recording
        self._owner = b64.decode(town.pairing.owner)
        self.live = Live(
            folder,
            House(
                household=town.pairing.household,
                keys=keys,
                journal=recording.journal,
                mouths=recording.mouths,
                people=self._people,
                cameras=lambda: recording.options.camera,
                statuses=recording.statuses,
                latest=self._latest,
            ),
        )
        self.link = Link(self.live, town.uplink, town.pairing.server)
        town.viewings = self.live.viewings.for_box
        town.openings = self.live.viewings.opened_for_box

    def works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return what is to run for ever."""
        return self.live.run(), self.link.run()

    def _people(self) -> Sequence[Person]:
        notes = self._town.epochs.notes
        return people(self._town.epochs.newest, {} if notes is None else notes.guests, self._owner)

    def _latest(self, camera: str, role: Role) -> Packet | None:
        line = self._recording.lines.get(camera)
        return None if line is None else line.latest_key if role == "main" else line.latest_sub
