import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { areaM2, contains, type Outline } from "../../../core/geo/polygon.ts";
import { jcs } from "../../../core/jcs.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { memberKeys, verify } from "../../../core/seal/keys.ts";
import { signRequest } from "./asking.ts";
import { copiesDigest, firstHolders, keepers, makeCaseKey, openCaseKey, openOuter } from "./casekey.ts";
import { type Member, numberInCase, sweepOf } from "./cases.ts";
import { cornersText, moved, readCorners, resized, sizeText } from "./corners.ts";
import { type Draft, draftText, EMPTY, missing, readDraft } from "./draft.ts";
import { covers, factsOf, ringsOf } from "./facts.ts";
import { mendOf } from "./mends.ts";
import { aboveFloor, families, offences, readOffences } from "../../../ui/offences.ts";
import { fromField, hoursSince, lengthText, minutesBetween, published, toField } from "./times.ts";
import { findPhrases, findRecords } from "./wording.ts";

const square: Outline = [[-122.41, 37.775], [-122.405, 37.775], [-122.405, 37.779], [-122.41, 37.779]];
const whole: Draft = {
  caseNumber: "HD-2026-0417",
  offence: "220",
  purpose: "identify_suspect",
  words: "A flat was broken into. You are free to say no.",
  outline: square,
  from: "2026-11-20T12:00",
  to: "2026-11-20T14:00",
  emergency: false,
  sensitive: false,
};
const now = fromField("2026-11-21T12:00") as Date;
const known = { agencyKind: "municipal", agreementInForce: true, jurisdiction: [square], voteRecorded: true, numberInCase: 1, joined: { areaM2: 234_000, windowMin: 120 } };

test("R21: a draft keeps every field through storage, and a broken one is empty", () => {
  expect(readDraft(draftText(whole))).toEqual(whole);
  expect(readDraft(draftText({ ...whole, sensitive: true }))).toEqual({ ...whole, sensitive: true });
  expect(readDraft("{")).toEqual(EMPTY);
  expect(readDraft('{"outline":[["x",1]],"words":3}')).toEqual(EMPTY);
  expect(readDraft(null)).toEqual(EMPTY);
});

test("R21: what is missing is named in the order of the form", () => {
  expect(missing(whole)).toEqual([]);
  expect(missing(EMPTY)).toEqual(["caseNumber", "offence", "purpose", "words", "outline", "from", "to"]);
  expect(missing({ ...whole, to: whole.from })).toEqual(["to"]);
});

test("a time field gives back the minute it was given", () => {
  const time = fromField("2026-03-29T01:30") as Date;
  expect(toField(time)).toBe("2026-03-29T01:30");
  expect(fromField("2026-3-1T00:00")).toBeNull();
});

test("the public window is rounded out to four hours of UTC", () => {
  const [from, to] = published(new Date("2026-11-20T19:50:00Z"), new Date("2026-11-20T20:00:00Z"));
  expect([from.toISOString(), to.toISOString()]).toEqual(["2026-11-20T16:00:00.000Z", "2026-11-20T20:00:00.000Z"]);
  expect(hoursSince(new Date("2026-11-20T19:50:00Z"), new Date("2026-11-20T20:01:00Z"), new Date("2026-11-21T01:30:00Z"))).toBe(1);
  expect(minutesBetween(from, to)).toBe(240);
  expect([lengthText(780), lengthText(95), lengthText(0)]).toEqual(["13 h", "1 h 35 min", "0 min"]);
});

test("corners can be typed, and a wrong line is named", () => {
  expect(readCorners(cornersText(square))).toEqual({ kind: "corners", corners: square });
  expect(readCorners("\n-122.4;37.7\n")).toEqual({ kind: "corners", corners: [[-122.4, 37.7]] });
  expect(readCorners("-122.4, 37.7\nnorth")).toMatchObject({ kind: "wrong", line: 2 });
  expect(readCorners("37.7, -122.4")).toMatchObject({ kind: "wrong", line: 1 });
  expect(moved([0, 0], 0, 111.32)).toEqual([0, 0.001]);
  expect(sizeText(64_750)).toBe("0.025 sq mi");
});

test("R21: an area is made smaller around its middle", () => {
  const large = resized(square, areaM2(square), 1_200_000);
  expect(Math.abs(areaM2(large) - 1_200_000)).toBeLessThan(500);
  expect(contains(large, -122.4075, 37.777)).toBe(true);
});

test("R23: an offence below the floor is known as such before sending", () => {
  expect(aboveFloor(offences.get("35A") as never, "identify_suspect")).toBe(false);
  expect(aboveFloor(offences.get("220") as never, "identify_suspect")).toBe(true);
  expect(families().flatMap(([, list]) => list).every((offence) => offence.listed)).toBe(true);
  expect(readOffences('code,name,category\nX,"A, ""b""",C').get("X")?.name).toBe('A, "b"');
});

test("R25: a phrase that presses is found whatever its case, spacing or hidden characters", () => {
  expect(findPhrases("You MU\u00adST   help").map((found) => found.phrase)).toEqual(["must"]);
  expect(findPhrases("It is your civic\nduty.").map((found) => found.phrase)).toEqual(["civic duty"]);
  expect(findPhrases("mustard on the 800 Block of Bryant Street")).toEqual([]);
  expect(findPhrases("665 Castro Street or call 415-555-0100").map((found) => found.phrase)).toEqual(["a telephone number", "a house number"]);
});

type Wording = { why: string; words: string; found: string[]; records?: string[] };
const wording = JSON.parse(readFileSync(`${import.meta.dirname}/../../../../vectors/policy/wording.json`, "utf-8")) as Wording[];

test.each(wording)("R25: the page and the server name the same phrases: $why", ({ words, found, records }) => {
  expect(findPhrases(words).map(({ phrase }) => phrase)).toEqual(found);
  expect(findRecords(words).map(({ phrase }) => phrase)).toEqual(records ?? []);
});

test("R21: an empty draft is refused nothing, it only has open facts", () => {
  const { facts, open } = factsOf(EMPTY, known, now);
  expect(facts["has_case_number"]).toBe(true);
  expect([...open.keys()]).toContain("area_m2");
  expect(factsOf(whole, known, now).open).toEqual(new Map([["assembly_overlap", "server"]]));
});

test("R21: the facts of a draft say what is unlawful in it", () => {
  const { facts } = factsOf({ ...whole, to: "2026-11-21T13:00", words: "You must", outline: square.map(([lon, lat]) => [lon + 0.002, lat]) }, known, now);
  expect(facts).toMatchObject({ window_min: 1500, ends_in_future: true, words_plain: false, inside_jurisdiction: false });
});

test("a jurisdiction with a bay does not cover an outline across it", () => {
  const bay: Outline = [[0, 0], [10, 0], [10, 10], [6, 10], [5, 1], [4, 10], [0, 10]];
  expect(covers(bay, [[1, 2], [9, 2], [9, 3], [1, 3]])).toBe(false);
  expect(covers(bay, [[1, 0.2], [9, 0.2], [9, 0.8], [1, 0.8]])).toBe(true);
  expect(ringsOf({ type: "Polygon", coordinates: [bay] })).toEqual([bay]);
});

test("R21: requests split over case numbers are counted as one case, over hops too", () => {
  const row = (part: Partial<Draft>, state = "open") => {
    const { caseNumber, offence, outline, from, to } = { ...whole, ...part };
    return { case_number: caseNumber, offence, outline, start: (fromField(from) as Date).toISOString(), end: (fromField(to) as Date).toISOString(), state };
  };
  const near = square.map(([lon, lat]) => [lon + 0.003, lat] as const);
  const far = square.map(([lon, lat]) => [lon + 0.0085, lat] as const);
  expect(numberInCase(whole, [])).toBe(1);
  expect(numberInCase(whole, [row({})])).toBe(2);
  expect(numberInCase(whole, [row({}, "refused")])).toBe(1);
  expect(numberInCase(whole, [row({ caseNumber: "X-1", outline: near })])).toBe(2);
  expect(numberInCase(whole, [row({ caseNumber: "X-2", outline: far }), row({ caseNumber: "X-1", outline: near })])).toBe(3);
  expect(numberInCase(whole, [row({ caseNumber: "X-1", outline: far })])).toBe(1);
  expect(numberInCase(whole, [row({ caseNumber: "X-1", outline: near, offence: "23F" })])).toBe(2);
  expect(numberInCase(whole, [row({ caseNumber: "X-1", outline: near, offence: "23F", from: "2026-11-20T14:30", to: "2026-11-20T15:00" })])).toBe(1);
  expect(numberInCase(whole, [row({ caseNumber: "X-1", outline: near, from: "2026-11-18T12:00", to: "2026-11-18T13:00" })])).toBe(1);
});

type SweepVector = {
  why: string;
  request: Member;
  earlier: Member[];
  number_in_case: number;
  joined_area_m2: number;
  joined_window_min: number;
  others: number[];
};
const sweeps = JSON.parse(readFileSync(`${import.meta.dirname}/../../../../vectors/geo/sweeps.json`, "utf-8")) as SweepVector[];

test.each(sweeps)("R21: what is split is joined as the server joins it: $why", (vector) => {
  const { case_number, offence, outline, start, end } = vector.request;
  const draft: Draft = { ...whole, caseNumber: case_number, offence, outline: outline as Outline, from: toField(new Date(start)), to: toField(new Date(end)) };
  expect(numberInCase(draft, vector.earlier)).toBe(vector.number_in_case);
  const sweep = sweepOf(draft, vector.earlier);
  expect([sweep.areaM2, sweep.windowMin]).toEqual([vector.joined_area_m2, vector.joined_window_min]);
  expect(sweep.others).toEqual(vector.others.map((place) => vector.earlier[place]));
});

test("R21: a draft without place or time adjoins nothing, and its whole is not known", () => {
  const earlier = sweeps.flatMap(({ request }) => request);
  expect(sweepOf(EMPTY, earlier)).toEqual({ areaM2: null, windowMin: null, others: [] });
  expect(sweepOf({ ...whole, from: "" }, earlier).others).toEqual([]);
  expect(factsOf(EMPTY, { ...known, joined: sweepOf(EMPTY, earlier) }, now).open.get("joined_area_m2")).toBe("empty");
});

test("R21: one press shortens a window of 13 h to 12 h and ends a future one now", () => {
  const long = mendOf("window.most", { ...whole, to: "2026-11-21T01:00" }, now);
  expect(long).toMatchObject({ kind: "change", what: "shorten", draft: { to: "2026-11-21T00:00" } });
  expect(mendOf("window.past", { ...whole, to: "2026-11-22T01:00" }, now)).toMatchObject({ draft: { to: "2026-11-21T12:00" } });
  expect(mendOf("window.past", { ...whole, from: "2026-11-22T00:00", to: "2026-11-22T01:00" }, now)).toEqual({ kind: "go", field: "from" });
  expect(mendOf("asker.agreement", whole, now)).toBeNull();
});

const staffOf = async (...roles: string[]) => {
  const keys = await Promise.all(roles.map((_, n) => memberKeys(new Uint8Array(32).fill(n + 1))));
  return { keys, people: keys.map((one, i) => ({ account: String(i), name: "", role: roles[i] ?? "", age_recipient: one.age.recipient })) };
};

test("R26: a case key is sealed to who asks, supervisors and custodians, a copy each, and to nobody else", async () => {
  const { keys, people } = await staffOf("officer", "officer", "supervisor", "custodian");
  expect(firstHolders(people, "0").map(({ account }) => account)).toEqual(["0", "2", "3"]);
  const key = await makeCaseKey(people, "0");
  const opens = await Promise.all(
    key.copies.map(async ({ sealed }) =>
      Promise.all(keys.map((one) => openCaseKey(unb64(sealed), one.age.secret).then((found) => found.secret === key.identity.secret, () => false))),
    ),
  );
  expect(opens).toEqual([
    [true, false, false, false],
    [false, false, true, false],
    [false, false, false, true],
  ]);
  expect(key.recovery).toEqual([]); // one custodian: nobody recovers it
});

test("R26: of three custodians each two recover a key together, in their order, and none alone", async () => {
  const { keys, people } = await staffOf("officer", "custodian", "custodian", "custodian", "custodian");
  expect(keepers(people).map(({ account }) => account)).toEqual(["1", "2", "3"]);
  const key = await makeCaseKey(people, "0");
  const pairs = [[1, 2], [1, 3], [2, 3]] as const;
  expect(key.recovery).toHaveLength(pairs.length);
  for (const [i, [first, second]] of pairs.entries()) {
    const outer = key.recovery[i]?.sealed ?? "";
    await expect(openOuter(outer, keys[second]?.age.secret ?? "")).rejects.toMatchObject({ code: "not_for_us" });
    const inner = unb64(await openOuter(outer, keys[first]?.age.secret ?? ""));
    await expect(openCaseKey(inner, keys[first]?.age.secret ?? "")).rejects.toMatchObject({ code: "not_for_us" });
    expect(await openCaseKey(inner, keys[second]?.age.secret ?? "")).toEqual(key.identity);
  }
});

test("R21: what is signed is exactly what is sent, without the signature", async () => {
  const keys = await memberKeys(new Uint8Array(32).fill(7));
  const files = { copies: [{ reader: "00", sealed: "AA==" }], recovery: [] };
  const wire = signRequest({ ...whole, sensitive: true }, { identity: keys.age, ...files }, keys.signing);
  const { signature, copies, recovery, ...fields } = wire; // the copies are named by their hash, so that they can be destroyed
  expect(fields.copies_sha256).toBe(copiesDigest({ copies, recovery }));
  expect(() => verify(keys.signing.public, "request", jcs(fields), unb64(signature))).not.toThrow();
  expect(fields.sensitive).toBe(true);
  expect(fields.start).toBe((fromField(whole.from) as Date).toISOString());
});
