// A server that is away when the page begins.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, Client } from "../../core/api/client.ts";
import { Again, type Around, isAway, waitAfter } from "./again.ts";

const LONGEST_MS = 30_000;
const AWAY = new ApiError("client.away", "Nobody answers.", "All.", "Wait.", 0);

/** A window of which it is said whether somebody looks, and whether it is online. */
class Window extends EventTarget implements Around {
  readonly document = Object.assign(new EventTarget(), { hidden: false });

  look(hidden: boolean): void {
    this.document.hidden = hidden;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}

let tries = 0;
let around: Window;
let again: Again;
beforeEach(() => {
  vi.useFakeTimers();
  tries = 0;
  around = new Window();
  again = new Again(() => tries++, around);
});
afterEach(() => {
  again.end();
  vi.useRealTimers();
});

test("each wait is about twice the one before, half a minute at most, and never the same for everybody", () => {
  fc.assert(fc.property(fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (before, chance) => {
    const [least, most] = [waitAfter(before, 0), waitAfter(before, 1)];
    expect(most).toBe(Math.min(1000 * 2 ** before, LONGEST_MS));
    expect(least).toBe(most / 2);
    const wait = waitAfter(before, chance);
    expect(wait >= least && wait <= most).toBe(true);
  }));
  expect(waitAfter(0, 0.2)).toBeLessThan(waitAfter(0, 0.8));
});

test("what does not work is tried again by itself for as long as it does not, and then no more", () => {
  for (let n = 1; n <= 8; n++) {
    again.later(AWAY);
    vi.advanceTimersByTime(waitAfter(n - 1, 0) - 1);
    expect(tries).toBe(n - 1);
    vi.advanceTimersByTime(LONGEST_MS);
    expect(tries).toBe(n); // once for each time that it did not work
  }
  again.later(AWAY);
  again.end();
  vi.advanceTimersByTime(10 * LONGEST_MS);
  around.dispatchEvent(new Event("online"));
  expect(tries).toBe(8);
  again.later(AWAY); // another time the server is away: it begins with a short wait
  vi.advanceTimersByTime(1000);
  expect(tries).toBe(9);
});

test("it is tried at once when somebody asks for it or the network is back, and not a second time for that", () => {
  again.later(AWAY);
  again.now();
  expect(tries).toBe(1);
  vi.advanceTimersByTime(LONGEST_MS);
  expect(tries).toBe(1);
  again.later(AWAY);
  around.dispatchEvent(new Event("online"));
  expect(tries).toBe(2);
});

test("while nobody looks nothing is asked, and as soon as somebody does it is", () => {
  again.later(AWAY);
  around.look(true);
  vi.advanceTimersByTime(10 * LONGEST_MS);
  expect(tries).toBe(0);
  around.look(false);
  expect(tries).toBe(1);
});

test("what is said names since when, from the first try on; another trouble ends the trying", () => {
  vi.setSystemTime("2026-11-22T14:03:00.000Z");
  const first = again.later(AWAY);
  expect(first?.what).toContain("since");
  vi.setSystemTime("2026-11-22T15:30:00.000Z");
  expect(again.later(AWAY)).toEqual(first);
  expect(again.since).toEqual(new Date("2026-11-22T14:03:00.000Z"));
  expect(again.later(new Error("ours"))).toBeNull();
  vi.advanceTimersByTime(10 * LONGEST_MS);
  expect([again.since, tries]).toEqual([null, 0]);
});

test("a server that does not answer, or only through somebody in between, may be back; one that says no is not asked again", async () => {
  const from = (answer: () => Promise<Response>): Promise<unknown> => new Client(answer).text("/v1/town").catch((error: unknown) => error);
  expect(isAway(await from(() => Promise.reject(new TypeError("Failed to fetch"))))).toBe(true);
  for (const status of [500, 502, 503, 504]) expect(isAway(await from(async () => new Response("<h1>Bad gateway</h1>", { status })))).toBe(true);
  for (const status of [400, 401, 403, 404, 409, 429]) {
    const error = await from(async () => Response.json({}, { status }));
    expect([error instanceof ApiError, isAway(error)]).toEqual([true, false]);
  }
  expect(isAway(new Error("ours"))).toBe(false);
});
