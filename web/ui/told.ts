/** Words of what a resident is told of a request: shown to residents, and to the officer before it is sent. */
import { dateText, timeText } from "./times.ts";

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

export const told = {
  askedBy: "Asked by",
  askedByText: (agency: string) => `An officer of ${agency}. A second person signed too, and that stands in the public record.`,
  askedByOne: (agency: string) => `An officer of ${agency}, as an emergency. A second person must sign within 24 hours, or it closes itself.`,
  case: "Case",
  offence: "Offence",
  purpose: "Purpose",
  when: "When",
  where: "Where",
  whereText: (m2: number) => `${areaText(m2)}, outlined on the map`,
  purposes: {
    identify_suspect: "To find out who did it",
    identify_witness: "To find witnesses",
    find_vehicle: "To find a vehicle",
    find_property: "To find property",
    find_missing_person: "To find a missing person",
    verify_alibi: "To check an alibi",
    collision: "To clear up a collision",
  } as Record<string, string>,
};
