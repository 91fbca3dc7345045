"""The commands `fanlight pack` and `fanlight simulate`. What they do lives in cli.packs and cli.simulate."""

import sys
from datetime import datetime
from pathlib import Path

import click

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def pack() -> None:
    """Ordinance packs: a name of `fanlight pack list`, a folder, or a file. Not legal advice."""


@pack.command(name="list")
def list_() -> None:
    """List the packs that ship."""
    from fanlight.cli import packs  # noqa: PLC0415

    print("\n".join(packs.listed()))


@pack.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the pack NAME in plain words: each clause, what it asks, where it comes from."""
    from fanlight.cli import packs  # noqa: PLC0415

    print("\n".join(packs.show(name)))


@pack.command()
@click.argument("name")
def check(name: str) -> None:
    """Prove the pack NAME by its own vectors. Exits 1 if one fails or a clause is tested by none."""
    from fanlight.cli import packs  # noqa: PLC0415

    sys.exit(packs.check(name))


@pack.command()
@click.argument("old")
@click.argument("new")
@click.option("--log", "target", help="A published log: which of its decisions would change?")
def diff(old: str, new: str, target: str | None) -> None:
    """Print what the pack NEW has otherwise than OLD, clause by clause."""
    from fanlight.cli import packs, simulate  # noqa: PLC0415
    from fanlight.proof.trust import NAMED_BY_LOG  # noqa: PLC0415

    print("\n".join(packs.diff(old, new)))
    if target is not None:
        print()
        for line in simulate.run(target, new, old, None, NAMED_BY_LOG):
            print(line)


@click.command()
@click.option("--log", "target", required=True, help="The log: a folder, or an address.")
@click.option("--pack", "name", required=True, help="The ordinance to try: a name, a folder or a file.")
@click.option("--against", help="An ordinance to compare with (default: what was really decided).")
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write every decision to this file.")
@click.option("--agency", help="Only what this agency asked: its ORI.")
@click.option("--from", "first", type=_DAY, help="Only what was decided from this day on, as 2026-11-21.")
@click.option("--to", "last", type=_DAY, help="Only what was decided up to the end of this day.")
@click.option("--log-key", help="The log's public key, from elsewhere; by default the one it names itself.")
def simulate(  # noqa: PLR0913 -- each is an option
    *,
    target: str,
    name: str,
    against: str | None,
    file: Path | None,
    agency: str | None,
    first: datetime | None,
    last: datetime | None,
    log_key: str | None,
) -> None:
    """Say what another ordinance would have allowed or refused, and by which clause.

    Reads what everybody may read. What is not on record cannot be told and is not guessed.
    """
    from fanlight.cli.simulate import run  # noqa: PLC0415
    from fanlight.cli.verify import read_trust  # noqa: PLC0415
    from fanlight.policy.simulate import Chosen  # noqa: PLC0415

    chosen = Chosen(agency=agency, first=_day(first), last=_day(last))
    for line in run(target, name, against, file, read_trust(log_key, None), chosen=chosen):
        print(line)


def _day(of: datetime | None) -> str | None:
    return of.date().isoformat() if of else None
