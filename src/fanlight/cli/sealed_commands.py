"""The commands `fanlight sealed list|share|open`. What they do lives in cli.sealed."""

import sys
from pathlib import Path

import click


@click.group(name="sealed")
def sealed() -> None:
    """Sealed slots of a record: how they stand, and opening one with two of three auditors."""


_LOG_KEY = click.option("--log-key", help="The log's public key, from elsewhere; by default its own.")


@sealed.command(name="list")
@click.argument("target")
@_LOG_KEY
def list_(target: str, log_key: str | None) -> None:
    """Say how the sealed slots of the log TARGET stand. Exits 1 if one is overdue, missing or false."""
    from fanlight.cli import sealed as sealed_  # noqa: PLC0415
    from fanlight.cli.verify import read_trust  # noqa: PLC0415
    from fanlight.model import clock  # noqa: PLC0415

    slots = sealed_.read_slots(target, read_trust(log_key, None))
    status, lines = sealed_.listed(slots, clock.now().date())
    print("\n".join(lines))
    sys.exit(status)


@sealed.command()
@click.argument("target")
@click.argument("slot")
@click.option("--key", type=click.Path(path_type=Path), required=True, help="File with your age identity.")
@_LOG_KEY
def share(target: str, slot: str, key: Path, log_key: str | None) -> None:
    """Print your share of SLOT (such as 2026-11-22/1), which opens it together with another auditor's."""
    from fanlight.cli import sealed as sealed_  # noqa: PLC0415
    from fanlight.cli.verify import read_trust  # noqa: PLC0415

    print(sealed_.share(sealed_.read_slots(target, read_trust(log_key, None)), slot, key))


@sealed.command(name="open")
@click.argument("target")
@click.argument("slot")
@click.option("--share", "shares", multiple=True, required=True, help="An auditor's share; give two.")
@_LOG_KEY
def open_(target: str, slot: str, shares: tuple[str, ...], log_key: str | None) -> None:
    """Print what SLOT holds, by the shares of two auditors; null is a dummy."""
    from fanlight.cli import sealed as sealed_  # noqa: PLC0415
    from fanlight.cli.verify import read_trust  # noqa: PLC0415

    print(sealed_.opened(sealed_.read_slots(target, read_trust(log_key, None)), slot, shares))
