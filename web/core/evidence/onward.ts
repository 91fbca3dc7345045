/**
 * Whether another agency may have a copy: chosen at home, signed within the copy, committed to at the server.
 *
 * Holds:  every copy has a commitment, so that nobody without the copy learns which way it went.
 * Why:    docs/design/onward.md
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { jcs } from "../jcs.ts";
import { hex, unhex } from "../seal/bytes.ts";
import type { Onward } from "../seal/manifest.ts";

const SALT = 32;

/** A choice with a fresh salt. */
export const choose = (may: boolean): Onward => ({ may, salt: hex(crypto.getRandomValues(new Uint8Array(SALT))) });

/** What the server gets with a copy, in hex. Twin of fanlight.proof.openings.commitment, of type `disclosure` and field `onward`. */
export const commitOf = (disclosure: string, { may, salt }: Onward): string => hex(hmac(sha256, unhex(salt), jcs(["disclosure", "onward", { disclosure, may }])));
