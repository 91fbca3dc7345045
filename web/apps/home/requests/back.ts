/** The secret by which whoever gave a copy asks for it back: of this one copy, made of the person's own key, known to no server. */
import { hex, type Bytes, utf8 } from "../../../core/seal/bytes.ts";
import { derive, sha256 } from "../../../core/seal/keys.ts";

export const secretOf = (seed: Bytes, disclosure: string): Bytes => derive(seed, utf8(`fanlight/take-back/v1/${disclosure}`));
/** What goes with the copy. */
export const hashOf = (secret: Bytes): string => hex(sha256(secret));
