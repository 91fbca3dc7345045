import { expect, test } from "vitest";
import { health, type Health, shownOf, silent, spaceText } from "./health.ts";

const well: Health = {
  version: "0.1.0",
  database: { state: "ready", version: "18.1 (Debian)" },
  log: { size: 1200, cosigned_size: 1200, witness: "cosigning", origin: "x", queued: 0, trouble: null },
  witnesses: "",
  disk: { free_bytes: 50e9, total_bytes: 100e9 },
};

test("a well server is calm and names every part", () => {
  const shown = shownOf(health({ ...well, more: 1 }, "x"));
  expect(shown.sentence).toBe("Running. Nothing to look at");
  expect(shown.parts.map((part) => part.state)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
  expect(shown.parts[1]?.now).toBe("1,200 entries");
});

test("an absent witness and a full disk are said in three sentences each", () => {
  const shown = shownOf({ ...well, log: { ...well.log, witness: "away" }, disk: { free_bytes: 2e9, total_bytes: 100e9 } });
  expect(shown.sentence).toBe("Running. 2 things to look at");
  expect(shown.troubles.every(({ what, kept, todo }) => what && kept && todo)).toBe(true);
  expect(spaceText(2.4e12)).toBe("2.4 TB");
});

test("a silent server is the first part that does not answer", () => {
  expect(silent(shownOf(well))[0]?.state).toBe("stop");
  expect(silent(null)).toHaveLength(1);
});
