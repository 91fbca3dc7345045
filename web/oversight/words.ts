/**
 * How the public pages word what stands in a request's leaf. Twin of fanlight.server.oversight.words.
 *
 * In:     the public fields of a leaf, already read strictly.
 * Out:    fact -> words, as the page must show them; null where the fields have another form.
 * Holds:  vectors/oversight/words.json gives the same words here and in Python.
 */
import type { Json } from "../core/jcs.ts";

type Fields = { readonly [key: string]: Json };

const SQ_MILE_M2 = 2_589_988.110336;
export const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
const ORDINALS = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
const PURPOSES: Record<string, string> = {
  identify_suspect: "to find out who did it",
  identify_witness: "to find witnesses",
  find_vehicle: "to find a vehicle",
  find_property: "to find property",
  find_missing_person: "to find a missing person",
  verify_alibi: "to check an alibi",
  collision: "to clear up a collision",
};
const BANDS: Record<string, string> = { "0": "none", "1-4": "1 to 4", "5-9": "5 to 9", "10+": "10 or more" };
const DECISIONS: Record<string, string> = { accepted: "Accepted", refused: "Refused" };

export const band = (word: string): string => BANDS[word] ?? word;
export const number = (value: number): string => value.toLocaleString("en-GB");

/** `2026-11-21…` as `21 November 2026`; any other text as it is. */
export function day(text: string): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  const month = found && MONTHS[Number(found[2]) - 1];
  return found && month ? `${Number(found[3])} ${month} ${Number(found[1])}` : text;
}

/** An RFC 3339 time as `21 November 2026, 18:36 UTC`; any other text as it is. */
export function moment(text: string): string {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
  return form ? `${day(text)}, ${text.slice(11, 16)} UTC` : text;
}

export function length(minutes: number): string {
  const whole = Math.max(minutes, 0);
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  return [...(hours ? [`${hours} h`] : []), ...(rest || !hours ? [`${rest} min`] : [])].join(" ");
}

export function area(squareM: number): string {
  const hundredths = Math.floor((squareM * 100) / SQ_MILE_M2 + 0.5);
  const fraction = String(hundredths % 100).padStart(2, "0");
  return `${Math.floor(hundredths / 100)}.${fraction} sq mi (${Math.floor(squareM / 10_000 + 0.5)} ha)`;
}

function signature(second: boolean, emergency: boolean): string {
  if (second) return "a second person of the agency signed";
  return emergency ? "asked as an emergency; a second person must still sign" : "no second person has signed";
}

const isObject = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The words a page must show for a request leaf, or null if the leaf has not the form of one. */
export function factsOfRequest(pub: Fields): Record<string, string> | null {
  const { decision, agency, offence_class, purpose, window, area_m2, number_in_case } = pub;
  const { second_signature, emergency, assembly_overlap } = pub;
  if (!isObject(window)) return null;
  const { from, to, length_min } = window;
  const texts = [decision, agency, offence_class, purpose, from, to];
  const figures = [area_m2, number_in_case, length_min];
  const flags = [second_signature, emergency, assembly_overlap];
  if (!texts.every((t) => typeof t === "string") || !figures.every((n) => Number.isSafeInteger(n))) return null;
  if (!flags.every((f) => typeof f === "boolean")) return null;
  const count = Number(number_in_case);
  return {
    decision: DECISIONS[String(decision)] ?? String(decision),
    agency: String(agency),
    offence: offence_class === "protected" ? "An offence that is not named yet" : String(offence_class),
    purpose: PURPOSES[String(purpose)] ?? `for “${String(purpose).replaceAll("_", " ")}”`,
    window: `${length(Number(length_min))}, between ${moment(String(from))} and ${moment(String(to))}`,
    area: area(Number(area_m2)),
    number: `${(count > 0 && ORDINALS[count]) || `no. ${count}`} request in its case`,
    signature: signature(second_signature === true, emergency === true),
    assembly: `meets ${assembly_overlap === true ? "an" : "no"} assembly the town knows of`,
  };
}
