/** The secrets by which a writer is known: made from the person's own key, so that none has to be kept. docs/spec/neighbors.md */
import { b64, utf8 } from "../bytes.ts";
import { derive, sha256 } from "../seal/keys.ts";
import type { SigningKey } from "../seal/keys.ts";

/** The secret of the n-th thing that somebody posted or commented on, base64, and the key that the server knows of it. */
export function secretOf(key: Pick<SigningKey, "seed">, n: number): { secret: string; key: string } {
  const secret = derive(key.seed, utf8(`fanlight/post/v1/${n}`));
  return { secret: b64(secret), key: b64(sha256(secret)) };
}
