/** A day of one camera as a strip: where footage is, where it is missing and why, and what a position means. Pure. */
import type { DayView, EventView, Gap } from "./api.ts";

const MINUTE = 60_000;
export const DAY_MS = 24 * 60 * MINUTE;

/** A stretch of time in milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}
/** A stretch of the strip, in shares of its window. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  readonly kind: string;
}

/** Minutes that local clocks are ahead of UTC at `at`. */
export const offsetMin = (at: Date): number => -at.getTimezoneOffset();

/** "2026-11-21" in local time. */
export function dayName(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The 24 hours from local midnight of `day`, as the hub counts them. */
export function dayWindow(day: string, offset: number): Window {
  const from = Date.parse(`${day}T00:00:00Z`) - offset * MINUTE;
  return { from, to: from + DAY_MS };
}

export function otherDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

export const shareOf = (window: Window, at: number): number => (at - window.from) / (window.to - window.from);
export const timeAt = (window: Window, share: number): number => Math.round(window.from + Math.min(1, Math.max(0, share)) * (window.to - window.from));
export const within = (window: Window, at: number): number => Math.min(window.to, Math.max(window.from, at));

/** What of `parts` shows in the window; a sliver is widened so that it can be seen. */
export function bars(parts: readonly { start: string; end: string; kind?: string }[], window: Window, least = 0.0015): Bar[] {
  return parts.flatMap(({ start, end, kind }) => {
    const [left, right] = [shareOf(window, Date.parse(start)), shareOf(window, Date.parse(end))];
    if (right < 0 || left > 1 || right < left) return [];
    const from = Math.max(0, left);
    return [{ left: from, width: Math.min(1 - from, Math.max(least, Math.min(1, right) - from)), kind: kind ?? "" }];
  });
}

/** The window of `lengthMs` around `middle`, moved to lie within `whole`. */
export function zoom(whole: Window, middle: number, lengthMs: number): Window {
  const length = Math.min(lengthMs, whole.to - whole.from);
  const from = Math.min(whole.to - length, Math.max(whole.from, middle - length / 2));
  return { from, to: from + length };
}

/** Which of the lengths, the longest first, is the shortest that shows all footage and all events when it is around `middle`. */
export function closest(day: Pick<DayView, "spans" | "events">, middle: number, whole: Window, lengths: readonly number[]): number {
  const times = [...day.spans, ...day.events].flatMap(({ start, end }) => [Date.parse(start), Date.parse(end ?? start)]).map((at) => Math.min(whole.to, Math.max(whole.from, at)));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const shows = (length: number): boolean => {
    const view = zoom(whole, middle, length);
    return view.from <= first && last <= view.to;
  };
  return times.length === 0 ? 0 : Math.max(0, lengths.findLastIndex(shows));
}

/** Times to write below the strip, on whole hours or minutes. */
export function ticks(window: Window): number[] {
  const length = window.to - window.from;
  const step = length > 12 * 60 * MINUTE ? 180 * MINUTE : length > 3 * 60 * MINUTE ? 60 * MINUTE : length > 60 * MINUTE ? 15 * MINUTE : 5 * MINUTE;
  const shift = offsetMin(new Date(window.from)) * MINUTE;
  const first = Math.ceil((window.from + shift) / step) * step - shift;
  const out: number[] = [];
  for (let at = first; at <= window.to; at += step) out.push(at);
  return out;
}

export type Here =
  | { readonly kind: "footage"; readonly event: EventView | null }
  | { readonly kind: "gap"; readonly why: string }
  | { readonly kind: "nothing" };

const holds = (at: number, part: { start: string; end: string }): boolean => Date.parse(part.start) <= at && at < Date.parse(part.end);

/** What there is at a moment. */
export function here(day: DayView, at: number): Here {
  const span = day.spans.find((one) => holds(at, one));
  if (span) {
    const event = day.events.find((one) => Date.parse(one.start) <= at && at < Date.parse(one.end ?? span.end)) ?? null;
    return { kind: "footage", event };
  }
  const gap = day.gaps.find((one) => holds(at, one));
  return gap ? { kind: "gap", why: gap.why } : { kind: "nothing" };
}

const GLANCE_MS = 30_000;

/** Where to begin to look: at the newest event that has footage, else at the last glance of footage, else in the middle. */
export function opening(day: DayView, whole: Window): number {
  const events = day.events.map((event) => Date.parse(event.start)).filter((at) => here(day, at).kind === "footage");
  if (events.length > 0) return Math.max(...events);
  const last = day.spans.map((span) => [Date.parse(span.start), Date.parse(span.end)] as const).sort(([, a], [, b]) => b - a)[0];
  return last ? Math.max(last[0], last[1] - GLANCE_MS) : (whole.from + whole.to) / 2;
}

/** The first moment from `at` on at which there is footage, or null. */
export function nextFootage(day: DayView, at: number): number | null {
  const starts = day.spans.filter((span) => Date.parse(span.end) > at).map((span) => Math.max(at, Date.parse(span.start)));
  return starts.length > 0 ? Math.min(...starts) : null;
}

const BLINK_MS = 2000;

/** The footage at `at` or a blink after it, up to where it ends; spans that follow each other are one stretch. Null: none. */
export function stretch(day: DayView, at: number): Window | null {
  const spans = day.spans.map((span) => [Date.parse(span.start), Date.parse(span.end)] as const).sort(([a], [b]) => a - b);
  let found: { from: number; to: number } | null = null;
  for (const [start, end] of spans) {
    if (found && start - found.to < BLINK_MS) found.to = Math.max(found.to, end);
    else if (!found && end > at && start - at < BLINK_MS) found = { from: Math.max(at, start), to: end };
  }
  return found;
}

/** Gaps worth telling of: a blink between two segments is none. */
export const worthTelling = (gaps: readonly Gap[]): Gap[] => gaps.filter((gap) => Date.parse(gap.end) - Date.parse(gap.start) >= BLINK_MS);

/** Seconds of footage in a day. */
export const recorded = (day: DayView): number => day.spans.reduce((sum, span) => sum + Math.max(0, Date.parse(span.end) - Date.parse(span.start)), 0) / 1000;

/** How far a key moves the position, in milliseconds; null for other keys. */
export function keyStep(key: string, shiftKey: boolean): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: shiftKey ? -1000 : -MINUTE,
    ArrowRight: shiftKey ? 1000 : MINUTE,
    ArrowDown: shiftKey ? -1000 : -MINUTE,
    ArrowUp: shiftKey ? 1000 : MINUTE,
    PageDown: -60 * MINUTE,
    PageUp: 60 * MINUTE,
  };
  return steps[key] ?? null;
}

/** Events in each hour of the window's 24. */
export function hourly(events: readonly EventView[], window: Window): number[] {
  const counts = new Array<number>(24).fill(0);
  for (const event of events) {
    const hour = Math.floor((Date.parse(event.start) - window.from) / (60 * MINUTE));
    if (hour >= 0 && hour < 24) counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return counts;
}

/** "14:03:07" typed for a day, as a moment of that day; null if it is no time. */
export function typedTime(text: string, window: Window): number | null {
  const found = /^([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,3})?))?$/.exec(text.trim());
  if (!found) return null;
  const ms = Number(found[1]) * 60 * MINUTE + Number(found[2]) * MINUTE + Number(found[3] ?? 0) * 1000;
  return ms <= DAY_MS ? Math.round(window.from + ms) : null;
}

/** A moment of the day as "14:03:07", for a field. */
export function timeField(at: number, window: Window): string {
  const seconds = Math.floor(Math.min(DAY_MS - 1000, Math.max(0, at - window.from)) / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((value) => String(value).padStart(2, "0")).join(":");
}
