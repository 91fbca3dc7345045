"""`fanlight postmedia` and `fanlight media-key`: the place of posts' pictures, run by itself."""

import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path), required=True, help="Folder of its key and the pictures."
)
@click.option("--tickets", required=True, help="The town's key, as `fanlight media-key` says it.")
@click.option("--origin", multiple=True, required=True, help="http(s)://HOST[:PORT] of the town's pages.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="0: that of last time, else a free one."
)
def postmedia(home: Path, tickets: str, origin: tuple[str, ...], host: str, port: int) -> None:
    """Run the place of posts' pictures until Ctrl-C; it says its port and key once it is ready."""
    from fanlight.postmedia.__main__ import main  # noqa: PLC0415

    told = [part for one in origin for part in ("--origin", one)]
    sys.exit(main(["--home", str(home), "--tickets", tickets, "--host", host, "--port", str(port), *told]))


@click.command(name="media-key")
@click.option(
    "--home", type=click.Path(path_type=Path, exists=True), required=True, help="The server's home."
)
def media_key(home: Path) -> None:
    """Say the public key by which the place of posts' pictures knows this town; made on the first call."""
    from fanlight.server.media_place import ticket_public  # noqa: PLC0415

    click.echo(ticket_public(home))
