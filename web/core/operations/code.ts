/** The code by which a home takes part in an operation: made from a key of its own, so that none has to be kept. docs/spec/operations.md */
import { b64, hex, utf8 } from "../bytes.ts";
import { derive, type SigningKey, sha256 } from "../seal/keys.ts";

/** Hex digits of a code's hash. */
const DIGITS = 32;

/** A home's code for an operation, base64, and the hash of it that the record has. */
export function codeOf(key: Pick<SigningKey, "seed">, operation: string): { code: string; hash: string } {
  const code = b64(derive(key.seed, utf8(`fanlight/operation/v1/${operation}`)));
  return { code, hash: hex(sha256(utf8(`fanlight/operation/v1\n${operation}\n${code}`))).slice(0, DIGITS) };
}
