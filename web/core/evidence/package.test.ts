import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { type Bytes, equal, text, unb64, unhex } from "../seal/bytes.ts";
import { signingKey } from "../seal/keys.ts";
import { type EvidenceItem, buildPackage, openItem } from "./package.ts";

const read = (name: string): Bytes => new Uint8Array(readFileSync(new URL(`../../../vectors/${name}`, import.meta.url)));
const given = JSON.parse(text(read("evidence/input.json")));
const golden = read("evidence/package.zip");
const files = unzipSync(golden);

const items: EvidenceItem[] = given.items.map(
  (item: { disclosure: string; manifest: string; sig: string; file_key: string }) => ({
    disclosure: item.disclosure,
    clipMp4: files[`items/${item.disclosure}/clip.mp4`],
    clipAge: files[`items/${item.disclosure}/clip.age`],
    manifest: item.manifest,
    manifestSig: unb64(item.sig),
    fileKey: unhex(item.file_key),
  }),
);

function build(some: readonly EvidenceItem[]): Promise<Bytes> {
  const { facts, record } = given;
  return buildPackage(
    {
      packageId: facts.package,
      caseNumber: facts.case_number,
      agency: facts.agency,
      madeAt: facts.made_at,
      recipient: facts.recipient,
      ground: facts.ground,
      returnBy: facts.return_by,
      request: facts.request,
    },
    some,
    {
      leaves: { request: record.request, "case-key": record["case-key"], export: record.export },
      openings: record.openings,
      vkey: record.vkey,
      witnessVkeys: record.witness_vkeys,
    },
    given.custody,
    signingKey(unhex(given.exporter_seed)),
    given.page,
  );
}

it("a package made here is the one Python makes, and so the one its verifier accepts", async () => {
  const made = unzipSync(await build(items));
  expect(Object.keys(made)).toEqual(Object.keys(files));
  for (const name of Object.keys(files)) expect(equal(made[name]!, files[name]!), name).toBe(true);
  expect(equal(await build(items), golden)).toBe(true);
});

it("an empty package and one clip twice are refused", async () => {
  await expect(build([])).rejects.toMatchObject({ code: "malformed" });
  await expect(build([...items, ...items])).rejects.toMatchObject({ code: "malformed" });
});

it("a disclosure is opened whole, or not at all", async () => {
  const vector = JSON.parse(text(read("seal/disclosure.json")));
  const sealed = {
    hdr: read("seal/disclosure/clip.hdr"),
    pay: read("seal/disclosure/clip.pay"),
    manifestAge: read("seal/disclosure/manifest.age"),
  };
  const item = await openItem(sealed, [vector.case_identity], vector.case_recipient);
  expect(item.manifest).toBe(vector.manifest);
  const cut = { ...sealed, pay: sealed.pay.slice(0, -1) };
  await expect(openItem(cut, [vector.case_identity], vector.case_recipient)).rejects.toMatchObject({
    code: "payload_altered",
  });
});
