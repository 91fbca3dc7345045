/** What can be wrong with something sealed. The codes are those of fanlight.seal.errors. */

export type SealCode =
  | "bad_key" // a key's text or bytes are no key
  | "not_for_us" // whole, but sealed to others
  | "malformed" // the bytes have another form
  | "altered" // signed or sealed facts contradict each other
  | "header_altered" // the MAC of an age header does not hold
  | "payload_altered" // a piece is changed, moved, missing or too many
  | "bad_signature"
  | "destroyed" // whole, and the key it is locked to was destroyed
  | "wrong_file_key" // a header was swapped
  | "replayed_manifest"; // true once, but not for this clip or place

export class SealError extends Error {
  readonly code: SealCode;

  /** `why` is a clause without full stop; it never holds a key. */
  constructor(code: SealCode, why: string) {
    super(`${code}: ${why}`);
    this.code = code;
  }
}
