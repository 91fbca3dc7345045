/** Which files a package has, and the list of their hashes that `sha256sum` reads. Twin of the names in fanlight.custody.package. */

import { type Bytes, utf8 } from "../bytes.ts";

export const EVIDENCE = "evidence.json";
export const SIGNATURE = "evidence.sig";
export const SUMS = "SHA256SUMS";
export const CASE = "case.jsonld";
export const PRINT = "print.html";
/** Exactly if the giver of a clip said who they are. */
export const DRAFTS = "certificate.html";
export const STAMP = "added/evidence.tsr";
export const STAMP_ROOTS = "added/tsa.pem";
export const SIGNER = "added/c2pa/signer.pem";
export const SIGNER_TEXT = "added/c2pa/signer.txt";
/** Where the copy of a clip lies that carries its C2PA manifest. */
export const copyPath = (disclosure: string): string => `added/c2pa/${disclosure}.mp4`;
/** Optional, and covered by no signature of the exporter's: of each group all of it or none. */
export const added = (disclosures: readonly string[]): readonly (readonly string[])[] => [
  [STAMP, STAMP_ROOTS],
  [SIGNER, SIGNER_TEXT, ...disclosures.map(copyPath)],
];
export const LEAVES = ["request", "case-key", "export"] as const;
export const ITEM_FILES = ["clip.mp4", "clip.age", "manifest.json", "file-key.hex"] as const;
export const RECORD_FILES = [
  ...LEAVES.flatMap((name) => [`record/${name}.leaf`, `record/${name}.tlog-proof`]),
  "record/openings.json",
  "record/vkey",
  "record/witness.vkeys",
];

/** What `sha256sum -c` reads, given path -> SHA-256 of all files but SHA256SUMS itself. */
export function sums(hashes: ReadonlyMap<string, string>): Bytes {
  return utf8(byName(hashes).map(([name, digest]) => `${digest}  ${name}\n`).join(""));
}

/** A map's entries, sorted by name. */
export const byName = <T>(entries: ReadonlyMap<string, T>): [string, T][] => [...entries].sort(([one], [two]) => (one < two ? -1 : 1));

/** Of each clip whose manifest has terms: the words under which it was given. */
export const TERMS = "terms.txt";
export const termsFile = (terms: string): Bytes => utf8(`${terms}\n`);
