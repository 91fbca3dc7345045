/** The first words between a member and a hub. Twin of fanlight.hub.live.asking. */
import { jcs, parseJcs } from "../jcs.ts";
import { obj, str } from "../api/shape.ts";
import { openAge, sealAge } from "../seal/age.ts";
import { b64, type Bytes, text, unb64, utf8 } from "../seal/bytes.ts";
import { SealError } from "../seal/errors.ts";
import { type MemberKeys, sign, verify } from "../seal/keys.ts";

const ASK = "live-ask";
const ANSWER = "live-answer";

export interface Who {
  readonly household: string;
  readonly account: string;
  readonly keys: MemberKeys;
}
export interface HubEnd {
  readonly signPub: Uint8Array;
  readonly recipient: string;
}
export interface SessionKeys {
  readonly session: Bytes;
  readonly up: Bytes;
  readonly down: Bytes;
}

/** A question, sealed to the hub, about the challenge it made for this connection. */
export async function makeAsk(who: Who, hub: HubEnd, challenge: Uint8Array, nonce: string, at: Date): Promise<Bytes> {
  const manifest = jcs({
    v: 1,
    type: ASK,
    household: who.household,
    challenge: b64(challenge),
    account: who.account,
    sign_pub: b64(who.keys.signing.public),
    age_recipient: who.keys.age.recipient,
    nonce,
    at: at.toISOString(),
  });
  const box = jcs({ manifest: text(manifest), sig: b64(sign(who.keys.signing, ASK, manifest)) });
  return sealAge(box, [hub.recipient]);
}

const shape = obj({ household: str, nonce: str, session: str, up: str, down: str, type: str });

/** Opens an answer and checks that one of our hubs signed it, to this question. Throws SealError. */
export async function readAnswer(sealed: Uint8Array, who: Who, nonce: string, hubs: readonly HubEnd[]): Promise<SessionKeys> {
  const plain = text(await openAge(sealed, [who.keys.age.secret]));
  let answer: { household: string; nonce: string; session: string; up: string; down: string; type: string };
  let manifest: string;
  let sig: string;
  try {
    ({ manifest, sig } = obj({ manifest: str, sig: str })(parseJcs(plain), "answer"));
    answer = shape(parseJcs(manifest), "answer");
  } catch {
    throw new SealError("malformed", "it is no answer of a hub");
  }
  const ours = hubs.some((hub) => {
    try {
      verify(hub.signPub, ANSWER, utf8(manifest), unb64(sig));
      return true;
    } catch {
      return false;
    }
  });
  if (!ours) throw new SealError("bad_signature", `the signature of the ${ANSWER} does not hold`);
  if (answer.household !== who.household || answer.nonce !== nonce || answer.type !== ANSWER) {
    throw new SealError("replayed_manifest", "it answers another question");
  }
  const keys = { session: unb64(answer.session), up: unb64(answer.up), down: unb64(answer.down) };
  if (keys.session.length !== 16 || keys.up.length !== 32 || keys.down.length !== 32) throw new SealError("malformed", "its keys have another length");
  return keys;
}
