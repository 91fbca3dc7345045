"""Record cameras until told to stop, with the hub's own rooms and nothing else of it.

In:     a folder, then addresses of cameras.
Out:    a journal in the folder; `recording` once every camera has sent a picture; on SIGTERM a line with
        how many pictures came, how many segments were offered, and how many were abandoned.
"""

import asyncio
import signal
import sys
from pathlib import Path

from fanlight.hub.camera import StateChanged, open_camera, watch
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.packet import Packet
from fanlight.hub.segmenter import Segmenter


class Count:
    """What happened."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.pictures = self.segments = self.waits = 0


async def record(journal: Journal, number: int, url: str, count: Count, begun: asyncio.Semaphore) -> None:
    """Record one camera for ever."""
    segmenter, camera = Segmenter(), f"camera-{number}"
    first = True
    async for item in watch(lambda: open_camera(url)):
        if isinstance(item, StateChanged):
            count.waits += item.state != "recording"
            continue
        if isinstance(item, Packet):
            count.pictures += 1
            if first:
                first = False
                begun.release()
        done = segmenter.feed(item)
        count.segments += len(done)
        while done:  # a name left on the last segment would keep it in memory for a second more
            journal.offer(camera, done.pop(0))


async def main(folder: Path, urls: list[str]) -> None:
    """Record until SIGTERM."""
    journal = Journal(folder, Limits(quota_bytes=4 << 30))
    journal.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    count, begun = Count(), asyncio.Semaphore(0)
    tasks = [asyncio.create_task(record(journal, n, url, count, begun)) for n, url in enumerate(urls)]
    for _ in urls:
        await begun.acquire()
    print("recording", flush=True)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    journal.close()
    print(count.pictures, count.segments, journal.state.abandoned, count.waits, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
