import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fmp4Error } from "./boxes.ts";
import { timing } from "./fragment.ts";
import { trim } from "./trim.ts";

const FOLDER = new URL("../../../vectors/fmp4/", import.meta.url);

interface Whole {
  clip: string;
  zeros: number;
}

interface Case extends Whole {
  expect: "trimmed" | "refused";
  why: string;
  init: [number, number];
  segments: [number, number, number, number][];
  first: number;
  last: number;
  trimmed?: Whole & { init: number[]; segments: number[][] };
}

const load = (name: string): Case => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Case;
const whole = (one: Whole) => new Uint8Array(Buffer.concat([Buffer.from(one.clip, "hex"), Buffer.alloc(one.zeros)]));

describe("the vectors that Python reads too", () => {
  it.each(readdirSync(FOLDER).map((name) => [name]))("%s", (name) => {
    const one = load(name);
    const run = () => trim(whole(one), one.init, one.segments, one.first, one.last);
    if (!one.trimmed) {
      expect(run).toThrow(Fmp4Error);
      return;
    }
    const got = run();
    expect(Buffer.from(got.data).equals(Buffer.from(whole(one.trimmed)))).toBe(true);
    expect(got.segments).toEqual(one.trimmed.segments);
    expect(got.init).toEqual(one.trimmed.init);
  });
});

it("gives the clip without its padding to those who pad themselves", () => {
  const one = load("plain.json");
  const got = trim(whole(one), one.init, one.segments, 1, 2);
  const last = got.segments.at(-1)!;
  expect(got.media.length).toBe(last[0] + last[1]);
  expect(got.durationMs).toBe(2000);
  expect(timing(got.media.subarray(got.segments[0]![0], got.segments[1]![0])).decode90k).toBe(0);
});

it("trims any bytes or refuses them as no clip", () => {
  const one = load("plain.json");
  const clip = whole(one);
  const change = fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 255 }));
  const place = fc.array(fc.integer({ min: -5, max: 400_000 }), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), fc.option(fc.array(place, { maxLength: 4 })), (changes, places) => {
      const copy = new Uint8Array(clip);
      for (const [at, value] of changes) copy[at] = value;
      try {
        trim(copy, one.init, places ?? one.segments, 0, 2);
      } catch (error) {
        expect(error).toBeInstanceOf(Fmp4Error);
      }
    }),
  );
});
