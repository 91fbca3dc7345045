/**
 * Checks an evidence package: every byte, every signature, every claim that the log can bear out.
 *
 * In:     the files of a package; the keys to trust, or those that it names itself.
 * Out:    one Check after another, in the order and with the names of fanlight.custody.verify_package, its twin.
 * Holds:  `holds` is said only of what was computed here; the first failing step of a clip ends that clip.
 * Absent: the network. Whether the log's key is the right one, only its owner can say.
 * Why:    docs/spec/evidence.md
 */

import { type Bytes, equal, hex, readB64, readHex, readUtf8, utf8 } from "../bytes.ts";
import { BadJson, type Json, parseJcs } from "../jcs.ts";
import { type Witness, isOperatorsOwn, parseWitnesses } from "../proof/cosignature.ts";
import { type Leaf, checkOpening, parseLeaf } from "../proof/leaf.ts";
import { type VerifierKey, parseVkey } from "../proof/note.ts";
import { parseReceipt, verifyReceipt } from "../proof/receipt.ts";
import { CHUNK_PLAIN, CHUNK_SEALED, ChunkCipher, NONCE_LENGTH, checkHeader, headerLength } from "../seal/age.ts";
import { chunkHashes } from "../seal/chunktree.ts";
import { SealError } from "../seal/errors.ts";
import { sha256, verify as verifySignature } from "../seal/keys.ts";
import { type DisclosureManifest, keyCommitment, parseDisclosure, readBare } from "../seal/manifest.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import { BadPackage, Damaged, type PackageFiles } from "./files.ts";
import type { Certificate } from "./certificate.ts";
import { fingerprint, isCopy, signerText } from "./copies.ts";
import { CASE, DRAFTS, EVIDENCE, ITEM_FILES, LEAVES, PRINT, RECORD_FILES, SIGNATURE, STAMP, STAMP_ROOTS, SIGNER, SIGNER_TEXT, SUMS, TERMS, added, copyPath, sums, termsFile } from "./form.ts";
import { giverPath, readGiver } from "./giver.ts";
import { checkParts } from "./parts.ts";
import { checkStamp, readRoots } from "./stamp.ts";

/** `absent`: an optional part is not there. It is said, and counts neither for nor against the rest. */
export type State = "holds" | "fails" | "unknown" | "absent";
export interface Check {
  readonly name: string;
  readonly state: State;
  readonly detail: string;
}
/** Keys from elsewhere; null takes those that the package names. */
export interface Trust {
  readonly log: VerifierKey | null;
  readonly witnesses: readonly Witness[] | null;
  /** Trusted for time stamps. */
  readonly authorities: readonly Certificate[] | null;
}
export const NAMED_BY_PACKAGE: Trust = { log: null, witnesses: null, authorities: null };

type Leaves = ReadonlyMap<string, Leaf>;
type Values = ReadonlyMap<string, Json>;

/** A step failed; the message is the check's detail. Never seen outside. */
class Fails extends Error {}

const holds = (name: string, detail: string): Check => ({ name, state: "holds", detail });
const fails = (name: string, detail: string): Check => ({ name, state: "fails", detail });
const unknown = (name: string, detail: string): Check => ({ name, state: "unknown", detail });

/** Checks everything that a package claims. Throws BadPackage: the files are none, or built to do harm. */
export async function* verifyPackage(files: PackageFiles, trust: Trust = NAMED_BY_PACKAGE): AsyncGenerator<Check> {
  const raw = await readOrRefuse(files, EVIDENCE);
  const evidence = readEvidence(raw);
  yield await contents(files, evidence);
  yield* each(files, evidence);
  if (evidence.v > 1) yield await checkSums(files, evidence, raw);
  yield await exporter(files, evidence, raw);
  yield await stamp(files, raw, trust.authorities);
  if (evidence.v > 1) yield* copies(files, evidence);
  const leaves = new Map<string, Leaf>();
  yield* log(files, trust, leaves);
  yield* openings(files, evidence, leaves);
  for (const item of evidence.items) yield* clip(files, evidence, item.disclosure, leaves);
}

async function readOrRefuse(files: PackageFiles, name: string): Promise<Bytes> {
  try {
    return await files.read(name);
  } catch (error) {
    if (error instanceof Damaged) throw new BadPackage(`${name} is missing or damaged`);
    throw error;
  }
}

const expected = (evidence: Evidence): Map<string, string> =>
  new Map([...Object.entries(evidence.files), ...evidence.items.flatMap((item) => Object.entries(item.files))]);

const same = (one: Iterable<string>, two: Iterable<string>): boolean => [...one].sort().join("\n") === [...two].sort().join("\n");

async function contents(files: PackageFiles, evidence: Evidence): Promise<Check> {
  const say = (detail: string): Check => fails("contents", detail);
  const must = ["README.txt", "custody.json", "index.html", ...RECORD_FILES, ...(evidence.v > 1 ? later(evidence) : [])];
  const listed = evidence.items.every(({ disclosure, files: own }) => {
    const terms = `items/${disclosure}/${TERMS}`;
    return same(
      Object.keys(own).filter((name) => name !== terms),
      ITEM_FILES.map((name) => `items/${disclosure}/${name}`),
    );
  });
  const once = new Set(evidence.items.map((item) => item.disclosure)).size === evidence.items.length;
  if (!same(Object.keys(evidence.files), must) || !listed || !once) return say("evidence.json does not list the files that a package has.");
  const wanted = new Set([...expected(evidence).keys(), EVIDENCE, SIGNATURE, ...(evidence.v > 1 ? [SUMS] : [])]);
  const missing = [...wanted].sort().find((name) => !files.names.includes(name));
  if (missing !== undefined) return say(`${missing} is missing.`);
  const groups = addedTo(evidence);
  for (const group of groups) {
    const half = group.some((name) => files.names.includes(name)) && [...group].sort().find((name) => !files.names.includes(name));
    if (half) return say(`${half} is missing.`);
  }
  const extra = files.names.find((name) => !wanted.has(name) && !groups.flat().includes(name));
  if (extra !== undefined) return say(`${extra} does not belong to the package.`);
  const exact = await files.isExact();
  if (exact === false) return say("The zip around the files was changed after it was made.");
  const what = `${files.names.length} files, none missing and none too many.`;
  return holds("contents", exact === null ? `${what} Unpacked: the zip that they came in was not looked at.` : what);
}

/** What packages have from version 2 on: drafts exactly if somebody said that a clip is theirs. */
function later(evidence: Evidence): string[] {
  const said = evidence.items.map(({ disclosure }) => giverPath(disclosure)).filter((name) => Object.hasOwn(evidence.files, name));
  return [CASE, PRINT, ...said, ...(said.length > 0 ? [DRAFTS] : [])];
}

const addedTo = (evidence: Evidence): readonly (readonly string[])[] => (evidence.v > 1 ? added(evidence.items.map(({ disclosure }) => disclosure)) : []);

/** The boxes themselves, the manifests, are read by `fanlight verify` and by readers of C2PA, not here, which each check says. */
async function* copies(files: PackageFiles, evidence: Evidence): AsyncGenerator<Check> {
  if (!files.names.includes(SIGNER)) {
    yield { name: "C2PA", state: "absent", detail: "No copy carries a manifest that other programs read." };
    return;
  }
  const signer = await outcome(async () => {
    const digest = fingerprint(whole(await files.read(SIGNER)));
    if (digest === null) throw new Fails("Its certificate cannot be read.");
    must(equal(await files.read(SIGNER_TEXT), signerText(digest)), `${SIGNER_TEXT} states another certificate.`);
    return digest;
  });
  if ("why" in signer) {
    yield fails("C2PA signer", signer.why);
    return;
  }
  yield holds("C2PA signer", `SHA-256 ${signer.value}, as the package names it; other readers may not know it.`);
  for (const { disclosure } of evidence.items) {
    const name = `clip ${disclosure}: C2PA copy`;
    const same = await outcome(async () => {
      must(isCopy(await files.read(`items/${disclosure}/clip.mp4`), await files.read(copyPath(disclosure))), "It is another film than clip.mp4.");
    });
    if ("why" in same) yield fails(name, same.why);
    else yield holds(name, "It is clip.mp4 with one box put in, the manifest. This page does not read manifests: fanlight verify does, and any C2PA reader.");
  }
}

async function* each(files: PackageFiles, evidence: Evidence): AsyncGenerator<Check> {
  for (const [name, wanted] of [...expected(evidence)].sort(([one], [two]) => (one < two ? -1 : 1))) {
    if (!files.names.includes(name)) continue; // said by `contents`
    const found = await outcome(async () => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await files.read(name)))));
    if ("why" in found) yield fails(`file ${name}`, found.why);
    else if (found.value === wanted) yield holds(`file ${name}`, "It has the SHA-256 that evidence.json names.");
    else yield fails(`file ${name}`, "It was changed after the package was made.");
  }
}

async function checkSums(files: PackageFiles, evidence: Evidence, raw: Bytes): Promise<Check> {
  const done = await outcome(async () => {
    const all = expected(evidence);
    all.set(EVIDENCE, hex(sha256(raw)));
    for (const name of [SIGNATURE, ...addedTo(evidence).flat().filter((one) => files.names.includes(one))]) all.set(name, hex(sha256(await files.read(name))));
    must(equal(await files.read(SUMS), sums(all)), "It names other hashes than the files have.");
  });
  return "why" in done ? fails(SUMS, done.why) : holds(SUMS, "It names the hash of every other file.");
}

async function exporter(files: PackageFiles, evidence: Evidence, raw: Bytes): Promise<Check> {
  const done = await outcome(async () => {
    const key = readB64(evidence.exporter);
    const signature = readB64((readUtf8(await files.read(SIGNATURE)) ?? "").replace(/\n$/, ""));
    if (key === null || signature === null) throw new Fails("The key or the signature is not base64.");
    verifySignature(key, "evidence", raw, signature);
    return hex(key).slice(0, 16);
  });
  const name = "exporter's signature";
  return "why" in done ? fails(name, done.why) : holds(name, `By the key ${done.value}… that the package names.`);
}

async function stamp(files: PackageFiles, raw: Bytes, authorities: Trust["authorities"]): Promise<Check> {
  const name = "time stamp";
  if (!files.names.includes(STAMP)) return { name, state: "absent", detail: "No authority outside the agency says when the package existed." };
  const done = await outcome(async () => {
    const roots = authorities ?? readRoots(whole(await files.read(STAMP_ROOTS)));
    if (roots === null) throw new Fails("The authority's certificates cannot be read.");
    return checkStamp(await files.read(STAMP), raw, roots);
  });
  if ("why" in done) return fails(name, done.why);
  const said = done.value;
  if (said.kind === "refused") return fails(name, `This time stamp cannot be relied on: ${said.why}.`);
  if (said.kind === "unknown") return unknown(name, `This browser cannot check it: ${said.why}. fanlight verify can.`);
  return holds(name, `evidence.json existed on ${said.at}: ${said.by}, ${authorities ? "whom you trust" : "as the package names it"}.`);
}

async function* log(files: PackageFiles, trust: Trust, leaves: Map<string, Leaf>): AsyncGenerator<Check> {
  const known = await outcome(async () => {
    const key = trust.log ?? proved(parseVkey(whole(await files.read("record/vkey")).trim()));
    const witnesses = trust.witnesses ?? proved(parseWitnesses(whole(await files.read("record/witness.vkeys")))).all;
    return { key, witnesses };
  });
  if ("why" in known) {
    yield fails("log key", known.why);
    return;
  }
  const { key, witnesses } = known.value;
  yield holds("log key", `${key.name}, ${trust.log ? "the key you trust" : "as the package names it"}.`);
  let seen: readonly Witness[] | null = null;
  for (const name of LEAVES) {
    const found = await outcome(async () => {
      const raw = await files.read(`record/${name}.leaf`);
      const receipt = proved(parseReceipt(whole(await files.read(`record/${name}.tlog-proof`))));
      const proven = proved(verifyReceipt(raw, receipt, key, witnesses));
      return { proven, index: receipt.index, leaf: proved(parseLeaf(raw)) };
    });
    if ("why" in found) {
      yield fails(`${name} in the log`, found.why);
      continue;
    }
    const { proven, index, leaf } = found.value;
    leaves.set(name, leaf);
    const cosigners = proven.cosigned.map(({ witness }) => witness);
    const before: readonly Witness[] = seen ?? [];
    seen = before.length === 0 ? cosigners : before.filter((one) => cosigners.some((other) => other.key.name === one.key.name));
    yield holds(`${name} in the log`, `Entry ${index} of ${proven.checkpoint.head.size}, proved.`);
  }
  yield worth(seen ?? [], key);
}

function worth(seen: readonly Witness[], log: VerifierKey): Check {
  if (seen.length === 0) return unknown("witnesses", "No witness has co-signed all three checkpoints.");
  const others = seen.filter((one) => !isOperatorsOwn(one) && !equal(one.key.publicKey, log.publicKey));
  if (others.length === 0) return holds("witnesses", "Checked, but by the operator's own witness.");
  return holds("witnesses", `Checked by others than the operator: ${seen.map((one) => `${one.key.name} (${one.runBy || "run by nobody it names"})`).join(", ")}.`);
}

async function* openings(files: PackageFiles, evidence: Evidence, leaves: Leaves): AsyncGenerator<Check> {
  const given = await outcome(async () => parseJcs(whole(await files.read("record/openings.json"))));
  if ("why" in given) {
    yield fails("openings", given.why);
    return;
  }
  const shown = new Map<string, Values>();
  for (const name of leaves.keys()) {
    const opened = await outcome(async () => opening(await files.read(`record/${name}.leaf`), given.value[name]));
    if ("why" in opened) yield fails(`openings of ${name}`, opened.why);
    else shown.set(name, opened.value);
  }
  yield caseNumber(evidence, shown);
  const entry = leaves.get("export");
  if (!entry) return;
  const exported: Values = shown.get("export") ?? new Map<string, Json>();
  yield act(evidence, entry, exported);
  const detail = exported.get("detail");
  const parts = isObject(detail) ? checkParts(evidence, detail) : null;
  if (parts) yield parts;
}

function opening(leaf: Bytes, listed: Json | undefined): Values {
  const values = new Map<string, Json>();
  for (const one of Array.isArray(listed) ? (listed as readonly Json[]) : []) {
    if (!isObject(one) || Object.keys(one).sort().join() !== "field,salt,value") throw new Fails("An opening has other fields.");
    const { field, salt, value } = one;
    if (typeof field !== "string" || typeof salt !== "string" || value === undefined) throw new Fails("An opening names no field.");
    proved(checkOpening(leaf, { field, salt, value }));
    values.set(field, value);
  }
  return values;
}

function caseNumber(evidence: Evidence, shown: ReadonlyMap<string, Values>): Check {
  const said = [...shown].filter(([name, values]) => name !== "export" && values.has("case_number")).map(([, values]) => values.get("case_number"));
  if (said.length === 0) return unknown("case number", "The package does not open the case number in the log.");
  if (said.some((number) => number !== evidence.case_number)) return fails("case number", "The log commits to another case number.");
  return holds("case number", "The request in the log commits to it.");
}

function act(evidence: Evidence, leaf: Leaf, shown: Values): Check {
  const name = "export on record";
  if (leaf.type !== "case" || leaf.pub["agency"] !== evidence.agency) return fails(name, "The entry is not one of this agency's case entries.");
  const detail = shown.get("detail");
  if (!shown.has("act") || !isObject(detail)) return unknown(name, "The package does not open the export's entry.");
  if (shown.get("act") !== "exported") return fails(name, "The entry in the log records another act.");
  const claims = ["recipient", "ground", "return_by", "request", "package", "exporter"] as const;
  const wrong: string[] = claims.filter((claim) => Object.hasOwn(detail, claim) && detail[claim] !== evidence[claim]);
  if (Object.hasOwn(detail, "disclosure") && !evidence.items.some((item) => item.disclosure === detail["disclosure"])) wrong.push("disclosure");
  if (wrong.length > 0) return fails(name, `The log's entry names another ${wrong[0]}.`);
  return holds(name, "The log's entry commits to this export.");
}

async function* clip(files: PackageFiles, evidence: Evidence, disclosure: string, leaves: Leaves): AsyncGenerator<Check> {
  const file = (name: string): Promise<Bytes> => files.read(`items/${disclosure}/${name}`);
  let manifest: DisclosureManifest | null = null;
  let fileKey: Bytes | null = null;
  let sealed: Bytes | null = null;
  const payload = (): Uint8Array => made(sealed).subarray(headerLength(made(sealed)));
  const giver = Object.hasOwn(evidence.files, giverPath(disclosure)) ? giverPath(disclosure) : null;
  const steps: readonly (readonly [string, () => string, () => Promise<void> | void])[] = [
    [
      "manifest",
      () => `Signed by a key made for this case; ${giver === null ? "whose it is, is not known" : `${giver} is of who says that it is theirs`}.`,
      async () => {
        const { signed, sig } = readBare(await file("manifest.json"));
        const read = parseDisclosure(signed);
        verifySignature(read.signer, "disclosure", utf8(signed), sig);
        must(read.disclosure === disclosure, "The manifest describes another clip.");
        const listed = Object.hasOwn(evidence.items.find((one) => one.disclosure === disclosure)?.files ?? {}, `items/${disclosure}/${TERMS}`);
        must(listed === (read.terms !== null), "terms.txt is there and the manifest has no terms, or the other way.");
        if (read.terms !== null) must(equal(await file(TERMS), termsFile(read.terms)), "terms.txt has other words than the household signed.");
        manifest = read;
      },
    ],
    ...(giver === null
      ? []
      : [
          [
            "giver",
            () => "Said by whoever signed the clip. Nobody checked that it is so.",
            async () => must(readGiver(await files.read(giver), disclosure, made(manifest).signer) !== null, "What is said of who gave it does not come from whoever gave it."),
          ] as const,
        ]),
    ["case", () => "Made for the case key and the request in the log.", () => checkCase(made(manifest), evidence, leaves)],
    [
      "key",
      () => "The file key is the one the household committed to.",
      async () => {
        fileKey = readHex((readUtf8(await file("file-key.hex")) ?? "").replace(/\n$/, ""));
        must(fileKey !== null, "file-key.hex holds no key.");
        must(equal(keyCommitment(made(fileKey)), made(manifest).seal.kc), "The file key is another than the household's.");
      },
    ],
    [
      "pieces",
      () => `All ${made(manifest).seal.chunks.length} pieces are the signed ones.`,
      async () => {
        sealed = await file("clip.age");
        await checkHeader(sealed, made(fileKey));
        const { nonce, chunks } = made(manifest).seal;
        const found = await chunkHashes(payload());
        const whole = equal(payload().subarray(0, NONCE_LENGTH), nonce) && found.length === chunks.length;
        must(whole && chunks.every((one, at) => equal(one, made(found[at] ?? null))), "A piece is not the one that was signed.");
      },
    ],
    ["video", () => "clip.age opens to clip.mp4, byte for byte.", async () => opensTo(made(fileKey), payload(), await file("clip.mp4"))],
  ];
  for (const [step, good, run] of steps) {
    const name = `clip ${disclosure}: ${step}`;
    const done = await outcome(async () => run());
    if ("why" in done) {
      yield fails(name, done.why);
      return;
    }
    yield holds(name, good());
  }
}

function checkCase(manifest: DisclosureManifest, evidence: Evidence, leaves: Leaves): void {
  const [asked, keyed] = [leaves.get("request"), leaves.get("case-key")];
  if (!asked || !keyed) throw new Fails("The request or the case key is not proved to be in the log.");
  const [request, caseKey] = [asked.pub, keyed.pub];
  const key = caseKey["key"];
  const digest = typeof key === "string" ? hex(sha256(utf8(key))) : "";
  const wanted = manifest.caseKeySha256;
  must(asked.type === "request" && keyed.type === "case-key", "The entries are others.");
  must(digest === wanted && caseKey["key_sha256"] === wanted, "The case key in the log is another.");
  must(request["key_sha256"] === wanted, "The request in the log is sealed to another case key.");
  must(manifest.request === evidence.request && request["request"] === evidence.request, "The clip was given for another request.");
  must(request["agency"] === evidence.agency && caseKey["agency"] === evidence.agency, "The log names another agency.");
}

async function opensTo(fileKey: Bytes, payload: Uint8Array, film: Bytes): Promise<void> {
  const otherwise = "clip.mp4 is not what clip.age opens to.";
  const cipher = await ChunkCipher.make(fileKey, payload.slice(0, NONCE_LENGTH) as Bytes);
  const body = payload.subarray(NONCE_LENGTH);
  const count = Math.max(1, Math.ceil(body.length / CHUNK_SEALED));
  let at = 0;
  for (let index = 0; index < count; index++) {
    const plain = await cipher.open(index, body.subarray(index * CHUNK_SEALED, (index + 1) * CHUNK_SEALED), index === count - 1);
    must(equal(plain, film.subarray(at, at + CHUNK_PLAIN)), otherwise);
    at += plain.length;
  }
  must(at === film.length, otherwise);
}

/** Runs a step; what outside bytes can do wrong becomes a sentence, any other error is our own and goes on. */
async function outcome<T>(run: () => Promise<T>): Promise<{ readonly value: T } | { readonly why: string }> {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof Fails || error instanceof Damaged) return { why: error.message };
    // RangeError: JSON nested deeper than the stack; none of ours is.
    if (error instanceof BadJson || error instanceof RangeError) return { why: "It is not canonical JSON." };
    if (error instanceof SealError) return { why: `It does not hold: ${error.message.replace(/^\w+: /, "")}.` };
    throw error;
  }
}

function proved<T extends { kind: string }>(result: T | { kind: "refused"; why: string; detail: string }): Exclude<T, { kind: "refused" }> {
  if (result.kind === "refused") throw new Fails(`It does not hold: ${(result as { detail: string }).detail}.`);
  return result as Exclude<T, { kind: "refused" }>;
}

function must(it: boolean, otherwise: string): void {
  if (!it) throw new Fails(otherwise);
}

function made<T>(value: T | null): T {
  if (value === null) throw new Error("A step was run before the one it needs.");
  return value;
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

function whole(data: Uint8Array): string {
  return readUtf8(data) ?? "\ufffd"; // what is no text is no key, proof or list either
}
