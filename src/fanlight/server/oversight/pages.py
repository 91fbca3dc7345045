"""The public pages, made from the record by one pure function.

In:     a path under /record/, the Record.
Out:    Page: status, media type, bytes. The same record gives the same bytes, here and at a mirror.
Holds:  every figure links to the entries it is computed from; nothing reads a clock, a disk or a table;
        every word from a leaf is escaped.
Absent: the network and caching (oversight.http), what may be shown when (oversight.record).
Why:    docs/design/oversight.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

from fanlight.server.oversight import (
    burden,
    changes,
    exports,
    gifts,
    history,
    operations,
    sentences,
    tally,
    texts,
    views,
    words,
)
from fanlight.server.oversight.record import Record
from fanlight.server.oversight.reports import pages as reports
from fanlight.server.oversight.reports.style import report_style
from fanlight.wire import b64

HTML = "text/html; charset=utf-8"
_ROOT = "/record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer: its status, what it is, its bytes."""

    status: int
    media_type: str
    body: bytes


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("fanlight.server.oversight", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        name: getattr(words, name)
        for name in (
            "number",
            "day",
            "moment",
            "length",
            "area",
            "purpose",
            "offence",
            "decision",
            "kind",
            "band",
            "entry_type",
            "listing_kind",
            "month",
            "month_name",
            "money",
            "gift_kind",
        )
    }
    made.globals |= {
        "b64": b64.encode,
        "agreement_states": words.AGREEMENT_STATES,
        "reasons": words.REASONS,
        "committed": words.COMMITTED,
        "who": sentences.who,
        "party": sentences.party,
        "pretty": sentences.pretty,
        "plain": sentences.plain,
        "summary": sentences.summary,
        "href_of": sentences.href_of,
    }
    made.filters["capitalize_first"] = words.capitalized
    made.globals["style"] = report_style()
    return made


_ENVIRONMENT = _environment()


def render(path: str, record: Record) -> Page:
    """Make one page.

    Args:
        path: as asked for, such as `/record/requests`; a final slash is allowed. Percent-decoded.
        record: the record at one size.

    Returns:
        The page; with status 404, a page that says what is not there. Never raises for any path.
    """
    parts = [part for part in path.removeprefix(_ROOT).split("/") if part]
    export = exports.find(parts, record)
    if export is None and parts[-1:] == ["changes.atom"]:
        export = _feed(parts[:-1], record)
    if export is None and parts[:1] == ["reports"]:
        export = _report_file(parts[1:], record)
    if export is not None:
        return Page(status=200, media_type=export.media_type, body=export.body)
    view = views.find(parts, record) or views.missing(parts, record)
    return Page(
        status=view.status,
        media_type=HTML,
        body=_fill(view.template, {**common(record), "section": view.section, **view.values}),
    )


def _feed(room: Sequence[str], record: Record) -> exports.Export | None:
    match list(room):
        case []:
            whose = None
        case ["agencies", ori] if ori in record.agencies:
            whose = ori
        case _:
            return None
    return exports.Export(media_type="application/atom+xml; charset=utf-8", body=changes.atom(record, whose))


def _report_file(rest: Sequence[str], record: Record) -> exports.Export | None:
    *room, last = rest or [""]
    name, _, form = last.rpartition(".")
    body = report_file([*room, name], form, record) if form in {"json", "html"} else None
    return (
        exports.Export(media_type=HTML if form == "html" else "application/json", body=body) if body else None
    )


def report_file(rest: Sequence[str], form: str, record: Record) -> bytes | None:
    """Return the bytes of a yearly report as a file, or None; raises for nothing, as `render`.

    Args:
        rest: such as `["2026"]`, or `["2026", "as", "oakland-9-64"]` in an ordinance's own fields.
        form: `json` or `html`.
        record: the record. Of it only the entries and their root are in a report.
    """
    return reports.find_file(rest, form, record, _fill)


def common(record: Record) -> dict[str, Any]:
    """Return what every page shows: whose record it is and when it was read."""
    return {
        "record": record,
        "town_name": record.town.name if record.town else "This town",
        "read_at": words.moment(views.read_at(record)),
        "root": record.log.root.hex(),
    }


def paths(record: Record) -> list[str]:
    """Return the path of every page and export that this record has, for a mirror to write out."""
    found = ["/", "/agencies", "/requests", "/ordinances", "/log", "/about", "/entries"]
    found += ["/ordinances/simulate", "/ordinances/packs.json"]
    found += ["/ordinances/words", "/ordinances/words.csv", "/ordinances/words.json"]
    found += ["/ordinances/post-words", "/ordinances/post-words.csv", "/ordinances/post-words.json"]
    found += [f"/requests/{state}" for state in tally.STATES]
    found += ["/requests.csv", "/requests.json", "/agencies.csv", "/agencies.json"]
    found += [f"/requests/{name}" for name in record.requests]
    found += [f"/ordinances/{sha}" for sha in record.ordinances]
    found += [f"/requests/refused/{rule}" for rule, _ in tally.refusals(record.requests.values())]
    for ori, file in record.agencies.items():
        found += [f"/agencies/{ori}", f"/agencies/{ori}/requests", f"/agencies/{ori}/records.json"]
        found += [f"/agencies/{ori}/by/{one.year}/{one.pseudonym}" for one in file.pseudonyms]
        found += [f"/agencies/{ori}/requests/{state}" for state in tally.STATES]
        found += [f"/agencies/{ori}/requests/refused/{rule}" for rule, _ in tally.refusals(file.requests)]
    found += history.paths(record.lists)
    found += reports.paths(record)
    found += burden.paths(burden.Burden.of(record))
    found += changes.paths(record.entries)
    found += [f"/agencies/{ori}/changes.atom" for ori in record.agencies]
    found += gifts.paths(record.gifts)
    found += operations.paths(record.operations)
    found += texts.paths(record.texts)
    found += [f"/agencies/{ori}/gifts" for ori in record.agencies if record.gifts.of_agency(ori)]
    found += [f"/agencies/{ori}/operations" for ori in record.agencies if record.operations.of_agency(ori)]
    for kind, count in tally.kinds(record):
        found.append(f"/entries/of/{kind}")
        found += [f"/entries/of/{kind}/page/{n}" for n in range(2, tally.pages_of(count) + 1)]
    found += [f"/entries/page/{n}" for n in range(2, tally.pages_of(len(record.entries)) + 1)]
    found += [f"/entries/{entry.index}" for entry in record.entries]
    return [_ROOT + path for path in found]


def _fill(template: str, values: Mapping[str, Any]) -> bytes:
    make: Callable[..., str] = _ENVIRONMENT.get_template(template).render
    return make(**values).encode()
