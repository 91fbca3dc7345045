/** What the hub says of alerts in its status box, and what follows from it for this browser. Pure. */
import { list, nullable, num, obj, oneOf, type Read, str } from "../../../core/api/shape.ts";
import { type Mode, MODES, type Turn, turn } from "../../../core/push/behest.ts";

export interface AlertsWord {
  mode: Mode;
  turns: Turn[];
  devices: { device: string; n: number; sent: string; state: string }[];
}
export const alertsWord: Read<AlertsWord | null> = nullable(
  obj<AlertsWord>({ mode: oneOf(MODES), turns: list(turn), devices: list(obj({ device: str, n: num, sent: str, state: str })) }),
);

/** How this browser's alerts go: not known to the hub yet, fine, or why not. */
export type Flow = { readonly kind: "unknown" | "fine" | "gone" | "away" | "refused" } | { readonly kind: "stopped"; readonly lost: number };

/** A push may be as long under way before it counts as lost: a phone that sleeps lets it wait. */
export const UNDER_WAY_MS = 15 * 60_000;

/** Compares what the hub sent with what came here. `now` is in ms since 1970. */
export function flowOf(word: AlertsWord | null, device: string, arrived: { readonly n: number } | null, now: number): Flow {
  const own = word?.devices.find((one) => one.device === device);
  if (!own) return { kind: "unknown" };
  if (own.state === "gone" || own.state === "refused") return { kind: own.state };
  const lost = own.n - (arrived?.n ?? 0);
  if (lost > 0 && own.state === "ok" && now - Date.parse(own.sent) > UNDER_WAY_MS) return { kind: "stopped", lost };
  return { kind: own.state === "away" ? "away" : "fine" };
}
