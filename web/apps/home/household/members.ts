/** Changes of who is of the household. Each is a new key, written and signed on an owner's device.
 *
 *  Holds:   a change is decided on the newest list: where somebody else was quicker, it is decided again on theirs.
 *  Absent:  pages and words.
 */
import { ApiError } from "../../../core/api/client.ts";
import type { Guest, Notes, Why } from "../../../core/seal/notes.ts";
import type { Member, PublicHalves, Role, Roll } from "../../../core/seal/roll.ts";
import type { Session } from "../../../ui/session.ts";
import { asMember, type House, loadHouse, turnPage } from "./house.ts";
import { absent, idsOf, type Said, stays } from "./ready.ts";

const TRIES = 4;

/** What is different from the list before; what is left out stays. */
export type Change = { readonly why: Why } & Partial<Roll> & Partial<Omit<Notes, "why">> & Said;
export type Decide = (house: House) => Change | null;

/** Writes a change. `decide` looks at the newest list and returns null where nothing is to be done. Throws ApiError, SealError. */
export async function change(session: Session, decide: Decide): Promise<House> {
  for (let tried = 1; ; tried++) {
    const house = await loadHouse(session);
    const wanted = decide(house);
    if (!wanted) return house;
    try {
      await turnPage(session, house, wanted.why, wanted);
      return await loadHouse(session);
    } catch (error) {
      const quicker = error instanceof ApiError && error.code === "accounts.epoch_taken";
      if (!quicker || tried === TRIES) throw error;
    }
  }
}

export const joining =
  (person: PublicHalves & { account: string }, name: string, role: Role, guest: Guest | null): Decide =>
  (house) =>
    house.people.some((one) => one.account === person.account && !one.gone)
      ? null
      : {
          why: "joined",
          members: [...staying(house, person.account), asMember({ ...person, role })],
          names: { [person.account]: name },
          ...(guest ? { guests: { [person.account]: guest } } : {}),
        };

export const removing =
  (account: string): Decide =>
  (house) =>
    house.people.some((one) => one.account === account) ? { why: "removed", members: staying(house, account), answered: [account] } : null;

/** Takes a hub out: nothing that it sends from then on is taken. */
export const lettingGo =
  (hub: string): Decide =>
  ({ book }) =>
    book?.hubs.some((one) => one.hub === hub) ? { why: "hub", hubs: book.hubs.filter((one) => one.hub !== hub), answered: [hub] } : null;

/** Signs out the owners and hubs of these ids, which the server names no more, after a person said that they left. */
export const signingOut =
  (left: readonly string[]): Decide =>
  (house) => {
    const { owners, hubs } = absent(house);
    const out = new Set([...owners.map(({ account }) => account), ...hubs].filter((id) => left.includes(id)));
    if (out.size === 0) return null;
    return {
      why: owners.some(({ account }) => out.has(account)) ? "left" : "hub",
      members: house.people.filter((one) => stays(one) && !out.has(one.account)).map(asMember),
      hubs: (house.book?.hubs ?? []).filter(({ hub }) => !out.has(hub)),
      answered: [...out],
    };
  };

/** Voids the recovery that waits. */
export const objecting: Decide = (house) => (house.waiting ? { why: "changed", objects: true } : null);

export const changing =
  (account: string, to: { role?: Role; name?: string; guest?: Guest | null }): Decide =>
  (house) => ({
    why: "changed",
    members: house.people.filter(stays).map((one) => asMember({ ...one, role: (one.account === account && to.role) || one.role })),
    ...(to.name ? { names: { [account]: to.name } } : {}),
    ...(to.guest ? { guests: { [account]: to.guest } } : {}),
  });

/** The next list where the present one lags behind: somebody left, a month turned. None while a person has to say something first. */
export function overdue(house: House, day = new Date().toISOString().slice(0, 10)): Change | null {
  const { book } = house;
  if (!house.mine || !book) return null; // old keys become a list with the first sheet
  if (house.waiting || idsOf(absent(house)).length > 0) return null;
  if (house.people.some((one) => !stays(one))) return { why: "left" };
  return book.day.slice(0, 7) < day.slice(0, 7) ? { why: "month" } : null;
}

const staying = (house: House, except: string): Member[] => house.people.filter((one) => stays(one) && one.account !== except).map(asMember);
