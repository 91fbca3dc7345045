// Decisions about who is of the household, without a server.
import fc from "fast-check";
import { expect, test } from "vitest";
import { inviteLink, newInvitation, spaced } from "./invitation.ts";
import { readInviteLink } from "./invite-link.ts";
import { endOfDay } from "./folk.ts";
import type { House, Person } from "./house.ts";
import { changing, joining, lettingGo, objecting, overdue, removing, signingOut } from "./members.ts";
import { checkReady, Unready } from "./ready.ts";
import { words } from "../words.ts";
import { twoPlaces } from "../sheet/paper.ts";
import { daysBetween, fileSafe } from "../held/taking.ts";

const halves = (n: number) => ({ account: String.fromCharCode(97 + n).repeat(26), sign_pub: `key ${n}`, age_recipient: `age ${n}` });
const person = (n: number, more: Partial<Person> = {}): Person => ({ ...halves(n), role: "member", name: null, you: false, guest: null, gone: false, ...more });
const house = (people: Person[], more: object = {}): House =>
  ({ people, mine: true, book: { day: "2026-11-02", hubs: [] }, told: { hubs: [], epochs: [] }, notes: null, waiting: null, ...more }) as unknown as House;

test("R52 who left is in no list that is written after, whatever the change is", () => {
  const here = house([person(0, { role: "owner", you: true }), person(1, { gone: true }), person(2)]);
  for (const decide of [joining(halves(3), "Dee", "member", null), removing(halves(2).account), changing(halves(2).account, { role: "owner" })]) {
    expect(decide(here)?.members?.map((one) => one.account)).not.toContain(halves(1).account);
  }
});

test("R05 somebody who was let in already is not written a second time", () => {
  expect(joining(halves(1), "Bo", "member", null)(house([person(0, { role: "owner" }), person(1)]))).toBeNull();
  expect(removing(halves(5).account)(house([person(0, { role: "owner" })]))).toBeNull();
});

test("R03 an owner's device owes a new key after a member left or a month turned, and otherwise none", () => {
  const owner = person(0, { role: "owner", you: true });
  expect(overdue(house([owner]), "2026-11-30")).toBeNull();
  expect(overdue(house([owner]), "2026-12-01")?.why).toBe("month");
  expect(overdue(house([owner, person(1, { gone: true })]), "2026-11-30")?.why).toBe("left");
  expect(overdue(house([owner, person(1, { gone: true })], { mine: false }), "2026-12-01")).toBeNull();
});

const owners = () => [person(0, { role: "owner", you: true }), person(1, { role: "owner", gone: true }), person(2, { gone: true })];
const without = () => house(owners(), { book: { day: "2026-11-02", hubs: [{ hub: "h" }, { hub: "i" }] }, told: { hubs: [{ hub: "i" }], epochs: [] } });

test("R52 R05 an owner and a hub are signed out after a person said that they left, and not before", () => {
  const here = without();
  expect(overdue(here, "2026-12-01")).toBeNull();
  const invited = joining(halves(3), "Dee", "member", null)(here);
  expect(invited?.members?.map(({ account }) => account)).toEqual([0, 1, 3].map((n) => halves(n).account));
  expect(() => checkReady(here, invited ?? {})).toThrow(Unready);
  const one = signingOut([halves(1).account])(here);
  expect([one?.members?.length, one?.hubs]).toEqual([1, [{ hub: "h" }, { hub: "i" }]]);
  expect(() => checkReady(here, one ?? {})).toThrow(Unready); // of the hub nobody was asked
  const both = signingOut([halves(1).account, "h"])(here);
  expect(both).toMatchObject({ why: "left", hubs: [{ hub: "i" }] });
  expect(() => checkReady(here, both ?? {})).not.toThrow();
  expect(signingOut([halves(0).account, "i"])(here)).toBeNull(); // those are there
});

test("R52 a hub that is taken out is of no list after, and no other goes with it", () => {
  const here = house([person(0, { role: "owner", you: true })], { book: { day: "2026-11-02", hubs: [{ hub: "h" }, { hub: "i" }] }, told: { hubs: [{ hub: "h" }, { hub: "i" }], epochs: [] } });
  expect(lettingGo("h")(here)).toEqual({ why: "hub", hubs: [{ hub: "i" }], answered: ["h"] });
  expect(lettingGo("none")(here)).toBeNull(); // somebody else was quicker
});

test("R03 R52 a recovery that waits is voided by an objection and by no other change; one that counts already by none", () => {
  const people = [person(0, { role: "owner", you: true }), person(2, { gone: true })];
  const waiting = { wire: { statement: "back" } };
  const here = house(people, { waiting });
  expect(overdue(here, "2026-12-01")).toBeNull();
  expect(() => checkReady(here, joining(halves(3), "Dee", "member", null)(here) ?? {})).toThrow(Unready);
  expect(() => checkReady(here, objecting(here) ?? {})).not.toThrow();
  expect(objecting(house(people))).toBeNull();
  const counted = house(people, { waiting, told: { hubs: [], epochs: [{ statement: "back" }] } });
  expect(() => checkReady(counted, objecting(counted) ?? {})).toThrow(words.people.unready.counted.what);
});

test("an invitation reads back from its link, and nothing else is one", () => {
  const made = newInvitation();
  expect(readInviteLink(inviteLink("https://town.example", made))).toEqual(made);
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (text) => {
      const read = readInviteLink(text);
      expect(read === null || inviteLink("", read).endsWith(text.slice(text.indexOf("#")))).toBe(true);
    }),
  );
  expect(spaced("482913")).toBe("482 913");
});

test("two different places are asked for, in their order", () => {
  fc.assert(
    fc.property(fc.nat(23), fc.nat(22), (a, b) => {
      const drawn = [a, b];
      const [one, two] = twoPlaces(24, () => drawn.shift() ?? 0);
      expect(one).toBeLessThan(two);
      expect(two).toBeLessThan(24);
    }),
  );
});

test("a guest's end lies from tomorrow on within a year, and days run from the first to the last", () => {
  const now = new Date("2026-11-22T12:00:00Z");
  expect(endOfDay("2026-11-21", now)).toBeNull();
  expect(endOfDay("2026-11-24", now)).toMatch(/^2026-11-2[45]T/);
  expect(endOfDay("2028-01-01", now)).toBeNull();
  expect(endOfDay("soon", now)).toBeNull();
  expect(daysBetween("2026-10-30", "2026-11-01")).toEqual(["2026-10-30", "2026-10-31", "2026-11-01"]);
  expect(daysBetween("2026-11-02", "2026-11-01")).toEqual([]);
  expect(fileSafe("../a/b:c")).toBe(".._a_b_c");
});
