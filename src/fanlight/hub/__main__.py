"""Run a hub: `python -m fanlight.hub --home DIR`. It needs no household to record at home (R02).

Holds:  a hub that was given a household, or told another server, or is to destroy what it holds, begins anew
        by itself, in the same process.
"""

import argparse
import asyncio
import contextlib
import functools
import signal
import sys
from pathlib import Path

from fanlight.hub import systemd, wiping
from fanlight.hub.options import HubOptions
from fanlight.hub.page import Page
from fanlight.hub.pinned import town_of
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.services import Services
from fanlight.hub.settings import (
    HubKeys,
    LiveSettings,
    Pairing,
    PairingUnreadable,
    carry_cameras,
    find_pairing,
    load_keys,
    lock,
)
from fanlight.hub.uplink import Uplink
from fanlight.model.errors import FanlightError

ANEW = -1
LOOK_S = 1.0


def serve(folder: Path) -> int:
    """Run the hub in `folder` until SIGTERM or SIGINT, also across its pairing; return an exit status.

    Raises:
        PairingUnreadable, BadSettings, KeysUnreadable, HubBusy, JournalError, EpochsRefused: it cannot start.
    """
    while (status := asyncio.run(run(folder))) == ANEW:
        pass
    return status


async def run(folder: Path) -> int:
    """Run the hub once; return an exit status, or ANEW if what it knows of its household has changed.

    Raises:
        PairingUnreadable, BadSettings, KeysUnreadable, HubBusy, JournalError, EpochsRefused: it cannot start.
    """
    with lock(folder):
        if wiping.is_ordered(folder):
            await _wipe(folder)
        pairing = find_pairing(folder)
        carry_cameras(folder)
        keys = load_keys(folder)
        async with contextlib.AsyncExitStack() as stack:
            uplink = None
            if pairing is not None:
                uplink = await stack.enter_async_context(
                    Uplink(pairing.server, keys.signing, functools.partial(town_of, folder))
                )
            return await _work(folder, keys, pairing, uplink)


async def _wipe(folder: Path) -> None:
    """Destroy what was ordered; a disk full of footage takes longer than systemd waits for a sign of life."""
    systemd.tell(systemd.READY)
    alive = asyncio.create_task(systemd.stay_alive())
    try:
        await asyncio.to_thread(wiping.carry_out, folder)
    finally:
        alive.cancel()
        await asyncio.gather(alive, return_exceptions=True)


async def _work(folder: Path, keys: HubKeys, pairing: Pairing | None, uplink: Uplink | None) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    async def apply(options: HubOptions) -> None:
        before = pipeline.options
        await pipeline.change(options)
        await services.change(options)
        page.change(before, options)

    settings = LiveSettings(folder, apply, _say)
    pipeline = Pipeline(folder, settings.options, keys, pairing, uplink)
    services, page = Services(pipeline), Page(folder, pipeline, settings)
    loop.add_signal_handler(signal.SIGHUP, settings.hurry)
    connected = pipeline.also
    pipeline.also = lambda: (*connected(), *settings.health(), *page.health())
    works = (pipeline.run(), page.run(), settings.watch(), systemd.stay_alive())
    tasks = {asyncio.create_task(work) for work in works}
    await services.change(settings.options)
    systemd.tell(systemd.READY)
    waiting = asyncio.create_task(stopping.wait())
    anew = asyncio.create_task(_changed(folder, pairing))
    print(f"hub ready {len(settings.options.camera)}", flush=True)  # noqa: T201 - the starter waits for it
    if sys.stdout.isatty():
        print(_for_people(len(settings.options.camera)), flush=True)  # noqa: T201 - a command's output
    try:
        done, _ = await asyncio.wait({waiting, anew, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting, anew}:
            task.result()  # raises: none of them ends by itself
    finally:
        again = anew.done() and not waiting.done()
        if not again:
            systemd.tell(systemd.ENDING)
        await services.close()
        for task in [waiting, anew, *tasks]:
            task.cancel()
        await asyncio.gather(waiting, anew, *tasks, return_exceptions=True)
        # A thread may still be writing for a task that was cancelled.
        await loop.shutdown_default_executor()
        pipeline.close()
    return ANEW if again else 0


async def _changed(folder: Path, pairing: Pairing | None) -> None:
    """Return once `hub.json` says something else than it did, or all is to be destroyed.

    A file that cannot be read says nothing.
    """
    while True:
        await asyncio.sleep(LOOK_S)
        if await asyncio.to_thread(wiping.is_ordered, folder):
            return
        with contextlib.suppress(PairingUnreadable):
            if await asyncio.to_thread(find_pairing, folder) not in {pairing, None}:
                return


def _for_people(cameras: int) -> str:
    count = "1 camera" if cameras == 1 else f"{cameras} cameras"
    return (
        f"Recording {count}. Its page: fanlight hub page"
        if cameras
        else "No camera yet. Add one on its page: fanlight hub page"
    )


def _say(error: FanlightError) -> None:
    print(f"{error.what} {error.kept} {error.do}", file=sys.stderr, flush=True)  # noqa: T201 - a command's output


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser("fanlight.hub", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the hub's folder")
    try:
        return serve(parser.parse_args().home)
    except FanlightError as error:
        _say(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
