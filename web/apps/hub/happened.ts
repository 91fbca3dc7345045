/** An event in a sentence. Pure. */
import type { EventView } from "./api.ts";
import { words } from "./words.ts";

export function happened({ label, change }: Pick<EventView, "label" | "change">): string {
  const w = words.footage;
  if (label === "package" && change === "left") return w.left;
  if (label === "package" && change === "taken") return w.taken;
  return w.happened[label] ?? w.something;
}
