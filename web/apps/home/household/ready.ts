/** What must be settled by a person before another page of the book is written.
 *
 *  Holds:   a recovery that waits is voided by whoever objects, and by no other change; no owner and no hub is signed out
 *           because the server names them no more: a person at the device says that they left.
 *  Absent:  other members and guests, who are left out of the next page once the server names them no more. A lying server
 *           takes sight from them that way, which it can do anyway; they are invited anew.
 */
import { ApiError } from "../../../core/api/client.ts";
import type { House, Person } from "./house.ts";
import { words } from "../words.ts";

/** What a person answered or asked for, along with a change. */
export interface Said {
  /** Ids of owners and hubs that left, as the person confirmed. */
  readonly answered?: readonly string[];
  /** The change is an objection to the recovery that waits. */
  readonly objects?: boolean;
}

/** A change that has to wait for a person's answer; in words, as an error of the server's. */
export class Unready extends ApiError {
  constructor(code: "absent" | "waiting" | "counted") {
    const { what, kept, todo } = words.people.unready[code];
    super(`house.${code}`, what, kept, todo, 409);
  }
}

/** Whether somebody is of the next page unless a person says otherwise. */
export const stays = ({ gone, role }: Pick<Person, "gone" | "role">): boolean => !gone || role === "owner";

export interface Absent {
  readonly owners: readonly Person[];
  /** Their ids. */
  readonly hubs: readonly string[];
}

/** Owners and hubs of the signed list that the server names no more. */
export function absent(house: Pick<House, "people" | "book" | "told">): Absent {
  const here = new Set(house.told.hubs.map(({ hub }) => hub));
  return {
    owners: house.people.filter(({ gone, role }) => gone && role === "owner"),
    hubs: (house.book?.hubs ?? []).map(({ hub }) => hub).filter((hub) => !here.has(hub)),
  };
}

export const idsOf = ({ owners, hubs }: Absent): string[] => [...owners.map(({ account }) => account), ...hubs];

/** Whether the server lets the recovery count already that this device still waits for: nobody can object any more. */
export const isCounted = ({ waiting, told }: Pick<House, "waiting" | "told">): boolean =>
  Boolean(waiting && told.epochs.some(({ statement }) => statement === waiting.wire.statement));

/** Throws Unready while a person has to say something first. */
export function checkReady(house: Pick<House, "people" | "book" | "told" | "waiting">, said: Said = {}): void {
  if (isCounted(house)) throw new Unready("counted");
  if (house.waiting && !said.objects) throw new Unready("waiting");
  if (!said.objects && idsOf(absent(house)).some((id) => !said.answered?.includes(id))) throw new Unready("absent");
}
