"""What each public page is given to show: a template's name and its values. Pure.

In:     the parts of a path, the Record.
Out:    View, or None where there is no such page.
Holds:  the list behind a figure is made by the same function as the figure.
Absent: HTML (the templates), secrecy (oversight.record).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fanlight import neighbors
from fanlight.model import clock
from fanlight.neighbors.hunts import LIST as HUNTS
from fanlight.policy import LISTS, phrases
from fanlight.proof.merkle import hash_leaf
from fanlight.server.oversight import (
    burden,
    changes,
    gifts,
    history,
    leaves,
    operations,
    sketch,
    texts,
    trying,
    words,
)
from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.record import AgencyFile, Record, RequestFile
from fanlight.server.oversight.reports import pages as reports
from fanlight.server.oversight.sentences import href_of, later, map_label, plain, pretty, status, steps
from fanlight.server.oversight.tally import (
    PER_PAGE,
    STATES,
    counts,
    in_state,
    kinds,
    pages_of,
    redecide,
    refusals,
    refused_by,
)

_CHAPTERS = {
    "1": "Agreements",
    "2": "Who may ask",
    "3": "What may be asked for",
    "4": "How much",
    "5": "How it is asked",
    "6": "Passing it on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One page before it is HTML."""

    template: str
    section: str
    values: dict[str, Any]
    status: int = 200


def find(parts: Sequence[str], record: Record) -> View | None:  # noqa: C901, PLR0911, PLR0912 -- one page a line
    """Return the page at a path, or None."""
    match list(parts):
        case []:
            return _front(record)
        case ["about"]:
            return View(template="about.html.jinja", section="about", values={})
        case ["log"]:
            return _log(record)
        case ["entries", *rest]:
            return _entries(rest, record)
        case ["ordinances", *rest]:
            return _ordinances(rest, record)
        case ["agencies"]:
            return View(template="agencies.html.jinja", section="agencies", values={})
        case ["agencies", ori, *rest] if ori in record.agencies:
            return _agency(record.agencies[ori], rest, record)
        case ["gifts", *rest]:
            return _gifts(rest, record)
        case ["operations", *rest]:
            shown = operations.find(rest, record.operations, record.today)
            return shown and View(template=shown[0], section="agencies", values=shown[1])
        case ["burden", *rest]:
            return _burden(rest, record)
        case ["changes", *rest]:
            new = changes.find(rest, record.entries)
            return new and View(template=new[0], section="", values=new[1])
        case ["texts", *rest]:
            told = texts.find(rest, record.texts, _uses(record))
            return told and View(template=told[0], section="ordinances", values=told[1])
        case ["history", *rest]:
            return _history(rest, record)
        case ["reports", *rest]:
            found = reports.find(rest, record)
            return found and View(template=found[0], section="reports", values=found[1])
        case ["requests", name] if name in record.requests:
            return _request(record.requests[name], record)
        case ["requests", *rest]:
            return _requests(rest, record.requests.values(), record)
        case _:
            return None


def missing(parts: Sequence[str], record: Record) -> View:
    """Return the page for a path where nothing is, saying that this was looked for."""
    what = {"requests": "request", "agencies": "agency", "ordinances": "ordinance", "entries": "entry"}.get(
        parts[0] if parts else "", "page"
    )
    return View(
        template="missing.html.jinja",
        section=parts[0] if parts else "",
        status=404,
        values={
            "title": f"There is no such {what} in this record",
            "why": f"All {words.number(record.log.size)} entries were looked through. Nothing that was ever "
            "in the record can be taken out, so it was never here, or the address has a slip in it.",
            "href": "/record/",
            "action": "To the front page",
        },
    )


def read_at(record: Record) -> str:
    """Return the time of reading as text."""
    return clock.to_text(record.as_of)


def _front(record: Record) -> View:
    files = record.requests.values()
    asking = [file for file in record.agencies.values() if file.may_ask_on(record.today)]
    return View(
        template="front.html.jinja",
        section="",
        values={
            "counts": counts(files),
            "asking": asking,
            "open": list(reversed(in_state(files, "open"))),
            "sentence": _front_sentence(record, len(asking)),
        },
    )


def _front_sentence(record: Record, asking: int) -> str:
    if not record.log.size:
        return "The record is empty. Nobody has asked for anything, and nobody can yet."
    now = len(in_state(record.requests.values(), "open"))
    may = (
        f"{_some(asking, 'agency', 'agencies')} may ask residents for footage."
        if asking
        else ("No agency may ask residents for footage.")
    )
    if not record.requests:
        return f"Nobody has asked for footage. {may}"
    is_open = f"{_some(now, 'request is', 'requests are')} open now." if now else "No request is open now."
    return f"{is_open} {may} Every request there ever was stands here, with the clauses it was decided by."


def _some(count: int, one: str, many: str) -> str:
    if not count:
        return f"No {one}"
    return f"One {one}" if count == 1 else f"{words.spelled(count)} {many}"


def _uses(record: Record) -> list[texts.Use]:
    """Return the public words in which a text may have been reused, the latest first."""
    wordings = [
        (
            entry.index,
            texts.Use(
                label=f"Wording “{said.name}”, version {said.version}",
                href=f"/record/agencies/{said.agency}#templates",
                words=said.words,
            ),
        )
        for agency in record.agencies.values()
        for template in agency.templates
        for entry, said in template.versions
    ]
    opened = [
        (
            file.deciding.index,
            texts.Use(
                label=f"A request, {words.purpose(file.request.purpose)}",
                href=f"/record/requests/{file.id}",
                words=str(file.opened["words"]),
            ),
        )
        for file in record.requests.values()
        if "words" in file.opened
    ]
    latest = sorted([*wordings, *opened], key=lambda one: one[0], reverse=True)
    return [use for _, use in latest]


def _burden(rest: list[str], record: Record) -> View | None:
    found = burden.find(rest, burden.Burden.of(record))
    if found is None:
        return None
    template, values = found
    areas: list[burden.Area] = values.get("areas", [])
    names = {area.cell: record.ground.streets_in(area.cell) for area in [*areas, values.get("place")] if area}
    drawn = sketch.draw_areas(
        [(area.cell, burden.shade(area, areas)) for area in areas],
        record.ground,
        label="Areas of the town by number; darker ones had more requests for their homes",
    )
    return View(template=template, section="requests", values={**values, "names": names, "map": drawn})


def _history(rest: list[str], record: Record) -> View | None:
    found = history.find(rest, record.lists)
    return found and View(template=found[0], section="agencies", values=found[1])


def _gifts(rest: list[str], record: Record) -> View | None:
    found = gifts.find(rest, record.gifts)
    crumbs = {"crumbs": [("/record/gifts", "Gifts, money and hours")]} if rest else {}
    return found and View(template=found[0], section="gifts", values={**crumbs, **found[1]})


def _agency(file: AgencyFile, rest: list[str], record: Record) -> View | None:
    base = f"/record/agencies/{file.agency.ori}"
    if rest[:1] == ["requests"]:
        crumbs = [("/record/agencies", "Agencies"), (base, file.agency.name)]
        return _requests(rest[1:], file.requests, record, base=f"{base}/requests", crumbs=crumbs)
    if rest[:1] == ["by"]:
        return _pseudonym(file, rest[1:])
    if rest == ["gifts"]:
        own = record.gifts.of_agency(file.agency.ori)
        given = gifts.summed(f"Given to or by {file.agency.name}", own)
        crumbs = [("/record/agencies", "Agencies"), (base, file.agency.name)]
        values = {**given, "crumbs": crumbs, "book": gifts.GiftBook(tuple(own))}
        return View(template="gifts.html.jinja", section="agencies", values=values)
    own_operations = operations.latest(record.operations.of_agency(file.agency.ori))
    if rest == ["operations"] and own_operations:
        crumbs = [("/record/agencies", "Agencies"), (base, file.agency.name)]
        values = {"files": own_operations, "today": record.today, "crumbs": crumbs}
        return View(template="operations.html.jinja", section="agencies", values=values)
    if rest:
        return None
    agreement = file.may_ask_on(record.today)
    if agreement:
        vote = agreement.latest.vote
        voted = f" that the {vote.body.removeprefix('the ')} voted {vote.ayes} to {vote.noes}" if vote else ""
        sentence = (
            f"May ask residents for footage since {words.day(agreement.latest.from_)}, "
            f"under an agreement{voted}. "
            f"It ends on {words.day(agreement.latest.until)} unless it is voted again."
        )
    elif file.agreements:
        sentence = "Has no agreement in force today. It cannot ask residents for footage."
    else:
        sentence = "Has no agreement and never had one. It cannot ask residents for footage."
    return View(
        template="agency.html.jinja",
        section="agencies",
        values={
            "file": file,
            "agreement": agreement,
            "sentence": sentence,
            "counts": counts(file.requests),
            "refusals": refusals(file.requests),
            "given": gifts.summed("", record.gifts.of_agency(file.agency.ori)),
            "operations": own_operations,
            "overdue": sum(one.state_on(record.today) == "overdue" for one in own_operations),
            "clause_words": lambda rule: _clause_words(rule, file.requests, record),
        },
    )


def _pseudonym(file: AgencyFile, rest: list[str]) -> View | None:
    found = next((one for one in file.pseudonyms if [str(one.year), one.pseudonym] == rest), None)
    if found is None:
        return None
    asked, signed = _times(len(found.asked)), _times(len(found.signed))
    return View(
        template="pseudonym.html.jinja",
        section="agencies",
        values={
            "file": file,
            "one": found,
            "sentence": f"Asked {asked} and signed as second person {signed} in {found.year}.",
        },
    )


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{words.number(count)} times")


def _clause_words(rule: str, files: Iterable[RequestFile], record: Record) -> str:
    for file in files:
        ordinance = record.ordinances.get(file.request.pack_sha256)
        if ordinance and ordinance.text and rule in file.request.rules:
            for clause in ordinance.text.clauses:
                if clause.id == rule:
                    return f"{clause.section} {plain(clause.holds).rstrip('.')}"
    return rule


def _requests(
    rest: list[str],
    all_files: Iterable[RequestFile],
    record: Record,
    *,
    base: str = "/record/requests",
    crumbs: Sequence[tuple[str, str]] = (),
) -> View | None:
    files = list(all_files)
    whose = crumbs[-1][1] if crumbs else ""
    by = f" by {whose}" if whose else ""
    match rest:
        case []:
            state, shown, title = "", files, f"Requests{by}"
        case [name] if name in STATES:
            adjective = "waiting for a second signature" if name == "waiting" else name
            state, shown, title = name, in_state(files, name), f"Requests {adjective}{by}"
        case ["refused", rule] if refused_by(record.requests.values(), rule):
            state, shown = f"refused/{rule}", refused_by(files, rule)
            title = f"Refused by {rule}"
        case _:
            return None
    tally = counts(files)
    filters = [(base, "All", tally["all"], not state)]
    filters += [(f"{base}/{name}", name.capitalize(), tally[name], state == name) for name in STATES]
    if state.startswith("refused/"):
        filters.append((f"{base}/{state}", title, len(shown), True))
        crumbs = [*crumbs, (base, "Requests")]
    return View(
        template="requests.html.jinja",
        section="agencies" if whose else "requests",
        values={
            "title": title,
            "crumbs": crumbs,
            "files": shown,
            "filters": filters,
            "none_title": "0 requests" if not state else f"0 requests {state.split('/', maxsplit=1)[0]}",
            "sentence": "Everything an agency asked for or tried to ask for, allowed or not. "
            "None is ever left out, however small the number.",
        },
    )


def _request(file: RequestFile, record: Record) -> View:
    request = file.request
    agency = record.agencies.get(request.agency)
    ordinance = record.ordinances.get(request.pack_sha256)
    return View(
        template="request.html.jinja",
        section="requests",
        values={
            "file": file,
            "r": request,
            "words": words.facts_of_request(file.deciding.pub),
            "agency_name": agency.agency.name if agency else request.agency,
            "pack_title": ordinance.pack.title if ordinance else "an ordinance this record does not name",
            "clauses": redecide(file, ordinance.text if ordinance else None),
            "status": status(file),
            "supplied": record.texts.reused(str(file.opened.get("words", ""))),
            "later": later(file),
            "steps": steps(file, ordinance.text if ordinance else None),
            "key_entry": _key_entry(file, record),
            "seal_entries": [
                *file.entries,
                *(one for one in (file.asked_by, file.signed_by, file.closed) if one),
            ],
            "asked_by": _named(file.asked_by, agency, file),
            "signed_by": _named(file.signed_by, agency, file),
            "map": sketch.draw(
                () if request.protected and not file.is_open_to_public else request.cells,
                file.opened.get("outline"),
                record.ground,
                label=map_label(file),
            ),
        },
    )


def _named(entry: Entry | None, agency: AgencyFile | None, file: RequestFile) -> dict[str, Any]:
    """Return a pseudonym with what else is under it, or why there is none to show."""
    known = entry.known if entry else None
    if not isinstance(known, leaves.Pseudonym) or agency is None:
        held = file.request.protected and not file.is_open_to_public
        return {"entry": None, "why": words.HELD_BACK if held else words.NOT_NAMED}
    under = next(
        one for one in agency.pseudonyms if (one.year, one.pseudonym) == (known.year, known.pseudonym)
    )
    asked, signed = _times(len(under.asked)), _times(len(under.signed))
    return {
        "entry": entry,
        "pseudonym": known.pseudonym,
        "href": f"/record/agencies/{known.agency}/by/{known.year}/{known.pseudonym}",
        "sentence": f"asked {asked} and signed {signed} in {known.year}",
    }


def _key_entry(file: RequestFile, record: Record) -> Entry | None:
    """The entry of the case key, if it stood in the record before the request was accepted."""
    wanted = file.request.key_sha256
    return next(
        (
            entry
            for entry in record.entries[: file.deciding.index]
            if wanted and isinstance(entry.known, leaves.CaseKey) and entry.known.key_sha256 == wanted
        ),
        None,
    )


def _wordings() -> list[dict[str, Any]]:
    """Return each public list of phrases with its phrases by what is wrong with them, in its order."""
    lists = []
    for name in LISTS:
        value = phrases(name)
        by_reason: dict[str, list[str]] = {}
        for row in value["phrases"]:
            by_reason.setdefault(row["why"], []).append(row["phrase"])
        lists.append({"name": name, "version": value["version"], "reasons": list(by_reason.items())})
    return lists


def _ordinances(rest: list[str], record: Record) -> View | None:
    def decided(sha: str) -> list[RequestFile]:
        return [file for file in record.requests.values() if file.request.pack_sha256 == sha]

    if not rest:
        return View(template="ordinances.html.jinja", section="ordinances", values={"decided": decided})
    if rest == ["simulate"]:
        return View(
            template="simulate.html.jinja",
            section="ordinances",
            values={"offers": trying.offers(record)},
        )
    if rest == ["words"]:
        return View(template="wording.html.jinja", section="ordinances", values={"lists": _wordings()})
    if rest == ["post-words"]:
        lists = [neighbors.public_list(name) for name in (*neighbors.LISTS, HUNTS)]
        return View(
            template="post_words.html.jinja",
            section="ordinances",
            values={"lists": lists, "letters": neighbors.public_list("post-letters")},
        )
    if len(rest) > 1 or rest[0] not in record.ordinances:
        return None
    ordinance = record.ordinances[rest[0]]
    chapters: dict[str, list[Any]] = {}
    for clause in ordinance.text.clauses if ordinance.text else ():
        head = clause.section.split(".")[0]
        chapters.setdefault(f"{head} {_CHAPTERS[head]}" if head in _CHAPTERS else head, []).append(clause)
    return View(
        template="ordinance.html.jinja",
        section="ordinances",
        values={
            "o": ordinance,
            "chapters": list(chapters.items()),
            "files": decided(rest[0]),
            "refused_by": lambda rule: refused_by(record.requests.values(), rule),
        },
    )


def _log(record: Record) -> View:
    size = record.log.size
    named = [c.witness.run_by for c in record.log.cosigned]
    seen = f"It was last signed for by {' and '.join(named)}." if named else "No witness signed for it."
    return View(
        template="log.html.jinja",
        section="log",
        values={
            "sentence": f"{_some(size, 'entry', 'entries')}. Nothing in it can be taken out or changed "
            f"without it showing. {seen}",
            "signed_at": {c.witness.key.name: f"yes, {_posix(c.time_s)}" for c in record.log.cosigned},
            "kinds": kinds(record),
        },
    )


def _posix(time_s: int) -> str:
    try:
        return words.moment(clock.to_text(datetime.fromtimestamp(time_s, UTC)))
    except (OverflowError, OSError, ValueError):
        return "at a time that cannot be"


def _entries(rest: list[str], record: Record) -> View | None:
    page, of_type, base = 1, "", "/record/entries"
    if rest[:1] == ["of"] and len(rest) > 1:
        of_type, rest, base = rest[1], rest[2:], f"{base}/of/{rest[1]}"
    match rest:
        case [index] if not of_type and _is_index(index) and int(index) < len(record.entries):
            return _entry(record.entries[int(index)])
        case ["page", number] if _is_index(number):
            page = int(number)
        case []:
            pass
        case _:
            return None
    found = [entry for entry in reversed(record.entries) if not of_type or entry.type == of_type]
    pages = pages_of(len(found))
    if not 1 <= page <= pages or (of_type and not found):
        return None
    return View(
        template="entries.html.jinja",
        section="log",
        values={
            "title": words.entry_type(of_type) if of_type else "Entries",
            "of_type": of_type,
            "sentence": f"{_some(len(found), 'entry', 'entries')}, newest first.",
            "rows": found[(page - 1) * PER_PAGE : page * PER_PAGE],
            "page": page,
            "pages": pages,
            "base": base,
        },
    )


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12  # noqa: PLR2004 -- far above any log here


def _entry(entry: Entry) -> View:
    return View(
        template="entry.html.jinja",
        section="log",
        values={
            "entry": entry,
            "shown": pretty(entry),
            "leaf_hash": hash_leaf(entry.raw).hex(),
            "href": href_of(entry),
        },
    )
