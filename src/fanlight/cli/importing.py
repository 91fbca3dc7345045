"""The command `fanlight import`. What it does lives in cli.lists."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

_FILE = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(name="import")
def import_() -> None:
    """Take a list over that somebody else wrote. Without --server it is read, checked and told of."""


def _from_where(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every list needs: where it was found, and which server is to take it over."""
    for option in (
        click.option("--key", type=_FILE, help="The file with the operator's key."),
        click.option("--server", help="The town's server that is to take it over."),
        click.option("--as-of", type=_DAY, required=True, help="How old what it says is."),
        click.option("--credit", required=True, help="Whom to name, and the licence."),
        click.option("--source", required=True, help="Where the list was found."),
        click.argument("file", type=_FILE),
    ):
        command = option(command)
    return command


@import_.command()
@_from_where
def agencies(file: Path, **where: Any) -> None:
    """FILE: CSV with ori, agency_name, agency_type, county, state_abbr, lat and lon."""
    from fanlight.cli.lists import rows  # noqa: PLC0415
    from fanlight.cli.lists.agencies import agencies as read  # noqa: PLC0415

    source = rows.read(file)
    found = read(source)
    points = sum(one["lon"] is not None for one in found)
    click.echo(f"{len(found)} agencies, {points} of them with a point. A point is not a jurisdiction.")
    _hand_in(where, {"sha256": source.sha256, "agencies": found})


@import_.command()
@click.option("--agencies", "known", type=_FILE, required=True, help="The list of agencies to find ORIs in.")
@click.option("--by", type=_DAY, multiple=True, help="Tell how many had begun by this day. Can be repeated.")
@click.option("--open", "listed", is_flag=True, help="List every line whose agency stays open.")
@_from_where
def agreements(file: Path, known: Path, by: Sequence[datetime], *, listed: bool, **where: Any) -> None:
    """FILE: CSV with agency, city, county, state_abbr, partnership_start, ori and source."""
    from fanlight.cli.lists import agreements as lists  # noqa: PLC0415
    from fanlight.cli.lists import rows  # noqa: PLC0415
    from fanlight.cli.lists.agencies import agencies as read  # noqa: PLC0415

    source = rows.read(file)
    found = lists.agreements(source, lists.Names(read(rows.read(known))))
    dated = sum(one["since"] is not None for one in found)
    click.echo(f"{len(found)} agreements, {dated} of them with a day.")
    for day in by:
        click.echo(f"{lists.begun_by(found, day.date())} by {day.date()}")
    for joined, words in lists.JOINED.items():
        click.echo(f"{sum(one['joined'] == joined for one in found):6} {words}")
    for one in found if listed else ():
        if one["ori"] is None:
            click.echo(
                f"  line {one['line']}: {one['name']}, {one['place']}, {one['state']}: {one['joined']}"
            )
    _hand_in(where, {"sha256": source.sha256, "agreements": found})


@import_.command()
@click.option("--radius", type=click.FloatRange(25, 2_000), default=200, show_default=True, help="Metres.")
@click.option("--timezone", "zone", default="UTC", show_default=True, help="Of times that name none.")
@_from_where
def assemblies(file: Path, radius: float, zone: str, **where: Any) -> None:
    """FILE: iCalendar whose events have a place (GEO), or GeoJSON areas with name, start and end."""
    from fanlight.cli.lists import rows  # noqa: PLC0415
    from fanlight.cli.lists.assemblies import assemblies as read  # noqa: PLC0415

    try:
        times = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter("Name a zone such as America/New_York.", param_hint="--timezone") from error
    source = rows.read(file)
    found = read(source, radius_m=radius, zone=times)
    click.echo(f"{len(found.lines)} gatherings; {len(found.left)} left out.")
    for left in found.left:
        click.echo(f"  {left}")
    _hand_in(where, {"sha256": source.sha256, "assemblies": found.lines})


@import_.command()
@click.option(
    "--within", type=float, nargs=4, help="West, south, east, north: what lies outside is left out."
)
@_from_where
def homes(file: Path, within: tuple[float, float, float, float] | None, **where: Any) -> None:
    """FILE: CSV with lon and lat, or GeoJSON points; each may have homes (how many are there) and id.

    Of the table only the number of homes in each cell of some 0.7 square kilometres is kept.
    """
    from fanlight.cli.lists import rows  # noqa: PLC0415
    from fanlight.cli.lists.homes import homes as read  # noqa: PLC0415

    source = rows.read(file)
    found = read(source, within=within)
    click.echo(f"{found.read} lines read, {found.taken} taken, {found.read - found.taken} left out.")
    for why, many in found.left.items():
        click.echo(f"{many:6} left out: {why}")
    click.echo(f"{sum(found.homes.values())} homes in {len(found.homes)} cells.")
    click.echo("Dropped: every address, point and id. Kept: how many homes each cell has.")
    if found.dropped:
        click.echo(f"Columns that were not looked at: {', '.join(found.dropped)}.")
    lines = [{"cell": cell, "homes": many} for cell, many in found.homes.items()]
    _hand_in(where, {"sha256": source.sha256, "homes": lines})


def _hand_in(where: dict[str, Any], lines: dict[str, Any]) -> None:
    if not where["server"]:
        click.echo("Read only: --server and --key hand it in.")
        return
    if not where["key"]:
        raise click.UsageError("--server needs --key, the file with the operator's key.")
    from fanlight.cli.lists.handing_in import hand_in, operators_seed  # noqa: PLC0415

    listing = {"source": where["source"], "credit": where["credit"], "as_of": str(where["as_of"].date())}
    made, count = asyncio.run(hand_in(where["server"], operators_seed(where["key"]), {**listing, **lines}))
    click.echo(f"{count} lines are taken over as list {made}.")
