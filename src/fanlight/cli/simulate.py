"""`fanlight simulate`: what another ordinance would have decided, from a published log.

In:     a log's folder or address; a pack, perhaps a second one; a file for the rows.
Out:    a table, a chart by clause, CSV.
Holds:  nothing is told of entries that are not those of the signed checkpoint: the root is computed
        from them too, and nothing is printed before it fits. The file is there whole or not at all.
Absent: whether witnesses saw the checkpoint (`fanlight verify`).
Why:    docs/spec/packs.md
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from fanlight.cli import whole_log
from fanlight.cli.packs import find_pack
from fanlight.cli.verify_log import reading
from fanlight.model.errors import FanlightError
from fanlight.policy.replay import Replay
from fanlight.policy.simulate import ALL, Chosen, Recorded, Row, Tally, as_csv, recorded, simulate
from fanlight.proof.errors import ProofError
from fanlight.proof.merkle import TreeHead
from fanlight.proof.openings import parse_leaf
from fanlight.proof.tiles import ReadFile
from fanlight.proof.trust import Trust

_BAR = 40  # signs of the longest bar
_SHOWN = 20  # changed decisions that are printed; the file has all


class CannotWrite(FanlightError):
    """The file for the rows cannot be written."""

    code = "cli.simulate_file"


def run(  # noqa: PLR0913 -- as many as the command has options
    target: str, pack: str, against: str | None, file: Path | None, trust: Trust, *, chosen: Chosen = ALL
) -> Iterator[str]:
    """Simulate; yield the lines to print.

    Args:
        target: folder or address of the log.
        pack: the ordinance to try: a name that ships, a folder or a file.
        against: another one to compare with; by default what was really decided.
        file: where to write all rows as CSV.
        trust: the key trusted for the log; by default the one it names itself.
        chosen: which decisions.

    Raises:
        NotThatLog, NoLog, BadPack, CannotWrite: nothing was written.
    """
    tried = Replay(find_pack(pack))
    other = Replay(find_pack(against)) if against else None
    tally = Tally()
    shown: list[Row] = []
    with reading(target) as read, _pending(file) as put:
        signed = whole_log.checkpoint(read, trust)
        rows = _rows(read, signed.head, tried, other, chosen)
        for line in as_csv(_keeping(shown, tally.counting(rows))):
            put(line)
    before = other.pack.meta.title if other else "what was decided"
    yield f"{tried.pack.meta.title}, compared with {before}. Not legal advice."
    if tried.pack.unread:
        yield f"It cannot be in force: {len(tried.pack.unread)} of its clauses cite a text nobody has read."
    what = "decisions of an ordinance" if chosen == ALL else "decisions that were asked about"
    yield f"{signed.head.size} entries, {tally.decisions} of them {what}."
    yield from _told(tally)
    yield from _table(shown, tally.changed)
    if file is not None:
        yield f"Every row: {file}"


@contextlib.contextmanager
def _pending(file: Path | None) -> Iterator[Callable[[str], object]]:
    """Give a function that writes to a file which takes its place only if all goes well."""
    if file is None:
        yield lambda _line: None
        return
    pending = file.with_name(f".{file.name}.new")
    try:
        with pending.open("w", encoding="utf-8", newline="") as out:
            yield out.write
        pending.replace(file)
    except OSError as error:
        raise CannotWrite(
            f"{file} cannot be written: {error.strerror or error}.",
            kept="Nothing was written there.",
            do="Choose another file.",
        ) from error
    finally:
        pending.unlink(missing_ok=True)


def _told(tally: Tally) -> Iterator[str]:
    yield f"{tally.changed} would come out otherwise."
    yield ""
    yield f"{'before':15} {'after':15} decisions"
    for (before, after), count in sorted(tally.outcomes.items()):
        yield f"{before:15} {after:15} {count:9}"
    yield from _chart("Turned by clause", tally.most(tally.clauses))
    yield from _chart("Refused by clause of this ordinance", tally.most(tally.refusing))
    yield from _chart("Not on record", tally.most(tally.missing))


def _keeping(shown: list[Row], rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows, keeping the first that changed."""
    for row in rows:
        if row.changed and len(shown) < _SHOWN:
            shown.append(row)
        yield row


def _table(shown: list[Row], changed: int) -> Iterator[str]:
    if not shown:
        return
    yield ""
    yield f"{'entry':>9}  {'action':17} {'before':9} {'after':9} by"
    for row in shown:
        by = ", ".join(row.clauses)
        yield f"{row.recorded.entry:9}  {row.recorded.action:17} {row.before.told:9} {row.after.told:9} {by}"
    if changed > len(shown):
        yield f"… and {changed - len(shown)} more; --csv FILE has them all."


def _chart(title: str, counts: list[tuple[str, int]]) -> Iterator[str]:
    if not counts:
        return
    widest = max(len(name) for name, _ in counts)
    yield ""
    yield f"{title}:"
    for name, count in counts:
        yield f"  {name:{widest}} {count:9} {'#' * max(1, round(_BAR * count / counts[0][1]))}"


def _rows(
    read: ReadFile, head: TreeHead, pack: Replay, against: Replay | None, chosen: Chosen
) -> Iterator[Row]:
    """Yield a row for each decision in the log, and raise at the end if the root is another."""
    for first, bundle in whole_log.bundles(read, head):
        yield from simulate(pack, filter(chosen.takes, _of_bundle(bundle, first)), against)


def _of_bundle(bundle: list[bytes], first: int) -> Iterator[Recorded]:
    for place, raw in enumerate(bundle):
        try:
            leaf = parse_leaf(raw)
        except ProofError:  # bytes that say nothing to us are still an entry
            continue
        one = recorded(first + place, leaf.type, leaf.pub)
        if one is not None:
            yield one
