/** What a passkey is asked to derive from (WebAuthn's `prf`): one salt for everybody, hashed by the browser itself. */
import { type Bytes, utf8 } from "../bytes.ts";

export const PRF_SALT: Bytes = utf8("fanlight/prf/v1");
