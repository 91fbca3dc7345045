import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openDisclosure, sealDisclosure } from "../seal/disclosure.ts";
import { caseSigningKey, newIdentity } from "../seal/keys.ts";
import { parseDisclosure } from "../seal/manifest.ts";
import { choose, commitOf } from "./onward.ts";

const read = (name: string): string => readFileSync(new URL(`../../../vectors/${name}`, import.meta.url), "utf8");
const vectors = JSON.parse(read("evidence/onward.json")) as { disclosure: string; may: boolean; salt: string; commit: string }[];
const said = JSON.parse(read("evidence/input.json")).items[0].manifest as string;

it("R27: what is committed to is the same here and in Python, for yes and for no", () => {
  for (const { disclosure, may, salt, commit } of vectors) expect(commitOf(disclosure, { may, salt })).toBe(commit);
  expect(new Set(vectors.map(({ commit }) => commit)).size).toBe(vectors.length);
  expect(choose(false).salt).not.toBe(choose(false).salt);
});

it("R27: what was chosen is signed within the copy; a copy from before has not said yes", async () => {
  const bare = parseDisclosure(said);
  expect(bare.onward).toBeNull();
  const kase = await newIdentity();
  const onward = choose(true);
  const sealed = await sealDisclosure(new Uint8Array(100), { ...bare, onward }, kase.recipient, caseSigningKey(new Uint8Array(32), kase.recipient));
  const { manifest } = await openDisclosure(sealed.manifestAge, [kase.secret], kase.recipient);
  expect(manifest.onward).toEqual(onward);
  for (const wrong of ['{"may":true}', '{"may":1,"salt":"00"}', `{"may":true,"more":1,"salt":"${onward.salt}"}`, "null", "true"]) {
    expect(() => parseDisclosure(sealed.signed.replace(/"onward":\{[^}]*\}/, `"onward":${wrong}`))).toThrow();
  }
});
