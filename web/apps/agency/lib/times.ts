/** Times as an officer writes and reads them: in the zone of this computer, in whole minutes. */

const MINUTE = 60_000;
const GRID = 4 * 60 * MINUTE; // what the public sees of a window is rounded out to four hours, UTC

/** The value of a datetime-local field for `time`. */
export function toField(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${String(time.getFullYear()).padStart(4, "0")}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The time a datetime-local field holds, or null while it is not filled in. */
export function fromField(value: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(value)) return null;
  const time = new Date(value); // without a zone, ECMAScript reads it in the computer's own
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Length of a window in minutes; negative where it ends before it starts. */
export const minutesBetween = (start: Date, end: Date): number => Math.ceil((end.getTime() - start.getTime()) / MINUTE);

export const plusMinutes = (time: Date, minutes: number): Date => new Date(time.getTime() + minutes * MINUTE);

/** `time` cut to the whole minute. */
export const wholeMinute = (time: Date): Date => new Date(Math.floor(time.getTime() / MINUTE) * MINUTE);

/** The window as the public sees it at once: rounded out to a grid of four hours. Twin of Window.rounded_out. */
export function published(start: Date, end: Date): readonly [Date, Date] {
  return [
    new Date(Math.floor(start.getTime() / GRID) * GRID),
    new Date(Math.ceil(end.getTime() / GRID) * GRID),
  ];
}

/** Whole hours since the end of the published window, 0 while it is still to come. */
export function hoursSince(start: Date, end: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - published(start, end)[1].getTime()) / (60 * MINUTE)));
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** "21 November 2026". */
export const dayText = (time: Date): string => day.format(time);

/** "21 November 2026" of a plain day, which has no zone. */
export function plainDay(text: string): string {
  const [year, month, date] = text.slice(0, 10).split("-").map(Number);
  return year && month && date ? dayText(new Date(year, month - 1, date)) : text;
}

/** "13:20". */
export const clockText = (time: Date): string => clock.format(time);

/** "13:20:07", where evidence needs the second. */
export const secondText = (time: Date): string => exact.format(time);

/** "today 13:20", else "21 Nov, 13:20". */
export function whenText(time: Date, now: Date): string {
  return dayText(time) === dayText(now) ? `today ${clockText(time)}` : `${shortDay.format(time)}, ${clockText(time)}`;
}

/** "21 November 2026, 13:00 to 15:30", with both days where they differ. */
export function windowText(start: Date, end: Date): string {
  const first = `${dayText(start)}, ${clockText(start)}`;
  return dayText(start) === dayText(end) ? `${first} to ${clockText(end)}` : `${first} to ${dayText(end)}, ${clockText(end)}`;
}

/** "1 h 30 min", "45 min", "13 h". */
export function lengthText(minutes: number): string {
  const h = Math.floor(minutes / 60);
  const min = minutes % 60;
  return [h > 0 ? `${h} h` : "", min > 0 || h === 0 ? `${min} min` : ""].filter(Boolean).join(" ");
}

/** "0:07", "1:12" of milliseconds. */
export function playText(ms: number): string {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** The name of this computer's zone, to stand beside every time field. */
export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
