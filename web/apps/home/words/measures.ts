/** Words: spans of time and sizes of areas. */
import { dateText, timeText } from "../../../ui/times.ts";

/** "21 November 2026, 13:00 to 15:30", or with both days where it runs past midnight. */
export function windowText(from: Date, to: Date): string {
  const sameDay = from.toDateString() === to.toDateString();
  return sameDay ? `${dateText(from)}, ${timeText(from)} to ${timeText(to)}` : `${dateText(from)}, ${timeText(from)} to ${dateText(to)}, ${timeText(to)}`;
}

/** 200,000 m2 -> "0.08 square miles (20 hectares)". */
export function areaText(m2: number): string {
  const miles = m2 / 2_589_988.11;
  const hectares = m2 / 10_000;
  return `${miles < 0.1 ? miles.toFixed(3) : miles.toFixed(2)} square miles (${hectares < 10 ? hectares.toFixed(1) : Math.round(hectares)} hectares)`;
}
