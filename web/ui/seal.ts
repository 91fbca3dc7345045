/** The five panes of a seal and the words that go with them. */
import { words } from "./words.ts";

/** `wait`: not looked at yet. `unknown`: could not be looked at. */
export type PaneState = "holds" | "fails" | "wait" | "unknown";

export interface Pane {
  readonly label: string;
  readonly state: PaneState;
  /** How it was checked, or what was found. */
  readonly detail: string;
}

/** What the seal says in words: the first thing that is wrong, else how far the checks got. */
export function sealSentence(panes: readonly Pane[]): string {
  const w = words.seal;
  if (panes.some((pane) => pane.state === "fails")) return w.altered;
  const held = panes.filter((pane) => pane.state === "holds").length;
  if (held === panes.length) return w.whole;
  if (panes.every((pane) => pane.state === "wait")) return w.unchecked;
  if (panes.some((pane) => pane.state === "wait")) return w.checking(held, panes.length);
  return panes.at(-1)?.state === "unknown" && held === panes.length - 1 ? w.noRecord : w.partly(held, panes.length);
}
