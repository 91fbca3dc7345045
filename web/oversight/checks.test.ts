/** The five checks against a log built here, and against everything that may be wrong with one. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";

import vectors from "../../vectors/oversight/words.json" with { type: "json" };
import { jcs } from "../core/jcs.ts";
import { b64, concat, hex, utf8 } from "../core/proof/bytes.ts";
import { hashLeaf, rootOfHashes } from "../core/proof/merkle.ts";
import { differs, runChecks, verdict, type Memory, type Report, type Shown } from "./checks.ts";

const ORIGIN = "fanlight.demo/test";
const LOG = seed(1);
const LIBRARY = { name: "witness.example/library", secret: seed(2), by: "University library" };
const COUNTY = { name: "witness.example/county", secret: seed(3), by: "Neighbouring county" };
const OWN = { name: "witness.example/own", secret: seed(4), by: "the operator" };
type Signer = typeof LIBRARY;

const { pub, words } = vectors[0]!;
const request = jcs({ v: 1, type: "request", pub, commit: {} });
const leaves = (count: number, seeded = "leaf"): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => (i === 5 ? request : utf8(`${seeded} ${i}`)));

function seed(of: number): Uint8Array {
  return new Uint8Array(32).fill(of);
}

function keyed(name: string, kind: number, secret: Uint8Array): { vkey: string; id: Uint8Array } {
  const key = ed25519.getPublicKey(secret);
  const id = sha256(concat([utf8(`${name}\n`), Uint8Array.of(kind), key])).slice(0, 4);
  return { vkey: `${name}+${hex(id)}+${b64(concat([Uint8Array.of(kind), key]))}`, id };
}

const line = (name: string, id: Uint8Array, payload: Uint8Array): string => `— ${name} ${b64(concat([id, payload]))}\n`;

function checkpoint(entries: readonly Uint8Array[], witnesses: readonly Signer[]): string {
  const text = `${ORIGIN}\n${entries.length}\n${b64(rootOfHashes(entries.map(hashLeaf)))}\n`;
  let note = `${text}\n${line(ORIGIN, keyed(ORIGIN, 1, LOG).id, ed25519.sign(utf8(text), LOG))}`;
  for (const witness of witnesses) note += cosignature(text, witness);
  return note;
}

function cosignature(text: string, { name, secret }: Signer): string {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, 1_795_000_000n);
  const signature = ed25519.sign(utf8(`cosignature/v1\ntime 1795000000\n${text}`), secret);
  return line(name, keyed(name, 4, secret).id, concat([time, signature]));
}

/** A log's folder. `listed` are its witnesses, `signed` those that cosigned. */
function folder(entries: readonly Uint8Array[], listed: readonly Signer[], signed = listed): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  files.set("vkey", utf8(`${keyed(ORIGIN, 1, LOG).vkey}\n`));
  files.set("checkpoint", utf8(checkpoint(entries, signed)));
  files.set("witness.vkeys", utf8(listed.map(({ name, secret, by }) => `${keyed(name, 4, secret).vkey} # ${by}\n`).join("")));
  let row = entries.map(hashLeaf);
  for (let level = 0; row.length > 0; level += 1) {
    const above: ReturnType<typeof hashLeaf>[] = [];
    for (let at = 0; at < row.length; at += 256) {
      const tile = row.slice(at, at + 256);
      const name = `tile/${level}/${String(at / 256).padStart(3, "0")}`;
      files.set(tile.length === 256 ? name : `${name}.p/${tile.length}`, concat(tile));
      if (tile.length === 256) above.push(rootOfHashes(tile));
    }
    row = above;
  }
  return files;
}

const SHOWN: Shown = { facts: new Map(Object.entries(words)), decides: 5, json: null, request: null };

async function check(files: Map<string, Uint8Array>, before: Memory | null = null, shown = SHOWN, raw: Uint8Array = request): Promise<Report> {
  const get = async (path: string): Promise<Uint8Array> => {
    const found = files.get(path);
    if (!found) throw new TypeError(`no ${path}`);
    return found;
  };
  return runChecks(get, [{ index: 5, raw }], shown, before, "2026-11-21", () => undefined);
}

const states = (report: Report): string => report.panes.map(({ state }) => state).join(" ");
const memory = (entries: readonly Uint8Array[]): Memory => ({ note: checkpoint(entries, []), vkey: keyed(ORIGIN, 1, LOG).vkey, day: "2026-11-02" });

describe("a record with two outside witnesses", () => {
  test("on the second look all five checks hold, and each says by whom", async () => {
    const report = await check(folder(leaves(300), [LIBRARY, COUNTY]), memory(leaves(70)));
    expect(states(report)).toBe("holds holds holds holds holds");
    expect(report.panes[2]!.title).toContain("University library");
    expect(report.panes[3]!.title).toContain("Neighbouring county");
    expect(verdict(report.panes)).toMatchObject({ tone: "holds", line: "5 of 5 checks hold" });
  });

  test("on the first look the fifth pane stays dim and says why", async () => {
    const report = await check(folder(leaves(9), [LIBRARY, COUNTY]));
    expect(states(report)).toBe("holds holds holds holds absent");
    expect(report.panes[4]!.title).toBe("This browser has not looked before");
    expect(report.remember?.day).toBe("2026-11-21");
  });

  test.each([6, 7, 255, 256, 257, 512, 600])("a log of %i entries grows into one of 700", async (size) => {
    expect(states(await check(folder(leaves(700), [LIBRARY, COUNTY]), memory(leaves(size))))).toBe("holds holds holds holds holds");
  });
});

describe("who watches is always said", () => {
  test("the operator's own witness is named as one", async () => {
    const report = await check(folder(leaves(9), [OWN]));
    expect(states(report)).toBe("holds holds holds absent absent");
    expect(verdict(report.panes)).toMatchObject({ tone: "care", line: "3 of 5 checks hold. Checked, but by the operator's own witness." });
  });

  test("a record without witnesses is called unwitnessed", async () => {
    const report = await check(folder(leaves(9), []));
    expect(verdict(report.panes).line).toBe("2 of 5 checks hold. Unwitnessed: no outsider has seen it.");
  });

  test("one outsider is not called two", async () => {
    const report = await check(folder(leaves(9), [LIBRARY, OWN]));
    expect(verdict(report.panes).line).toBe("4 of 5 checks hold. Only one outsider has seen it.");
  });

  test("a witness that has not signed yet is named, and its pane stays dim", async () => {
    const report = await check(folder(leaves(9), [LIBRARY, COUNTY], [LIBRARY]));
    expect(report.panes[3]).toMatchObject({ state: "absent", detail: "Run by Neighbouring county" });
  });

  test("R42: a witness that changed its key is seen under the new one, by the note that both signed, and by no other", async () => {
    const newer = { ...LIBRARY, secret: seed(9) };
    const [before, now] = [LIBRARY, newer].map(({ name, secret }) => keyed(name, 4, secret).vkey);
    const text = `fanlight/key-change/v1\n${LIBRARY.name}\n${before}\n${now}\n`;
    const files = folder(leaves(9), [LIBRARY, COUNTY], [newer, COUNTY]);
    for (const [signers, followed] of [[[LIBRARY, newer], true], [[newer], false], [[], false]] as const) {
      files.delete("handover/1");
      if (signers.length) files.set("handover/1", utf8(`${text}\n${signers.map((one) => cosignature(text, one)).join("")}`));
      const panes = (await check(files)).panes.slice(2, 4);
      expect(panes.filter((pane) => pane.state === "holds").length).toBe(followed ? 2 : 1);
      expect(panes.some(({ title }) => title === "University library saw the same record")).toBe(followed);
    }
  });

  test("a signature that is not the witness's own breaks its pane", async () => {
    const forged = { ...LIBRARY, secret: seed(9) };
    const files = folder(leaves(9), [LIBRARY]);
    const line = checkpoint(leaves(9), [forged]).split("\n").at(-2)!;
    const right = b64(concat([keyed(LIBRARY.name, 4, LIBRARY.secret).id, new Uint8Array(72)]));
    files.set("checkpoint", utf8(checkpoint(leaves(9), []) + line.replace(/[^ ]+$/, right) + "\n"));
    const report = await check(files);
    expect(report.panes[2]).toMatchObject({ state: "fails" });
    expect(verdict(report.panes).tone).toBe("fails");
  });
});

describe("what is wrong is shown as wrong, and nothing of it is remembered", () => {
  test("a log signed by another key", async () => {
    const files = folder(leaves(9), [LIBRARY]);
    files.set("vkey", utf8(keyed(ORIGIN, 1, seed(7)).vkey));
    const report = await check(files);
    expect(states(report)).toBe("fails absent absent absent absent");
    expect(report.remember).toBeNull();
  });

  test("a key that is not the one seen before", async () => {
    const report = await check(folder(leaves(9), [LIBRARY]), { ...memory(leaves(6)), vkey: "another" });
    expect(report.panes[0]!.state).toBe("fails");
    expect(report.remember).toBeNull();
  });

  test("an entry that is not the one in the log", async () => {
    const report = await check(folder(leaves(9), [LIBRARY, COUNTY]), null, SHOWN, utf8("another"));
    expect(report.panes[1]!.state).toBe("fails");
  });

  test.each(Object.keys(words))("a page that shows another %s than its entry", async (name) => {
    const facts = new Map(Object.entries({ ...words, [name]: "something else" }));
    const report = await check(folder(leaves(9), [LIBRARY, COUNTY]), null, { ...SHOWN, facts });
    expect(report.panes[1]).toMatchObject({ state: "fails", title: "This page shows something else than the record" });
  });

  test("another request under this address", async () => {
    const report = await check(folder(leaves(9), []), null, { ...SHOWN, request: "a".repeat(26) });
    expect(report.panes[1]).toMatchObject({ state: "fails", detail: "Entry 5 is of another request." });
  });

  test("history that was rewritten: both signed versions are kept as proof", async () => {
    const report = await check(folder(leaves(9, "rewritten"), [LIBRARY, COUNTY]), memory(leaves(7)));
    expect(states(report)).toBe("holds holds holds holds fails");
    expect(verdict(report.panes)).toMatchObject({ tone: "fails", title: "The record was rewritten" });
    expect(report.evidence).toEqual([checkpoint(leaves(7), []), checkpoint(leaves(9, "rewritten"), [LIBRARY, COUNTY])]);
    expect(report.remember).toBeNull();
  });

  test("a record that became shorter", async () => {
    const report = await check(folder(leaves(9), []), memory(leaves(12)));
    expect(report.panes[4]).toMatchObject({ state: "fails", detail: "12 entries on 2 November 2026, 9 now" });
  });

  test("an entry shown with one figure changed", () => {
    const json = new TextDecoder().decode(request).replace("150550", "150551");
    const entry = [{ index: 5, raw: request }];
    expect(differs(entry, { facts: new Map(), decides: null, json, request: null })).toBe("The entry is not shown as it stands.");
    expect(differs(entry, { facts: new Map(), decides: null, json: JSON.stringify(JSON.parse(new TextDecoder().decode(request)), null, 1), request: null })).toBeNull();
  });
});

test("R46 a pseudonym on the page is the one of its own entry", () => {
  const of = (by: string): Uint8Array => jcs({ v: 1, type: "pseudonym", pub: { request: "r", by, pseudonym: "abcde-fghij" }, commit: {} });
  const entry = [{ index: 6, raw: of("officer") }];
  const shows = (name: string, words: string) => ({ facts: new Map([[name, words]]), decides: null, json: null, request: "r" });
  expect(differs(entry, shows("asked_by", "abcde-fghij"))).toBeNull();
  expect(differs(entry, shows("asked_by", "22222-77777"))).toContain("asked_by");
  expect(differs(entry, shows("signed_by", "abcde-fghij"))).toContain("signed_by");
  expect(differs([{ index: 6, raw: of("cosigner") }], shows("signed_by", "abcde-fghij"))).toBeNull();
});

test("a record that cannot be fetched is unknown, not broken", async () => {
  const report = await check(new Map());
  expect(states(report)).toBe("unknown unknown unknown unknown unknown");
  expect(verdict(report.panes)).toMatchObject({ tone: "unknown", title: "Could not be checked" });
});

test("a tile that is missing leaves what needs it unknown", async () => {
  const files = folder(leaves(300), [LIBRARY, COUNTY]);
  files.delete("tile/0/000");
  expect((await check(files)).panes[1]!.state).toBe("unknown");
});
