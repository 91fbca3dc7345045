/** A day's events: which belong to it, how many an hour, and in which order they stand. Pure. */
import type { Label } from "../../../core/seal/manifest.ts";

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

/** "2026-11-21" by the clock of this place. */
export function localDay(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** How many calendar days `day` lies before `now`. */
export function daysBack(now: Date, day: Date): number {
  return Math.round((dayStart(now).getTime() - dayStart(day).getTime()) / 86_400_000);
}

/** A line of the list: an hour's heading or an event. */
export type Line<E> = { readonly kind: "hour"; readonly hour: number } | { readonly kind: "event"; readonly event: E };

export function linesOf<E extends DayEvent>(events: readonly E[]): Line<E>[] {
  return byHour(events).flatMap((group): Line<E>[] => [{ kind: "hour", hour: group.hour }, ...group.events.map((event): Line<E> => ({ kind: "event", event }))]);
}

/** The cameras of these events, by name. */
export function camerasOf(events: Iterable<{ readonly cameraId: string; readonly camera: string }>): { id: string; name: string }[] {
  const names = new Map<string, string>();
  for (const { cameraId, camera } of events) if (!names.has(cameraId)) names.set(cameraId, camera);
  return [...names].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
}

/** "2026-11-21" by the clock of Greenwich, as clips are listed. */
export const utcDay = (time: Date): string => time.toISOString().slice(0, 10);
/** The address parameter that says on which day a clip is listed. */
export const dayOf = (event: Pick<DayEvent, "start">): string => utcDay(event.start);

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
