/** How a film keeps in step with a clock that it shares with others. Pure; in seconds. */

const STEP_S = 0.2; // further off, a film is set anew; nearer, it goes a little faster or slower
const SLACK_S = 0.03;

/** What a film that stands at `atS` does when it should stand at `wantS`. */
export function follow(atS: number, wantS: number, rate: number): { readonly seek: number | null; readonly rate: number } {
  const off = wantS - atS;
  if (Math.abs(off) > STEP_S * Math.max(1, rate)) return { seek: wantS, rate };
  if (Math.abs(off) < SLACK_S) return { seek: null, rate };
  return { seek: null, rate: rate * (1 + Math.max(-0.15, Math.min(0.15, off))) };
}
