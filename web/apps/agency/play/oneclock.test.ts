import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { follow } from "../../../ui/follow.ts";
import { apartMs, beginning, byText, coverOf, goesOn, type Lane, onOneClock, PATIENCE_S, placeOf, type Track } from "./oneclock.ts";

const noon = Date.UTC(2026, 10, 21, 12);
const track = (id: string, startS: number, lengthS: number, byMs = 0): Track => ({ id, startMs: noon + startS * 1000, durationMs: lengthS * 1000, byMs });

describe("R30 a case's clips on one clock", () => {
  it("begins with the earliest and says where each lies", () => {
    const { startMs, lengthS, lanes } = onOneClock([track("door", 10, 20), track("yard", 0, 12), track("gate", 100, 5)]);
    expect(startMs).toBe(noon);
    expect(lengthS).toBe(105);
    expect(lanes).toEqual([{ id: "door", fromS: 10, toS: 30 }, { id: "yard", fromS: 0, toS: 12 }, { id: "gate", fromS: 100, toS: 105 }]);
  });

  it("puts a clip whose clock was an hour wrong where its correction says", () => {
    const { startMs, lengthS, lanes } = onOneClock([track("door", 0, 4), track("shop", -3_658, 4, 3_660_000)]);
    expect(startMs).toBe(noon);
    expect(lengthS).toBe(6);
    expect(lanes[1]).toEqual({ id: "shop", fromS: 2, toS: 6 });
  });

  it("has nothing to say of no clip", () => expect(onOneClock([])).toEqual({ startMs: 0, lengthS: 0, lanes: [] }));

  it("knows which have a picture of a moment, and keeps the last one at the end", () => {
    const lane: Lane = { id: "a", fromS: 2, toS: 6 };
    expect([1.99, 2, 5.99, 6].map((now) => coverOf(lane, now, 9))).toEqual(["before", "here", "here", "after"]);
    expect(coverOf(lane, 6, 6)).toBe("here");
    expect([0, 3, 9].map((now) => placeOf(lane, now))).toEqual([0, 1, 3.98]);
  });

  it("finds the next and the earlier beginning over hours without a picture", () => {
    const { lanes } = onOneClock([track("a", 0, 4), track("b", 7_200, 4), track("c", 9_000, 4)]);
    expect(beginning(lanes, 0, 1)).toBe(7_200);
    expect(beginning(lanes, 7_200, 1)).toBe(9_000);
    expect(beginning(lanes, 9_000, 1)).toBeNull();
    expect(beginning(lanes, 8_000, -1)).toBe(7_200);
    expect(beginning(lanes, 0, -1)).toBeNull();
  });

  it("waits for what loads, not for what is broken, and not for ever", () => {
    expect(goesOn(["ready", "ready"], 0)).toBe(true);
    expect(goesOn(["ready", "loading"], 0)).toBe(false);
    expect(goesOn(["ready", "broken"], 0)).toBe(true);
    expect(goesOn(["loading", "ready"], PATIENCE_S)).toBe(true);
    expect(goesOn([], 0)).toBe(true);
  });

  it("says a correction as a person reads it", () => {
    expect([3_660_000, -3_600_000, 800, -800, 59_940, 59_960, 0].map(byText)).toEqual(["+61:00 min", "−60:00 min", "+0.8 s", "−0.8 s", "+59.9 s", "+1:00 min", "+0 s"]);
  });

  it("brings films that run at other speeds together, and measures how far apart they are", () => {
    const off = fc.double({ min: -1.5, max: 1.5, noNaN: true });
    const drift = fc.double({ min: 0.98, max: 1.02, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(off, drift), { minLength: 2, maxLength: 5 }), fc.constantFrom(0.5, 1, 2, 4), (films, rate) => {
        let clock = 5;
        let stands = films.map(([by]) => clock + by);
        for (let i = 0; i < 600; i++) {
          stands = stands.map((at, n) => {
            const next = follow(at, clock, rate);
            return (next.seek ?? at) + next.rate * (films[n]?.[1] ?? 1) * 0.016;
          });
          clock += rate * 0.016;
        }
        expect(apartMs(stands)).toBeLessThan(120 * Math.max(1, rate));
      }),
    );
    expect(apartMs([5])).toBe(0);
    expect(apartMs([5, 5.123, 4.9])).toBe(223);
  });
});
