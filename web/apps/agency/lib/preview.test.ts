import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { coveringCells } from "../../../core/geo/cells.ts";
import { EMPTY } from "./draft.ts";
import { type Asking, publicFields, publicLater, publicNow, saidByRow, saidOf } from "./preview.ts";

type Vector = {
  why: string;
  agency: string;
  number_in_case: number;
  request: Pick<Asking, "case_number" | "offence" | "outline" | "start" | "end">;
  pub: { cells: string[]; protected: boolean; window: { from: string } };
};
const vectors = JSON.parse(readFileSync(`${import.meta.dirname}/../../../../vectors/policy/previews.json`, "utf-8")) as Vector[];
const words = "You are free to say no.";
const saidOfVector = ({ request, pub }: Vector) => saidByRow({ ...request, purpose: "identify_suspect", words, emergency: false, protected: pub.protected });

test.each(vectors)("R21 R42: what an officer is shown is what the entry will say: $why", (vector) => {
  const said = saidOfVector(vector);
  const cells = coveringCells(said.corners ?? [], { cells: [], rest: "" });
  expect(publicFields(said, vector.agency, vector.number_in_case, cells)).toEqual(vector.pub);
});

test("R21 R42: it is worded as on the public page, and what is kept back is shown only as what opens later", () => {
  const [vector] = vectors;
  if (!vector) throw new Error("there is no vector");
  const said = saidOfVector(vector);
  const now = publicNow(said, vector.agency, vector.number_in_case, false);
  expect(now).toMatchObject({
    agency: vector.agency,
    offence: "Burglary",
    purpose: "to find out who did it",
    number: "second request in its case",
    signature: "no second person has signed",
    window: "2 h, between 20 November 2026, 08:00 UTC and 20 November 2026, 12:00 UTC",
  });
  expect(publicNow(said, vector.agency, 2, true).signature).toBe("a second person of the agency signed");
  const later = publicLater(said);
  expect(later.window).toBe("20 November 2026, 08:30 UTC to 20 November 2026, 10:30 UTC");
  expect(later).toMatchObject({ case: vector.request.case_number, offence: "NIBRS 220", words });
  const shown = JSON.stringify(now);
  for (const kept of Object.values(later)) expect(shown).not.toContain(kept);
});

test("R21: nothing is guessed of what is not filled in", () => {
  const now = publicNow(saidOf(EMPTY), "CA0389900", 1, false);
  expect([now.offence, now.purpose, now.window, now.area]).toEqual([null, null, null, null]);
  expect(Object.values(publicLater(saidOf(EMPTY)))).toEqual([null, null, null, null, null]);
});
