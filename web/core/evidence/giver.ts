/**
 * Who gave a copy, said by whoever gave it and by nobody else: signed with the key that signed the copy, sealed to its case's key.
 *
 * Holds:  all are of one length, so that the server learns that something was said and not how much.
 * Absent: any check that a name is true. It is the word of whoever gave the copy.
 * Why:    docs/spec/seal.md#who-gave-a-copy
 */
import { jcs, jcsText, parseJcs } from "../jcs.ts";
import { openAge, sealAge } from "../seal/age.ts";
import { b64, type Bytes, text, unb64, utf8 } from "../seal/bytes.ts";
import { type SigningKey, sign, verify } from "../seal/keys.ts";

export interface Giver {
  readonly name: string;
  /** How they are reached; may be empty. */
  readonly reach: string;
  /** They would confirm where and how the picture was made. */
  readonly confirms: boolean;
}
export const NAME_LIMIT = 100;
export const REACH_LIMIT = 300;
const CONTEXT = "giver";
const PLAIN = 4096;

const said = (disclosure: string, { name, reach, confirms }: Giver): Bytes => jcs({ confirms, disclosure, name, reach });

/** Seals what is said to a case's key; all have one length. */
export async function sealGiver(disclosure: string, giver: Giver, caseRecipient: string, signer: SigningKey): Promise<Bytes> {
  const { confirms, name, reach } = giver;
  const whole = { confirms, disclosure, name, pad: "", reach, signature: b64(sign(signer, CONTEXT, said(disclosure, giver))) };
  const bare = utf8(jcsText(whole)).length;
  if (bare > PLAIN || [...name].length > NAME_LIMIT || [...reach].length > REACH_LIMIT) throw new RangeError("what is said is too long");
  return sealAge(jcs({ ...whole, pad: "0".repeat(PLAIN - bare) }), [caseRecipient]);
}

/** What was said, and the signed statement of it as a package has it. */
export interface Said {
  readonly giver: Giver;
  readonly statement: Bytes;
}

/** What was said, if whoever signed the copy said it of this copy; null for anything else. */
export async function openGiver(sealed: Uint8Array, disclosure: string, identity: string, signer: Uint8Array): Promise<Said | null> {
  try {
    const { pad: _pad, ...bare } = parseJcs(text(await openAge(sealed, [identity])));
    const signed = jcs(bare);
    const giver = readGiver(signed, disclosure, signer);
    return giver && { giver, statement: signed };
  } catch {
    return null; // not sealed to this case
  }
}

/** Where a package has what was said of a clip. Twin of fanlight.custody.giver, as is the next. */
export const giverPath = (disclosure: string): string => `giver/${disclosure}.json`;

/** Reads a statement's words, whoever signed them; null for anything else. */
export function statement(raw: string): (Giver & { readonly disclosure: string; readonly signature: string }) | null {
  try {
    const { confirms, disclosure, name, reach, signature, ...more } = parseJcs(raw);
    if (Object.keys(more).length > 0 || typeof confirms !== "boolean" || typeof disclosure !== "string") return null;
    if (typeof name !== "string" || typeof reach !== "string" || typeof signature !== "string") return null;
    if (name === "" || [...name].length > NAME_LIMIT || [...reach].length > REACH_LIMIT) return null;
    return { confirms, disclosure, name, reach, signature };
  } catch {
    return null;
  }
}

/** Reads a signed statement of a clip, given the key that signed that clip; null for anything else. */
export function readGiver(raw: Uint8Array, disclosure: string, signer: Uint8Array): Giver | null {
  try {
    const read = statement(text(raw));
    if (read?.disclosure !== disclosure) return null;
    const { name, reach, confirms } = read;
    const giver = { name, reach, confirms };
    verify(signer, CONTEXT, said(disclosure, giver), unb64(read.signature));
    return giver;
  } catch {
    return null; // not signed by whoever gave the clip
  }
}
