"""Read CAP 1.2 alerts (OASIS), and 1.1 by its namespace; one, or those that a feed holds or sums up.

In:     XML.
Out:    Read: of an alert its event, times, area and whether it stands; never its words or contacts.
Holds:  an exercise, a test, a draft and what is not public are dropped. An update stands for what it refers
        to, and a cancel ends it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

from fanlight.model.geo import Point
from fanlight.server.incidents.mapping import Mapping
from fanlight.server.incidents.reading.report import Read, Report, Why, bad, join
from fanlight.server.incidents.reading.table import on_the_map
from fanlight.server.incidents.reading.xml import below, local, read_xml, text

MOST_POINTS = 2_000
MOST_OUTLINES = 100
MOST_INFO = 100
_LEAST_CORNERS = 4  # the first is the last
_SPACES = frozenset(f"urn:oasis:names:tc:emergency:cap:1.{n}" for n in (1, 2))
_SAYS = frozenset({"Alert", "Update", "Cancel"})
_KM_A_DEGREE = 111.195


def read(data: bytes, mapping: Mapping, sent: datetime) -> Read:  # noqa: ARG001 - as every reader is called
    """Read an alert, or a feed of them.

    Raises:
        BadExport: no XML, or no alert in it.
    """
    root = read_xml(data)
    alerts = list(_alerts(root))
    if not alerts:
        raise bad("There is no CAP 1.1 or 1.2 alert in the file.", "Send an alert, or a feed with some.")
    dropped: Counter[Why] = Counter()
    found: list[Report] = []
    for alert in alerts:
        said = _report(alert)
        if isinstance(said, str):
            dropped[said] += 1
        else:
            found.append(said)
    return join(len(alerts), found, dropped)


def _alerts(root: ET.Element) -> Iterator[ET.Element]:
    for element in root.iter():
        if local(element) == "alert" and _is_cap(element):
            yield element
        elif local(element) == "entry" and any(_is_cap(child) for child in element):
            yield _of_entry(element)


def _is_cap(element: ET.Element) -> bool:
    return element.tag.rpartition("}")[0].lstrip("{") in _SPACES


def _of_entry(entry: ET.Element) -> ET.Element:
    """Return the alert that an Atom entry summarises, as the National Weather Service's feeds do."""
    alert = ET.Element("alert")
    said = {
        "identifier": text(entry, "id"),
        "sender": "feed",
        "sent": text(entry, "updated"),
        "status": text(entry, "status"),
        "msgType": text(entry, "msgType"),
        "scope": "Public",  # a feed that anybody can fetch
    }
    for name, words in said.items():
        ET.SubElement(alert, name).text = words
    info = ET.SubElement(alert, "info")
    for name in ("event", "onset", "effective", "expires"):
        ET.SubElement(info, name).text = text(entry, name)
    area = ET.SubElement(info, "area")
    area.extend(child for child in entry if local(child) in {"polygon", "circle"})
    return alert


def _report(alert: ET.Element) -> Report | Why:
    if text(alert, "status") != "Actual" or text(alert, "msgType") not in _SAYS:
        return "not_actual"
    if text(alert, "scope") != "Public":
        return "not_public"
    ident, sender, stamp = (text(alert, name) for name in ("identifier", "sender", "sent"))
    if not ident or not sender:
        return "no_id"
    changed = _moment(stamp)
    if changed is None:
        return "no_time"
    references = tuple(_key(one) for one in text(alert, "references").split() if one.count(",") > 1)
    infos = list(below(alert, "info"))[:MOST_INFO]
    info = infos[0] if infos else None
    if info is None and text(alert, "msgType") != "Cancel":
        return "no_incident"
    began = _first(info, "onset", "effective") or changed
    return Report(
        key=_key(f"{sender},{ident},{stamp}"),
        kind=text(info, "event") if info is not None else "",
        began=min(began, changed),
        changed=changed,
        state="cancelled" if text(alert, "msgType") == "Cancel" else "open",
        outline=tuple(_outlines(infos)),
        until=_first(info, "expires"),
        replaces=references,
    )


def _key(triple: str) -> str:
    """Return one spelling of sender, identifier and time: the time as a moment, since offsets may differ."""
    head, _, stamp = triple.rpartition(",")
    moment = _moment(stamp)
    return f"{head},{moment.timestamp():.0f}" if moment else triple


def _first(info: ET.Element | None, *names: str) -> datetime | None:
    if info is None:
        return None
    return next((found for name in names if (found := _moment(text(info, name))) is not None), None)


def _moment(stamp: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp)
        return found if found.utcoffset() is not None else None
    except ValueError:
        return None


def _outlines(infos: list[ET.Element]) -> Iterator[tuple[Point, ...]]:
    points = 0
    seen: set[tuple[Point, ...]] = set()
    for info in infos:  # infos are often languages of one alert: each area counts once
        for area in below(info, "area"):
            for outline in (*map(_ring, below(area, "polygon")), *map(_circle, below(area, "circle"))):
                points += len(outline)
                if points > MOST_POINTS or len(seen) > MOST_OUTLINES:
                    raise bad(
                        f"The alert has more than {MOST_POINTS:,} corners or {MOST_OUTLINES} outlines.",
                        "Simplify its area.",
                    )
                if outline and outline not in seen:
                    seen.add(outline)
                    yield outline


def _ring(element: ET.Element) -> tuple[Point, ...]:
    corners = [_pair(one) for one in (element.text or "").split()]
    whole = [one for one in corners if one is not None]
    closed = len(whole) == len(corners) >= _LEAST_CORNERS and whole[0] == whole[-1]
    return tuple(whole[:-1]) if closed else ()


def _circle(element: ET.Element) -> tuple[Point, ...]:
    """Return the square around a circle: an area that leaves nothing of it out."""
    middle, _, radius = (element.text or "").strip().partition(" ")
    centre = _pair(middle)
    try:
        reach = float(radius) / _KM_A_DEGREE
    except ValueError:
        return ()
    if centre is None or not 0 <= reach <= 1:
        return ()
    (lon, lat), wide = centre, reach * 2  # a degree of longitude is half as long at 60 degrees north
    return (
        (lon - wide, lat - reach),
        (lon + wide, lat - reach),
        (lon + wide, lat + reach),
        (lon - wide, lat + reach),
    )


def _pair(words: str) -> Point | None:
    lat, _, lon = words.partition(",")  # CAP writes latitude first
    try:
        return on_the_map(float(lon), float(lat))
    except ValueError:
        return None
