/** Bech32 without its limit of length, as age writes keys. */

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

/** `data` as lower-case Bech32. */
export function bech32(hrp: string, data: Uint8Array): string {
  const values: number[] = [];
  let held = 0;
  let bits = 0;
  for (const byte of data) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) values.push((held >> (bits - 5)) & 31);
  }
  if (bits > 0) values.push((held << (5 - bits)) & 31);
  const remainder = polymod([...expanded(hrp), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let i = 5; i >= 0; i--) values.push((remainder >> (5 * i)) & 31);
  return `${hrp}1${values.map((value) => ALPHABET[value]).join("")}`;
}

/** The bytes of a lower-case Bech32 text; null for another beginning, a letter or a checksum that is wrong, or bits left over. */
export function unbech32(hrp: string, coded: string): Uint8Array<ArrayBuffer> | null {
  const rest = coded.slice(hrp.length + 1);
  const values = Array.from(rest, (letter) => ALPHABET.indexOf(letter));
  if (!coded.startsWith(`${hrp}1`) || rest.length < 6 || values.includes(-1) || polymod([...expanded(hrp), ...values]) !== 1) return null;
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of values.slice(0, -6)) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 0xff);
  }
  return bits >= 5 || (held & ((1 << bits) - 1)) !== 0 ? null : Uint8Array.from(out);
}

function expanded(hrp: string): number[] {
  const letters = Array.from(hrp, (letter) => letter.charCodeAt(0));
  return [...letters.map((code) => code >> 5), 0, ...letters.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >>> bit) & 1) check ^= GENERATORS[bit] as number;
  }
  return check;
}
