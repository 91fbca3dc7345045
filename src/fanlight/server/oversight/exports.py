"""The public lists as files: CSV for a spreadsheet, JSON for a program.

In:     the parts of a path, the Record.
Out:    Export, or None where there is no such file.
Holds:  a row names the entries it is made from; no cell of a CSV can start a formula.
Absent: anything that a page would not show.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fanlight import neighbors
from fanlight.neighbors.hunts import LIST as HUNTS
from fanlight.policy import LISTS, phrases
from fanlight.server.oversight import burden, gifts, history, operations, records, texts, trying
from fanlight.server.oversight.leaves import Entry, Pseudonym
from fanlight.server.oversight.record import Record
from fanlight.server.oversight.reports import pages as reports

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file to hand out."""

    media_type: str
    body: bytes


def find(parts: Sequence[str], record: Record) -> Export | None:
    """Return the file at a path such as `requests.csv`, or None."""
    *room, last = parts or [""]
    name, _, form = last.rpartition(".")
    if form not in {"csv", "json"}:
        return None
    rows: list[Row] | None = None
    if parts == ["ordinances", "packs.json"]:
        return _json("packs", trying.as_json(trying.offers(record)), record)
    if len(room) == 2 and (room[0], name, form) == ("agencies", "records", "json"):  # noqa: PLR2004 -- agencies/ORI
        body = records.export(record, room[1])
        return Export(media_type="application/json", body=body) if body else None
    if room == ["ordinances"] and name == "words":
        rows = _words()
    elif room == ["ordinances"] and name == "post-words":
        rows, name = _post_words(), "words"
    elif room == ["history"]:
        rows, name = history.rows(name, record.lists), "lines"
    elif room == ["reports"] and form == "csv":
        rows = reports.rows([name], record)
    elif not room and name in _LISTS:
        rows = _LISTS[name](record)
    if rows is None:
        return None
    return _csv(rows) if form == "csv" else _json(name, rows, record)


def _requests(record: Record) -> list[Row]:
    return [
        {
            "request": file.id,
            "agency": file.request.agency,
            "state": file.state,
            "decision": file.request.decision,
            "rules": list(file.request.rules),
            "offence_class": file.request.offence_class,
            "purpose": file.request.purpose,
            "window_from": file.request.window.from_,
            "window_to": file.request.window.to,
            "window_min": file.request.window.length_min,
            "area_m2": file.request.area_m2,
            "cells": list(file.request.cells),
            "number_in_case": file.request.number_in_case,
            "emergency": file.request.emergency,
            "assembly_overlap": file.request.assembly_overlap,
            "second_signature": file.request.second_signature,
            "pack_sha256": file.request.pack_sha256,
            "opens_by": file.request.opens_by,
            "asked_by": _pseudonym(file.asked_by),
            "signed_by": _pseudonym(file.signed_by),
            "disclosed": file.band,
            "entries": [
                *(entry.index for entry in file.entries),
                *(entry.index for entry in (file.asked_by, file.signed_by, file.closed) if entry),
            ],
        }
        for file in record.requests.values()
    ]


def _pseudonym(entry: Entry | None) -> str | None:
    """Return the year with the pseudonym: the same letters in another year are somebody else."""
    known = entry.known if entry else None
    return f"{known.year} {known.pseudonym}" if isinstance(known, Pseudonym) else None


def _agencies(record: Record) -> list[Row]:
    rows: list[Row] = []
    for file in record.agencies.values():
        agreement = file.may_ask_on(record.today)
        own = (*file.entries, *(entry for states in file.agreements for entry in states.entries))
        rows.append(
            {
                "ori": file.agency.ori,
                "name": file.agency.name,
                "kind": file.agency.kind,
                "may_ask": agreement is not None,
                "until": agreement.latest.until if agreement else None,
                "requests": len(file.requests),
                "refused": sum(request.state == "refused" for request in file.requests),
                "entries": [entry.index for entry in own],
            }
        )
    return rows


def _words() -> list[Row]:
    return [
        {"list": name, "version": value["version"], "phrase": row["phrase"], "why": row["why"]}
        for name in LISTS
        for value in [phrases(name)]
        for row in value["phrases"]
    ]


def _post_words() -> list[Row]:
    return _grouped() + _together() + _letters()


def _together() -> list[Row]:
    value = neighbors.public_list("deed-words")
    return [
        {
            "list": "deed-words",
            "version": value["version"],
            "group": f"together {n}: {part}",
            "phrase": phrase,
        }
        for n, row in enumerate(value["together"], 1)
        for part, listed in (("first", row["words"]), (f"within {row['within']} words", row["with"]))
        for phrase in listed
    ]


def _letters() -> list[Row]:
    value = neighbors.public_list("post-letters")
    told = [(f"read as {to}", f"U+{code}") for to, codes in value["alike"].items() for code in codes.split()]
    told += [(f"{count} from here read as {to} on", f"U+{code}") for code, to, count in value["runs"]]
    told += [("left out", f"U+{first} to U+{last}") for first, last in value["dropped"]]
    told += [(f"may stand for one of {to}", sign) for sign, to in value["figures"].items()]
    told += [(f"read as {to}", word) for word, to in value["spelling"].items()]
    version = value["version"]
    return [
        {"list": "post-letters", "version": version, "group": group, "phrase": said} for group, said in told
    ]


def _grouped() -> list[Row]:
    return [
        {"list": name, "version": value["version"], "group": group["group"], "phrase": phrase}
        for name in (*neighbors.LISTS, HUNTS)
        for value in [neighbors.public_list(name)]
        for group in value["groups"]
        for phrase in group["words"]
    ]


_LISTS: dict[str, Callable[[Record], list[Row]]] = {
    "requests": _requests,
    "agencies": _agencies,
    "gifts": lambda record: gifts.rows(record.gifts),
    "burden": lambda record: burden.rows(burden.Burden.of(record)),
    "texts": lambda record: texts.rows(record.texts),
    "operations": lambda record: operations.rows(record.operations, record.today),
}


def _json(name: str, rows: list[Row], record: Record) -> Export:
    value = {"origin": record.log.origin, "size": record.log.size, "root": record.log.root.hex(), name: rows}
    return Export(
        media_type="application/json", body=json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    )


def _csv(rows: list[Row]) -> Export:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if rows:
        writer.writerow(rows[0])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return Export(media_type="text/csv; charset=utf-8", body=out.getvalue().encode())


def _cell(value: object) -> str:
    if isinstance(value, list):
        return _cell(" ".join(str(part) for part in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in tuple("=+-@\t\r") else text
