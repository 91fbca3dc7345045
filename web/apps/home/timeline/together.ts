/** Several cameras' clips of one moment on one clock. Pure; every time in seconds on that clock. */
import type { DayEvent } from "./day.ts";

export interface Seen extends DayEvent {
  readonly cameraId: string;
}
/** One clip and where it lies on the common clock. */
export interface Film<E> {
  readonly event: E;
  readonly fromS: number;
  readonly toS: number;
}
export interface Moment<E> {
  readonly start: Date;
  readonly lengthS: number;
  readonly films: readonly Film<E>[];
}

const NEAR_MS = 10_000; // a walk from one camera's view into the next
const MOST = 4;

const startMs = (event: DayEvent): number => event.start.getTime();
const endMs = (event: DayEvent): number => startMs(event) + event.durationMs;

/** The clips of other cameras that show the moment of `chosen` or the seconds around it: for each camera the longest part. */
export function sameMoment<E extends Seen>(events: Iterable<E>, chosen: E): E[] {
  const best = new Map<string, { event: E; overlap: number }>();
  for (const event of events) {
    if (event.cameraId === chosen.cameraId) continue;
    const overlap = Math.min(endMs(event), endMs(chosen)) - Math.max(startMs(event), startMs(chosen));
    if (overlap > -NEAR_MS && overlap > (best.get(event.cameraId)?.overlap ?? -Infinity)) best.set(event.cameraId, { event, overlap });
  }
  return [...best.values()]
    .sort((a, b) => b.overlap - a.overlap)
    .slice(0, MOST - 1)
    .map(({ event }) => event);
}

/** `chosen` and `others` on one clock, which begins with the earliest of them. */
export function onOneClock<E extends Seen>(chosen: E, others: readonly E[]): Moment<E> {
  const all = [chosen, ...others];
  const start = Math.min(...all.map(startMs));
  return {
    start: new Date(start),
    lengthS: (Math.max(...all.map(endMs)) - start) / 1000,
    films: all.map((event) => ({ event, fromS: (startMs(event) - start) / 1000, toS: (endMs(event) - start) / 1000 })),
  };
}
