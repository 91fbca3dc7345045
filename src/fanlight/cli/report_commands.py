"""The commands `fanlight report` and `fanlight records`. What they do lives in cli.report, cli.records."""

from pathlib import Path

import click


@click.command(name="report")
@click.argument("target")
@click.option("--year", help="The year, such as 2026.")
@click.option("--size", type=click.IntRange(1), help="Of the first so many entries (default: of all).")
@click.option("--ordinance", help="In this ordinance's own fields, such as oakland-9-64.")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="The folder to write to.")
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A report as JSON, to be made again and compared.",
)
@click.option("--log-key", help="The log's public key, from elsewhere; by default the one it names itself.")
def report_command(  # noqa: PLR0913 -- each is an option
    *,
    target: str,
    year: str | None,
    size: int | None,
    ordinance: str | None,
    out: Path,
    again: Path | None,
    log_key: str | None,
) -> None:
    """Count a year from the record at TARGET (address, or folder of a copy), and write the report.

    With --again FILE, make that report again, and say whether it has the same bytes.
    """
    from fanlight.cli import report  # noqa: PLC0415
    from fanlight.cli.verify import read_trust  # noqa: PLC0415

    if (year is None) is (again is None):
        raise click.UsageError("Say which --year, or which report to make --again.")
    trust = read_trust(log_key, None)
    if again is not None:
        same = report.again(target, again, trust)
        print(f"The same bytes, counted again from {same.size} entries: the report of {same.year}.")
        return
    wanted = report.Wanted(year=year or "", size=size, ordinance=ordinance)
    for path in report.make(target, wanted, out, trust):
        print(path)


@click.command(name="records")
@click.argument("target")
@click.option("--agency", help="The agency's ORI.")
@click.option("--size", type=click.IntRange(1), help="Of the first so many entries (default: of all).")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="The folder to write to.")
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of records, to be made again and compared.",
)
@click.option("--log-key", help="The log's public key, from elsewhere; by default the one it names itself.")
def records_command(  # noqa: PLR0913 -- each is an option
    *,
    target: str,
    agency: str | None,
    size: int | None,
    out: Path,
    again: Path | None,
    log_key: str | None,
) -> None:
    """Write all public records of an agency from the record at TARGET (address, or folder of a copy).

    With --again FILE, make that file again, and say whether anything was left out or changed.
    """
    from fanlight.cli import records  # noqa: PLC0415
    from fanlight.cli.verify import read_trust  # noqa: PLC0415

    if (agency is None) is (again is None):
        raise click.UsageError("Say which --agency, or which file to make --again.")
    trust = read_trust(log_key, None)
    if again is not None:
        whose, entries = records.again(target, again, trust)
        print(f"Whole: the records of {whose} in {entries} entries are these, and no other.")
        return
    print(records.make(target, agency or "", size, out, trust))
