/** A person's key behind a passkey: wrapped under what the passkey derives, and the account's signed word for both. docs/spec/accounts.md */
import { b64, type Bytes, hex } from "../bytes.ts";
import { jcs } from "../jcs.ts";
import { type MemberKeys, sha256, sign } from "./keys.ts";
import { wrapKey, wrapSeed } from "./wrap.ts";

/** The seed wrapped for a passkey, null where it derives nothing, and what the account says of it. */
export async function carry(seed: Bytes, keys: MemberKeys, account: string, credential: string, secret: Bytes | null): Promise<{ wrapped: string | null; signature: string }> {
  const wrapped = secret ? await wrapSeed(await wrapKey(secret), account, seed) : null;
  const said = { account, credential, wrapped_sha256: wrapped ? hex(sha256(wrapped)) : null };
  return { wrapped: wrapped && b64(wrapped), signature: b64(sign(keys.signing, "passkey", jcs(said))) };
}

/** Signs for something that cannot be undone; a stolen session alone cannot do it. */
export const signAct = (keys: MemberKeys, own: string, act: "remove-passkey" | "delete-account" | "delete-household" | "destroy-secret" | "person-role" | "person-deactivate" | "person-invite" | "person-confirm" | "request-template" | "counsel-end" | "moderator-end" | "process-decision" | "process-release" | "process-renewal", of: string): string =>
  b64(sign(keys.signing, "act", jcs({ account: own, act, of })));
