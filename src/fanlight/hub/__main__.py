"""Run a paired hub: `python -m fanlight.hub --home DIR`."""

import argparse
import asyncio
import signal
import sys
from functools import partial
from pathlib import Path

from fanlight.hub.camera import open_camera
from fanlight.hub.options import HubOptions
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.settings import HubKeys, Pairing, carry_cameras, load_keys, load_pairing, lock, read_options
from fanlight.hub.uplink import Uplink
from fanlight.model.errors import FanlightError


async def run(folder: Path) -> int:
    """Run the hub in `folder` until SIGTERM or SIGINT; return an exit status.

    Raises:
        NotPaired, BadSettings, KeysUnreadable, HubBusy, JournalError, EpochsRefused: it cannot start.
    """
    pairing = load_pairing(folder)
    with lock(folder):
        carry_cameras(folder)
        return await _work(folder, pairing, read_options(folder).options, load_keys(folder))


async def _work(folder: Path, pairing: Pairing, options: HubOptions, keys: HubKeys) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with Uplink(pairing.server, keys.signing) as uplink:
        pipeline = Pipeline(folder, pairing, keys, uplink)
        works = [pipeline.send(), pipeline.report(), pipeline.listen()]
        works += [pipeline.record(camera, partial(open_camera, camera.url)) for camera in options.camera]
        tasks = {asyncio.create_task(work) for work in works}
        waiting = asyncio.create_task(stopping.wait())
        print(f"hub ready {len(options.camera)}", flush=True)  # noqa: T201 - the starter waits for it
        try:
            await _until_one_fails(waiting, tasks)
        finally:
            for task in [waiting, *tasks]:
                task.cancel()
            await asyncio.gather(waiting, *tasks, return_exceptions=True)
            # A thread may still be writing for a task that was cancelled.
            await loop.shutdown_default_executor()
            pipeline.close()
    return 0


async def _until_one_fails(waiting: asyncio.Task[bool], tasks: set[asyncio.Task[None]]) -> None:
    """Return once `waiting` is done; raise what a task raises. A task may end: a file that has been read."""
    left = set(tasks)
    while not waiting.done():
        done, _ = await asyncio.wait({waiting, *left}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()
        left -= done


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser("fanlight.hub", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the hub's folder")
    try:
        return asyncio.run(run(parser.parse_args().home))
    except FanlightError as error:
        print(f"{error.what} {error.kept} {error.do}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1


if __name__ == "__main__":
    sys.exit(main())
