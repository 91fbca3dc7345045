/**
 * A case's clips on one clock. Pure; where nothing else is said, seconds on that clock.
 *
 * In:     each clip's stated start and length, and by how much its clock was corrected by hand, if it was.
 * Out:    where each lies on the common clock; what a moment shows; how far apart the films stand; whether the clock goes on.
 * Holds:  a correction moves a clip and its own time stays known; a film that is broken or slow stops no other for ever.
 * Absent: a guess at how wrong a clock is. Nothing that was signed says it.
 */

export interface Track {
  readonly id: string;
  /** As the clip's own manifest says, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Added to its own time by whoever corrected it; 0 where nobody did. */
  readonly byMs: number;
}
export interface Lane {
  readonly id: string;
  readonly fromS: number;
  readonly toS: number;
}
export interface OneClock {
  readonly startMs: number;
  readonly lengthS: number;
  readonly lanes: readonly Lane[];
}

/** The clips on a clock that begins with the earliest of them, as corrected. */
export function onOneClock(tracks: readonly Track[]): OneClock {
  const spans = tracks.map(({ id, startMs, durationMs, byMs }) => ({ id, from: startMs + byMs, to: startMs + byMs + durationMs }));
  const startMs = spans.length === 0 ? 0 : Math.min(...spans.map(({ from }) => from));
  const end = Math.max(startMs, ...spans.map(({ to }) => to));
  return {
    startMs,
    lengthS: (end - startMs) / 1000,
    lanes: spans.map(({ id, from, to }) => ({ id, fromS: (from - startMs) / 1000, toS: (to - startMs) / 1000 })),
  };
}

const END_S = 0.02; // a film's very end shows no picture

/** Where a film stands when the clock says `now`: within its length, whether or not it covers the moment. */
export const placeOf = ({ fromS, toS }: Lane, now: number): number => Math.max(0, Math.min(now - fromS, toS - fromS - END_S));

export type Cover = "before" | "here" | "after";
/** Whether a film has a picture of the moment. At the end of the whole, the last picture stays. */
export function coverOf({ fromS, toS }: Lane, now: number, lengthS: number): Cover {
  if (now < fromS) return "before";
  return now < toS || (now >= lengthS && toS >= lengthS) ? "here" : "after";
}

/** The beginning of a film after `now` (`step` 1) or before it (-1); null where there is none. */
export function beginning(lanes: readonly Lane[], now: number, step: 1 | -1): number | null {
  const found = lanes.map(({ fromS }) => fromS).filter((from) => (step > 0 ? from > now + END_S : from < now - END_S));
  if (found.length === 0) return null;
  return step > 0 ? Math.min(...found) : Math.max(...found);
}

export const PATIENCE_S = 4;
export type Going = "ready" | "loading" | "broken";
/** Whether the clock goes on: it waits for films that have a picture of the moment and are loading, and not for ever. */
export const goesOn = (here: readonly Going[], waitedS: number): boolean => waitedS >= PATIENCE_S || !here.includes("loading");

/** How far apart films stand, in milliseconds, by what the clock says at each one's picture. 0 for fewer than two. */
export function apartMs(stands: readonly number[]): number {
  return stands.length < 2 ? 0 : Math.round((Math.max(...stands) - Math.min(...stands)) * 1000);
}

/** "+61:00 min", "−0.8 s". */
export function byText(byMs: number): string {
  const sign = byMs < 0 ? "−" : "+";
  const tenths = Math.round(Math.abs(byMs) / 100);
  if (tenths < 600) return `${sign}${tenths / 10} s`;
  const seconds = Math.round(Math.abs(byMs) / 1000);
  return `${sign}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}
