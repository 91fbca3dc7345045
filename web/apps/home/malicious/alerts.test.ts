// A server that drops, repeats or holds back pushes.
import { expect, test } from "vitest";
import { note } from "../push/arrived.ts";
import { flowOf, UNDER_WAY_MS } from "../push/word.ts";
import { words } from "../words.ts";

const SENT = Date.parse("2026-11-21T18:36:41.000Z");
const word = (n: number) => ({ mode: "home" as const, turns: [], devices: [{ device: "d", n, sent: "2026-11-21T18:36:41.000Z", state: "ok" }] });

test("R03 a push that was stripped on its way is missed by its number, and the app says how many", () => {
  const arrived = note(undefined, { id: "one", n: 1 }, SENT);
  expect(flowOf(word(1), "d", arrived, SENT + UNDER_WAY_MS + 1)).toEqual({ kind: "fine" });
  expect(flowOf(word(3), "d", arrived, SENT + UNDER_WAY_MS + 1)).toEqual({ kind: "stopped", lost: 2 });
  expect(flowOf(word(3), "d", null, SENT + UNDER_WAY_MS + 1)).toEqual({ kind: "stopped", lost: 3 });
  expect(words.alerts.stoppedText(2)).toContain("2 alerts that did not come");
});

test("R03 a push that the server posts twice is one alert, and an older one after a newer makes up for none", () => {
  const first = note(undefined, { id: "one", n: 1 }, SENT);
  expect(note(first ?? undefined, { id: "one", n: 1 }, SENT)).toBeNull();
  const third = note(first ?? undefined, { id: "three", n: 3 }, SENT);
  expect(note(third ?? undefined, { id: "two", n: 2 }, SENT)).toMatchObject({ n: 3, count: 3 });
});
