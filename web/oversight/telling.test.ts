import { expect, test } from "vitest";

import type { Past } from "../core/policy/past.ts";
import { command, countWords, monthsOf, monthWords, told, totals, trouble, turning } from "./telling.ts";

const named = (title: string, unread: string[] = []) => ({ title, sha256: "00", unread, clauses: { "request.approved": { section: "2(b)", asks: `the body approved it, says ${title}` } } });
const past: Past = {
  kind: "past",
  origin: "log.test",
  size: 1_234,
  witnesses: "No witness has co-signed this checkpoint.",
  pack: named("CCOPS model bill", ["request.approved"]),
  against: named("Oakland"),
  tally: {
    decisions: 6,
    changed: 3,
    outcomes: { "accepted > refused": 2, "refused > accepted": 1, "cannot be told > cannot be told": 1, "accepted > not governed": 1, "accepted > accepted": 1 },
    clauses: {},
    refusing: {},
    missing: {},
    months: { " after accepted": 1, " before accepted": 1, "2026-12 after refused": 2, "2026-12 before accepted": 2, "2026-02 before accepted": 1, "2026-02 after not governed": 1 },
  },
};

test("R43: a simulation is told in sentences that are computed from its counts", () => {
  expect(told(past)).toEqual({
    title: "3 of 6 would come out otherwise",
    sentences: [
      "Under CCOPS model bill: 2 allowed, 2 refused, 1 cannot be told, 1 not governed. Compared with Oakland: 4 allowed, 1 refused, 1 cannot be told.",
      "1 that was refused would be allowed, and 2 that were allowed would be refused.",
      "Where the record lacks a fact that the ordinance asks for, it cannot be told and is not guessed.",
      "Some decisions it does not govern at all: it says neither yes nor no to them.",
      "CCOPS model bill cannot be in force as it stands: 1 of its clauses cites a text that nobody has read.",
    ],
  });
  const same = told({ ...past, pack: named("Oakland"), against: null, tally: { ...past.tally, changed: 0, outcomes: { "accepted > accepted": 2 } } });
  expect(same).toEqual({ title: "Nothing would come out otherwise", sentences: ["Under Oakland: 2 allowed. Compared with what was really decided: 2 allowed."] });
  const none = told({ ...past, tally: { ...past.tally, decisions: 0, changed: 0, outcomes: {} } });
  expect(none.title).toBe("Nothing to decide again");
  expect(none.sentences[0]).toContain("Among the 1,234 entries");
});

test("R43: a clause that turned decisions is told with its section and what it asks; the pack that is tried says it first", () => {
  const tally = { ...past.tally, clauses: { "request.approved": 2, "window.most": 5 } };
  expect(turning({ ...past, tally })).toEqual([
    { id: "window.most", section: "", asks: "", count: 5 },
    { id: "request.approved", section: "2(b)", asks: "the body approved it, says CCOPS model bill", count: 2 },
  ]);
});

test("months stand in their order, and what has no day stands last", () => {
  const months = monthsOf(past.tally);
  expect(months.map(({ month }) => monthWords(month))).toEqual(["February 2026", "December 2026", "No day on record"]);
  expect(months.map(({ after }) => countWords(after))).toEqual(["1 not governed", "2 refused", "1 allowed"]);
  expect(countWords(totals({ ...past.tally, outcomes: {} }, 0))).toBe("nothing");
});

test("R43: the command that writes the same file is told, safe to be pasted", () => {
  const chosen = { agency: "CA0380100", first: "2026-11-01", last: null };
  expect(command("https://town.example/log", "oakland-9.64", "model-ordinance", chosen)).toBe(
    "fanlight simulate --log https://town.example/log --pack oakland-9.64 --against model-ordinance --agency CA0380100 --from 2026-11-01 --csv rows.csv",
  );
  expect(command("https://town.example/log", "it's; rm", null, { agency: "a b", first: null, last: null })).toBe(
    "fanlight simulate --log https://town.example/log --pack 'it'\\''s; rm' --agency 'a b' --csv rows.csv",
  );
});

test("whatever goes wrong is said with what was kept and what to do", () => {
  const all = [
    trouble({ kind: "bad-pack", which: "pack", why: "it ends before it begins" }),
    trouble({ kind: "bad-pack", which: "against", why: "it ends before it begins" }),
    trouble({ kind: "fails", what: "an entry is not the one its hash stands for", where: "tile/0/000" }),
    trouble({ kind: "unknown", where: "tile/entries/000" }),
    trouble({ kind: "no-packs" }),
    trouble({ kind: "stopped" }),
  ];
  expect(all.map(({ what }) => what)).toEqual([
    "This pack cannot be used: it ends before it begins.",
    "The pack to compare with cannot be used: it ends before it begins.",
    "This record does not hold: an entry is not the one its hash stands for (tile/0/000).",
    "Not all of the record could be fetched: tile/entries/000 is missing.",
    "The ordinances' texts could not be fetched.",
    "It could not be computed here.",
  ]);
  for (const { kept, todo } of all) expect([kept, todo].every((words) => words.endsWith("."))).toBe(true);
});
