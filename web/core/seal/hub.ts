/** The owner's word that a hub is of the household. Twin of fanlight.seal.hubs. */

import { jcs } from "../jcs.ts";
import { type Bytes, b64, unb64 } from "./bytes.ts";
import { type SigningKey, sign, verify } from "./keys.ts";

export interface HubKeys {
  /** Base64. */
  readonly sign_pub: string;
  readonly age_recipient: string;
}

/** As the API carries it; `signature` is the owner's, base64, null for a hub that was let in before there was any. */
export interface HubWire extends HubKeys {
  readonly signature: string | null;
}

/** What the owner signs (context `hub`). */
export const hubStatement = (household: string, { sign_pub, age_recipient }: HubKeys): Bytes =>
  jcs({ v: 1, type: "hub", household, sign_pub, age_recipient });

/** Lets a hub into the household: the owner's signature, base64. */
export const signHub = (owner: SigningKey, household: string, hub: HubKeys): string => b64(sign(owner, "hub", hubStatement(household, hub)));

/** Whether the owner let this hub into this household. */
export function isAdmitted(hub: HubWire, owner: Uint8Array, household: string): boolean {
  try {
    verify(owner, "hub", hubStatement(household, hub), unb64(hub.signature ?? ""));
    return true;
  } catch {
    return false;
  }
}
