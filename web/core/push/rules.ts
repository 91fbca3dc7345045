/** Whether a browser is told of something: twin of fanlight.hub.push.rules, so that the app can say what will happen.
 *  The hub decides; vectors/push/rules.json holds both to the same answers. */
import type { Choices, Kind, Mode, When } from "./behest.ts";

export const DEFAULTS: Readonly<Record<Kind, When>> = {
  doorbell: "always",
  person: "always",
  package: "always",
  vehicle: "never",
  animal: "never",
  trouble: "always",
};
export type Verdict = "tell" | "off" | "kind" | "home" | "even" | "quiet" | "rest";

export interface Happening {
  readonly kind: Kind;
  /** Empty: the hub itself. */
  readonly camera: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Minutes since midnight by the home's clock. */
  readonly minute: number;
}

/** What was chosen for a kind at a camera. */
export const whenOf = (choices: Choices, camera: string, kind: Kind): When => choices.cameras[camera]?.[kind] ?? choices.kinds[kind] ?? DEFAULTS[kind];

/** `tell`, or why not. `lastTold` is when this browser was last told of the same kind at the same camera. */
export function decide(choices: Choices, mode: Mode, { kind, camera, at, minute }: Happening, lastTold: number | null): Verdict {
  const chosen = whenOf(choices, camera, kind);
  const bell = kind === "doorbell";
  const since = lastTold === null ? null : (at - lastTold) / 1000;
  if (mode === "off") return "off";
  if (chosen === "never") return "kind";
  if (chosen === "away" && mode !== "away") return "home";
  if (choices.pace === "even") return "even";
  if (choices.quiet && isWithin(choices.quiet, minute) && !(bell && choices.bell_through)) return "quiet";
  if (!bell && since !== null && since >= 0 && since < choices.rest_s) return "rest";
  return "tell";
}

/** Whether a minute of the day lies in quiet hours; the end does not. Equal ends are never. */
export function isWithin({ start, end }: { readonly start: string; readonly end: string }, minute: number): boolean {
  const [from, to] = [minuteOf(start), minuteOf(end)];
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to;
}

const minuteOf = (hour: string): number => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3, 5));
