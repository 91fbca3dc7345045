/** Canonical JSON (RFC 8785): the one form in which Fanlight signs and hashes. Twin of fanlight.wire.jcs. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The text is not the one canonical spelling of a JSON object. */
export class BadJson extends Error {}

/** Returns the canonical text of `value`. Throws BadJson for what JSON cannot hold. */
export function jcsText(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new BadJson("a number is not finite");
    return JSON.stringify(value); // ECMAScript's own spelling, as the RFC asks; -0 becomes 0
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new BadJson("a text holds half a character");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(jcsText).join(",")}]`;
  const record = value as { readonly [key: string]: Json };
  // Sorted by UTF-16 code units, which is how JavaScript compares strings.
  const keys = Object.keys(record).sort();
  return `{${keys.map((key) => `${jcsText(key)}:${jcsText(record[key] as Json)}`).join(",")}}`;
}

/** Returns the canonical bytes of `value`. */
export function jcs(value: Json): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(jcsText(value)) as Uint8Array<ArrayBuffer>;
}

/** Reads one canonical JSON object; throws BadJson for any other spelling of it. */
export function parseJcs(text: string): { readonly [key: string]: Json } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new BadJson("it is not JSON");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new BadJson("it is not an object");
  if (jcsText(value) !== text) throw new BadJson("it is not in canonical form");
  return value as { readonly [key: string]: Json };
}
