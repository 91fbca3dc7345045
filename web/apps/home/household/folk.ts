/** How people and cameras are called on this device. */
import type { HubWord } from "./home.svelte.ts";
import type { House, Person } from "./house.ts";
import { words } from "../words.ts";

export const nameOf = (person: Pick<Person, "name">): string => person.name ?? words.people.unnamed;

/** Names of cameras by id, as the hub told last. */
export const camerasOf = (hub: HubWord): ReadonlyMap<string, string> =>
  new Map(hub.kind === "heard" ? hub.status.cameras.map((camera) => [camera.id, camera.name]) : []);

/** When a recovery that waits will count: by this device's clock, and by the server's days. */
export const countsFrom = (house: House): Date =>
  new Date(Math.max(house.countsFrom ?? 0, Date.parse(`${house.told.pending?.due ?? "1970-01-01"}T00:00:00Z`)));

/** The end of a local day as the signed list has it; null for what is no day from tomorrow on, within a year. */
export function endOfDay(day: string, now = new Date()): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const end = new Date(`${day}T23:59:59.000`);
  const days = (end.getTime() - now.getTime()) / 86_400_000;
  return Number.isFinite(days) && days > 1 && days < 367 ? end.toISOString() : null;
}
