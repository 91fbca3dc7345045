import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { beforeAll, expect, test } from "vitest";

import { hashLeaf } from "../../../core/proof/merkle.ts";
import { jcsText } from "../../../core/jcs.ts";
import { b64, concat, hex, utf8 } from "../../../core/seal/bytes.ts";
import { type SealedDisclosure, sealDisclosure } from "../../../core/seal/disclosure.ts";
import { caseSigningKey, type Identity, newIdentity } from "../../../core/seal/keys.ts";
import type { DisclosureFacts } from "../../../core/seal/manifest.ts";
import type { Proof, Whole } from "./api.ts";
import { checkPieces, openManifest, openReader } from "./opening.ts";
import { checkReceipt } from "./receipt.ts";
import { verdictOf } from "./verdict.ts";

const REQUEST = "a".repeat(26);
const facts: DisclosureFacts = {
  disclosure: "b".repeat(26),
  request: REQUEST,
  trimmed: true,
  note: null,
  terms: null,
  facesBlurred: false,
  onward: null,
  start: "2026-11-21T12:00:00.000Z",
  durationMs: 2000,
  clock: "hub",
  label: "person",
  mime: 'video/mp4; codecs="avc1.4d401f"',
  width: 640,
  height: 360,
  init: [0, 700],
  segments: [{ offset: 700, length: 299_300, startMs: 0, durationMs: 2000 }],
};
let caseKey: Identity;
let sealed: SealedDisclosure;
const listed = (part: object = {}) => ({ disclosure: facts.disclosure, request: REQUEST, length: sealed.length, root: sealed.root, ...part });

beforeAll(async () => {
  caseKey = await newIdentity();
  sealed = await sealDisclosure(new Uint8Array(300_000).map((_, i) => i), facts, caseKey.recipient, caseSigningKey(new Uint8Array(32).fill(9), caseKey.recipient));
});

test("R30: a disclosed clip opens with five checks, and every piece is looked at", async () => {
  const known = await openManifest(sealed.manifestAge, caseKey, listed());
  if (known.kind !== "known") throw known.error;
  expect(known.panes).toEqual({ signature: "holds", case: "holds", key: "wait", pieces: "wait", record: "holds" });
  const opened = await openReader(known, sealed.hdr, caseKey);
  if (opened.kind !== "opened") throw opened.error;
  const seen: number[] = [];
  await checkPieces(opened.reader, async (from, to) => sealed.pay.slice(from, to), (done) => seen.push(done), new AbortController().signal);
  expect(seen.at(-1)).toBe(opened.reader.seal.chunks.length);
});

test("R25: a note opens with its clip, word for word; one that is empty, too long or names no key goes nowhere", async () => {
  const signer = caseSigningKey(new Uint8Array(32).fill(9), caseKey.recipient);
  const note = { words: "The bicycle in the hall is mine. \u{1F6B2}", answerTo: (await newIdentity()).recipient };
  const own = await sealDisclosure(new Uint8Array(300_000), { ...facts, note }, caseKey.recipient, signer);
  const known = await openManifest(own.manifestAge, caseKey, listed({ root: own.root, length: own.length }));
  if (known.kind !== "known") throw known.error;
  expect(known.opened.manifest.note).toEqual(note);
  for (const change of [{ words: "" }, { words: "x".repeat(601) }, { answerTo: "age1x" }]) {
    const bad = sealDisclosure(new Uint8Array(300_000), { ...facts, note: { ...note, ...change } }, caseKey.recipient, signer);
    await expect(bad).rejects.toMatchObject({ code: "malformed" });
  }
});

test("R30: a flipped byte in any piece is found", async () => {
  const known = await openManifest(sealed.manifestAge, caseKey, listed());
  if (known.kind !== "known") throw known.error;
  const opened = await openReader(known, sealed.hdr, caseKey);
  if (opened.kind !== "opened") throw opened.error;
  const bad = sealed.pay.slice();
  bad[bad.length - 20]! ^= 1;
  const check = checkPieces(opened.reader, async (from, to) => bad.slice(from, to), () => undefined, new AbortController().signal);
  await expect(check).rejects.toMatchObject({ code: "payload_altered" });
});

test("R27: a clip made for another case, another request or another list entry is refused, and the pane says which", async () => {
  const other = await newIdentity();
  expect(await openManifest(sealed.manifestAge, other, listed())).toMatchObject({ kind: "refused", failed: "signature", error: { code: "not_for_us" } });
  expect(await openManifest(sealed.manifestAge, { ...caseKey, recipient: other.recipient }, listed())).toMatchObject({ failed: "case", panes: { key: "unknown" } });
  expect(await openManifest(sealed.manifestAge, caseKey, listed({ request: "c".repeat(26) }))).toMatchObject({ failed: "case" });
  expect(await openManifest(sealed.manifestAge, caseKey, listed({ root: "0".repeat(64) }))).toMatchObject({ failed: "record", panes: { record: "fails" } });
});

test("R30: a header of another file fails the key's pane", async () => {
  const known = await openManifest(sealed.manifestAge, caseKey, listed());
  if (known.kind !== "known") throw known.error;
  const second = await sealDisclosure(new Uint8Array(300_000), facts, caseKey.recipient, caseSigningKey(new Uint8Array(32), caseKey.recipient));
  expect(await openReader(known, second.hdr, caseKey)).toMatchObject({ kind: "refused", failed: "key", error: { code: "wrong_file_key" } });
});

function log(leaf: string): { proof: Proof; vkey: string } {
  const seed = new Uint8Array(32).fill(3);
  const key = concat([new Uint8Array([1]), ed25519.getPublicKey(seed)]);
  const id = sha256(concat([utf8("log.example\n"), key])).slice(0, 4);
  const text = `log.example\n1\n${b64(hashLeaf(utf8(leaf)))}\n`;
  const note = `${text}\n\u2014 log.example ${b64(concat([id, ed25519.sign(utf8(text), seed)]))}\n`;
  return { proof: { leaf, index: 0, receipt: `c2sp.org/tlog-proof@v1\nindex 0\n\n${note}` }, vkey: `log.example+${hex(id)}+${b64(key)}` };
}

test("R42: a receipt holds only for the entry of this very request", () => {
  const request = { request: REQUEST, case_key: "age1pq1x", decision: { decision: "accepted", rules: [] } } as unknown as Whole;
  const pub = { request: REQUEST, decision: "accepted", key_sha256: hex(sha256(utf8("age1pq1x"))) };
  const entry = (change: object) => jcsText({ v: 1, type: "request", pub: { ...pub, ...change }, commit: {} });
  const states = (leaf: string, change: Partial<Proof> = {}, witnesses = "") => {
    const { proof, vkey } = log(leaf);
    return checkReceipt(request, { ...proof, ...change }, { vkey, witnesses }).panes.map((pane) => pane.state);
  };
  expect(states(entry({}))).toEqual(["holds", "holds", "unknown", "holds"]);
  expect(states(entry({ request: "z".repeat(26) }))).toEqual(["holds", "holds", "unknown", "fails"]);
  expect(states(entry({ decision: "refused" })).at(-1)).toBe("fails");
  expect(states(entry({ key_sha256: "0".repeat(64) })).at(-1)).toBe("fails");
  expect(states(entry({}), { leaf: entry({ more: 1 }) })).toEqual(["holds", "fails", "unknown", "unknown"]);
  expect(states(entry({}), { receipt: log(entry({})).proof.receipt.replace("\n1\n", "\n2\n") })[0]).toBe("fails");
  expect(states(entry({}), { receipt: "no receipt" })).toEqual(["fails", "unknown", "unknown", "unknown"]);
});

test("R21: a clause that waits for the form or the server is neither held nor broken", () => {
  const rule = (id: string, holds: boolean) => ({ id, section: "1", cites: [{ law: "L", section: "1", source: "s", read: "2026" }], text: holds ? "holds" : "breaks", lawful_if: "mend", holds });
  const clause = (id: string) => ({ id, section: "1", actions: [], cites: rule(id, true).cites, holds: "holds", refuses: "breaks", lawful_if: "mend" });
  const open = new Map([["window_min", "empty"], ["assembly_overlap", "server"]] as const);
  const decision = (fails: boolean) => ({ decision: "accepted" as const, rules: [rule("window.most", true), rule("assembly.kept_out", true), rule("case.twice", !fails)] });
  expect(verdictOf(decision(false), ["window.most"].map(clause), open, [clause("signature.second")])).toMatchObject({
    kind: "open",
    lines: [{ state: "empty" }, { state: "server" }, { state: "holds" }, { state: "second" }],
  });
  expect(verdictOf(decision(true), [], open, []).kind).toBe("refused");
  expect(verdictOf(decision(false), [], new Map(), []).kind).toBe("accepted");
});
