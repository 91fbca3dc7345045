import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { jcs, jcsText, parseJcs } from "../jcs.ts";
import { b64, type Bytes, hex, text, unhex, utf8 } from "../seal/bytes.ts";
import { caseSigningKey, sha256, sign, signingKey } from "../seal/keys.ts";
import { openZip, type PackageFiles } from "./files.ts";
import { type Giver, giverPath } from "./giver.ts";
import { buildPackage } from "./package.ts";
import { verifyPackage } from "./verify.ts";

const read = (name: string): Bytes => new Uint8Array(readFileSync(new URL(`../../../vectors/evidence/${name}`, import.meta.url)));
const given = JSON.parse(text(read("input.json")));
const vector = JSON.parse(text(read("giver.json"))) as { signer_seed: string; giver: Giver; sha256: Record<string, string> };
const golden = unzipSync(read("package.zip"));
const [said] = given.items;
const FILE = giverPath(said.disclosure);

function statement(signer: ReturnType<typeof signingKey>): Bytes {
  const bare = { ...vector.giver, disclosure: said.disclosure };
  return jcs({ ...bare, signature: b64(sign(signer, "giver", jcs(bare))) });
}

function build(signer: ReturnType<typeof signingKey>, sig: (manifest: string) => Bytes, fileKey: Bytes, by = signer): Promise<Bytes> {
  const { facts, record } = given;
  const manifest = jcsText({ ...parseJcs(said.manifest), signer: b64(signer.public), faces: "blurred" });
  const item = { disclosure: said.disclosure, clipMp4: golden[`items/${said.disclosure}/clip.mp4`] as Bytes, clipAge: golden[`items/${said.disclosure}/clip.age`] as Bytes, manifest, manifestSig: sig(manifest), fileKey, giver: statement(by) };
  const about = { packageId: facts.package, caseNumber: facts.case_number, agency: facts.agency, madeAt: facts.made_at, recipient: facts.recipient, ground: facts.ground, returnBy: facts.return_by, request: facts.request };
  const leaves = { request: record.request, "case-key": record["case-key"], export: record.export };
  return buildPackage(about, [item], { leaves, openings: record.openings, vkey: record.vkey, witnessVkeys: record.witness_vkeys }, given.custody, signingKey(unhex(given.exporter_seed)), given.page);
}

async function states(files: PackageFiles): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const check of verifyPackage(files)) found.set(check.name, check.state);
  return found;
}

it("R30: what a giver said and the drafts become the same files here and in Python", async () => {
  const made = unzipSync(await build(signingKey(unhex(vector.signer_seed)), () => new Uint8Array(64), new Uint8Array(16)));
  expect(Object.fromEntries(Object.keys(vector.sha256).map((name) => [name, hex(sha256(made[name]!))]))).toEqual(vector.sha256);
});

it("R30: a package says who gave the clip only in words that they signed", async () => {
  const recipient = JSON.parse(given.record["case-key"].leaf).pub.key as string;
  const signer = caseSigningKey(new Uint8Array(32), recipient);
  const whole = await build(signer, (manifest) => sign(signer, "disclosure", utf8(manifest)), unhex(said.file_key));
  const files = await openZip(new Blob([whole]));
  const found = await states(files);
  expect(found.get(`clip ${said.disclosure}: giver`)).toBe("holds");
  expect([...found.values()]).not.toContain("fails");
  const other = statement(signingKey(unhex(vector.signer_seed)));
  const read = async (name: string): Promise<Bytes> => (name === FILE ? other : files.read(name));
  expect((await states({ ...files, read, isExact: async () => null, place: () => null })).get(`clip ${said.disclosure}: giver`)).toBe("fails");
  await expect(build(signer, () => new Uint8Array(64), new Uint8Array(16), signingKey(unhex(vector.signer_seed)))).rejects.toThrow("does not come from");
});
