import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { follow } from "./follow.ts";

describe("a film on a clock that it shares", () => {
  it("brings a film that is off back to the clock, whatever the speed", () => {
    const seconds = fc.double({ min: 0, max: 60, noNaN: true });
    fc.assert(
      fc.property(seconds, seconds, fc.constantFrom(0.5, 1, 2, 4), (begin, want, rate) => {
        let [film, clock] = [begin, want];
        for (let i = 0; i < 400; i++) {
          const next = follow(film, clock, rate);
          film = (next.seek ?? film) + next.rate * 0.016;
          clock += rate * 0.016;
        }
        expect(Math.abs(film - clock)).toBeLessThan(0.06 * rate);
      }),
    );
  });
});
