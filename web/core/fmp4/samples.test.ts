import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Fmp4Error } from "./boxes.ts";
import { type Coded, codingOf, samplesOf, write } from "./samples.ts";
import { trim } from "./trim.ts";

const FOLDER = new URL("../../../vectors/fmp4/", import.meta.url);
interface Case {
  clip: string;
  zeros: number;
  init: [number, number];
  segments: [number, number, number, number][];
}
function load(name: string): { clip: Uint8Array } & Pick<Case, "init" | "segments"> {
  const { clip, zeros, init, segments } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Case;
  return { clip: new Uint8Array(Buffer.concat([Buffer.from(clip, "hex"), Buffer.alloc(zeros)])), init, segments };
}
const cut = (clip: Uint8Array, [offset, length]: readonly number[]): Uint8Array => clip.subarray(offset, (offset ?? 0) + (length ?? 0));

/** The pictures of a clip with the durations its own table gives. */
function groups(name: string): { coding: ReturnType<typeof codingOf>; groups: Coded[][] } {
  const { clip, init, segments } = load(name);
  return {
    coding: codingOf(cut(clip, init)),
    groups: segments.map((place) => {
      const found = samplesOf(cut(clip, place));
      const step = Math.round(((place[3] ?? 0) * 90) / found.length);
      return found.map(({ data, isKey }) => ({ data, isKey, duration90k: step }));
    }),
  };
}

test("what is written here is a clip as everything else of ours reads it", () => {
  const { coding, groups: all } = groups("plain.json");
  const made = write(coding, 16, 16, all);
  const again = trim(made.media, made.init, made.segments, 0, made.segments.length - 1);
  expect(Buffer.from(again.media).equals(Buffer.from(made.media))).toBe(true);
  expect(made.segments.flatMap((place) => samplesOf(cut(made.media, place)).map(({ data }) => Buffer.from(data)))).toEqual(
    all.flat().map(({ data }) => Buffer.from(data)),
  );
  expect(codingOf(cut(made.media, made.init))).toEqual(coding);
});

test("R09 sound is left out of what is made anew", () => {
  const { clip, init, segments } = load("sound.json");
  const all = segments.map((place) => samplesOf(cut(clip, place)).map(({ data, isKey }): Coded => ({ data, isKey, duration90k: 6_000 })));
  const { coding } = groups("plain.json");
  const made = write(coding, 16, 16, all);
  const heard = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes("soun") || Buffer.from(bytes).includes("mp4a");
  expect(heard(cut(clip, init))).toBe(true);
  expect(heard(made.media)).toBe(false);
  expect(made.segments.length).toBe(segments.length);
});

test("pictures come in the order in which they are decoded, with when they are shown", () => {
  const { clip, segments } = load("b-frames.json");
  const shown = segments.flatMap((place) => samplesOf(cut(clip, place)).map(({ shown90k }) => shown90k));
  expect([...shown].sort((a, b) => a - b)).not.toEqual(shown);
  expect(new Set(shown).size).toBe(shown.length);
});

test("whatever the bytes, nothing but a refusal comes of them", () => {
  const { clip, init, segments } = load("plain.json");
  const refused = (act: () => unknown): void => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(Fmp4Error);
    }
  };
  const whole = cut(clip, segments[0] ?? [0, 0]).slice();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (data) => (refused(() => samplesOf(data)), refused(() => codingOf(data)))));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
      const changed = whole.slice();
      changed[at] = value;
      refused(() => samplesOf(changed));
      const head = cut(clip, init).slice();
      head[at % head.length] = value;
      refused(() => codingOf(head));
    }),
    { numRuns: 300 },
  );
  expect(readdirSync(FOLDER).length).toBeGreaterThan(5);
});
