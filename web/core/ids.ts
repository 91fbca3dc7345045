/** Ids: 16 bytes as 26 letters of base32. Twin of fanlight.model.ids. */
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** The id that these 16 bytes are. */
export function idOf(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  // 128 bits fill 25.6 letters; the last is padded with zeros.
  return (bits.match(/.{1,5}/g) ?? []).map((five) => LETTERS[parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** A new id: random. */
export const newId = (): string => idOf(crypto.getRandomValues(new Uint8Array(16)));
