"""`fanlight hub wipe`: destroy what a hub holds, for one that moves out or is given away."""

from pathlib import Path

from fanlight.cli.home import open_home
from fanlight.hub import wiping
from fanlight.hub.settings import HubBusy, lock
from fanlight.model.errors import FanlightError


class NotWiped(FanlightError):
    """The hub holds what it held."""

    code = "cli.not_wiped"


def wipe(home: Path | None) -> str:
    """Destroy keys, recording, clips and settings of the hub, running or not; return what to say.

    Raises:
        NotWiped: the disk refuses.
    """
    folder = open_home(home).folder("hub")
    try:
        wiping.order(folder, "command")
        try:
            with lock(folder):
                wiping.carry_out(folder)
        except HubBusy:
            return "The hub that runs here wipes itself now. Its page says when it is done."
    except OSError as error:
        raise NotWiped(
            f"The disk refuses ({type(error).__name__}).",
            kept="Keys that could be removed are gone; the rest may still be there.",
            do="Look at the disk, and run the command again.",
        ) from error
    return "This hub holds nothing any more: no key, no recording, no clip, no setting."
