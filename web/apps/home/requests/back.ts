/** The secret by which whoever gave a copy asks for it back: of this one copy, made of the person's own key, known to no server. */
import { parseJcs } from "../../../core/jcs.ts";
import { openAge } from "../../../core/seal/age.ts";
import { hex, text, type Bytes, utf8 } from "../../../core/seal/bytes.ts";
import { derive, type Identity, identityRecipient, identityText, sha256 } from "../../../core/seal/keys.ts";

export const secretOf = (seed: Bytes, disclosure: string): Bytes => derive(seed, utf8(`fanlight/take-back/v1/${disclosure}`));
/** What goes with the copy. */
export const hashOf = (secret: Bytes): string => hex(sha256(secret));

/** The key to which an agency's answer to the note in this one copy is sealed. */
export async function answerKey(seed: Bytes, disclosure: string): Promise<Identity> {
  const secret = identityText(derive(seed, utf8(`fanlight/answer/v1/${disclosure}`)));
  return { secret, recipient: await identityRecipient(secret) };
}

/** The words of an answer, if it is one to this copy; null if it is not. Throws SealError where it does not open. */
export async function openAnswer(sealed: Bytes, disclosure: string, seed: Bytes): Promise<string | null> {
  const said = parseJcs(text(await openAge(sealed, [(await answerKey(seed, disclosure)).secret])));
  return said["disclosure"] === disclosure && typeof said["words"] === "string" ? said["words"] : null;
}
