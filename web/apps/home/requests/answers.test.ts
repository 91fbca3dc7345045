import { expect, test } from "vitest";
import { type Answer, Answers, type Shelf } from "./answers.ts";

function shelf(): Shelf & { rows: Map<string, string> } {
  const rows = new Map<string, string>();
  return { rows, getItem: (key) => rows.get(key) ?? null, setItem: (key, value) => void rows.set(key, value) };
}
const SEED = new Uint8Array(32).fill(1);
const ANSWER: Answer = { request: "abcdefgh", kind: "declined", at: "2026-11-21T10:00:00.000Z", agency: "Harbor", caseNumber: "2026-1", lengthMs: 0, disclosure: "", back: "", note: "", reply: "", caseKey: "", named: "" };

test("R24: what is kept tells neither the request nor the answer, and no length gives it away", () => {
  const one = shelf();
  const two = shelf();
  new Answers(SEED, one).put(ANSWER);
  new Answers(SEED, two).put({ ...ANSWER, kind: "shared", lengthMs: 42_000, disclosure: "abcdefghijklmnopqrstuvwxyz" });
  const [row = ""] = [...one.rows.values()];
  const [other = ""] = [...two.rows.values()];
  for (const secret of ["abcdefgh", "declined", "Harbor", "2026-1"]) expect(row + [...one.rows.keys()].join()).not.toContain(secret);
  expect(row.length).toBe(other.length);
});

test("an answer is found again by the same person and by nobody else", () => {
  const place = shelf();
  new Answers(SEED, place).put(ANSWER);
  expect(new Answers(SEED, place).of("abcdefgh")).toEqual(ANSWER);
  expect(new Answers(new Uint8Array(32).fill(2), place).all()).toEqual([]);
});

test("a later answer takes the place of an earlier one, and can be taken back", () => {
  const book = new Answers(SEED, shelf());
  book.put(ANSWER);
  book.put({ ...ANSWER, kind: "hidden" });
  expect(book.all().map((one) => one.kind)).toEqual(["hidden"]);
  book.drop("abcdefgh");
  expect(book.all()).toEqual([]);
});

test("an altered shelf is forgotten rather than believed", () => {
  const place = shelf();
  const book = new Answers(SEED, place);
  book.put(ANSWER);
  const [key = "", value = ""] = [...place.rows][0] ?? [];
  place.setItem(key, value.slice(0, 40) + (value[40] === "A" ? "B" : "A") + value.slice(41));
  expect(book.all()).toEqual([]);
});

test("R24: whose requests a device does not show is kept beside the answers, and tells nobody by its length", () => {
  const [quiet, loud] = [shelf(), shelf()];
  const book = new Answers(SEED, quiet);
  expect(book.quiet).toEqual({ all: false, agencies: [] });
  book.quiet = { all: true, agencies: [{ id: "CA0380100", name: "Harbor" }] };
  new Answers(SEED, loud).put(ANSWER);
  expect(new Answers(SEED, quiet).quiet).toEqual({ all: true, agencies: [{ id: "CA0380100", name: "Harbor" }] });
  expect([...quiet.rows.keys()]).toEqual([...loud.rows.keys()]);
  expect([...quiet.rows.values()][0]?.length).toBe([...loud.rows.values()][0]?.length);
  book.put(ANSWER);
  expect(book.quiet.all).toBe(true); // an answer changes nothing of it
});
