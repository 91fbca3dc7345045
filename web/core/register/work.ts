/** The computing that a comment brings along where much was said from one place on the network: docs/spec/register.md.
 *
 *  Out:     a text such that SHA-256 over context, agreement, the words' hash and it begins with enough zero bits.
 *  Absent:  time: who runs this in a worker may end it.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../bytes.ts";

const head = (agreement: string, words: string): string => `fanlight/comment/v1\n${agreement}\n${hex(sha256(utf8(words)))}\n`;

/** Whether a hash begins with so many zero bits. */
export function begins(hash: Uint8Array, bits: number): boolean {
  for (let at = 0; at < bits; at++) if (((hash[at >> 3] ?? 255) >> (7 - (at & 7))) & 1) return false;
  return true;
}

export const holds = (agreement: string, words: string, work: string, bits: number): boolean =>
  begins(sha256(utf8(head(agreement, words) + work)), bits);

/** Searches until one is found; `tell` hears now and then how many were tried. Nothing is asked for: the empty text. */
export function workFor(agreement: string, words: string, bits: number, tell: (tried: number) => void = () => undefined): string {
  if (bits === 0) return "";
  const begun = sha256.create().update(utf8(head(agreement, words)));
  for (let tried = 0; ; tried++) {
    const work = String(tried);
    if (begins(begun.clone().update(utf8(work)).digest(), bits)) return work;
    if (tried % 8192 === 8191) tell(tried + 1);
  }
}
