/** What a package holds and what was done with it, as CASE/UCO 1.4 (JSON-LD). Twin of fanlight.custody.case_graph, to the byte. */

import { type Bytes, hex, utf8 } from "../bytes.ts";
import { type Json, jcs } from "../jcs.ts";
import { sha256 as digestOf } from "../seal/keys.ts";

/** A file of a package. */
export interface Listed {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}
type Node = { readonly "@id": string; readonly [name: string]: Json };

const TYPES: Readonly<Record<string, string>> = { mp4: "video/mp4", age: "application/octet-stream" };
const UCO = "https://ontology.unifiedcyberontology.org/uco";
const CONTEXT = {
  "case-investigation": "https://ontology.caseontology.org/case/investigation/",
  kb: "urn:fanlight:",
  "uco-action": `${UCO}/action/`,
  "uco-core": `${UCO}/core/`,
  "uco-identity": `${UCO}/identity/`,
  "uco-observable": `${UCO}/observable/`,
  "uco-types": `${UCO}/types/`,
  xsd: "http://www.w3.org/2001/XMLSchema#",
};

/** `clips`: for each disclosure its clip.mp4 and clip.age; `custody`: the trail, oldest first. */
export function caseGraph(
  about: { readonly package: string; readonly case_number: string; readonly request: string },
  clips: readonly { readonly disclosure: string; readonly film: Listed; readonly sealed: Listed }[],
  custody: readonly { readonly at: string; readonly act: string; readonly by: string }[],
): Bytes {
  const node = (kind: string, place: string, of: string, more: { readonly [name: string]: Json } = {}): Node => {
    const digest = digestOf(utf8(`${about.package}/${kind}/${place}`)).slice(0, 16);
    digest[6] = ((digest[6] as number) & 0x0f) | 0x50; // a UUID from a name, as those of version 5 are; UCO's shapes know none later
    digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
    const text = hex(digest);
    const uuid = [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
    return { "@id": `kb:${kind}-${uuid}`, "@type": of, ...more };
  };
  const file = ({ path, size, sha256 }: Listed): Node => {
    const length = { "@type": "xsd:integer", "@value": String(size) };
    const hash = node("hash", path, "uco-types:Hash", {
      "uco-types:hashMethod": "SHA256",
      "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": sha256 },
    });
    const named = node("file-facet", path, "uco-observable:FileFacet", {
      "uco-observable:fileName": path.slice(path.lastIndexOf("/") + 1),
      "uco-observable:filePath": path,
      "uco-observable:sizeInBytes": length,
    });
    const content = node("content-facet", path, "uco-observable:ContentDataFacet", {
      "uco-observable:hash": [hash],
      "uco-observable:mimeType": TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? null,
      "uco-observable:sizeInBytes": length,
    });
    return node("file", path, "uco-observable:File", { "uco-core:hasFacet": [named, content] });
  };
  const nodes: Node[] = [];
  const records: Node[] = [];
  for (const { disclosure, film, sealed } of clips) {
    const [open, closed] = [file(film), file(sealed)];
    nodes.push(
      open,
      closed,
      node("relationship", disclosure, "uco-observable:ObservableRelationship", {
        "uco-core:isDirectional": { "@type": "xsd:boolean", "@value": "true" },
        "uco-core:kindOfRelationship": "Decrypted_From",
        "uco-core:source": to(open),
        "uco-core:target": to(closed),
      }),
    );
    records.push(
      node("record", disclosure, "case-investigation:ProvenanceRecord", {
        "case-investigation:exhibitNumber": disclosure,
        "uco-core:description": "One disclosed clip: as it was received, sealed, and as it opens.",
        "uco-core:object": [to(open), to(closed)],
      }),
    );
  }
  const consent = node("authorization", "consent", "case-investigation:Authorization", {
    "case-investigation:authorizationIdentifier": about.request,
    "case-investigation:authorizationType": "consent to a footage request",
  });
  const people = new Map([...new Set(custody.map(({ by }) => by))].map((by) => [by, node("identity", by, "uco-identity:Identity", { "uco-core:name": by })]));
  const actions: Node[] = [];
  for (const [place, { at, act, by }] of custody.entries()) {
    const when = { "@type": "xsd:dateTime", "@value": at };
    const before = actions.at(-1);
    actions.push(
      node("action", String(place), "case-investigation:InvestigativeAction", {
        "uco-action:endTime": when,
        "uco-action:object": records.map(to),
        "uco-action:performer": to(people.get(by) as Node),
        "uco-action:startTime": when,
        "uco-core:name": act,
        ...(before ? { "case-investigation:wasInformedBy": to(before) } : {}),
      }),
    );
  }
  const investigation = node("investigation", "case", "case-investigation:Investigation", {
    "case-investigation:relevantAuthorization": [to(consent)],
    "uco-core:name": about.case_number,
    "uco-core:object": [...records, ...actions].map(to),
  });
  return jcs({ "@context": CONTEXT, "@graph": [...nodes, ...records, consent, ...people.values(), ...actions, investigation] });
}

const to = (node: Node): { readonly "@id": string } => ({ "@id": node["@id"] });
