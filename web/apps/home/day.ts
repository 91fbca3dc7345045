/** A day's events: which belong to it, how many an hour, and in which order they stand. Pure. */
import type { Label } from "../../core/seal/manifest.ts";

/** One clip on the timeline. */
export interface DayEvent {
  readonly clip: string;
  readonly start: Date;
  readonly durationMs: number;
  readonly label: Label;
  readonly camera: string;
}

/** Midnight at the reader's place, `back` days before `now`. Calendar days: a change of the clock makes one 23 or 25 h long. */
export function dayStart(now: Date, back = 0): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
}

/** The UTC days ("2026-11-21") that a local day touches, since clips are listed by UTC day. */
export function utcDays(start: Date): string[] {
  const end = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
  const days: string[] = [];
  for (let at = Date.parse(`${start.toISOString().slice(0, 10)}T00:00:00Z`); at < end.getTime(); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

export function within<E extends DayEvent>(events: Iterable<E>, start: Date): E[] {
  const end = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
  return [...events].filter((event) => event.start >= start && event.start < end).sort((a, b) => b.start.getTime() - a.start.getTime());
}

/** Events in each of the 24 hours on the clock. */
export function hourly(events: readonly DayEvent[]): number[] {
  const counts = new Array<number>(24).fill(0);
  for (const event of events) {
    const hour = event.start.getHours();
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return counts;
}

/** Neighbouring events of the same hour, newest first. */
export function byHour<E extends DayEvent>(events: readonly E[]): { hour: number; events: E[] }[] {
  const groups: { hour: number; events: E[] }[] = [];
  for (const event of events) {
    const hour = event.start.getHours();
    const last = groups.at(-1);
    if (last?.hour === hour) last.events.push(event);
    else groups.push({ hour, events: [event] });
  }
  return groups;
}
