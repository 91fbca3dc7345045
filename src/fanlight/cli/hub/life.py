"""`fanlight hub run`, `page`, `move`: what a person does with a hub that is there."""

import asyncio
from pathlib import Path

from fanlight.cli.home import open_home
from fanlight.hub import __main__ as hub_process
from fanlight.hub.page import link
from fanlight.hub.settings import read_options

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - recognised, not bound


def run(home: Path | None) -> int:
    """Run the hub in this process until Ctrl-C; it needs no household for recording at home (R02)."""
    return asyncio.run(hub_process.run(open_home(home).folder("hub")))


def page(home: Path | None) -> None:
    """Print the address of the hub's page, its key behind `#`: whoever has it has the hub."""
    folder = open_home(home).folder("hub")
    where = read_options(folder).options.page
    print(link(folder, ANY.get(where.host, where.host), where.port))
