/**
 * The code by which a hub and a household find each other. It pins the hub's keys; its secret, which no server sees, tags the
 * household's answer. Twin of fanlight.seal.pairing.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { idOf } from "../ids.ts";
import { jcs } from "../jcs.ts";
import { readUrl64 } from "../url64.ts";
import { sealAge } from "./age.ts";
import { b64, type Bytes, concat, equal, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import type { HubKeys } from "./hub.ts";
import { derive, sha256 } from "./keys.ts";

const TAG = utf8("fanlight/pair/v1\n");
const TEXT = /^(?:https?:\/\/[!-~]{1,200}\/home)?#\/hub\/([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})$/;

export interface HubCode {
  /** The hash of the hub's keys. */
  readonly fingerprint: Bytes;
  /** Stays between hub and household. */
  readonly secret: Bytes;
}

/** What a household tells its hub. `owner` is the Ed25519 key whose word the hub is to take. */
export interface PairedHouse {
  readonly household: string;
  readonly owner: Uint8Array;
  readonly cell: string;
}

/** Reads what was scanned or pasted: the address, or its part from `#` on. Null for what is no pairing code. */
export function readHubCode(text: string): HubCode | null {
  const [, named, hidden] = TEXT.exec(text.replace(/\s/g, "")) ?? [];
  if (named === undefined || hidden === undefined) return null;
  const [fingerprint, secret] = [readUrl64(named), readUrl64(hidden)]; // null for another spelling of these bytes
  return fingerprint && secret ? { fingerprint, secret } : null;
}

/** The hash of a hub's keys. */
export const hubFingerprint = ({ sign_pub, age_recipient }: HubKeys): Bytes => sha256(concat([TAG, jcs({ sign_pub, age_recipient })]));

/** Under which id the two find each other at a server. */
export function meetingOf({ secret }: HubCode): string {
  return idOf(derive(secret, utf8("fanlight/pair/meeting/v1")).subarray(0, 16));
}

/** Shows the hub that an answer comes from who has its code, and is for it. */
export const answerTag = ({ fingerprint, secret }: HubCode, house: PairedHouse): Bytes => hmac(nobleSha256, secret, concat([TAG, jcs({ fingerprint: b64(fingerprint), ...told(house) })])) as Bytes;

/** The household's answer, sealed to the hub. Throws SealError `altered` if these are not the keys that the code names. */
export async function sealAnswer(code: HubCode, house: PairedHouse, hub: HubKeys): Promise<Bytes> {
  if (!equal(hubFingerprint(hub), code.fingerprint)) throw new SealError("altered", "these are not the keys of the hub whose code was read");
  return sealAge(jcs({ v: 1, type: "pair", ...told(house), tag: b64(answerTag(code, house)) }), [hub.age_recipient]);
}

const told = ({ household, owner, cell }: PairedHouse): { household: string; owner: string; cell: string } => ({ household, owner: b64(owner), cell });
