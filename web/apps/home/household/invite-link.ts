/** The link of an invitation, read. Its secret stands behind `#`. */
import type { Bytes } from "../../../core/bytes.ts";
import { readUrl64 } from "../../../core/url64.ts";

export interface Invitation {
  readonly invite: string;
  readonly secret: Bytes;
}

const JOIN = /#join=([a-z2-7]{26})\.([A-Za-z0-9_-]{22})$/;

/** The invitation in a link or its fragment, or null. */
export function readInviteLink(text: string): Invitation | null {
  const [, invite, encoded] = JOIN.exec(text) ?? [];
  const secret = encoded ? readUrl64(encoded) : null;
  return invite && secret ? { invite, secret } : null;
}
