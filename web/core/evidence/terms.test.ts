import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { jcsText, parseJcs } from "../jcs.ts";
import { type Bytes, hex, text, unhex, utf8 } from "../seal/bytes.ts";
import { caseSigningKey, sha256, sign, signingKey } from "../seal/keys.ts";
import { openZip, type PackageFiles } from "./files.ts";
import { buildPackage } from "./package.ts";
import { verifyPackage } from "./verify.ts";

const read = (name: string): Bytes => new Uint8Array(readFileSync(new URL(`../../../vectors/evidence/${name}`, import.meta.url)));
const given = JSON.parse(text(read("input.json")));
const vector = JSON.parse(text(read("terms.json"))) as { terms: string; sha256: Record<string, string> };
const golden = unzipSync(read("package.zip"));
const [said] = given.items;
const FILE = `items/${said.disclosure}/terms.txt`;

function build(sig: (manifest: string) => Bytes, fileKey: Bytes): Promise<Bytes> {
  const { facts, record } = given;
  const manifest = jcsText({ ...parseJcs(said.manifest), terms: vector.terms });
  const item = { disclosure: said.disclosure, clipMp4: golden[`items/${said.disclosure}/clip.mp4`] as Bytes, clipAge: golden[`items/${said.disclosure}/clip.age`] as Bytes, manifest, manifestSig: sig(manifest), fileKey };
  const about = { packageId: facts.package, caseNumber: facts.case_number, agency: facts.agency, madeAt: facts.made_at, recipient: facts.recipient, ground: facts.ground, returnBy: facts.return_by, request: facts.request };
  const leaves = { request: record.request, "case-key": record["case-key"], export: record.export };
  return buildPackage(about, [item], { leaves, openings: record.openings, vkey: record.vkey, witnessVkeys: record.witness_vkeys }, given.custody, signingKey(unhex(given.exporter_seed)), given.page);
}

async function failing(files: PackageFiles): Promise<string[]> {
  const found: string[] = [];
  for await (const check of verifyPackage(files)) if (check.state === "fails") found.push(check.name);
  return found;
}

it("R30: terms become the same files here and in Python", async () => {
  const made = unzipSync(await build(() => new Uint8Array(64), new Uint8Array(16)));
  expect(Object.fromEntries(Object.keys(vector.sha256).map((name) => [name, hex(sha256(made[name]!))]))).toEqual(vector.sha256);
  expect(text(made[FILE]!)).toBe(`${vector.terms}\n`);
});

it("R26 R30: a package with the terms that its household signed holds; other words do not", async () => {
  const recipient = JSON.parse(given.record["case-key"].leaf).pub.key as string;
  const signer = caseSigningKey(new Uint8Array(32), recipient);
  const whole = await build((manifest) => sign(signer, "disclosure", utf8(manifest)), unhex(said.file_key));
  const files = await openZip(new Blob([whole]));
  expect(await failing(files)).toEqual([]);
  const read = async (name: string): Promise<Bytes> => (name === FILE ? utf8("They keep it: for ever.\n") : files.read(name));
  expect(await failing({ ...files, names: files.names, read, isExact: async () => null, place: () => null })).toContain(`clip ${said.disclosure}: manifest`);
});
