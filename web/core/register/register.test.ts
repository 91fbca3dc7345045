/** The register's twin in the browser, against vectors that Python wrote (docs/spec/register.md). */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHex } from "../bytes.ts";
import { type Json, jcsText } from "../jcs.ts";
import { signingKey } from "../seal/keys.ts";
import { offerText, readOffer } from "./appointing.ts";
import { digest, newId, onAppointment, onForce, onHearing, onVote, saying, signed, today } from "./statement.ts";
import { begins, holds, workFor } from "./work.ts";

const KNOWN = JSON.parse(readFileSync(new URL("../../../vectors/register/statements.json", import.meta.url), "utf8"));
const SAID = saying({ agreement: KNOWN.papers.agreement, papers: KNOWN.papers_sha256, pack: KNOWN.papers.pack }, KNOWN.saying.clerk, KNOWN.saying.day);
const key = signingKey(readHex(KNOWN.seed)!);

describe("what a clerk signs", () => {
  it("is written and signed as the server writes it, to the byte", () => {
    const vote = onVote(SAID, KNOWN.vote);
    const { appointed, ...clerk } = KNOWN.appointment;
    const made = {
      hearing: onHearing(SAID, KNOWN.hearing),
      voted: vote,
      rejected: onVote(SAID, { ...KNOWN.vote, ayes: 2 }),
      in_force: onForce(SAID, vote),
      appointment: onAppointment(clerk, appointed),
    };
    for (const [name, text] of Object.entries(made)) expect({ text, signature: signed(key, text) }).toEqual(KNOWN.statements[name]);
    expect(digest(KNOWN.papers_text)).toBe(KNOWN.papers_sha256);
  });
  it("is dated by the day that the register counts", () => {
    expect(today(new Date("2026-11-22T23:59:59-08:00"))).toBe("2026-11-23");
  });
  it("has ids of the register's form", () => {
    expect(newId()).toMatch(/^[a-z2-7]{26}$/);
    expect(newId()).not.toBe(newId());
  });
});

describe("an appointment on its way to the operator", () => {
  const document = "The board appoints M. Stone clerk.\n";
  const { appointed, ...clerk } = KNOWN.appointment;
  const statement = onAppointment(clerk, { ...appointed, document: digest(document) });
  const offer = { account: "a".repeat(26), statement, acceptance: signed(key, statement), document, handed_over_by: null, handover: null };
  it("is taken as it was signed", () => {
    expect(readOffer(offerText(offer))).toEqual({ offer, name: clerk.name, office: clerk.office, day: clerk.day });
  });
  it("is refused with other words, another signature, another statement, or as another text", () => {
    const other = { ...offer, statement: onAppointment({ ...clerk, name: "M. Brick" }, { ...appointed, document: digest(document) }) };
    const bad = [{ ...offer, document: `${document} ` }, { ...offer, acceptance: signed(key, `${statement} `) }, other];
    expect([...bad.map(offerText), "", "[]", "{}", "null"].map(readOffer)).toEqual(Array(7).fill(null));
  });
  const signing = (text: string): string => offerText({ ...offer, statement: text, acceptance: signed(key, text) });
  const fields = JSON.parse(statement) as Record<string, Json>;
  const acts = fields.appointed as Record<string, Json>;
  it("is refused in another form, whoever signed it: spaces, order, a key twice", () => {
    const twice = statement.replace('"day":', '"day":"2020-01-01","day":');
    const turned = JSON.stringify(Object.fromEntries(Object.entries(fields).reverse()));
    for (const text of [JSON.stringify(fields, null, 1), `${statement} `, turned, twice, statement.replace('"v":1', '"v":1.0')]) {
      expect(JSON.parse(text)).toEqual(fields);
      expect(readOffer(signing(text))).toBeNull();
    }
    expect(readOffer(signing(statement))).not.toBeNull();
  });
  it("is refused with a field more or less, another version, or a value of another kind, whoever signed it", () => {
    const other = fc.jsonValue().filter((value) => typeof value !== "string") as fc.Arbitrary<Json>;
    const names = (from: Record<string, Json>): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(from));
    const fresh = (from: Record<string, Json>): fc.Arbitrary<string> => fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("state"), fc.constant("vote"), fc.constant("__proto__")).filter((name) => !Object.hasOwn(from, name));
    const but = (from: Record<string, Json>): fc.Arbitrary<Record<string, Json>> => {
      const set = (name: string, value: Json): Record<string, Json> => Object.fromEntries([...Object.entries(from), [name, value]]);
      const without = (name: string): Record<string, Json> => Object.fromEntries(Object.entries(from).filter(([known]) => known !== name));
      return fc.oneof(
        fc.tuple(fresh(from), fc.jsonValue() as fc.Arbitrary<Json>).map(([name, value]) => set(name, value)),
        fc.tuple(names(from), other).filter(([name, value]) => name !== "v" || value !== 1).map(([name, value]) => set(name, value)),
        names(from).map(without),
      );
    };
    const changed = fc.oneof(but(fields), but(acts).map((appointed) => ({ ...fields, appointed })), fc.constant({ ...fields, v: 2 }), fc.constant({ ...fields, v: "1" }));
    fc.assert(fc.property(changed, (made) => readOffer(signing(jcsText(made))) === null), { numRuns: 100 });
    const outer = { ...offer } as unknown as Record<string, Json>;
    fc.assert(fc.property(but(outer).filter((made) => jcsText(made) !== jcsText(outer)), (made) => readOffer(JSON.stringify(made)) === null), { numRuns: 100 });
  });
  it("is none if it is a statement on an agreement, or any other text that the key signed", () => {
    for (const { text } of Object.values(KNOWN.statements) as { text: string }[]) if (text !== KNOWN.statements.appointment.text) expect(readOffer(signing(text))).toBeNull();
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readOffer(signing(text)) === null), { numRuns: 100 });
  });
  it("is taken whatever the names, and is then what was read, to the letter", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(word, word, word, (name, office, body) => {
        const made = onAppointment({ ...clerk, name, office }, { ...appointed, body, document: digest(document) });
        const found = readOffer(signing(made));
        expect([found?.name, found?.office, found?.offer.statement]).toEqual([name, office, made]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a comment's computing", () => {
  it("is the same in both languages, and for these words only", () => {
    const { agreement, words, bits, first } = KNOWN.work;
    expect(workFor(agreement, words, bits)).toBe(first);
    expect(holds(agreement, words, first, bits)).toBe(true);
    expect(holds(agreement, `${words}!`, first, bits)).toBe(false);
  });
  it("is nothing where nothing is asked", () => {
    expect(workFor(SAID.agreement, "No.", 0)).toBe("");
  });
  it("counts bits from the first", () => {
    const hash = new Uint8Array(32).fill(255);
    hash[0] = 0;
    hash[1] = 0b0001_1111;
    expect([0, 8, 11, 12].map((bits) => begins(hash, bits))).toEqual([true, true, true, false]);
  });
});
