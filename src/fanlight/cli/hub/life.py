"""`fanlight hub run`, `page`, `move`: what a person does with a hub that is there."""

from pathlib import Path

import msgspec

from fanlight.cli.home import open_home
from fanlight.hub import __main__ as hub_process
from fanlight.hub.journal.move import move as move_recording
from fanlight.hub.page import link
from fanlight.hub.settings import lock, read_options, write_options
from fanlight.model.errors import FanlightError

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - recognised, not bound


class FolderMissing(FanlightError):
    """The folder that the recording is to move to is not there."""

    code = "cli.folder_missing"


def run(home: Path | None) -> int:
    """Run the hub in this process until Ctrl-C; it needs no household for recording at home (R02)."""
    return hub_process.serve(open_home(home).folder("hub"))


def page(home: Path | None) -> None:
    """Print the address of the hub's page, its key behind `#`: whoever has it has the hub."""
    folder = open_home(home).folder("hub")
    where = read_options(folder).options.page
    print(link(folder, ANY.get(where.host, where.host), where.port))


def move(home: Path | None, new: Path) -> None:
    """Move the whole recording to another folder and let the settings name it; the hub is stopped.

    Raises:
        FolderMissing, HubBusy, BadSettings, SettingsUnwritable: nothing was moved.
        JournalError: what was moved is there, the rest where it was; called again, it goes on.
    """
    folder, there = open_home(home).folder("hub"), new.expanduser().absolute()
    if not there.is_dir():
        raise FolderMissing(
            "There is no such folder to move the recording to.",
            kept="Nothing was moved.",
            do="Mount the disk, and make a folder on it that the hub may write.",
        )
    with lock(folder):
        file = read_options(folder)
        moved = move_recording(folder, there, _show)
        # After the move, so that a disk that cannot be used is not what the hub records to from now on.
        storage = msgspec.structs.replace(file.options.storage, folder=str(there))
        write_options(folder, msgspec.structs.replace(file.options, storage=storage), file)
    print(f"Moved {moved / 1e6:.1f} MB. The hub records there from its next start on.")


def _show(done: int, total: int) -> None:
    print(f"\r  {done / 1e6:.1f} of {total / 1e6:.1f} MB", end="" if done < total else "\n", flush=True)
