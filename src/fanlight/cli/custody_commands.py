"""The commands `fanlight custody …`, for an agency's own machine."""

from pathlib import Path

import click

_FILE = click.Path(path_type=Path)


@click.group(name="custody")
def custody() -> None:
    """On an agency's own machine: what an evidence package needs beside what the browser made."""


@custody.command(name="package")
@click.argument("package", type=_FILE)
@click.argument("out", type=_FILE)
@click.option("--tsa", required=True, help="Address of a time-stamping authority (RFC 3161).")
@click.option(
    "--tsa-ca", type=_FILE, required=True, help="The authority's root certificate (PEM), from elsewhere."
)
def package_(package: Path, out: Path, tsa: str, tsa_ca: Path) -> None:
    """Write OUT: the evidence PACKAGE with an independent time stamp over its evidence.json.

    The authority is told one SHA-256 and nothing else. PACKAGE stays as it is.
    """
    from fanlight.cli.custody import stamp_package  # noqa: PLC0415

    print(stamp_package(package, out, tsa, tsa_ca))
