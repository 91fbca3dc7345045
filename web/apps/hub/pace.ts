/** How often a still is asked for: about once a second while somebody looks, seldom when not, less often when it fails. Pure. */
const LOOKED_AT_MS = 1000;
const ASIDE_MS = 10_000;
const MOST_MS = 15_000;

/** Milliseconds from the start of one asking to the next. A slow hub is never asked twice at once. */
export function pictureEvery(looked: boolean, tookMs: number, failures: number): number {
  const base = looked ? LOOKED_AT_MS : ASIDE_MS;
  return Math.min(MOST_MS, Math.max(base, tookMs * 2) * 2 ** Math.min(failures, 4));
}

/** A live picture that falls this far behind, in seconds, jumps to the newest. */
export const TOO_LATE_S = 8;
const BEHIND_S = 0.6;

/** Where to play on, given how far the film reaches; null to go on as it is. */
export function catchUp(nowS: number, endS: number): number | null {
  return endS - nowS > TOO_LATE_S || nowS > endS ? Math.max(0, endS - BEHIND_S) : null;
}
