/** A chosen role, read: what a guest may see is whole, or it is said what is missing. */
import type { Guest } from "../../../core/seal/notes.ts";
import { endOfDay } from "./folk.ts";
import type { Chosen } from "./RoleChoice.svelte";
import { words } from "../words.ts";

const WEEK_MS = 7 * 86_400_000;

export function nothingChosen(now = new Date()): Chosen {
  const day = new Date(now.getTime() + WEEK_MS);
  const two = (value: number): string => String(value).padStart(2, "0");
  return { role: "member", cameras: [], every: true, until: `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}` };
}

export type Read = { readonly guest: Guest | null; readonly problem: { cameras: string; until: string }; readonly ok: boolean };

export function readChoice(chosen: Chosen): Read {
  const problem = { cameras: "", until: "" };
  if (chosen.role !== "guest") return { guest: null, problem, ok: true };
  const until = endOfDay(chosen.until);
  if (!chosen.every && chosen.cameras.length === 0) problem.cameras = words.people.whichNone;
  if (!until) problem.until = words.people.endBad;
  const ok = !problem.cameras && until !== null;
  return { guest: ok ? { cameras: chosen.every ? null : chosen.cameras, until } : null, problem, ok };
}
