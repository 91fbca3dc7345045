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
@click.option("--tsa", help="Address of a time-stamping authority (RFC 3161).")
@click.option("--tsa-ca", type=_FILE, help="The authority's root certificate (PEM), from elsewhere.")
@click.option("--c2pa/--no-c2pa", default=True, help="Sign a copy of each clip with C2PA (as a rule, yes).")
@click.option("--c2pa-cert", type=_FILE, help="The agency's certificate for C2PA and those above it (PEM).")
@click.option("--c2pa-key", type=_FILE, help="That certificate's key (PEM).")
@click.option("--c2pa-folder", type=_FILE, help="Where a self-made certificate is kept, without those two.")
def package_(  # noqa: PLR0913 - one for each option
    package: Path,
    out: Path,
    tsa: str | None,
    tsa_ca: Path | None,
    *,
    c2pa: bool,
    c2pa_cert: Path | None,
    c2pa_key: Path | None,
    c2pa_folder: Path | None,
) -> None:
    """Write OUT: the evidence PACKAGE with copies of its clips that carry C2PA, and with a time stamp.

    Without --c2pa-cert the agency signs by a certificate that it makes for itself, which every reader of
    C2PA shows as an unknown signer. A time-stamping authority is told one SHA-256 and nothing else. PACKAGE
    stays as it is.
    """
    from fanlight.cli.custody import complete_package  # noqa: PLC0415

    files = {"c2pa_cert": c2pa_cert, "c2pa_key": c2pa_key, "c2pa_folder": c2pa_folder}
    print(complete_package(package, out, tsa, tsa_ca, c2pa=c2pa, **files))
