/** Bytes of a record and their texts: what is none is malformed. */
import { readB64, readHex, readUtf8, type Bytes } from "../bytes.ts";
import { malformed } from "./result.ts";

export { b64, concat, equal, hex, utf8, type Bytes } from "../bytes.ts";

/** Reads UTF-8; refuses bytes that are none. A string is taken as it is if it is whole. */
export function asText(raw: Uint8Array | string): string {
  if (typeof raw === "string") return raw.isWellFormed() ? raw : malformed("it is not text");
  return readUtf8(raw) ?? malformed("it is not UTF-8");
}

/** Reads 32 bytes of lower-case hex. */
export function unhex32(digits: unknown): Bytes {
  const found = typeof digits === "string" && digits.length === 64 ? readHex(digits) : null;
  return found ?? malformed("it is not 32 bytes in hex");
}

/** Reads padded base64 in its one canonical spelling. */
export function unb64(text: string): Bytes {
  return readB64(text) ?? malformed("it is not base64");
}
