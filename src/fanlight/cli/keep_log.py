"""`fanlight log`: a log without a server or database, in a folder, as a clerk or an auditor may keep one.

In:     entries as canonical JSON, one a line; a name for the log at the first call; perhaps its witnesses.
Out:    `log/` below the folder, to be put on any web server; which places the entries have.
Holds:  no line counts unless all are entries; what was told to be in the log is on the disk and signed, by
        as many witnesses as the list asks for, or it is said that it is not.
Absent: openings: whoever commits to a field keeps its opening.
Why:    docs/design/record.md
"""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from fanlight.cli.verify import EXIT_HOLDS, EXIT_UNKNOWN
from fanlight.model.errors import FanlightError
from fanlight.proof.errors import ProofError
from fanlight.proof.note import ED25519, SignerKey, check_name
from fanlight.proof.openings import parse_leaf
from fanlight.proof.tiles import MAX_ENTRY
from fanlight.proof.witness_list import WitnessList, parse_witness_list
from fanlight.server.log.file_ledger import FileLedger
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.panel import Panel
from fanlight.server.log.sequencer import Sequencer
from fanlight.store.files import write_private
from fanlight.store.log_files import LogFiles

WAIT_S = 10.0


class NotKept(FanlightError):
    """Entries that cannot be added to a log in a folder."""

    code = "cli.log_not_kept"


def keep(
    folder: Path, name: str | None, witnesses: Path | None, lines: Sequence[bytes]
) -> tuple[int, list[str]]:
    """Add entries to the log in a folder; return an exit status and what to print.

    Args:
        folder: the log's own; made at the first call.
        name: the log's name, at the first call only.
        witnesses: a witnesses.toml.
        lines: entries, each without its line feed.

    Raises:
        NotKept: nothing was added.
    """
    try:
        listed = parse_witness_list(witnesses.read_text("utf-8")) if witnesses else None
        for number, line in enumerate(lines, 1):
            _check(number, line)
        key = _key(folder, name)
        return asyncio.run(_keep(folder, key, listed, lines))
    except (OSError, UnicodeDecodeError) as error:
        raise _not_kept(f"The folder or the list of witnesses cannot be used: {error}.") from error


async def _keep(
    folder: Path, key: SignerKey, listed: WitnessList | None, lines: Sequence[bytes]
) -> tuple[int, list[str]]:
    ledger = FileLedger(folder / "ledger")
    panel = Panel.of(listed) if listed else None
    sequencer = Sequencer(ledger, LogFiles(folder / "log"), LogKeys(key), panel, batch=4_096)
    try:
        await sequencer.start()
        first = ledger.append(lines)
        running = asyncio.create_task(sequencer.run())
        sequencer.wake()
        size = first + len(lines)
        try:
            async with asyncio.timeout(WAIT_S):
                await sequencer.wait_for(size, cosigned=True)
        except TimeoutError:
            pass  # said below
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return _said(sequencer, first, size)
    finally:
        if panel is not None:
            await panel.close()
        ledger.close()


def _said(sequencer: Sequencer, first: int, size: int) -> tuple[int, list[str]]:
    places = f"Entries {first} to {size - 1} are" if size > first + 1 else f"Entry {first} is"
    said = [f"{places} in the log." if size > first else f"The log has {size} entries."]
    if sequencer.cosigned_size >= size:
        said.append("No witness watches it." if sequencer.panel is None else "Enough witnesses signed it.")
        return EXIT_HOLDS, said
    return EXIT_UNKNOWN, [*said, "Too few witnesses signed it yet. Call this again without entries."]


def _check(number: int, line: bytes) -> None:
    try:
        parse_leaf(line)
    except ProofError as error:
        raise _not_kept(f"Line {number} is no entry: {error.what}") from error
    if len(line) > MAX_ENTRY:
        raise _not_kept(f"Line {number} is longer than the {MAX_ENTRY:,} bytes an entry can have.")


def _key(folder: Path, name: str | None) -> SignerKey:
    path = folder / "log.key"
    try:
        key = SignerKey.parse(path.read_text("utf-8").strip())
    except FileNotFoundError:
        if name is None:
            raise _not_kept("There is no log in this folder, and no --name for a new one.") from None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = SignerKey(check_name(name), ED25519, secrets.token_bytes(32))
        write_private(path, f"{made.skey}\n".encode())
        return made
    if name is not None and name != key.name:
        raise _not_kept(f"The log in this folder is {key.name}.")
    return key


def _not_kept(what: str) -> NotKept:
    return NotKept(what, kept="The log is as it was.", do="Correct it, then give all entries again.")


def entries_of(raw: bytes) -> Iterator[bytes]:
    """Yield the lines of what was given; empty ones are passed over."""
    return (line for line in raw.split(b"\n") if line)
