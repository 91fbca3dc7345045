/** The one answer to a note that came with a clip: signed here, sealed by the server once its words were held against the public list. */
import { jcs, parseJcs } from "../../../core/jcs.ts";
import { openAge } from "../../../core/seal/age.ts";
import { b64, text, unb64 } from "../../../core/seal/bytes.ts";
import { type Identity, type SigningKey, sign } from "../../../core/seal/keys.ts";

export interface AnswerWire {
  readonly words: string;
  readonly answer_to: string;
  readonly signature: string;
}

export const signAnswer = (disclosure: string, words: string, answerTo: string, signer: SigningKey): AnswerWire => ({
  words,
  answer_to: answerTo,
  signature: b64(sign(signer, "copy-answer", jcs({ disclosure, words }))),
});

/** The words of an answer that was given, or null where it does not open with the case's key. */
export async function openAnswered(sealed: string, caseKey: Identity): Promise<string | null> {
  try {
    const { words } = parseJcs(text(await openAge(unb64(sealed), [caseKey.secret])));
    return typeof words === "string" ? words : null;
  } catch {
    return null;
  }
}
