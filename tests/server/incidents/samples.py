"""What dispatch centres send, in invented calls: exports, alerts, documents; and words never to be kept."""

import json
from datetime import datetime, timedelta
from typing import Any

SECRET = "NEVERKEPT"

CSV = """
v = 1
form = "csv"
zone = "America/Los_Angeles"
key = ["Incident"]
kind = ["Type"]
began = { columns = ["Received"], form = "%m/%d/%Y %I:%M:%S %p" }
place = { columns = ["Location"], order = "lat lon", none = ["REDACTED"] }
over = { column = "Available" }
cancelled = { column = "Disposition", values = ["Cancelled"] }
"""
HEAD = "Incident,Unit,Type,Received,Available,Disposition,Address,Caller,Remarks,Location"


def row(incident: str, at: datetime, kind: str = "Structure Fire", **other: str) -> str:
    """Return a row; `at` is wall time of the zone."""
    said = {
        "unit": "E1",
        "available": "",
        "disposition": "",
        "where": '"(37.7756, -122.4187)"',
        "when": at.strftime("%m/%d/%Y %I:%M:%S %p"),
    } | other
    return (
        f"{incident},{said['unit']},{kind},{said['when']},{said['available']},{said['disposition']},"
        f"665-A {SECRET} ST,{SECRET} 555-0100,{SECRET} forced the door,{said['where']}"
    )


def table(*rows: str) -> bytes:
    """Return an export."""
    return "\r\n".join([HEAD, *rows, ""]).encode()


def alert(ident: str, sent: datetime, **other: str) -> bytes:
    """Return a CAP 1.2 alert."""
    said = {
        "status": "Actual",
        "type": "Alert",
        "scope": "Public",
        "refers": "",
        "area": "<polygon>37.77,-122.42 37.78,-122.42 37.78,-122.41 37.77,-122.42</polygon>",
    } | other
    stamp = sent.isoformat(timespec="seconds")
    refers = f"<references>{said['refers']}</references>" if said["refers"] else ""
    expires = (sent + timedelta(hours=3)).isoformat(timespec="seconds")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{ident}</identifier><sender>dispatch@town.example</sender><sent>{stamp}</sent>"
        f"<status>{said['status']}</status><msgType>{said['type']}</msgType><scope>{said['scope']}</scope>"
        f"{refers}<info><category>Safety</category><event>Law Enforcement Warning</event>"
        "<urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>"
        f"<expires>{expires}</expires><headline>{SECRET}</headline><description>{SECRET}</description>"
        f"<contact>{SECRET}</contact><area><areaDesc>{SECRET}</areaDesc>{said['area']}</area></info></alert>"
    ).encode()


def document(incident: str, at: datetime, **other: Any) -> dict[str, Any]:
    """Return an EIDO document with everything in it that must not be kept."""
    stamp = at.isoformat(timespec="milliseconds")
    may = other.pop("may", "true")
    role = other.pop("role", "Incident")
    place = (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gml="http://www.opengis.net/gml"'
        f' entity="pres:{SECRET}@example.org"><gml:Point srsName="urn:ogc:def:crs:EPSG::4326">'
        "<gml:pos>37.7756 -122.4187</gml:pos></gml:Point>"
        f"<retransmission-allowed>{may}</retransmission-allowed></presence>"
    )
    found: dict[str, Any] = {
        "$id": f"urn:emergency:uid:incidentid:{incident}",
        "lastUpdateTimeStamp": stamp,
        "eidoVersion": "1.0",
        "incidentComponent": {
            "$id": "inc",
            "lastUpdateTimeStamp": stamp,
            "incidentTypeInternalText": "BURGLARY",
            "incidentStatusCommonRegistryText": ["Active"],
            "internalIncidentId": incident,
            "locationReference": [{"$ref": "loc"}],
            "notesReference": [{"$ref": "note"}],
            **other,
        },
        "locationComponent": [
            {"$id": "caller", "locationTypeDescriptionRegistryText": "Caller", "locationByValue": place},
            {"$id": "loc", "locationTypeDescriptionRegistryText": role, "locationByValue": place},
        ],
        "callbackComponent": [{"$id": "cb", "callBackInformationUri": [f"tel:{SECRET}"]}],
        "personComponent": [{"$id": "p", "personNameText": SECRET}],
        "notesComponent": [{"$id": "note", "notesActionComments": SECRET}],
    }
    return found


def documents(*found: dict[str, Any]) -> bytes:
    """Return a list of documents."""
    return json.dumps(found).encode()
