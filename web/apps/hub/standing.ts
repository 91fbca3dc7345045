/** How the hub stands, in one sentence. Pure. */
import type { Part } from "./api.ts";
import { words } from "./words.ts";

export function standing(parts: readonly Pick<Part, "state">[]): string {
  const w = words.health;
  const bad = parts.filter((part) => part.state === "bad").length;
  const warn = parts.filter((part) => part.state === "warn").length;
  return bad > 0 ? w.bad(bad) : warn > 0 ? w.look(warn) : w.calm;
}
