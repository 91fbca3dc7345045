/** How a camera is, in a word, with its icon. Pure. */
import type { CameraView } from "./api.ts";
import { words } from "./words.ts";

export interface State {
  readonly kind: "ok" | "wait" | "care";
  readonly text: string;
  readonly icon: string;
}

const CONNECTS_MS = 8000;

/** Words for a camera's state; one that this page does not know yet is called by the hub's own note. */
export function stateOf({ state, since, record, note, privacy }: Pick<CameraView, "state" | "since" | "record" | "note" | "privacy">, now = new Date()): State {
  const at = since ? new Date(since) : now;
  const w = words.states;
  switch (state) {
    case "recording":
      if (privacy.active === "waiting") return { kind: "wait", text: w.waiting, icon: "hourglass" };
      return { kind: "ok", text: record === "off" ? w.watching : words.records[record], icon: "check-circle" };
    case "watching":
      return { kind: "ok", text: w.watching, icon: "eye" };
    case "away":
      // A camera that was just added, or a hub that just began, has not had its chance yet.
      if (now.getTime() - at.getTime() < CONNECTS_MS) return { kind: "wait", text: w.starting, icon: "hourglass" };
      return { kind: "care", text: w.away(at), icon: "camera-slash" };
    case "refused":
      return { kind: "care", text: w.refused(at), icon: "camera-slash" };
    case "unreadable":
      return { kind: "care", text: w.unreadable(at), icon: "camera-slash" };
    case "unkept":
      return { kind: "care", text: w.unkept(at), icon: "camera-slash" };
    case "off":
      if (privacy.active === "waiting") return { kind: "wait", text: w.waiting, icon: "hourglass" };
      return { kind: "wait", text: w.off, icon: "minus-circle" };
    default:
      return { kind: "wait", text: note || w.starting, icon: "hourglass" };
  }
}
