"""The `fanlight` command. Each verb's work lives in the module of its name, imported when it is asked for."""

import sys
from pathlib import Path
from typing import Any

import click

from fanlight import __version__
from fanlight.cli.cad_commands import cad
from fanlight.cli.custody_commands import custody
from fanlight.cli.importing import import_
from fanlight.cli.media_commands import media_key, postmedia
from fanlight.cli.ordinance import pack, simulate
from fanlight.cli.report_commands import records_command, report_command
from fanlight.cli.sealed_commands import sealed
from fanlight.model.errors import FanlightError

DEFAULT_PORT = 8420
DEFAULT_APP_PORT = 8425


class _Commands(click.Group):
    """Turns our errors into three sentences and exit status 1, and never shows a traceback for them."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except FanlightError as error:
            say_error(error)
            ctx.exit(1)


def say_error(error: FanlightError) -> None:
    """Write what happened, what was kept and what to do to standard error."""
    print(f"{error.what}\n  Kept: {error.kept}\n  To do: {error.do}  ({error.code})", file=sys.stderr)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fanlight")
def main() -> None:
    """Fanlight: doorbell cameras whose footage belongs to those who live behind the door."""


main.add_command(cad)
main.add_command(custody)
main.add_command(import_)
main.add_command(pack)
main.add_command(simulate)
main.add_command(report_command)
main.add_command(records_command)
main.add_command(sealed)
main.add_command(postmedia)
main.add_command(media_key)


@main.command()
@click.option(
    "--home", type=click.Path(path_type=Path), help="Where everything is kept (default: FANLIGHT_HOME)."
)
@click.option("--port", type=click.IntRange(1, 65533), default=DEFAULT_PORT, show_default=True)
@click.option("--demo/--no-demo", default=True, help="With the demo town, its people and camera, or empty.")
def up(home: Path | None, port: int, *, demo: bool) -> None:
    """Run a whole town on this machine until Ctrl-C."""
    from fanlight.cli import up as up_  # noqa: PLC0415

    sys.exit(up_.run(home, port, demo=demo))


@main.command()
@click.option("--home", type=click.Path(path_type=Path), required=True, help="The town's own folder.")
@click.option("--name", required=True, help="The town's short name: a-z, 0-9 and _.")
@click.option(
    "--host", default="/run/postgresql", show_default=True, help="Of PostgreSQL, or its socket's folder."
)
@click.option("--port", type=click.IntRange(1, 65535), default=5432, show_default=True)
def database(home: Path, name: str, host: str, port: int) -> None:
    """Write the SQL that gives a town a database and roles of its own on a PostgreSQL that others use, too.

    The passwords are in the home alone. Hand the SQL to psql, as who runs PostgreSQL.
    """
    from fanlight.cli.home import open_home  # noqa: PLC0415
    from fanlight.store import own_database  # noqa: PLC0415

    click.echo(own_database.make(open_home(home, ("server",)).path, name, host, port), nl=False)


@main.command()
@click.option("--camera", required=True, help="A video file, or rtsp://user:password@host/path.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for what the tour leaves."
)
@click.option(
    "--server", help="Address of a running demo server (default: start one and stop it afterwards)."
)
@click.option(
    "--people", type=click.Path(path_type=Path), help="The demo people of that server (its home's demo/)."
)
@click.option(
    "--seconds",
    type=click.IntRange(5),
    default=120,
    show_default=True,
    help="How long to watch a live camera.",
)
@click.option("--name", default="Front door", help="The camera's name.")
@click.option("--place", help="LON,LAT of the camera (default: the demo household's).")
def tour(**options: Any) -> None:
    """Walk the whole journey without a browser, on any video or camera."""
    from fanlight.cli.tour import journey  # noqa: PLC0415

    sys.exit(journey.run(journey.Plan.of(**options)))


@main.command(name="open")
@click.argument("clip", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    required=True,
    help="File with the age identity, or with a recovery sheet's 24 words.",
)
@click.option(
    "--keys", type=click.Path(path_type=Path), help="The household's sealed keys, which --key opens first."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The MP4 to write.")
def open_(clip: Path, key: Path, keys: Path | None, out: Path) -> None:
    """Open a sealed CLIP.age with a household's key, or with its recovery sheet."""
    from fanlight.cli.open import open_clip  # noqa: PLC0415

    open_clip(clip, key, out, keys)
    print(f"Opened: {out}")


LOG_KEY = click.option(
    "--log-key", help="The log's public key, from elsewhere; by default the one TARGET names."
)
WITNESSES = click.option(
    "--witnesses",
    type=click.Path(path_type=Path),
    help="The witnesses you trust: a witnesses.toml, or KEY # WHO RUNS IT a line; by default TARGET's own.",
)


@main.command()
@click.argument("target")
@click.argument("other", required=False)
@LOG_KEY
@WITNESSES
@click.option(
    "--tsa-ca",
    type=click.Path(path_type=Path),
    help="The certificates (PEM) that you trust for a package's time stamp; by default those it names.",
)
@click.option(
    "--c2pa-ca",
    type=click.Path(path_type=Path),
    help="The certificates (PEM) that you trust to vouch for C2PA signers; by default the one it names.",
)
@click.option(
    "--client", is_flag=True, help="TARGET is a server: is the web client installed here in its record?"
)
def verify(  # noqa: PLR0913, PLR0917 - one for each option
    target: str,
    other: str | None,
    log_key: str | None,
    witnesses: Path | None,
    tsa_ca: Path | None,
    c2pa_ca: Path | None,
    *,
    client: bool,
) -> None:
    """Check TARGET: a log (folder or address) or an evidence package.

    With OTHER, a second package, also whether both hold the same evidence, byte for byte.
    `fanlight verify raffle LOG` draws every raffle of a log again.

    Exits 0 if all holds, 1 if something does not, 2 if something could not be checked.
    """
    from fanlight.cli.verify import (  # noqa: PLC0415
        EXIT_UNKNOWN,
        BadTrust,
        read_authorities,
        read_signers,
        read_trust,
        verify_target,
        verify_two,
    )

    try:
        trust, authorities = read_trust(log_key, witnesses), read_authorities(tsa_ca)
        signers = read_signers(c2pa_ca)
    except BadTrust as error:  # nothing was checked, so nothing failed
        say_error(error)
        sys.exit(EXIT_UNKNOWN)
    if client:
        from fanlight.cli.verify import report  # noqa: PLC0415
        from fanlight.cli.verify_client import verify_client  # noqa: PLC0415

        sys.exit(report(verify_client(target, trust)))
    if target == "raffle" and other is not None:
        from fanlight.cli.raffle import verify_raffles  # noqa: PLC0415
        from fanlight.cli.verify import report  # noqa: PLC0415

        sys.exit(report(verify_raffles(other, trust)))
    if other is not None:
        sys.exit(verify_two(Path(target), Path(other), trust, authorities, signers))
    sys.exit(verify_target(target, trust, authorities, signers))


@main.command(name="new-log-key")
@click.option(
    "--home", type=click.Path(path_type=Path, exists=True), required=True, help="The server's home."
)
def new_log_key(home: Path) -> None:
    """Make a new key for the log of a stopped server; the old one hands over to it.

    The server signs with both until you remove server/log.old.key from its home.
    """
    import time  # noqa: PLC0415

    from fanlight.server import setup  # noqa: PLC0415

    print(setup.new_log_key(home, int(time.time())))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="The log's name, when it is made, such as clerk.example/log.")
@click.option("--witnesses", type=click.Path(path_type=Path), help="A witnesses.toml: who has to sign.")
def log(folder: Path, name: str | None, witnesses: Path | None) -> None:
    """Add the entries on standard input, one a line, to the log kept in FOLDER, without any server.

    Exits 0 once they are signed, by enough witnesses if there is a list, and 2 if too few have signed yet.
    """
    from fanlight.cli.keep_log import entries_of, keep  # noqa: PLC0415

    status, said = keep(folder, name, witnesses, list(entries_of(sys.stdin.buffer.read())))
    print("\n".join(said))
    sys.exit(status)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@LOG_KEY
@WITNESSES
def dated(file: Path, log_key: str | None, witnesses: Path | None) -> None:
    """Check FILE, which fanlight hub date wrote. Exits as fanlight verify does."""
    from fanlight.cli.hub.dating import check_dated  # noqa: PLC0415
    from fanlight.cli.verify import read_trust, report  # noqa: PLC0415

    sys.exit(report(check_dated(file, read_trust(log_key, witnesses))))


@main.command()
@click.argument("target")
@click.argument("folder", type=click.Path(path_type=Path))
@LOG_KEY
@WITNESSES
def mirror(target: str, folder: Path, log_key: str | None, witnesses: Path | None) -> None:
    """Copy the log at TARGET (address or folder) into FOLDER, checking it; again later: only what is new.

    The copy needs no server: fanlight verify FOLDER. Exits as fanlight verify does.
    """
    from fanlight.cli.mirror import mirror as mirror_  # noqa: PLC0415
    from fanlight.cli.verify import EXIT_UNKNOWN, BadTrust, read_trust, report  # noqa: PLC0415

    try:
        trust = read_trust(log_key, witnesses)
    except BadTrust as error:
        say_error(error)
        sys.exit(EXIT_UNKNOWN)
    sys.exit(report(mirror_(target, folder, trust)))


@main.command()
@click.argument("target")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("words", nargs=-1, required=True)
@LOG_KEY
@WITNESSES
@click.option("--mail", help="Mail notices to this address; --smtp and --from go with it.")
@click.option("--smtp", default="localhost", show_default=True, help="HOST or HOST:PORT of the mail server.")
@click.option("--from", "sender", help="The sender of the mails.")
@click.option("--post", help="Post notices as JSON to this address.")
@click.option("--every", type=click.FloatRange(1), help="Look again after so many seconds, until Ctrl-C.")
def monitor(  # noqa: PLR0913, PLR0917 - click passes options so
    target: str,
    folder: Path,
    words: tuple[str, ...],
    log_key: str | None,
    witnesses: Path | None,
    mail: str | None,
    smtp: str,
    sender: str | None,
    post: str | None,
    every: float | None,
) -> None:
    """Say each new entry of the log at TARGET that names one of WORDS, and when the log does not hold.

    WORDS are your agency, town or key as the record writes them. The copy in FOLDER, with what was
    already said, is kept between runs. Exits as fanlight verify does.
    """
    from fanlight.cli import monitor as m  # noqa: PLC0415
    from fanlight.cli.verify import EXIT_UNKNOWN, read_trust  # noqa: PLC0415

    try:
        send = m.mailing(smtp, sender or mail, mail) if mail else m.posting(post) if post else m.printing
        watch = m.Watch(target, folder, words, read_trust(log_key, witnesses), send)
        if every:
            m.keep_watching(watch, every, say_error)
        sys.exit(watch.once())
    except FanlightError as error:
        say_error(error)
        sys.exit(EXIT_UNKNOWN)


@main.group()
def raffle() -> None:
    """Prepare a raffle of what was given to residents."""


@raffle.command("tickets")
@click.argument("raffle_id", metavar="RAFFLE")
@click.option("--count", type=click.IntRange(1, 2_000), required=True, help="How many tickets.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write to.")
def raffle_tickets(raffle_id: str, count: int, out: Path) -> None:
    """Make the codes for the tickets of RAFFLE, and the list to enter when it closes."""
    from fanlight.cli.raffle import write_tickets  # noqa: PLC0415

    private, public = write_tickets(raffle_id, count, out)
    print(f"Codes, one for each paper, for nobody else: {private}")
    print(f"Tickets, to be entered when the raffle closes: {public}")


@main.command()
@click.argument("server")
@click.option("--port", type=click.IntRange(1024, 65535), default=DEFAULT_APP_PORT, show_default=True)
def app(server: str, port: int) -> None:
    """Serve the web client of this package for SERVER, on this machine only, until Ctrl-C.

    For those who do not trust the server's code. Passkeys made there count there, at this port.
    """
    from fanlight.cli.app import life  # noqa: PLC0415

    sys.exit(life.run(server, port))


@main.command()
@click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept.")
@click.option("--fix", is_flag=True, help="Put right what can be; the hub must be stopped.")
def check(home: Path | None, *, fix: bool) -> None:
    """Check the hub's recording: every file, row and key of it.

    Exits 0 if all holds, 1 if something does not, 2 if something could not be checked.
    """
    from fanlight.cli import check as check_  # noqa: PLC0415

    sys.exit(check_.run(home, fix=fix))


@main.group()
def hub() -> None:
    """The part that stands at home."""


HOME = click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept.")
FILE = click.argument("file", type=click.Path(path_type=Path))


@hub.command(name="pair")
@click.argument("server")
@HOME
@click.option("--camera", help="rtsp://user:password@host/path of a camera to begin with.")
@click.option("--name", default="Front door", help="The camera's name.")
@click.option("--place", required=True, help="LON,LAT of the camera. It never leaves your home unsealed.")
def hub_pair(server: str, home: Path | None, camera: str | None, name: str, place: str) -> None:
    """Show this hub's code, to be scanned or pasted in the app of a household at SERVER, and wait for it."""
    from fanlight.cli.hub import pairing  # noqa: PLC0415

    pairing.pair(server, home, camera, name, place)


@hub.command(name="run")
@HOME
def hub_run(home: Path | None) -> None:
    """Record, detect and show until Ctrl-C; once it is paired, also seal and send."""
    from fanlight.cli.hub import life  # noqa: PLC0415

    sys.exit(life.run(home))


@hub.command(name="page")
@HOME
def hub_page(home: Path | None) -> None:
    """Print the link of the hub's own page. Whoever has it has the hub."""
    from fanlight.cli.hub import life  # noqa: PLC0415

    life.page(home)


@hub.command(name="export")
@click.option("--camera", required=True, help="Its name, or its id.")
@click.option("--from", "start", required=True, help="2026-11-21T18:36:41Z; without a zone: this machine's.")
@click.option("--to", "end", required=True, help="When the film ends.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The MP4 file to write.")
@click.option(
    "--joined", is_flag=True, help="Leave out what was not recorded. Film time is then not the clock's."
)
@HOME
def hub_export(camera: str, start: str, end: str, out: Path, joined: bool, home: Path | None) -> None:  # noqa: FBT001, PLR0913, PLR0917 - click passes options so
    """Write a stretch of a camera's recording as a film, exact to the picture; the hub may be running."""
    from fanlight.cli.hub.export import export  # noqa: PLC0415

    print("\n".join(export(camera, start, end, out, home=home, joined=joined)))


@hub.command(name="date")
@click.argument("clip")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@HOME
def hub_date(clip: str, out: Path, home: Path | None) -> None:
    """Write that CLIP (its id) was on this hub by the end of its day, as the town's record shows."""
    from fanlight.cli.hub.dating import date_clip  # noqa: PLC0415

    print(date_clip(clip, out, home))


@hub.command(name="unlock")
@click.option("--day", required=True, help="The day, by this machine's clock: 2026-11-21.")
@HOME
def hub_unlock(day: str, home: Path | None) -> None:
    """Open a day whose key the running hub has forgotten. Standard input: the recovery sheet's words."""
    from fanlight.cli.hub.unlock import unlock  # noqa: PLC0415

    print("\n".join(unlock(day, sys.stdin.read(), home)))


@hub.command(name="wipe")
@click.confirmation_option(prompt="Destroy this hub's keys, recording, clips and settings, for good?")
@HOME
def hub_wipe(home: Path | None) -> None:
    """Destroy all that this hub holds: its keys first, then recording, clips and settings."""
    from fanlight.cli.hub.wipe import wipe  # noqa: PLC0415

    print(wipe(home))


@hub.command(name="move")
@click.argument("folder", type=click.Path(path_type=Path))
@HOME
def hub_move(folder: Path, home: Path | None) -> None:
    """Move the recording to FOLDER, on another disk for instance. The hub is stopped meanwhile."""
    from fanlight.cli.hub import life  # noqa: PLC0415

    life.move(home, folder)


@hub.command(name="backup")
@FILE
@HOME
def hub_backup(file: Path, home: Path | None) -> None:
    """Write what makes this hub this hub to FILE, without its recording. Keep it like the recovery sheet."""
    from fanlight.cli.hub.backup import backup  # noqa: PLC0415

    print(f"Written to {file}: {', '.join(backup(home, file))}.")


@hub.command(name="restore")
@FILE
@HOME
def hub_restore(file: Path, home: Path | None) -> None:
    """Make a hub of FILE, which fanlight hub backup wrote, in a folder that has none yet."""
    from fanlight.cli.hub.backup import restore  # noqa: PLC0415

    print(f"Restored: {', '.join(restore(home, file))}.")


if __name__ == "__main__":
    main()
