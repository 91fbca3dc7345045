"""`fanlight check`: does the hub's recording hold? One line an invariant; exit 0, 1 or 2 as `verify`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from fanlight.cli.home import open_home
from fanlight.cli.verify import report
from fanlight.hub.journal.check import check
from fanlight.hub.journal.limits import Limits
from fanlight.hub.settings import BadSettings, HubBusy, lock, read_options
from fanlight.model.check import Check, State


def run(home: Path | None, *, fix: bool) -> int:
    """Check the hub of a home; print and return the exit status."""
    return report(checks(open_home(home).folder("hub"), fix=fix))


def checks(folder: Path, *, fix: bool) -> Iterator[Check]:
    """Look at the recording in a hub's folder, mending it first if `fix`; a running hub is looked at only."""
    with contextlib.ExitStack() as stack:
        running = False
        if folder.is_dir():
            try:
                stack.enter_context(lock(folder))
            except HubBusy:
                running = True
        if running:
            detail = "The hub is running: what it is writing just now is not judged."
            yield Check(
                "hub", State.UNKNOWN if fix else State.HOLDS, detail + (" Stop it to mend." if fix else "")
            )
        try:
            limits = Limits.from_options(read_options(folder).options)
        except BadSettings:
            limits = None
        yield from check(folder, limits=limits, fix=fix, running=running)
