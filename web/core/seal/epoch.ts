/** The household's keys by period, each signed by an owner and chained. Twin of fanlight.seal.epoch. */

import { jcs } from "../jcs.ts";
import { openAge, sealAge } from "./age.ts";
import { type Bytes, b64, hex, text, unb64, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { type Identity, type SigningKey, identityRecipient, newIdentity, sha256, sign, verify } from "./keys.ts";
import { Fields } from "./manifest.ts";

/** As the API carries it: the signed text, and base64 of signature and sealed secret. */
export interface EpochWire {
  readonly statement: string;
  readonly sig: string;
  readonly sealed: string;
}

export interface Epoch {
  readonly household: string;
  readonly n: number;
  readonly prev: string | null;
  readonly recipient: string;
  readonly sealed: Bytes;
  /** What the next statement carries as `prev`. */
  readonly chainHash: string;
}

/** Makes the epoch after `after` (undefined: the first) for the members' age recipients. */
export async function newEpoch(
  household: string,
  after: Epoch | undefined,
  members: readonly string[],
  owner: SigningKey,
): Promise<{ identity: Identity; wire: EpochWire }> {
  const identity = await newIdentity();
  const sealed = await sealAge(utf8(`${identity.secret}\n`), members);
  const statement = jcs({
    v: 1,
    type: "epoch",
    household,
    n: after ? after.n + 1 : 0,
    prev: after ? after.chainHash : null,
    recipient: identity.recipient,
    sealed_sha256: hex(sha256(sealed)),
  });
  const sig = b64(sign(owner, "epoch", statement));
  return { identity, wire: { statement: text(statement), sig, sealed: b64(sealed) } };
}

/**
 * Checks the whole list, from n = 0 on without a gap, all by one owner for one household.
 *
 * Throws SealError: `bad_signature`, `malformed`, or `altered` for a gap, a fork or a foreign sealed file.
 */
export function checkChain(wires: readonly EpochWire[], owner: Uint8Array, household: string): Epoch[] {
  const checked: Epoch[] = [];
  for (const wire of wires) {
    verify(owner, "epoch", utf8(wire.statement), unb64(wire.sig));
    const read = new Fields(wire.statement, "epoch");
    const sealed = unb64(wire.sealed);
    const epoch: Epoch = {
      household: read.match("household", /^[a-z2-7]{26}$/),
      n: read.count("n"),
      prev: read.nullableHash("prev"),
      recipient: read.match("recipient", /^age1pq1[0-9a-z]+$/),
      sealed,
      chainHash: hex(sha256(utf8(wire.statement))),
    };
    const sealedHash = read.match("sealed_sha256", /^[0-9a-f]{64}$/);
    read.end();
    const before = checked.at(-1);
    const fits =
      epoch.household === household &&
      epoch.n === checked.length &&
      epoch.prev === (before?.chainHash ?? null) &&
      sealedHash === hex(sha256(sealed));
    if (!fits) throw new SealError("altered", "the list of household keys has a gap or a foreign link");
    checked.push(epoch);
  }
  return checked;
}

/** The identity text of a checked epoch; throws `not_for_us` for one from before we joined. */
export async function openEpoch(epoch: Epoch, identities: readonly string[]): Promise<string> {
  const secret = text(await openAge(epoch.sealed, identities)).replace(/\n$/, "");
  if ((await identityRecipient(secret)) !== epoch.recipient) {
    throw new SealError("altered", "the secret of a household key does not belong to the key its owner signed");
  }
  return secret;
}
