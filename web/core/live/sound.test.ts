import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { find, walk } from "../fmp4/boxes.ts";
import { utf8 } from "../seal/bytes.ts";
import { expand, isLaw } from "./g711.ts";
import { soundFragment, soundInit } from "./mux-sound.ts";
import { place } from "./sound.ts";

/** What FFmpeg makes of each of the 256 codes. */
const DECODED = JSON.parse(readFileSync(new URL("../../../vectors/live/g711.json", import.meta.url), "utf8")) as Record<"ulaw" | "alaw", number[]>;

describe("a camera's sound", () => {
  it("of old cameras is read as FFmpeg reads it", () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    for (const law of ["ulaw", "alaw"] as const) {
      const [samples] = expand(law, codes, 1);
      expect([...(samples ?? [])].map((sample) => Math.round(sample * 32768))).toEqual(DECODED[law]);
    }
    expect(isLaw("mp4a.40.2")).toBe(false);
    const both = expand("ulaw", Uint8Array.of(0, 0xff, 0x80), 2);
    expect(both.map((channel) => channel.length)).toEqual([1, 1]);
  });

  it("any bytes of it are samples between -1 and 1", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 2 }), fc.constantFrom("ulaw" as const, "alaw" as const), (data, channels, law) => {
        for (const samples of expand(law, data, channels)) expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
      }),
    );
  });

  it("is heard without gaps, never piles up, and begins anew after a silence", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.integer({ min: 1, max: 5 }))), (steps) => {
        let [next, now] = [0, 10];
        for (const [passed, count] of steps) {
          now += passed;
          for (let i = 0; i < count; i++) {
            const placed = place(next, now, 0.02);
            if (!placed) continue;
            expect(placed.at).toBeGreaterThanOrEqual(now);
            expect(placed.at - now).toBeLessThanOrEqual(0.6);
            if (next >= now) expect(placed.at).toBe(next);
            next = placed.next;
          }
        }
      }),
    );
    expect(place(11, 10, 0.02)).toBeNull();
  });

  it("becomes a film without pictures where a device decodes no single frames", () => {
    for (const [codec, entry] of [["mp4a.40.2", "mp4a"], ["opus", "Opus"]] as const) {
      const init = soundInit({ codec, config: Uint8Array.of(0x14, 0x08), rate_hz: 16_000, channels: 1 });
      const [, moov] = [...walk(init, 0, init.length)];
      const stsd = moov && find(init, moov, "trak", "mdia", "minf", "stbl", "stsd");
      expect(String.fromCharCode(...init.slice((stsd?.body ?? 0) + 12, (stsd?.body ?? 0) + 16))).toBe(entry);
    }
    const made = soundFragment(1, 1024, 1024, utf8("frame"));
    expect([...walk(made, 0, made.length)].map(({ kind }) => kind)).toEqual(["moof", "mdat"]);
  });
});
