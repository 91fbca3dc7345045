"""What a package holds and what was done with it, for programs that read CASE/UCO 1.4 (JSON-LD).

In:     what the package says of itself, its clips' files with length and hash, the custody trail.
Out:    canonical JSON; the same input gives the same bytes, here and in web/core/evidence.
Holds:  ids follow from the package and the place of what they name, so that no two packages share one.
Absent: validation: `case_validate` takes seconds a clip, and judges this in tests.
Source: CASE 1.4 and UCO 1.4, https://caseontology.org
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fanlight.wire import jcs

_TYPES = {"mp4": "video/mp4", "age": "application/octet-stream"}
_UCO = "https://ontology.unifiedcyberontology.org/uco"
_CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "urn:fanlight:",
    "uco-action": f"{_UCO}/action/",
    "uco-core": f"{_UCO}/core/",
    "uco-identity": f"{_UCO}/identity/",
    "uco-observable": f"{_UCO}/observable/",
    "uco-types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def case_graph(
    about: Mapping[str, Any],
    files: Mapping[str, Sequence[tuple[str, int, str]]],
    custody: Sequence[Mapping[str, str]],
) -> bytes:
    """Return the graph.

    Args:
        about: `package`, `case_number`, `request` of evidence.json.
        files: for each disclosure path, length in bytes and SHA-256 in hex of its clip.mp4 and clip.age.
        custody: the trail, oldest first: `{at, act, by}` each.
    """
    ids = _Ids(about["package"])
    nodes: list[Node] = []
    records = []
    for disclosure, listed in files.items():
        of = [_file(ids, path, size, digest) for path, size, digest in listed]
        nodes += of
        nodes.append(_derived(ids, disclosure, source=of[0], target=of[1]))
        records.append(_record(ids, disclosure, of))
    consent = ids.node("authorization", "consent", "case-investigation:Authorization") | {
        "case-investigation:authorizationIdentifier": about["request"],
        "case-investigation:authorizationType": "consent to a footage request",
    }
    people = {
        by: ids.node("identity", by, "uco-identity:Identity") | {"uco-core:name": by}
        for by in dict.fromkeys(entry["by"] for entry in custody)
    }
    actions = _actions(ids, custody, people, records)
    case = ids.node("investigation", "case", "case-investigation:Investigation") | {
        "case-investigation:relevantAuthorization": _to([consent]),
        "uco-core:name": about["case_number"],
        "uco-core:object": _to([*records, *actions]),
    }
    graph = [*nodes, *records, consent, *people.values(), *actions, case]
    return jcs.dumps({"@context": _CONTEXT, "@graph": graph})


class _Ids:
    def __init__(self, package: str) -> None:
        self._package = package

    def node(self, kind: str, place: str, of: str) -> Node:
        digest = bytearray(hashlib.sha256(f"{self._package}/{kind}/{place}".encode()).digest()[:16])
        # A UUID from a name, as those of version 5 are; UCO's shapes know none of the later versions.
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        text = digest.hex()
        uuid = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        return {"@id": f"kb:{kind}-{uuid}", "@type": of}


def _file(ids: _Ids, path: str, size: int, digest: str) -> Node:
    length = {"@type": "xsd:integer", "@value": str(size)}
    hashed = ids.node("hash", path, "uco-types:Hash") | {
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest},
    }
    named = ids.node("file-facet", path, "uco-observable:FileFacet") | {
        "uco-observable:fileName": path.rpartition("/")[2],
        "uco-observable:filePath": path,
        "uco-observable:sizeInBytes": length,
    }
    content = ids.node("content-facet", path, "uco-observable:ContentDataFacet") | {
        "uco-observable:hash": [hashed],
        "uco-observable:mimeType": _TYPES[path.rpartition(".")[2]],
        "uco-observable:sizeInBytes": length,
    }
    return ids.node("file", path, "uco-observable:File") | {"uco-core:hasFacet": [named, content]}


def _derived(ids: _Ids, disclosure: str, *, source: Node, target: Node) -> Node:
    return ids.node("relationship", disclosure, "uco-observable:ObservableRelationship") | {
        "uco-core:isDirectional": {"@type": "xsd:boolean", "@value": "true"},
        "uco-core:kindOfRelationship": "Decrypted_From",
        "uco-core:source": {"@id": source["@id"]},
        "uco-core:target": {"@id": target["@id"]},
    }


def _record(ids: _Ids, disclosure: str, files: Iterable[Node]) -> Node:
    return ids.node("record", disclosure, "case-investigation:ProvenanceRecord") | {
        "case-investigation:exhibitNumber": disclosure,
        "uco-core:description": "One disclosed clip: as it was received, sealed, and as it opens.",
        "uco-core:object": _to(files),
    }


def _actions(
    ids: _Ids, custody: Sequence[Mapping[str, str]], people: Mapping[str, Node], records: Sequence[Node]
) -> list[Node]:
    actions: list[Node] = []
    for place, entry in enumerate(custody):
        at = {"@type": "xsd:dateTime", "@value": entry["at"]}
        action = ids.node("action", str(place), "case-investigation:InvestigativeAction") | {
            "uco-action:endTime": at,
            "uco-action:object": _to(records),
            "uco-action:performer": {"@id": people[entry["by"]]["@id"]},
            "uco-action:startTime": at,
            "uco-core:name": entry["act"],
        }
        if actions:
            action["case-investigation:wasInformedBy"] = {"@id": actions[-1]["@id"]}
        actions.append(action)
    return actions


def _to(nodes: Iterable[Node]) -> list[dict[str, str]]:
    return [{"@id": node["@id"]} for node in nodes]
