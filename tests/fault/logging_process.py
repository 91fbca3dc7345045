"""A process that keeps a log in files until it is killed: `python logging_process.py FOLDER`.

Says on its standard output, one line each: `acked N` once N leaves are acknowledged, and `shown SIZE` once
a checkpoint of that size is published.
"""

import asyncio
import os
import sys
from pathlib import Path

from fanlight.proof.note import ED25519, SignerKey
from fanlight.server.log.file_ledger import FileLedger
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.sequencer import Sequencer
from fanlight.store.log_files import LogFiles

KEY = SignerKey("killed.example/log", ED25519, bytes(range(32)))


def say(*words: object) -> None:
    """Write a line that is out before the next step, so that a kill cannot hold it back."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def keep_log(folder: Path) -> None:
    """Append and sequence until killed."""
    ledger = FileLedger(folder / "ledger")
    sequencer = Sequencer(ledger, LogFiles(folder / "log"), LogKeys(KEY), None)
    await sequencer.start()
    task = asyncio.create_task(sequencer.run())

    async def tell() -> None:
        while True:
            await sequencer.changed()
            say("shown", sequencer.published.head.size)

    telling = asyncio.create_task(tell())
    number = len(await ledger.bodies(0, 1 << 30))
    say("ready")
    while not task.done() and not telling.done():
        count = 1 + number % 7
        leaves = [b"leaf %d" % (number + step) for step in range(count)]
        await asyncio.to_thread(ledger.append, leaves)
        number += count
        say("acked", number)
        sequencer.wake()


if __name__ == "__main__":
    asyncio.run(keep_log(Path(sys.argv[1])))
