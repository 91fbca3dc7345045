"""Live viewing joined to a hub that has a household: who may, what there is to see, and the way out.

In:     a pipeline at work, and its side of the town.
Out:    the room `live` fed with pictures, its connection, its word in the status box.
Holds:  nothing of it runs or is loaded at a hub without a household.
"""

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanlight.hub.live import House, Link, Live, Person, people
from fanlight.hub.packet import Packet, Role
from fanlight.hub.settings import HubKeys
from fanlight.hub.town import Town
from fanlight.wire import b64

if TYPE_CHECKING:
    from fanlight.hub.pipeline import Pipeline


class Viewing:
    """The live side of one hub."""

    def __init__(self, folder: Path, keys: HubKeys, town: Town, pipeline: "Pipeline") -> None:
        """Join the parts; nothing runs yet."""
        self._town, self._pipeline = town, pipeline
        self._owner = b64.decode(town.pairing.owner)
        self.live = Live(
            folder,
            House(
                household=town.pairing.household,
                keys=keys,
                journal=pipeline.journal,
                mouths=pipeline.mouths,
                people=self._people,
                cameras=lambda: pipeline.options.camera,
                statuses=pipeline.statuses,
                latest=self._latest,
            ),
        )
        self.link = Link(self.live, town.uplink, town.pairing.server)
        town.viewings = self.live.viewings.for_box

    def works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return what is to run for ever."""
        return self.live.run(), self.link.run()

    def _people(self) -> Sequence[Person]:
        notes = self._town.epochs.notes
        return people(self._town.epochs.newest, {} if notes is None else notes.guests, self._owner)

    def _latest(self, camera: str, role: Role) -> Packet | None:
        line = self._pipeline.lines.get(camera)
        return None if line is None else line.latest_key if role == "main" else line.latest_sub
