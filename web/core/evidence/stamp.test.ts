import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Bytes, readB64 } from "../bytes.ts";
import { BadDer, readDer } from "./der.ts";
import { type Stamped, checkStamp, readRoots } from "./stamp.ts";

const read = (name: string): Bytes => new Uint8Array(readFileSync(new URL(`../../../vectors/evidence/${name}`, import.meta.url)));
const evidence = unzipSync(read("package.zip"))["evidence.json"] as Bytes;
const cases: { why: string; answer: string; roots: string; expect: string }[] = JSON.parse(new TextDecoder().decode(read("stamps.json")));

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function check(answer: Uint8Array, roots: string, data: Uint8Array = evidence): Promise<Stamped> {
  const trusted = readRoots(roots);
  return trusted === null ? { kind: "refused", why: "no roots" } : checkStamp(answer, data, trusted);
}

describe("a time stamp ends as it does in Python", () => {
  it.each(cases)("$why", async ({ answer, roots, expect: wanted }) => {
    const found = await check(readB64(answer) as Bytes, roots);
    expect(found.kind, JSON.stringify(found)).toBe(wanted === "holds" ? "stamped" : "refused");
  });
});

it("says who and when", async () => {
  const [sound] = cases;
  const found = await check(readB64(sound?.answer ?? "") as Bytes, sound?.roots ?? "");
  expect(found).toMatchObject({ by: "Invented Time Clock", at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) });
});

it("a changed stamp is refused, or says what it said before", async () => {
  const below = numbers(3161);
  for (const one of cases.filter(({ expect: wanted }) => wanted === "holds")) {
    const answer = readB64(one.answer) as Bytes;
    const said = await check(answer, one.roots);
    for (let n = 0; n < 150; n++) {
      const changed = answer.slice();
      changed[below(changed.length)] = below(256);
      const found = await check(changed, one.roots);
      if (found.kind === "stamped") expect(found).toEqual(said);
    }
  }
});

it("a stamp from outside the years of its certificate is refused", async () => {
  const [sound] = cases;
  const trusted = readRoots(sound?.roots ?? "") ?? [];
  const answer = readB64(sound?.answer ?? "") as Bytes;
  const aged = trusted.map((one) => ({ ...one, until: Date.UTC(2001, 0, 1) }));
  expect((await checkStamp(answer, evidence, trusted)).kind).toBe("stamped");
  expect((await checkStamp(answer, evidence, aged)).kind).toBe("refused");
});

it("bytes that are no DER are called so, whatever they are", () => {
  const below = numbers(690);
  for (let n = 0; n < 2_000; n++) {
    const noise = Uint8Array.from({ length: below(60) }, () => below(4) * (below(2) ? 16 : 1));
    try {
      expect(readDer(noise).whole.length).toBe(noise.length);
    } catch (error) {
      expect(error).toBeInstanceOf(BadDer);
    }
  }
  expect(() => readDer(Uint8Array.from({ length: 200 }, (_, at) => (at % 2 ? 0x80 : 0x30)))).toThrow(BadDer);
  expect(() => readDer(Uint8Array.of(0x30, 0x81, 0x01, 0x05))).toThrow("shortest");
  expect(() => readDer(Uint8Array.of(5, 0, 0))).toThrow("behind");
});
