/** What two people compare by eye or voice: a pair's safety number, and the short code of an invitation. Twin of fanlight.seal.safety. */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { jcs } from "../jcs.ts";
import { type Bytes, concat, equal, hex, utf8 } from "./bytes.ts";
import { derive, sha256 } from "./keys.ts";
import { type PublicHalves, publicKey } from "./roll.ts";

export const INVITE_SECRET_LENGTH = 16;
const INVITE = "fanlight/invite/v1";

/** The 60 digits of a pair, in 12 groups of 5; the order of the two does not matter. */
export function safetyNumber(one: PublicHalves, other: PublicHalves): string {
  const hashes = [one, other].map((halves) => hex(sha256(concat([publicKey(halves.sign_pub), utf8(halves.age_recipient)])))).sort();
  const joined = Uint8Array.from((hashes.join("").match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
  const digits = (BigInt(`0x${hex(sha256(joined))}`) % 10n ** 60n).toString().padStart(60, "0");
  return (digits.match(/.{5}/g) ?? []).join(" ");
}

/** What goes with an answer: only who has the link can make it. */
export function inviteTag(secret: Bytes, invite: string, { sign_pub, age_recipient }: PublicHalves): Bytes {
  return hmac(nobleSha256, secret, concat([utf8(`${INVITE}\n`), jcs({ invite, sign_pub, age_recipient })])) as Bytes;
}

export const inviteTagHolds = (tag: Uint8Array, secret: Bytes, invite: string, joiner: PublicHalves): boolean =>
  equal(tag, inviteTag(secret, invite, joiner));

/** The six digits that both sides compare before the owner lets the joiner in. */
export function inviteCode(secret: Bytes, invite: string, inviter: PublicHalves, joiner: PublicHalves): string {
  const only = ({ sign_pub, age_recipient }: PublicHalves) => ({ sign_pub, age_recipient });
  const halves = sha256(jcs({ invite, inviter: only(inviter), joiner: only(joiner) }));
  const derived = derive(concat([secret, halves]), utf8(INVITE));
  const number = new DataView(derived.buffer, derived.byteOffset).getBigUint64(0);
  return (number % 1_000_000n).toString().padStart(6, "0");
}
