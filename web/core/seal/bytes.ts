/** Sealed bytes and their texts: what is none throws SealError. */
import { readB64, readHex, readUtf8, type Bytes } from "../bytes.ts";
import { SealError } from "./errors.ts";

export { b64, concat, equal, hex, utf8, type Bytes } from "../bytes.ts";

const refuse = (why: string): never => {
  throw new SealError("malformed", why);
};

/** Reads UTF-8. */
export function text(data: Uint8Array): string {
  return readUtf8(data) ?? refuse("it is not text");
}

/** Reads lower-case hex. */
export function unhex(digits: string): Bytes {
  return readHex(digits) ?? refuse("it holds text that is not hex");
}

/** Reads padded base64 in its one canonical spelling. */
export function unb64(encoded: string): Bytes {
  return readB64(encoded) ?? refuse("it holds text that is not base64");
}
