// The household's book in the browser, by the vectors that Python wrote.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jcs, parseJcs } from "../jcs.ts";
import { accept, compareHeads, type Known, nextEpoch, RECOVERY_WAIT_MS } from "./book.ts";
import { b64, type Bytes, text, unhex, utf8 } from "./bytes.ts";
import { type Epoch, type EpochWire, openEpoch, readEpoch } from "./epoch.ts";
import { SealError } from "./errors.ts";
import { type MemberKeys, memberKeys, type SigningKey } from "./keys.ts";
import { type Notes, notesBytes, openNotes, readNotes } from "./notes.ts";
import type { Role, Roll } from "./roll.ts";
import { sheetOf } from "./sheet.ts";

const BOOK = JSON.parse(readFileSync(new URL("../../../vectors/seal/book.json", import.meta.url), "utf8"));
const WIRES = BOOK.epochs as Record<string, EpochWire>;
const HASHES = Object.fromEntries(Object.entries(WIRES).map(([name, wire]) => [name, readEpoch(wire).chainHash]));
const NOW = Date.parse(BOOK.now);
const DAY = "2026-11-22";
const wireOf = (name: string): EpochWire => WIRES[name] as EpochWire;
const keysOf = (name: string): Promise<MemberKeys> => memberKeys(unhex(BOOK.people[name].seed));
const nobody: Notes = { why: "changed", names: {}, guests: {}, mandated: [] };

interface Case {
  why: string;
  offer: string[];
  trusted: string[];
  pin: string | null;
  seen_hours_ago: Record<string, number>;
  pending: string | null;
  error: string | null;
  accepted: string[] | null;
  waiting: string | null;
}

function knownOf(given: Case): Known {
  const pin = given.pin ? readEpoch(wireOf(given.pin)) : null;
  return {
    trusted: given.trusted.map((name) => BOOK.people[name].sign_pub),
    pin: pin && { n: pin.n, hash: pin.chainHash },
    seen: Object.fromEntries(Object.entries(given.seen_hours_ago).map(([name, hours]) => [HASHES[name], NOW - hours * 3_600_000])),
  };
}

describe("R03 R05 a reader takes what its people signed and nothing else", () => {
  it.each(BOOK.cases as Case[])("$why", (given) => {
    const take = () =>
      accept(given.offer.map(wireOf), {
        household: BOOK.household,
        known: knownOf(given),
        now: NOW,
        pending: given.pending ? wireOf(given.pending) : null,
      });
    if (given.error) {
      expect(take).toThrow(expect.objectContaining({ code: given.error }));
      return;
    }
    const taken = take();
    expect(taken.chain.map(({ chainHash }) => chainHash)).toEqual(given.accepted?.map((name) => HASHES[name]));
    expect(taken.waiting?.chainHash ?? null).toBe(given.waiting && HASHES[given.waiting]);
    if (given.waiting) {
      const since = NOW - (given.seen_hours_ago[given.waiting] ?? 0) * 3_600_000;
      expect(taken.countsFrom).toBe(since + RECOVERY_WAIT_MS);
      expect(taken.known.seen).toEqual({ [HASHES[given.waiting] as string]: since });
    }
    const head = taken.chain.at(-1);
    if (head) expect(taken.known.pin).toEqual({ n: head.n, hash: head.chainHash });
  });
});

it("R03 a hub that was shown another book is found out by its head, and one that lags behind is known to", () => {
  const { chain } = accept(["a0", "a1", "a2", "b3"].map(wireOf), { household: BOOK.household, known: { trusted: [], pin: null, seen: {} }, now: NOW });
  const told = (name: string) => compareHeads(chain, { n: readEpoch(wireOf(name)).n, hash: HASHES[name] as string });
  expect([told("b3"), told("a2"), told("a3"), told("a4")]).toEqual(["same", "behind", "other", "other"]);
});

it("R03 a recovery counts a day after this reader saw it, and not before", () => {
  const offered = ["a0", "a1", "a2", "r3", "c4"].map(wireOf);
  const look = (known: Known, hours: number) => accept(offered, { household: BOOK.household, known, now: NOW + hours * 3_600_000 });
  const first = look({ trusted: [BOOK.people.alice.sign_pub], pin: null, seen: {} }, 0);
  const again = look(first.known, 23.9);
  expect([first.chain.length, again.chain.length]).toEqual([3, 3]);
  expect(again.countsFrom).toBe(NOW + RECOVERY_WAIT_MS);
  const later = look(again.known, 24);
  expect([later.chain.length, later.waiting, later.known.seen]).toEqual([5, null, {}]);
});

it("R05 R52 secret and notes open for whom they are and for nobody else", async () => {
  const said = BOOK.opening;
  const epoch = readEpoch(wireOf(said.epoch));
  for (const name of [...Object.keys(BOOK.people), "sheet", "hub"]) {
    const identity =
      name === "hub" ? BOOK.hub_identity : name === "sheet" ? (await sheetOf(unhex(BOOK.sheet))).keys.age.secret : (await keysOf(name)).age.secret;
    const secret = openEpoch(epoch, [identity]);
    if (said.secret_for.includes(name)) expect(await secret).toMatch(/^AGE-SECRET-KEY-PQ-1/);
    else await expect(secret, name).rejects.toMatchObject({ code: "not_for_us" });
    const notes = openNotes(epoch, [identity]);
    if (said.notes_for.includes(name)) expect(await notes).toEqual(said.notes);
    else await expect(notes, name).rejects.toMatchObject({ code: "not_for_us" });
  }
  await expect(openEpoch(readEpoch(wireOf("destroyed-1")), [(await keysOf("alice")).age.secret])).rejects.toMatchObject({ code: "not_for_us" });
  await expect(openNotes(readEpoch(wireOf("without-notes-1")), [(await keysOf("alice")).age.secret])).rejects.toMatchObject({ code: "malformed" });
});

describe("a text that is no statement is refused", () => {
  const { of, changes } = BOOK.bad_statements;
  const whole = parseJcs(wireOf(of).statement);
  it.each(changes as { why: string; change: Record<string, never> }[])("$why", ({ change }) => {
    const statement = text(jcs({ ...whole, ...change }));
    expect(() => readEpoch({ ...wireOf(of), statement })).toThrow(expect.objectContaining({ code: "malformed" }));
  });
  it("in another spelling, or without its author", () => {
    const { by: _, ...rest } = whole;
    for (const statement of [JSON.stringify(whole, null, 1), text(jcs(rest))]) {
      expect(() => readEpoch({ ...wireOf(of), statement })).toThrow(expect.objectContaining({ code: "malformed" }));
    }
  });
});

describe("notes", () => {
  const roll = readEpoch(wireOf(BOOK.notes.epoch)).book as Roll;
  it("are written as Python writes them", () => {
    const whole = utf8(BOOK.notes.text);
    expect(notesBytes(readNotes(whole, roll), roll)).toEqual(whole);
    expect(whole).toHaveLength(4096);
  });
  it.each(BOOK.bad_notes as { why: string; text: string }[])("of another form are refused: $why", (given) => {
    expect(() => readNotes(utf8(given.text), roll)).toThrow(expect.objectContaining({ code: "malformed" }));
  });
});

describe("a book written here", () => {
  const household = "h".repeat(26);

  async function rollOf(members: Record<string, Role>): Promise<Roll> {
    const sheet = await sheetOf(unhex(BOOK.sheet));
    const listed = Object.entries(members).map(async ([name, role]) => {
      const keys = await keysOf(name);
      return { account: BOOK.people[name].account, sign_pub: b64(keys.signing.public), age_recipient: keys.age.recipient, role };
    });
    return { members: await Promise.all(listed), hubs: [], recovery: sheet.public };
  }

  async function grow(...steps: [Record<string, Role>, SigningKey][]): Promise<Epoch[]> {
    const chain: Epoch[] = [];
    for (const [members, signer] of steps) {
      const made = await nextEpoch({ household, after: chain.at(-1), roll: await rollOf(members), notes: nobody, signer, day: DAY });
      chain.push(made.epoch);
    }
    return chain;
  }

  it("R52 what a removed member kept opens no later key", async () => {
    const [alice, bob] = await Promise.all([keysOf("alice"), keysOf("bob")]);
    const both: Record<string, Role> = { alice: "owner", bob: "owner" };
    const chain = await grow([both, alice.signing], [both, bob.signing], [{ alice: "owner" }, alice.signing], [{ alice: "owner" }, alice.signing]);
    const kept = [bob.age.secret];
    for (const epoch of chain.slice(0, 2)) kept.push(await openEpoch(epoch, [bob.age.secret]));
    for (const epoch of chain.slice(2)) {
      await expect(openEpoch(epoch, kept)).rejects.toMatchObject({ code: "not_for_us" });
      await expect(openNotes(epoch, kept)).rejects.toMatchObject({ code: "not_for_us" });
      expect(await openEpoch(epoch, [alice.age.secret])).toMatch(/^AGE-SECRET-KEY-PQ-1/);
    }
    const taken = accept(
      chain.map(({ wire }) => wire),
      { household, known: { trusted: [b64(alice.signing.public)], pin: null, seen: {} }, now: NOW },
    );
    expect(taken.chain).toHaveLength(4);
  });

  it("is not written by who is no owner", async () => {
    const [alice, bob, thief] = await Promise.all(["alice", "bob", "thief"].map(keysOf));
    const start: [Record<string, Role>, SigningKey] = [{ alice: "owner", bob: "member" }, alice!.signing];
    for (const one of [bob, thief]) {
      await expect(grow(start, [{ bob: "owner" }, one!.signing])).rejects.toMatchObject({ code: "altered" });
    }
    await expect(grow([{ bob: "member" }, bob!.signing])).rejects.toMatchObject({ code: "malformed" });
  });
});

it("whatever is put into a server's answer, our own error comes of it and no other", () => {
  const names = Object.keys(WIRES);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.constantFrom("statement", "sig", "sealed"), fc.nat(9_000), fc.string({ minLength: 1 }), (name, field, at, more) => {
      const wire: EpochWire = { ...wireOf(name) };
      const changed = { ...wire, [field]: wire[field as "sig"].slice(0, at) + more + wire[field as "sig"].slice(at) };
      try {
        accept([changed], { household: BOOK.household, known: { trusted: [], pin: null, seen: {} }, now: NOW });
      } catch (error) {
        return error instanceof SealError;
      }
      return false;
    }),
    { numRuns: 60 },
  );
});

it("any bytes as statement or notes are refused as malformed", () => {
  const roll = readEpoch(wireOf("a2")).book as Roll;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (data, statement) => {
      expect(() => readNotes(data as Bytes, roll)).toThrow(expect.objectContaining({ code: "malformed" }));
      expect(() => readEpoch({ statement, sig: "", sealed: "" })).toThrow(expect.objectContaining({ code: "malformed" }));
    }),
    { numRuns: 100 },
  );
});
