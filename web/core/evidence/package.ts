/**
 * Makes an evidence package in the officer's browser: the same bytes as fanlight.custody.package makes.
 *
 * In:     opened disclosures, the log's receipts, facts of the export, the exporter's key.
 * Out:    one zip, nothing compressed, that `fanlight verify` checks offline.
 * Holds:  every file but evidence.json, evidence.sig and SHA256SUMS has its SHA-256 in evidence.json, which is
 *         signed; SHA256SUMS follows from the others.
 * Why:    docs/spec/evidence.md
 */

import { zipSync } from "fflate";
import { type Json, jcs } from "../jcs.ts";
import { openHeader } from "../seal/age.ts";
import { type Bytes, b64, concat, hex, text, utf8 } from "../seal/bytes.ts";
import { ClipReader } from "../seal/clip.ts";
import { openDisclosure } from "../seal/disclosure.ts";
import { SealError } from "../seal/errors.ts";
import { type SigningKey, sign } from "../seal/keys.ts";
import { parseDisclosure } from "../seal/manifest.ts";
import { type Listed, caseGraph } from "./case-graph.ts";
import { type NamedClip, certificateDrafts } from "./certificate-draft.ts";
import { CASE, DRAFTS, EVIDENCE, LEAVES, PRINT, SIGNATURE, SUMS, TERMS, byName, sums, termsFile } from "./form.ts";
import { giverPath, readGiver } from "./giver.ts";
import { partsHash } from "./parts.ts";
import { printPage } from "./print-page.ts";
import ownPage from "../../../src/fanlight/custody/viewer/page.html?raw";
import printed from "../../../src/fanlight/custody/print.html?raw";
import readme from "../../../src/fanlight/custody/readme.txt?raw";

type LeafName = (typeof LEAVES)[number];

/** `returnBy` is a day (2026-12-31) or null; `madeAt` RFC 3339, UTC, milliseconds; `agency` an ORI. */
export interface PackageFacts {
  readonly packageId: string;
  readonly caseNumber: string;
  readonly agency: string;
  readonly madeAt: string;
  readonly recipient: string;
  readonly ground: string;
  readonly returnBy: string | null;
  readonly request: string;
}

/** One opened disclosure: the plaintext as sealed (padding included), the age file, manifest and key; the signed statement of its giver, if they made one. */
export interface EvidenceItem {
  readonly disclosure: string;
  readonly clipMp4: Bytes;
  readonly clipAge: Bytes;
  readonly manifest: string;
  readonly manifestSig: Bytes;
  readonly fileKey: Bytes;
  readonly giver?: Bytes;
}

/** A log entry's exact text and its tlog-proof text. */
export interface Proof {
  readonly leaf: string;
  readonly proof: string;
}

export interface Opening {
  readonly field: string;
  readonly salt: string;
  readonly value: Json;
}

export interface PackageRecord {
  readonly leaves: Readonly<Record<LeafName, Proof>>;
  readonly openings: Readonly<Partial<Record<LeafName, readonly Opening[]>>>;
  readonly vkey: string;
  readonly witnessVkeys: string;
}

/** Who did what at the agency, oldest first. */
export interface CustodyEntry {
  readonly at: string;
  readonly act: string;
  readonly by: string;
}

/** Opens one disclosure with the case key, checking signature, case, key and every piece; throws SealError. */
export async function openItem(
  sealed: { readonly hdr: Bytes; readonly pay: Bytes; readonly manifestAge: Bytes },
  identities: readonly string[],
  caseRecipient: string,
): Promise<EvidenceItem> {
  const { manifest, signed, sig } = await openDisclosure(sealed.manifestAge, identities, caseRecipient);
  const fileKey = await openHeader(sealed.hdr, identities);
  const reader = await ClipReader.withKey(manifest, manifest.seal, fileKey);
  return {
    disclosure: manifest.disclosure,
    clipMp4: await reader.whole(sealed.pay),
    clipAge: concat([sealed.hdr, sealed.pay]),
    manifest: signed,
    manifestSig: sig,
    fileKey,
  };
}

/** The evidence parts of one clip, by path: the same whoever a package is made for. */
function itemFiles(item: EvidenceItem): readonly [string, Bytes][] {
  const here = `items/${item.disclosure}`;
  const { terms } = parseDisclosure(item.manifest);
  return [
    [`${here}/clip.mp4`, item.clipMp4],
    [`${here}/clip.age`, item.clipAge],
    [`${here}/manifest.json`, jcs({ manifest: item.manifest, sig: b64(item.manifestSig) })],
    [`${here}/file-key.hex`, utf8(`${hex(item.fileKey)}\n`)],
    ...(terms === null ? [] : [[`${here}/${TERMS}`, termsFile(terms)] as [string, Bytes]]),
  ];
}

/** The hash of all evidence parts, which a copy for the defence has too. */
export async function partsOf(items: readonly EvidenceItem[]): Promise<string> {
  const hashes = new Map<string, string>();
  for (const [name, data] of items.flatMap(itemFiles)) hashes.set(name, await digestOf(data));
  return partsHash(hashes);
}
const digestOf = async (data: Bytes): Promise<string> => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));

/**
 * Returns the zip. Throws SealError `malformed` for no item, two of one disclosure, or a giver's statement that is not that clip's. `page` is the index.html, in which
 * `{{package}}` becomes the facts: another than this release's only in tests.
 */
export async function buildPackage(
  facts: PackageFacts,
  items: readonly EvidenceItem[],
  record: PackageRecord,
  custody: readonly CustodyEntry[],
  exporter: SigningKey,
  page: string = ownPage,
): Promise<Bytes> {
  if (items.length === 0 || new Set(items.map((item) => item.disclosure)).size !== items.length) {
    throw new SealError("malformed", "a package needs at least one clip, each once");
  }
  const files = new Map<string, Bytes>();
  const hashes = new Map<string, string>();
  const put = async (name: string, data: Bytes): Promise<[string, string]> => {
    const digest = await digestOf(data);
    files.set(name, data);
    hashes.set(name, digest);
    return [name, digest];
  };
  const listed: Json[] = [];
  const agreed: [disclosure: string, terms: string][] = [];
  const clips: { disclosure: string; film: Listed; sealed: Listed }[] = [];
  const named: NamedClip[] = [];
  for (const item of items) {
    const own: [string, string][] = [];
    for (const [name, data] of itemFiles(item)) own.push(await put(name, data));
    const manifest = parseDisclosure(item.manifest);
    const { terms } = manifest;
    if (terms !== null) agreed.push([item.disclosure, terms]);
    const fact = ([path, sha256]: [string, string], { length: size }: Bytes): Listed => ({ path, size, sha256 });
    const [film, sealed] = own as [[string, string], [string, string]];
    const both = { film: fact(film, item.clipMp4), sealed: fact(sealed, item.clipAge) };
    clips.push({ disclosure: item.disclosure, ...both });
    if (item.giver) {
      const giver = readGiver(item.giver, item.disclosure, manifest.signer);
      if (!giver) throw new SealError("malformed", "what is said of who gave it does not come from whoever gave it");
      named.push({ ...both, manifest, giver });
    }
    listed.push({ disclosure: item.disclosure, files: Object.fromEntries(own) });
  }
  const opened = Object.fromEntries(LEAVES.map((name) => [name, (record.openings[name] ?? []).map(openingJson)]));
  const common = [
    await put("README.txt", utf8(readme)),
    await put("custody.json", jcs({ v: 1, entries: custody.map(({ at, act, by }) => ({ at, act, by })) })),
    await put("record/openings.json", jcs(opened)),
    await put("record/vkey", utf8(`${record.vkey.trim()}\n`)),
    await put("record/witness.vkeys", utf8(record.witnessVkeys)),
  ];
  for (const name of LEAVES) {
    common.push(await put(`record/${name}.leaf`, utf8(record.leaves[name].leaf)));
    common.push(await put(`record/${name}.tlog-proof`, utf8(record.leaves[name].proof)));
  }
  const about = {
    v: 2,
    type: "evidence",
    package: facts.packageId,
    case_number: facts.caseNumber,
    agency: facts.agency,
    made_at: facts.madeAt,
    recipient: facts.recipient,
    ground: facts.ground,
    return_by: facts.returnBy,
    request: facts.request,
    exporter: b64(exporter.public),
    items: listed,
  };
  common.push(await put(CASE, caseGraph(about, clips, custody)));
  const { v: _version, items: _listed, ...said } = about;
  const films = clips.flatMap(({ film, sealed }) => [film, sealed]);
  const drafted = named.map(({ manifest }) => manifest.disclosure);
  common.push(await put(PRINT, printPage(printed, said, films, record.openings.request ?? [], custody, agreed, drafted)));
  for (const { disclosure, giver } of items) if (giver) common.push(await put(giverPath(disclosure), giver));
  const leads = items.map(({ disclosure }) => disclosure).filter((name) => !drafted.includes(name));
  if (named.length > 0) common.push(await put(DRAFTS, certificateDrafts(said as unknown as Record<string, string>, named, leads)));
  // `<` is the only letter that could end the script element the JSON lies in.
  const shown = text(jcs({ ...about, files: Object.fromEntries(common) })).replaceAll("<", "\\u003c");
  common.push(await put("index.html", utf8(page.replace("{{package}}", () => shown))));
  const evidence = jcs({ ...about, files: Object.fromEntries(common) });
  await put(EVIDENCE, evidence);
  await put(SIGNATURE, utf8(`${b64(sign(exporter, "evidence", evidence))}\n`));
  files.set(SUMS, sums(hashes));
  return zip(files);
}

function openingJson({ field, salt, value }: Opening): Json {
  return { field, salt, value };
}

function zip(files: ReadonlyMap<string, Bytes>): Bytes {
  const sorted = Object.fromEntries(byName(files));
  return zipSync(sorted, {
    level: 0,
    mtime: new Date(1980, 0, 1), // the first moment a zip can name, in local time as zips count
    os: 3,
    attrs: 0o644 << 16,
  }) as Bytes;
}
