/** What went wrong, in three sentences; and figures in plain words. Pure. */
import { ApiError } from "../../core/api/client.ts";
import type { Trouble } from "../../ui/trouble.ts";
import { troubleOf as common } from "../../ui/trouble.ts";
import { LABELS, type Miss, type Stream } from "./api.ts";
import { words } from "./words.ts";

/** Sentences for an error at the hub. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ApiError && error.away) return words.trouble.away;
  return common(error, words.trouble.unknown);
}

/** Sentences for a camera that could not be tried: ours where we know which way it failed, else the hub's. */
export function tryTrouble(error: unknown): Trouble {
  const code = error instanceof ApiError ? error.code : "";
  const known = Object.entries(words.add.failed).find(([kind]) => code === `hub.try.${kind}`)?.[1];
  return known ? { ...known, code } : troubleOf(error);
}

/** "person, much noise" -> "People, much noise". */
export function caseText(name: string): string {
  const [kind = "", ...rest] = name.split(", ");
  const called = LABELS.find((label) => label === kind);
  return [called ? words.labels[called] : kind, ...rest].join(", ");
}

/** "about 1 in 12", "about 6 in 10", "none". */
export function inWords({ frames, missed, rate }: Miss): string {
  if (frames <= 0) return words.misses.unmeasured;
  if (missed === 0) return words.misses.none(frames);
  if (rate >= 0.95) return words.misses.all;
  return rate >= 0.35 ? words.misses.many(Math.max(1, Math.round(rate * 10))) : words.misses.one(Math.max(2, Math.round(1 / rate)));
}

/** "1920 × 1080, 15 pictures a second, H.264". */
export function streamText({ codec, width, height, fps }: Pick<Stream, "codec" | "width" | "height" | "fps">): string {
  const kind = codec.toLowerCase();
  const name = /^(avc|h264)/.test(kind) ? "H.264" : /^(hvc|hev|h265)/.test(kind) ? "H.265" : codec;
  return words.stream(width, height, Math.round(fps), name);
}

/** Gigabytes, in as many digits as help. */
export const gb = (bytes: number): string => {
  const value = bytes / 1e9;
  return `${value >= 100 ? Math.round(value).toString() : value.toFixed(1)} GB`;
};
