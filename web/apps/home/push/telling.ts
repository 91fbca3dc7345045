/** From what a push says to what is shown. Pure; runs in the service worker. The browser decrypted it; our own hub wrote it. */
import { telling as w } from "../words/telling.ts";

/** What a push may hold; whatever is missing or of another form is left out. */
export interface Push {
  readonly id: string;
  /** For which of this browser's behests. */
  readonly to: string;
  readonly n: number;
  readonly kind: string;
  readonly at: number;
  readonly camera: string;
  readonly clip: string;
  readonly change: string;
  readonly state: string;
  /** Of what dispatch reports: its class in words, and which incident. */
  readonly what: string;
  readonly incident: string;
  /** Base64 of a small WebP. */
  readonly picture: string;
  readonly counts: Readonly<Record<string, number>>;
}
export interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly silent: boolean;
  readonly image: string | null;
  readonly timestamp: number;
  /** Where a click leads, behind `#/`. */
  readonly place: string;
}

const ID = /^[a-z2-7]{26}$/;
const INCIDENT = /^[0-9a-f]{32}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const LONGEST = 200;

/** Reads a push; null if it is none of ours. */
export function readPush(said: unknown): Push | null {
  if (said === null || typeof said !== "object") return null;
  const from = said as Record<string, unknown>;
  const text = (name: string): string => (typeof from[name] === "string" ? from[name].slice(0, LONGEST) : "");
  const id = (name: string): string => (ID.test(text(name)) ? text(name) : "");
  const at = Date.parse(text("at"));
  const n = from["n"];
  if (from["v"] !== 1 || !id("id") || Number.isNaN(at) || typeof n !== "number" || !Number.isSafeInteger(n) || n < 1) return null;
  const picture = from["picture"];
  const counts = Object.entries(from["counts"] !== null && typeof from["counts"] === "object" ? (from["counts"] as object) : {});
  return {
    id: id("id"),
    to: id("to"),
    n,
    kind: text("kind"),
    at,
    camera: text("camera"),
    clip: id("clip"),
    change: text("change"),
    state: text("state"),
    what: text("what"),
    incident: INCIDENT.test(text("incident")) ? text("incident") : "",
    picture: typeof picture === "string" && BASE64.test(picture) ? picture : "",
    counts: Object.fromEntries(counts.filter((one): one is [string, number] => Number.isSafeInteger(one[1]))),
  };
}

/** What to show. `clock` writes a time for people. A push that cannot be read is shown too: browsers ask for that. */
export function shownOf(push: Push | null, clock: (at: Date) => string): Shown {
  if (!push) return { title: w.unknown, body: w.unknownText, tag: "unknown", silent: false, image: null, timestamp: Date.now(), place: "" };
  const happened = [push.camera, clock(new Date(push.at))].filter(Boolean).join(" · ");
  const base = {
    body: happened,
    tag: push.id,
    silent: false,
    image: push.picture ? `data:image/webp;base64,${push.picture}` : null,
    timestamp: push.at,
    place: push.clip ? `alert/${push.clip}?d=${new Date(push.at).toISOString().slice(0, 10)}` : "",
  };
  switch (push.kind) {
    case "doorbell":
    case "person":
    case "vehicle":
    case "animal":
      return { ...base, title: w[push.kind] };
    case "package":
      return { ...base, title: push.change === "left" ? w.packageLeft : push.change === "taken" ? w.packageTaken : w.package };
    case "trouble":
      return push.state === "storage"
        ? { ...base, title: w.storage, body: w.storageText, place: "house" }
        : { ...base, title: w.away(push.camera), body: w.awayText, place: "house" };
    case "near": {
      const place = "neighbours";
      const n = push.counts["near"] ?? 0;
      if (n > 0) return { ...base, title: w.counts["near"]?.(n) ?? w.unknown, body: w.nearMany, place };
      const over = push.state === "over";
      // The same mark: that it is over takes the place of what was said before.
      const tag = push.incident || push.id;
      return over ? { ...base, title: w.nearOver(push.what), body: "", tag, silent: true, place } : { ...base, title: w.near(push.what), body: w.nearText(clock(new Date(push.at))), tag, place };
    }
    case "test":
      return { ...base, title: w.test, body: clock(new Date(push.at)), tag: "check", place: "alerts" };
    case "check":
      return { ...base, title: w.check, body: w.checkText, tag: "check", silent: true, place: "alerts" };
    case "day": {
      const counted = Object.entries(push.counts).flatMap(([kind, n]) => w.counts[kind]?.(n) ?? []);
      return { ...base, title: w.day, body: counted.join(", ") || w.dayNone, tag: "day" };
    }
    default:
      return { ...base, title: w.unknown };
  }
}
