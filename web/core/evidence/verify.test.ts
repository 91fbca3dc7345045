import { readFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Bytes } from "../bytes.ts";
import { hex, readB64, utf8 } from "../bytes.ts";
import { sha256 } from "../seal/keys.ts";
import { parseWitnesses } from "../proof/cosignature.ts";
import { BadPackage, openFolder, openZip } from "./files.ts";
import { SUMS, sums } from "./form.ts";
import { readRoots } from "./stamp.ts";
import { type Check, NAMED_BY_PACKAGE, type Trust, verifyPackage } from "./verify.ts";

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
  expect([...now, ...before].filter(({ state }) => state !== "holds").map(({ name, state }) => [name, state])).toEqual(["time stamp", "C2PA", "time stamp"].map((name) => [name, "absent"]));
  expect([now.length, before.length]).toEqual([35, 31]);
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
  const none = await verify(golden, { ...NAMED_BY_PACKAGE, witnesses: [] });
  expect(none.filter(({ state }) => state === "unknown").map(({ name }) => name)).toEqual(["witnesses"]);
  const listed = parseWitnesses(new TextDecoder().decode(unzipSync(golden)["record/witness.vkeys"]));
  if (listed.kind !== "witnesses") throw new Error(listed.detail);
  expect(failing(await verify(golden, { ...NAMED_BY_PACKAGE, witnesses: listed.all }))).toEqual([]);
  const other = listed.all[0]?.key;
  expect(failing(await verify(golden, { ...NAMED_BY_PACKAGE, log: other ?? null })).length).toBeGreaterThan(2);
});

describe("a time stamp that was added", () => {
  const stamps: { answer: string; roots: string }[] = JSON.parse(new TextDecoder().decode(read("stamps.json")));
  const [sound, other] = stamps as [(typeof stamps)[0], (typeof stamps)[0]];
  const add = (more: Record<string, Bytes>): Bytes => {
    const { [SUMS]: _before, ...files } = { ...unzipSync(golden), ...more };
    return pack({ ...files, [SUMS]: sums(new Map(Object.entries(files).map(([name, data]) => [name, hex(sha256(data))]))) });
  };
  const answer = { "added/evidence.tsr": readB64(sound.answer) as Bytes };

  it("holds, by the certificate that the package names or by one's own", async () => {
    const stamped = add({ ...answer, "added/tsa.pem": utf8(sound.roots) });
    for (const authorities of [null, readRoots(sound.roots)]) {
      const checks = await verify(stamped, { ...NAMED_BY_PACKAGE, authorities });
      expect(checks.filter(({ state }) => state !== "holds").map(({ name }) => name)).toEqual(["C2PA"]);
      expect(checks.length).toBe(35);
    }
    expect(failing(await verify(stamped, { ...NAMED_BY_PACKAGE, authorities: readRoots(other.roots) }))).toEqual(["time stamp"]);
  });

  it("fails where another authority is named, and is no whole package in half", async () => {
    expect(failing(await verify(add({ ...answer, "added/tsa.pem": utf8(other.roots) })))).toEqual(["time stamp"]);
    expect(failing(await verify(add({ ...answer, "added/tsa.pem": utf8("x") })))).toEqual(["time stamp"]);
    expect(failing(await verify(add(answer)))).toEqual(["contents", "time stamp"]);
    expect(failing(await verify(add({ ...answer, "added/tsa.pem": utf8(sound.roots), "added/note.txt": utf8("x") })))).toContain("contents");
  });
});
