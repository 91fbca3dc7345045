// A redacted copy opens with its case's key alone, and its record cannot be changed.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sealAge } from "./age.ts";
import { hex, utf8 } from "./bytes.ts";
import { ClipReader } from "./clip.ts";
import { newIdentity, sha256, signingKey } from "./keys.ts";
import { copyLength, makeContainer, parseDisclosure } from "./manifest.ts";
import { openRedaction, sealRedaction } from "./redaction.ts";

const said = JSON.parse(readFileSync(new URL("../../../vectors/evidence/input.json", import.meta.url), "utf8")).items[0].manifest as string;
const original = parseDisclosure(said);
const signer = signingKey(new Uint8Array(32).fill(5));
const film = new Uint8Array(100).fill(9);
const facts = { ...original, redaction: "a".repeat(26), originalRoot: hex(original.seal.treeRoot), facesBlurred: true, regions: 2, reason: "Bystanders" };

it("R30 a redacted copy opens with the case's key and no other, and says what was hidden and why", async () => {
  const [kase, other] = await Promise.all([newIdentity(), newIdentity()]);
  const sealed = await sealRedaction(film, facts, kase.recipient, signer);
  const read = await openRedaction(sealed.record, [kase.secret]);
  expect([read.disclosure, read.originalRoot, read.facesBlurred, read.regions, read.reason]).toEqual([original.disclosure, hex(original.seal.treeRoot), true, 2, "Bystanders"]);
  expect(hex(read.seal.treeRoot)).toBe(sealed.root);
  const reader = await ClipReader.open(read, read.seal, sealed.hdr, [kase.secret]);
  const whole = await reader.whole(sealed.pay);
  expect(whole.slice(0, film.length)).toEqual(film);
  expect(read.filmSha256).toBe(hex(sha256(whole)));
  await expect(openRedaction(sealed.record, [other.secret])).rejects.toThrow();
  expect(new TextDecoder().decode(sealed.record)).not.toContain("Bystanders");
  expect(read.seal.plainLength).toBe(copyLength(film.length)); // as long as nearly every clip: the server cannot tell how long the film is
});

it("R30 a record that is signed by another, or lacks or adds anything, is refused", async () => {
  const kase = await newIdentity();
  await expect(sealRedaction(film, { ...facts, reason: "" }, kase.recipient, signer)).rejects.toThrow();
  await expect(sealRedaction(film, { ...facts, reason: "x".repeat(501) }, kase.recipient, signer)).rejects.toThrow();
  for (const text of [said, "{}", `{"type":"redaction","v":1}`]) {
    const box = await sealAge(makeContainer("redaction-record", text, signer), [kase.recipient]);
    await expect(openRedaction(box, [kase.secret])).rejects.toThrow();
  }
  await expect(openRedaction(await sealAge(utf8("no box"), [kase.recipient]), [kase.secret])).rejects.toThrow();
});
