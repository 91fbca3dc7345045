/** Bytes and their texts, strict: what reads is what would be written. */

import { malformed } from "./result.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;

/** Reads UTF-8; refuses bytes that are none. A string is taken as it is if it is whole. */
export function asText(raw: Uint8Array | string): string {
  if (typeof raw === "string") return raw.isWellFormed() ? raw : malformed("it is not text");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return malformed("it is not UTF-8");
  }
}

export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads 32 bytes of lower-case hex. */
export function unhex32(digits: unknown): Bytes {
  if (typeof digits !== "string" || !/^[0-9a-f]{64}$/.test(digits)) return malformed("it is not 32 bytes in hex");
  return Uint8Array.from({ length: 32 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export function b64(data: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < data.length; at += 0x8000) binary += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Reads padded base64 in its one canonical spelling. */
export function unb64(text: string): Bytes {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return malformed("it is not base64");
  }
  const out = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return b64(out) === text ? out : malformed("it is base64 in another spelling");
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equal(one: Uint8Array, two: Uint8Array): boolean {
  return one.length === two.length && one.every((byte, i) => byte === two[i]);
}
