/** A person's seed as it stands on the recovery sheet: 16 groups of four, and a last group that catches slips of the pen. */
import { type Bytes, hex, unhex } from "../core/seal/bytes.ts";
import { sha256 } from "../core/seal/keys.ts";

/** 17 groups of four characters (0-9, a-f). */
export function toSheet(seed: Bytes): string[] {
  const text = hex(seed) + hex(sha256(seed)).slice(0, 4);
  return text.match(/.{4}/g) ?? [];
}

export type FromSheet = { readonly kind: "seed"; readonly seed: Bytes } | { readonly kind: "refused"; readonly why: "length" | "slip" };

/** Reads what somebody typed; spaces, dashes, line breaks and capitals do not matter, nor o for 0 and l for 1. */
export function fromSheet(typed: string): FromSheet {
  const digits = typed.toLowerCase().replaceAll("o", "0").replaceAll(/[li]/g, "1").replace(/[^0-9a-z]/g, "");
  if (digits.length !== 68) return { kind: "refused", why: "length" };
  if (!/^[0-9a-f]+$/.test(digits)) return { kind: "refused", why: "slip" };
  const seed = unhex(digits.slice(0, 64));
  return hex(sha256(seed)).slice(0, 4) === digits.slice(64) ? { kind: "seed", seed } : { kind: "refused", why: "slip" };
}
