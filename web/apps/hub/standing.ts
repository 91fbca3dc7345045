/** How the hub stands, in one sentence. Pure. */
import type { Part } from "./api.ts";
import { words } from "./words.ts";

/** How the cameras stand, in one line: only one that does what it is to do "works". */
export function wall(cameras: readonly { readonly kind: "ok" | "wait" | "care"; readonly text: string }[]): string {
  const w = words.cameras;
  const [only] = cameras;
  const good = cameras.filter(({ kind }) => kind === "ok").length;
  if (good === cameras.length) return w.all(cameras.length);
  if (cameras.length === 1 && only) return only.text;
  const off = cameras.filter(({ text }) => text === words.states.off).length;
  const waiting = cameras.filter(({ kind }) => kind === "wait").length - off;
  return [w.some(good, cameras.length), off > 0 && w.off(off), waiting > 0 && w.waiting(waiting)].filter(Boolean).join(", ");
}

export function standing(parts: readonly Pick<Part, "state">[]): string {
  const w = words.health;
  const bad = parts.filter((part) => part.state === "bad").length;
  const warn = parts.filter((part) => part.state === "warn").length;
  return bad > 0 ? w.bad(bad) : warn > 0 ? w.look(warn) : w.calm;
}
