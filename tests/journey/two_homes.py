"""Households of a running town whose cameras saw one moment, on a town's clock that may be put forward.

In:     a town, somebody's seed, a film and when it began.
Out:    a household with one clip in the vault; `listen` lets its hub hear what is asked of the area.
Holds:  a hub's own code cuts the film, seals it, sends it, reads the cell file, matches at home, and seals
        its word to the household.
Absent: recording itself (tests/hub), since a hub records on the machine's own clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.hub.demuxed import cut, packets
from tests.hub.towns import House, move_in
from tests.server.running import Running

from fanlight.hub.matching import Asked
from fanlight.hub.options import Camera
from fanlight.hub.outbox import Outbox
from fanlight.hub.packet import Packet
from fanlight.hub.requests import Requests
from fanlight.hub.sealer import Kept, Occasion, Sealer
from fanlight.hub.snapshot import thumb_of
from fanlight.hub.status import CameraStatus, make_status
from fanlight.hub.uplink import Uplink

CAMERA = Camera(id="c" * 26, name="Front door", url="rtsp://127.0.0.1/none")


@dataclass
class Home:
    """A household, and what its hub remembers of the clips it made."""

    house: House
    folder: Path
    kept: Sequence[Kept]

    async def listen(self, now: datetime) -> tuple[Asked, ...]:
        """Fetch what is asked of the area, match it here, tell the household; `now` is the town's."""
        pairing = self.house.pairing()
        requests = Requests(self.folder, pairing)
        seen = CameraStatus(id=CAMERA.id, name=CAMERA.name, state="recording", since=now)
        async with Uplink(self.house.url, self.house.hub.signing) as uplink:
            await requests.refresh(uplink)
            box = make_status(
                household=self.house.id,
                at=now,
                place=(pairing.lon, pairing.lat),
                cameras=[seen],
                matches=requests.matches(self.kept, now),
                waiting=0,
                epoch=self.house.epoch,
                signing=self.house.hub.signing,
            )
            await uplink.call("PUT", "/v1/hub/status", content=box)
        return requests.asked


async def settle(town: Running, seed: bytes, film: Path, begun: datetime) -> Home:
    """Let somebody move in whose camera saw `film`."""
    folder = town.home / f"hub-{seed[0]}"
    folder.mkdir()
    house = await move_in(str(town.http.base_url).rstrip("/"), town.home, seed)
    shown = packets(film, start=begun)
    seen = cut(shown)
    assert isinstance(shown[0], Packet)
    thumb = thumb_of(shown[0])
    occasion = Occasion(label="person", start=begun, end=seen[-1].wall_end, score=90, thumb=thumb)
    sealer, outbox = Sealer(folder, house.id, house.hub.signing), Outbox(folder)
    parcel, kept = sealer.seal(CAMERA, occasion, seen, house.epoch, "hub")
    outbox.put(parcel)
    async with Uplink(house.url, house.hub.signing) as uplink:
        await outbox.push(uplink)
    outbox.close()
    sealer.close()
    return Home(house, folder, [kept])
