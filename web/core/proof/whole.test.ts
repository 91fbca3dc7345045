import { readFileSync, readdirSync } from "node:fs";

import { expect, test } from "vitest";

import { concat, utf8 } from "./bytes.ts";
import { makeLog, vkey, type Files } from "./making.ts";
import { verifyWhole, type Whole } from "./whole.ts";

const folder = `${import.meta.dirname}/../../../vectors/proof`;
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const log = (size: number): Files => makeLog(Array.from({ length: size }, (_, n) => utf8(`{"entry":${n}}`)));
const check = (files: Files, trusted: string | null = null): Promise<Whole> =>
  verifyWhole(async (path) => files.get(path)?.slice() ?? Promise.reject(new Error("missing")), trusted, () => undefined);

test.each([0, 1, 2, 255, 256, 257, 700, 65_536, 66_000])("R42: a whole log of %i entries is checked from its files", async (size) => {
  const told: number[] = [];
  const files = log(size);
  const found = await verifyWhole(async (path) => files.get(path)?.slice() ?? Promise.reject(new Error("missing")), null, (done) => told.push(done));
  expect(found).toEqual({ kind: "whole", origin: "log.test", size, witnesses: "No witness has co-signed this checkpoint." });
  expect(told.at(-1) ?? 0).toBe(size);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

test("R43: whoever asks is handed every entry in its order, whole files and cut ones", async () => {
  const larger = log(512);
  const files = new Map(log(300));
  files.set("tile/entries/001", larger.get("tile/entries/001") as Uint8Array).delete("tile/entries/001.p/44");
  const handed: string[] = [];
  const found = await verifyWhole(async (path) => files.get(path)?.slice() ?? Promise.reject(new Error("missing")), null, () => undefined, (first, entries) => {
    expect(first).toBe(handed.length);
    handed.push(...entries.map((raw) => new TextDecoder().decode(raw)));
  });
  expect(found.kind).toBe("whole");
  expect(handed).toEqual(Array.from({ length: 300 }, (_, n) => `{"entry":${n}}`));
});

test("R42: one byte that was turned in any file is found, and a file that is missing leaves it unknown", async () => {
  const sound = log(700);
  for (const [path, data] of sound) {
    if (path === "witness.vkeys") continue;
    const turned = new Map(sound);
    const at = path.startsWith("tile") ? 5 : data.length - 12;
    turned.set(path, data.map((byte, place) => (place === at ? byte ^ 1 : byte)));
    expect((await check(turned)).kind, path).toBe("fails");
    const lacking = new Map(sound);
    lacking.delete(path);
    expect(await check(lacking), path).toEqual({ kind: "unknown", where: path });
  }
});

test("a partial file may have made way for the full one", async () => {
  const larger = log(512);
  const files = new Map(log(300));
  for (const path of ["tile/0/001", "tile/entries/001"]) {
    files.set(path, larger.get(path) as Uint8Array);
    files.delete(`${path}.p/44`);
  }
  expect((await check(files)).kind).toBe("whole");
});

test("what has another size than it should is refused", async () => {
  const sound = log(300);
  for (const path of ["tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44"]) {
    for (const change of [(data: Uint8Array) => data.slice(0, -1), (data: Uint8Array) => data.slice(0, 1), () => new Uint8Array()]) {
      expect((await check(new Map(sound).set(path, change(sound.get(path) as Uint8Array)))).kind, path).toBe("fails");
    }
  }
  const longer = concat([sound.get("tile/entries/000") as Uint8Array, Uint8Array.of(0, 0)]);
  expect((await check(new Map(sound).set("tile/entries/000", longer))).kind).toBe("fails");
});

test("the key that is trusted comes before the one that the log names", async () => {
  expect((await check(log(3), vkey)).kind).toBe("whole");
  const other = JSON.parse(readFileSync(`${folder}/note-c2sp-example.json`, "utf-8")) as { vkey: string };
  expect((await check(log(3), other.vkey)).kind).toBe("fails");
  expect((await check(log(3), "no key")).kind).toBe("fails");
});

test.each(readdirSync(folder).filter((name) => /^log-.*\.json$/.test(name)))("the vector %s comes out as in Python, but for the earlier checkpoint", async (name) => {
  const vector = JSON.parse(readFileSync(`${folder}/${name}`, "utf-8")) as { files?: Record<string, string>; replace?: Record<string, string>; remove?: string[]; log?: string; expect: Record<string, string> };
  const sound = JSON.parse(readFileSync(`${folder}/log-sound.json`, "utf-8")) as { files: Record<string, string> };
  const files: Files = new Map(Object.entries({ ...(vector.files ?? sound.files), ...vector.replace }).map(([path, text]) => [path, unhex(text)]));
  for (const path of vector.remove ?? []) files.delete(path);
  const states = Object.entries(vector.expect).filter(([check_]) => check_ !== "earlier checkpoint").map(([, state]) => state);
  const found = await check(files, vector.log ?? null);
  if (states.includes("fails")) expect(found.kind).not.toBe("whole");
  else expect(found.kind).toBe("whole");
});

test("R42: who trusts the first key, and lists a witness's first key, follows both to the keys that sign now", async () => {
  const { files: texts, log: first } = JSON.parse(readFileSync(`${folder}/log-rotated.json`, "utf-8")) as { files: Record<string, string>; log: string };
  const files: Files = new Map(Object.entries(texts).map(([path, text]) => [path, unhex(text)]));
  const found = await check(files, first);
  expect(found).toMatchObject({ kind: "whole", size: 15 });
  expect(found.kind === "whole" && found.witnesses).toContain("the city library");
  for (const path of ["handover/1", "handover/2"]) {
    const lacking = new Map(files);
    lacking.delete(path);
    expect(await check(lacking, first), path).not.toEqual(found);
  }
});
