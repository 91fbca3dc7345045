import { ed25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as hash } from "@noble/hashes/sha2.js";
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { CellFile } from "../../../core/api/calls.ts";
import { areaM2, type Outline } from "../../../core/geo/polygon.ts";
import { jcs, jcsText, type Json } from "../../../core/jcs.ts";
import type { Decided } from "../../../core/policy/decide.ts";
import { hashLeaf, rootOfHashes } from "../../../core/proof/merkle.ts";
import { sealAge } from "../../../core/seal/age.ts";
import { b64, type Bytes, concat, hex, utf8 } from "../../../core/seal/bytes.ts";
import { newIdentity, sha256, sign, signingKey, type Identity } from "../../../core/seal/keys.ts";
import { type AskCheck, CellRefused, type Means, readCell } from "./ask.ts";

const LOG = signingKey(new Uint8Array(32).fill(1));
const WITNESS = signingKey(new Uint8Array(32).fill(2));
const PACK = '{"pack":1}';
const PACK_HASH = hex(sha256(utf8(PACK)));
const TOLD: Record<string, Json> = {
  outline: [[-122.41, 37.77], [-122.4, 37.77], [-122.4, 37.78]],
  start: "2026-11-21T10:00:00.000Z",
  end: "2026-11-21T11:00:00.000Z",
  case_number: "HD-1",
  words: "Please look.",
  offence: "220",
};
const FACTS = { second_signature: true, area_m2: Math.round(areaM2(TOLD["outline"] as unknown as Outline)), window_min: 60, has_case_number: true };
let cellIdentity: Identity;
let caseKey: Identity;
beforeAll(async () => {
  [cellIdentity, caseKey] = await Promise.all([newIdentity(), newIdentity()]);
});

const keyId = (name: string, kind: number, key: Bytes): Bytes => hash(concat([utf8(`${name}\n`), Uint8Array.of(kind), key])).slice(0, 4) as Bytes;
const vkey = (name: string, kind: number, key: Bytes): string => `${name}+${hex(keyId(name, kind, key))}+${b64(concat([Uint8Array.of(kind), key]))}`;

function checkpoint(leaves: readonly string[], cosigned: boolean): string {
  return signed(leaves.length, b64(rootOfHashes(leaves.map((leaf) => hashLeaf(utf8(leaf))))), cosigned);
}
function signed(size: number, root: string, cosigned = true): string {
  const text = `log.test\n${size}\n${root}\n`;
  const line = (name: string, kind: number, key: Bytes, payload: Uint8Array): string => `— ${name} ${b64(concat([keyId(name, kind, key), payload]))}\n`;
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, 1_700_000_000n);
  const cosignature = ed25519.sign(utf8(`cosignature/v1\ntime 1700000000\n${text}`), WITNESS.seed);
  const second = cosigned ? line("witness.test", 4, WITNESS.public, concat([time, cosignature])) : "";
  return `${text}\n${line("log.test", 1, LOG.public, ed25519.sign(utf8(text), LOG.seed))}${second}`;
}

interface Change {
  told?: Record<string, Json>;
  pub?: Record<string, Json>;
  leafAfter?: string;
  key?: string;
  cosigned?: boolean;
  body?: Record<string, Json>;
  signer?: Bytes;
  /** Two entries that came after it had opened. */
  after?: readonly [string, string];
}
async function cellFile(change: Change = {}): Promise<CellFile> {
  const openings = Object.entries(TOLD).map(([field, value], i) => ({ field, salt: hex(new Uint8Array(32).fill(i + 1)), value }));
  const commit = Object.fromEntries(
    openings.map(({ field, value }, i) => [field, hex(hmac(hash, new Uint8Array(32).fill(i + 1), jcs(["request", field, value])))]),
  );
  const keyHash = hex(sha256(utf8(caseKey.recipient)));
  const pub: Record<string, Json> = { request: "r1", agency: "A", decision: "accepted", pack: PACK_HASH, key_sha256: keyHash, facts: FACTS, area_m2: 1, purpose: "x", emergency: false, ...change.pub };
  const leaf = jcsText({ v: 1, type: "request", pub, commit });
  const keyLeaf = jcsText({ v: 1, type: "case-key", pub: { agency: "A", key: change.key ?? caseKey.recipient, key_sha256: keyHash }, commit: {} });
  const leaves = [leaf, keyLeaf, ...(change.after ?? [])];
  const proofOf = (at: number): string[] => {
    const hashes = leaves.map((one) => hashLeaf(utf8(one)));
    const pair = at < 2 ? hashes.slice(2) : hashes.slice(0, 2);
    return [hashes[at ^ 1] ?? new Uint8Array(), ...(pair.length > 0 ? [rootOfHashes(pair)] : [])].map((one) => b64(one));
  };
  const standing = (change.after ?? []).map((one, i) => ({ leaf: one, index: i + 2, proof: proofOf(i + 2) }));
  const sealed = await sealAge(jcs({ agency_name: "Harbor", drop: "d", ...TOLD, ...change.told, openings }), [cellIdentity.recipient]);
  const body = jcsText({
    v: 1,
    type: "cell-requests",
    cell: "c1",
    pack: { id: "p", sha256: PACK_HASH },
    checkpoint: checkpoint(leaves, change.cosigned ?? true),
    vkey: vkey("log.test", 1, LOG.public),
    witness_vkeys: `${vkey("witness.test", 4, WITNESS.public)} # the operator\n`,
    requests: [
      { request: "r1", leaf: change.leafAfter ?? leaf, index: 0, proof: proofOf(0), key_leaf: keyLeaf, key_index: 1, key_proof: proofOf(1), sealed: b64(sealed), after: standing },
    ],
    lapsed: standing,
    ...change.body,
  });
  return { body, sig: b64(sign(change.signer ? signingKey(change.signer) : LOG, "cell", utf8(body))) };
}
const accepted: Decided = { kind: "decided", decision: { decision: "accepted", rules: [] } };
const means = (over: Partial<Means> = {}): Means => ({ cell: "c1", identity: cellIdentity.secret, seen: null, file: () => Promise.reject(new Error("no file is needed")), pack: async () => PACK, decide: async () => accepted, ...over });

async function failing(change: Change, over: Partial<Means> = {}): Promise<AskCheck[]> {
  const { asks } = await readCell(await cellFile(change), means(over));
  const [ask] = asks;
  expect(ask?.sound).toBe(false);
  return Object.entries(ask?.checks ?? {}).filter(([, state]) => state !== "holds").map(([check]) => check as AskCheck);
}

test("R22: a request holds when record, key, witness, words and rules all hold, and names who runs the witness", async () => {
  const cell = await readCell(await cellFile(), means());
  expect(cell.asks[0]).toMatchObject({ sound: true, caseKey: caseKey.recipient, told: { words: "Please look.", drop: "d" } });
  expect(cell.witnesses).toEqual([{ name: "witness.test", runBy: "the operator", own: true }]);
});

test("R24: what is told may be padded", async () => {
  const cell = await readCell(await cellFile({ told: { pad: "0".repeat(3_000) } }), means());
  expect(cell.asks[0]).toMatchObject({ sound: true, told: { words: "Please look." } });
});

test("R22 R25: what came after it opened counts if it stands in the record and is about this request", async () => {
  const emergency = { ...FACTS, second_signature: false };
  const entry = (type: string, pub: Record<string, Json>): string => jcsText({ v: 1, type, pub, commit: {} });
  const second = (request: string): string => entry("request", { request, decision: "accepted", second_signature: true });
  const reminder = entry("request-reminder", { request: "r1", agency: "A", day: "2026-11-22" });
  const of = async (after: readonly [string, string] | undefined, body: Record<string, Json> = {}): Promise<unknown> => {
    const cell = await readCell(await cellFile({ pub: { facts: emergency }, body, ...(after ? { after } : {}) }), means());
    return [cell.asks[0]?.cosigned, cell.asks[0]?.reminded, cell.lapsed];
  };
  expect(await of(undefined)).toEqual([false, null, []]);
  expect(await of([second("r1"), reminder])).toEqual([true, "2026-11-22", []]);
  expect(await of([second("r2"), entry("request-reminder", { request: "r2", day: "2026-11-22" })])).toEqual([false, null, []]);
  const lapse = (reason: string): string => entry("request-closed", { request: "r3", reason, band: "0" });
  expect(await of([lapse("no second signature"), lapse("officer")])).toEqual([false, null, ["r3"]]);
  const forged = { leaf: lapse("no second signature"), index: 0, proof: [] };
  expect(await of(undefined, { lapsed: [forged] })).toEqual([false, null, []]); // said, and in no record
});

test("each thing that is not so fails its own check, and none lets anybody share", async () => {
  const other = (await newIdentity()).recipient;
  expect(await failing({ told: { words: "Hurry!" } })).toEqual(["words"]);
  expect(await failing({ told: { end: "2026-11-21T23:00:00.000Z" } })).toEqual(["words", "rules"]);
  expect(await failing({ cosigned: false })).toEqual(["witness"]);
  expect(await failing({ key: other })).toEqual(["case-key"]);
  expect(await failing({ pub: { request: "r2" } })).toEqual(["request"]);
  expect(await failing({ pub: { pack: "00" } })).toEqual(["rules"]);
  expect(await failing({ pub: { decision: "refused" } })).toEqual(["rules"]);
  expect(await failing({ leafAfter: jcsText({ v: 1, type: "request", pub: {}, commit: {} }) })).toContain("request");
});

test("the record's own word on a decision is not enough: this device must come to the same", async () => {
  expect(await failing({}, { decide: async () => ({ kind: "decided", decision: { decision: "refused", rules: [] } }) })).toEqual(["rules"]);
  expect(await failing({}, { decide: async () => ({ kind: "undecided", why: "x" }) })).toEqual(["rules"]);
  expect(await failing({}, { pack: async () => '{"pack":2}' })).toEqual(["rules"]);
  expect(await failing({}, { pack: () => Promise.reject(new Error("away")) })).toEqual(["rules"]);
});

test("facts that are not true of what is asked count as an ordinance that was not asked", async () => {
  expect(await failing({ pub: { facts: { ...FACTS, area_m2: 65_000 } } })).toEqual(["rules"]);
  expect(await failing({ pub: { facts: { ...FACTS, window_min: 15 } } })).toEqual(["rules"]);
  expect(await failing({ pub: { facts: { ...FACTS, has_case_number: false } } })).toEqual(["rules"]);
});

test("a file that is not the record's, not this cell's, or of a rewritten record counts for nothing", async () => {
  const refusal = async (file: CellFile, over: Partial<Means> = {}): Promise<string> => {
    const error: unknown = await readCell(file, means(over)).catch((thrown: unknown) => thrown);
    return error instanceof CellRefused ? error.why : String(error);
  };
  const good = await cellFile();
  expect(await refusal(await cellFile({ signer: new Uint8Array(32).fill(9) }))).toBe("signature");
  expect(await refusal({ ...good, body: good.body.replace('"c1"', '"c2"') })).toBe("signature");
  expect(await refusal({ ...good, body: "[]" })).toBe("signature");
  expect(await refusal(good, { cell: "c9" })).toBe("cell");
  const { pin } = await readCell(good, means());
  expect(await refusal(good, { seen: { ...pin, root: "other" } })).toBe("rewritten");
  expect(await refusal(good, { seen: { ...pin, vkey: vkey("log.other", 1, LOG.public) } })).toBe("other-record");
  expect((await readCell(good, means({ seen: pin }))).pin).toEqual(pin);
});

test("R42: a record whose key handed over to the next is the same record, by a note that both signed", async () => {
  const before = signingKey(new Uint8Array(32).fill(7));
  const [old, now] = [vkey("log.test", 1, before.public), vkey("log.test", 1, LOG.public)];
  const text = `fanlight/key-change/v1\nlog.test\n${old}\n${now}\n`;
  const line = (key: typeof LOG): string => `— log.test ${b64(concat([keyId("log.test", 1, key.public), ed25519.sign(utf8(text), key.seed)]))}\n`;
  const good = await cellFile();
  const { pin } = await readCell(good, means());
  const read = (note: string): Promise<unknown> => {
    const file = async (path: string): Promise<Uint8Array> => (path === "handover/1" ? utf8(note) : Promise.reject(new Error("missing")));
    return readCell(good, means({ seen: { ...pin, vkey: old }, file })).then((cell) => cell.pin, (error: unknown) => (error as CellRefused).why);
  };
  expect(await read(`${text}\n${line(before)}${line(LOG)}`)).toEqual(pin);
  expect(await read(`${text}\n${line(LOG)}`)).toBe("other-record");
  expect(await read("no note")).toBe("other-record");
});

test("R42: a record that does not continue the one last seen was rewritten, whichever is longer", async () => {
  const folder = new URL("../../../../vectors/proof/", import.meta.url);
  const load = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  const sound: Record<string, string> = load("log-sound.json").files;
  const forked: Record<string, string> = { ...sound, ...load("log-forked.json").replace };
  const bytes = (digits = ""): Bytes => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const read = async (files: Record<string, string>, seen: string, now: string, tiles = files): Promise<unknown> => {
    const head = (name: string): [number, string] => {
      const [, size, root] = new TextDecoder().decode(bytes(files[name])).split("\n");
      return [Number(size), root as string];
    };
    const [size, root] = head(seen);
    const file = await cellFile({ body: { checkpoint: signed(...head(now)) } });
    const asked: string[] = [];
    const get = async (path: string): Promise<Uint8Array> => {
      asked.push(path);
      if (tiles[path] === undefined) throw new Error("missing");
      return bytes(tiles[path]);
    };
    const known = means({ seen: { vkey: vkey("log.test", 1, LOG.public), size, root }, file: get });
    const answer = await readCell(file, known).then(({ pin }) => pin.size, (error: unknown) => (error instanceof CellRefused ? error.why : (error as Error).message));
    expect(asked.every((path) => path.startsWith("tile/"))).toBe(true);
    return answer;
  };
  expect(await read(sound, "checkpoint.old", "checkpoint")).toBe(258);
  expect(await read(sound, "checkpoint", "checkpoint.old")).toBe(258);
  expect(await read(forked, "checkpoint.old", "checkpoint")).toBe("rewritten");
  expect(await read(forked, "checkpoint", "checkpoint.old")).toBe("rewritten");
  expect(await read(sound, "checkpoint.old", "checkpoint", { ...sound, "tile/0/000": "00" })).toBe("rewritten");
  expect(await read(sound, "checkpoint.old", "checkpoint", {})).toBe("missing");
});

test("a request sealed to another cell shows nothing and cannot be answered", async () => {
  const elsewhere = await newIdentity();
  const { asks } = await readCell(await cellFile(), means({ identity: elsewhere.secret }));
  expect(asks[0]).toMatchObject({ told: null, sound: false, checks: { words: "unknown" } });
});

test("a protected request that is about another cell is not shown at all", async () => {
  const elsewhere = await newIdentity();
  const file = await cellFile({ pub: { protected: true } });
  expect((await readCell(file, means({ identity: elsewhere.secret }))).asks).toEqual([]);
  expect((await readCell(file, means())).asks).toHaveLength(1);
});
