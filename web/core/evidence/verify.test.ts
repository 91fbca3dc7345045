import { readFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Bytes } from "../bytes.ts";
import { readB64, utf8 } from "../bytes.ts";
import { parseWitnesses } from "../proof/cosignature.ts";
import { BadPackage, openFolder, openZip } from "./files.ts";
import { type Check, type Trust, verifyPackage } from "./verify.ts";

const read = (name: string): Bytes => new Uint8Array(readFileSync(new URL(`../../../vectors/evidence/${name}`, import.meta.url)));
const golden = read("package.zip");
const disclosure = "s".repeat(26);

async function verify(zip: Bytes, trust?: Trust): Promise<Check[]> {
  const files = await openZip(new Blob([zip]));
  const checks: Check[] = [];
  for await (const check of verifyPackage(files, trust)) checks.push(check);
  return checks;
}

const failing = (checks: readonly Check[]): string[] => checks.filter(({ state }) => state === "fails").map(({ name }) => name.replace(`clip ${disclosure}`, "clip"));

/** What fails, or that it is no package at all. */
async function refused(zip: Bytes): Promise<boolean> {
  try {
    return failing(await verify(zip)).length > 0;
  } catch (error) {
    if (error instanceof BadPackage) return true;
    throw error;
  }
}

function pack(files: Record<string, Uint8Array>): Bytes {
  const sorted = Object.fromEntries(Object.entries(files).sort(([one], [two]) => (one < two ? -1 : 1)));
  return zipSync(sorted, { level: 0, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 }) as Bytes;
}

/** The same places each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it("a whole package holds in every check, one of version 1 too", async () => {
  const [now, before] = [await verify(golden), await verify(read("version-1.zip"))];
  expect([...now, ...before].filter(({ state }) => state !== "holds")).toEqual([]);
  expect([now.length, before.length]).toEqual([31, 30]);
});

describe("a package that lies fails where Python's verifier says that it lies", () => {
  const lies: { why: string; fails: string[]; set: Record<string, string>; flip: string[]; drop: string[] }[] = JSON.parse(new TextDecoder().decode(read("lies.json")));
  it.each(lies)("$why", async ({ fails, set, flip, drop }) => {
    const files = unzipSync(golden);
    for (const [name, data] of Object.entries(set)) files[name] = readB64(data) as Bytes;
    for (const name of flip) (files[name] as Bytes)[(files[name] as Bytes).length - 5]! ^= 1;
    for (const name of drop) delete files[name];
    expect(failing(await verify(pack(files)))).toEqual(fails);
  });
});

it("200 random single-byte changes are each caught", async () => {
  const below = numbers(20_261_122);
  for (let n = 0; n < 200; n++) {
    const changed = golden.slice();
    const at = below(changed.length);
    changed[at]! ^= 1 + below(255);
    expect(await refused(changed), `byte ${at}`).toBe(true);
  }
});

it("no byte around the files can change", async () => {
  const below = numbers(7);
  const list = golden.length - 1_300; // within the zip's own list, which ends it
  for (let n = 0; n < 500; n++) {
    const changed = golden.slice();
    changed[list + below(1_300)]! ^= 1 << below(8);
    expect(await isExact(changed)).toBe(false);
  }
  expect(await isExact(golden)).toBe(true);
});

async function isExact(zip: Bytes): Promise<boolean | null> {
  try {
    return await (await openZip(new Blob([zip]))).isExact();
  } catch (error) {
    if (error instanceof BadPackage) return false;
    throw error;
  }
}

it("bytes that are no zip are refused, whatever they are", async () => {
  const below = numbers(11);
  for (let n = 0; n < 300; n++) {
    const noise = Uint8Array.from({ length: below(200) }, () => below(256)) as Bytes;
    const ended = new Uint8Array([...noise, ...golden.slice(golden.length - 22)]) as Bytes;
    await expect(verify(noise)).rejects.toBeInstanceOf(BadPackage);
    await expect(verify(ended)).rejects.toBeInstanceOf(BadPackage);
    await expect(verify(golden.slice(0, below(golden.length)))).rejects.toBeInstanceOf(BadPackage);
  }
});

it("what a package never holds is refused", async () => {
  const files = unzipSync(golden);
  await expect(verify(zipSync(files) as Bytes)).rejects.toThrow("compressed");
  for (const name of ["../evil", "/etc/passwd", "a\\..\\b", "items//x", "ä.txt", "a/b/c/d"]) {
    await expect(verify(pack({ ...files, [name]: utf8("x") }))).rejects.toThrow("a name that no package uses");
  }
  await expect(verify(pack({ "a.txt": utf8("x") }))).rejects.toThrow("evidence.json is missing");
  for (const other of ["{}", "[]", "x", `{"a":${"[".repeat(100_000)}`]) {
    await expect(verify(pack({ ...files, "evidence.json": utf8(other) }))).rejects.toThrow("another form");
  }
});

it("nothing can hide before or behind the files", async () => {
  const before = new Uint8Array([0, ...golden]) as Bytes;
  const behind = new Uint8Array([...golden, 0]) as Bytes;
  for (const changed of [before, behind]) expect(await refused(changed)).toBe(true);
});

it("an unpacked package is checked as the zip is, but for the zip", async () => {
  const files = unzipSync(golden);
  const folder = (changed: Record<string, Uint8Array>) => openFolder(new Map(Object.entries({ ...files, ...changed }).map(([name, data]) => [name, new Blob([data as Bytes])])));
  const all = async (changed: Record<string, Uint8Array>): Promise<Check[]> => {
    const checks: Check[] = [];
    for await (const check of verifyPackage(folder(changed))) checks.push(check);
    return checks;
  };
  const sound = await all({});
  expect(failing(sound)).toEqual([]);
  expect(sound.find(({ name }) => name === "contents")?.detail).toContain("was not looked at");
  expect(failing(await all({ "custody.json": utf8("{}") }))).toEqual(["file custody.json"]);
});

it("keys from elsewhere are trusted instead of those that the package names", async () => {
  const none = await verify(golden, { log: null, witnesses: [] });
  expect(none.filter(({ state }) => state === "unknown").map(({ name }) => name)).toEqual(["witnesses"]);
  const listed = parseWitnesses(new TextDecoder().decode(unzipSync(golden)["record/witness.vkeys"]));
  if (listed.kind !== "witnesses") throw new Error(listed.detail);
  expect(failing(await verify(golden, { log: null, witnesses: listed.all }))).toEqual([]);
  const other = listed.all[0]?.key;
  expect(failing(await verify(golden, { log: other ?? null, witnesses: null })).length).toBeGreaterThan(2);
});
