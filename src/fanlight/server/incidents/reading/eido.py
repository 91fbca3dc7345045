"""Read EIDO documents (NENA-STA-021.1b): one, or a list of them.

In:     JSON.
Out:    Read: of an incident its number, type, state, last change, and a point that is called its own.
Holds:  calls, callers, persons, vehicles, notes, media, agents and additional data are never read: what is
        not named here is skipped. Nothing is fetched.
"""

from collections import Counter
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
from msgspec import Raw

from fanlight.model.geo import Point
from fanlight.server.incidents.mapping import Mapping
from fanlight.server.incidents.reading.report import BadExport, Read, Report, State, Why, bad, join
from fanlight.server.incidents.reading.table import on_the_map
from fanlight.server.incidents.reading.xml import local, read_xml

MOST = 10_000
_OVER = frozenset({"closed", "resolved", "complete", "completed", "inactive", "archived"})
_CANCELLED = frozenset({"cancelled", "canceled", "void", "voided", "duplicate"})
_WGS84 = ("4326", "4979")


class _Ref(msgspec.Struct):
    ref: str = msgspec.field(name="$ref", default="")


class _Incident(msgspec.Struct, rename="camel"):
    """What may be read of an incident; the rest of it is skipped."""

    last_update_time_stamp: str = ""
    incident_type_internal_code: str = ""
    incident_type_internal_text: str = ""
    incident_type_common_registry_text: str = ""
    incident_status_common_registry_text: list[str] | str = ""
    incident_status_internal_text: list[str] | str = ""
    internal_incident_id: str = ""
    incident_creation_time_stamp: str = ""
    location_reference: list[_Ref] = []
    id: str = msgspec.field(name="$id", default="")


class _Location(msgspec.Struct, rename="camel"):
    location_type_description_registry_text: list[str] | str = ""
    location_by_value: str = ""
    id: str = msgspec.field(name="$id", default="")


class _Document(msgspec.Struct, rename="camel"):
    last_update_time_stamp: str = ""
    incident_component: _Incident | None = None
    location_component: list[_Location] = []
    id: str = msgspec.field(name="$id", default="")


def read(data: bytes, mapping: Mapping, sent: datetime) -> Read:
    """Read one document or a list.

    Raises:
        BadExport: no JSON, or too many documents. One of another form is dropped and counted.
    """
    try:
        found = msgspec.json.decode(data, type=list[Raw] | dict[str, Any])
        pieces = list(found) if isinstance(found, list) else [data]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad("The file is no JSON.", "Send the document as the dispatch system wrote it.") from error
    if len(pieces) > MOST:
        raise bad(f"There are more than {MOST:,} documents.", "Send fewer at once.")
    dropped: Counter[Why] = Counter()
    reports: list[Report] = []
    for piece in pieces:
        said = _report(bytes(piece), mapping, sent)
        if isinstance(said, str):
            dropped[said] += 1
        else:
            reports.append(said)
    return join(len(pieces), reports, dropped)


def _report(data: bytes, mapping: Mapping, sent: datetime) -> Report | Why:
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "no_incident"
    incident = document.incident_component
    if incident is None:
        return "no_incident"
    key = incident.internal_incident_id or document.id
    if not key:
        return "no_id"
    changed = _moment(incident.last_update_time_stamp or document.last_update_time_stamp, mapping) or sent
    point, may, until = _place(document, incident)
    if not may:
        return "not_public"
    return Report(
        key=key,
        kind=incident.incident_type_internal_text
        or incident.incident_type_common_registry_text
        or incident.incident_type_internal_code,
        began=min(_moment(incident.incident_creation_time_stamp, mapping) or changed, changed),
        changed=changed,
        state=_state(incident),
        point=point,
        until=until,
    )


def _state(incident: _Incident) -> State:
    words: set[str] = set()
    for said in (incident.incident_status_common_registry_text, incident.incident_status_internal_text):
        words |= {one.casefold() for one in ([said] if isinstance(said, str) else said)}
    return "cancelled" if words & _CANCELLED else "over" if words & _OVER else "open"


def _place(document: _Document, incident: _Incident) -> tuple[Point | None, bool, datetime | None]:
    """Return the incident's own point, whether all of it may be passed on, and until when."""
    named = {one.ref for one in incident.location_reference}
    for location in document.location_component:
        said = location.location_type_description_registry_text
        if location.id not in named or "Incident" not in ([said] if isinstance(said, str) else said):
            continue  # where a caller is, or a call was routed to, is not where it happened
        if not location.location_by_value:
            continue  # by reference alone: that is not fetched
        try:
            return _presence(read_xml(location.location_by_value))
        except BadExport:
            continue
    return None, True, None


def _presence(root: ET.Element) -> tuple[Point | None, bool, datetime | None]:
    point, may, until = None, True, None
    for element in root.iter():
        name, words = local(element), (element.text or "").strip()
        if name == "retransmission-allowed":
            may = words.casefold() in {"true", "1", "yes"}
        elif name == "retention-expiry":
            until = _aware(words)
        elif name == "pos" and point is None:
            point = _position(words)
        elif element.get("srsName", _WGS84[0]).rpartition(":")[2] not in _WGS84:
            return None, may, until
    return point, may, until


def _position(words: str) -> Point | None:
    try:
        lat, lon, *_ = (float(one) for one in words.split())
    except ValueError:
        return None
    return on_the_map(lon, lat)


def _aware(stamp: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if found.utcoffset() is not None else None


def _moment(stamp: str, mapping: Mapping) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if found.utcoffset() is not None else found.replace(tzinfo=mapping.tz)
