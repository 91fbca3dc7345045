/**
 * ASN.1 in its distinguished encoding, as much of it as certificates and time stamps need.
 *
 * In:     bytes from anywhere.
 * Out:    a tree of tags and contents that points into those bytes.
 * Holds:  one spelling only: lengths are definite and shortest, nothing is left over; depth and number of nodes are bounded.
 * Source: ITU-T X.690.
 */

/** The bytes are no DER. The message is a clause without full stop. */
export class BadDer extends Error {}

export interface Der {
  /** Class, form and number in one byte, as encoded: 0x30 is a SEQUENCE. */
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
  /** Of constructed values; of others none. */
  readonly parts: readonly Der[];
}

export const [INTEGER, BIT_STRING, OCTET_STRING, OID, UTC_TIME, TIME, SEQUENCE, SET] = [2, 3, 4, 6, 23, 24, 0x30, 0x31] as const;
const CONSTRUCTED = 0x20;
const DEEPEST = 30;
const MOST = 5_000;

/** Reads one value that fills `data`; throws BadDer. */
export function readDer(data: Uint8Array): Der {
  const count = { left: MOST };
  const [read, end] = value(data, 0, DEEPEST, count);
  if (end !== data.length) throw new BadDer("something stands behind a value");
  return read;
}

function value(data: Uint8Array, start: number, depth: number, count: { left: number }): [Der, number] {
  if (depth === 0 || count.left-- === 0) throw new BadDer("it is nested too deep or has too many parts");
  const tag = data[start];
  const short = data[start + 1];
  if (tag === undefined || short === undefined || (tag & 31) === 31) throw new BadDer("it ends within a value, or has a tag that is not known here");
  let at = start + 2;
  let length = short;
  if (short >= 0x80) {
    const bytes = short - 0x80;
    if (bytes < 1 || bytes > 3 || at + bytes > data.length) throw new BadDer("a length is open, or too long");
    length = 0;
    for (let n = 0; n < bytes; n++) length = length * 256 + (data[at++] as number);
    if (length < 0x80 || (bytes > 1 && length < 256 ** (bytes - 1))) throw new BadDer("a length is not written in the shortest way");
  }
  const end = at + length;
  if (end > data.length) throw new BadDer("it ends within a value");
  const content = data.subarray(at, end);
  const parts: Der[] = [];
  if (tag & CONSTRUCTED) {
    while (at < end) {
      const [part, next] = value(data.subarray(0, end), at, depth - 1, count);
      parts.push(part);
      at = next;
    }
  }
  return [{ tag, whole: data.subarray(start, end), content, parts }, end];
}

/** A value of this tag; throws BadDer. */
export function as(tag: number, node: Der | undefined): Der {
  if (node?.tag !== tag) throw new BadDer("a value is of another kind than it has to be");
  return node;
}

/** An object identifier in dots; throws BadDer. */
export function oidText(node: Der | undefined): string {
  const { content } = as(OID, node);
  const numbers: number[] = [];
  let part = 0;
  for (const byte of content) {
    part = part * 128 + (byte & 127);
    if (part > Number.MAX_SAFE_INTEGER / 256) throw new BadDer("an object identifier is too long");
    if (byte & 128) continue;
    numbers.push(part);
    part = 0;
  }
  const first = numbers.shift();
  if (first === undefined || ((content.at(-1) ?? 128) & 128) !== 0) throw new BadDer("an object identifier is cut short");
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...numbers].join(".");
}

/** A time in milliseconds since 1970, UTC; throws BadDer. */
export function timeOf(node: Der | undefined): number {
  if (node?.tag !== UTC_TIME && node?.tag !== TIME) throw new BadDer("a time is of another kind");
  const text = String.fromCharCode(...node.content.subarray(0, 32));
  const form = node.tag === UTC_TIME ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,6})?Z$/;
  const found = form.exec(text);
  if (!found || text.length !== node.content.length) throw new BadDer("a time is written in another way");
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const full = node.tag === UTC_TIME ? year + (year < 50 ? 2000 : 1900) : year;
  const time = Date.UTC(full, month - 1, day, hour, minute, second) + Math.floor(Number(`0${found[7] ?? ""}` || "0") * 1000);
  if (new Date(time).getUTCDate() !== day || month > 12 || hour > 23 || minute > 59 || second > 59) throw new BadDer("a time is none");
  return time;
}
