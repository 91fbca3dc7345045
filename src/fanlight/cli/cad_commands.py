"""The commands `fanlight cad key|check|begin|send|pull`: a dispatch centre's side. cli.cad does the work."""

import asyncio
from pathlib import Path

import click

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_SERVER = click.option("--server", required=True, help="The town's server.")


@click.group(name="cad")
def cad() -> None:
    """Dispatches (CAD): try an export here, begin a source at a town, and hand exports in."""


@cad.command()
@click.argument("file", type=click.Path(path_type=Path))
def key(file: Path) -> None:
    """Make the key with which uploads are signed in FILE, and print its public half."""
    from fanlight.cli import cad as cad_  # noqa: PLC0415

    click.echo(cad_.new_key(file))


@cad.command()
@click.option("--source", type=_FILE, required=True, help="The source's settings (TOML).")
@click.argument("file", type=_FILE)
def check(source: Path, file: Path) -> None:
    """Say what would be read of FILE, and which types are on no list. Nothing is sent."""
    from fanlight.cli import cad as cad_  # noqa: PLC0415

    click.echo("\n".join(cad_.checked(cad_.settings(source), file.read_bytes())))


@cad.command()
@click.option("--source", type=_FILE, required=True, help="The source's settings (TOML).")
@click.option("--key", "operator", type=_FILE, required=True, help="The file with the operator's key.")
@_SERVER
def begin(source: Path, operator: Path, server: str) -> None:
    """Begin a source at a town, as its operator, and print its id. It is on the record then."""
    from fanlight.cli import cad as cad_  # noqa: PLC0415
    from fanlight.cli.lists.handing_in import operators_seed  # noqa: PLC0415

    click.echo(asyncio.run(cad_.begin(server, operators_seed(operator), cad_.settings(source))))


@cad.command()
@click.option("--id", "source", required=True, help="The source's id, as `begin` printed it.")
@click.option("--key", "signer", type=_FILE, required=True, help="The file that `key` made.")
@_SERVER
@click.argument("file", type=_FILE)
def send(source: str, signer: Path, server: str, file: Path) -> None:
    """Hand FILE in, and say how much was taken and dropped. Sending it again does no harm."""
    from fanlight.cli import cad as cad_  # noqa: PLC0415

    click.echo("\n".join(asyncio.run(cad_.send(server, source, cad_.read_key(signer), file.read_bytes()))))


@cad.command()
@click.option("--id", "source", required=True, help="The source's id, as `begin` printed it.")
@click.option("--key", "signer", type=_FILE, required=True, help="The file that `key` made.")
@_SERVER
@click.option("--authorization", type=_FILE, help="What that system wants as Authorization.")
@click.option(
    "--every", type=click.IntRange(min=1, max=1_440), help="Again every so many minutes, until stopped."
)
@click.argument("url")
def pull(  # noqa: PLR0913, PLR0917 - one for each option
    source: str, signer: Path, server: str, authorization: Path | None, every: int | None, url: str
) -> None:
    """Fetch an export from URL and hand it in, if it is new. The town's server itself calls nobody."""
    from fanlight.cli import cad as cad_  # noqa: PLC0415
    from fanlight.cli import cad_pull  # noqa: PLC0415

    wanted = authorization.read_text(encoding="ascii").strip() if authorization else None
    export, key = cad_pull.Published(url, wanted), cad_.read_key(signer)

    async def body() -> None:
        async def hand_in(data: bytes) -> list[str]:
            return await cad_.send(server, source, key, data)

        async for line in cad_pull.rounds(export, hand_in, every * 60 if every else None):
            click.echo(line)

    asyncio.run(body())
