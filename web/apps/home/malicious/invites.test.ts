// A server that answers an invitation in another's place, or lets somebody else answer.
import { beforeAll, expect, test } from "vitest";
import { inviteCode, inviteTag, inviteTagHolds } from "../../../core/seal/safety.ts";
import { inviteLink, newInvitation } from "../household/invitation.ts";
import { readInviteLink } from "../household/invite-link.ts";
import { loadHouse } from "../household/house.ts";
import { Pins } from "../household/pins.ts";
import { answer, halvesOf, HOUSEHOLD, invent, member, memory, page, type People, toldTo } from "./lying.ts";

let people: People;
beforeAll(async () => {
  people = await invent();
});

test("R03 R05 an answer that was not made with the link is refused before any digits are shown", () => {
  const { invite, secret } = newInvitation();
  const bob = halvesOf(people.bob);
  const thief = halvesOf(people.thief);
  const tag = inviteTag(secret, invite, bob);
  expect(inviteTagHolds(tag, secret, invite, bob)).toBe(true);
  expect(inviteTagHolds(tag, secret, invite, thief)).toBe(false); // the server puts its own keys beside a true answer
  expect(inviteTagHolds(tag, secret, newInvitation().invite, bob)).toBe(false); // and into another invitation
  expect(inviteTagHolds(inviteTag(newInvitation().secret, invite, thief), secret, invite, thief)).toBe(false);
});

test("R03 R05 a link that the server exchanged gives the two sides other digits", () => {
  const true_ = newInvitation();
  const forged = { ...newInvitation(), invite: true_.invite };
  const [alice, bob, thief] = [people.alice, people.bob, people.thief].map(halvesOf) as [ReturnType<typeof halvesOf>, ReturnType<typeof halvesOf>, ReturnType<typeof halvesOf>];
  expect(readInviteLink(inviteLink("https://server.example", true_))).toEqual(true_);
  const here = inviteCode(true_.secret, true_.invite, alice, bob);
  expect(inviteCode(true_.secret, true_.invite, alice, bob)).toBe(here);
  const others = [
    inviteCode(forged.secret, true_.invite, alice, bob),
    inviteCode(true_.secret, true_.invite, alice, thief),
    inviteCode(true_.secret, true_.invite, thief, bob),
  ];
  // Six digits may agree by chance, one time in a million each: all three at once never do.
  expect(others.every((code) => code === here)).toBe(false);
});

test("R03 R05 who was invited takes no household whose book the inviter did not sign", async () => {
  const forged = (await page(people, undefined, people.thief, [member(people.thief, "t", "owner"), member(people.bob, "c", "member")])).epoch;
  const true_ = (await page(people, undefined, people.alice, [member(people.alice, "b", "owner"), member(people.bob, "c", "member")])).epoch;
  const pins = new Pins(people.bob.signing.public, HOUSEHOLD, memory());
  pins.trust(halvesOf(people.alice).sign_pub); // as the page for joining does
  expect((await loadHouse(toldTo(people.bob, answer([true_])), pins)).people).toHaveLength(2);
  const again = new Pins(people.bob.signing.public, HOUSEHOLD, memory());
  again.trust(halvesOf(people.alice).sign_pub);
  await expect(loadHouse(toldTo(people.bob, answer([forged])), again)).rejects.toMatchObject({ code: "altered" });
});
