/** The way in for who holds an office: a passkey of their own, and behind it the key that signs. The server sees neither secret nor key.
 *
 *  Holds:   the key is wrapped under what the passkey derives; where it derives nothing, it stays on this device.
 *  Why:     docs/spec/register.md
 */
import * as account from "../../core/api/account.ts";
import { Client } from "../../core/api/client.ts";
import { b64, readB64 } from "../../core/bytes.ts";
import { jcs } from "../../core/jcs.ts";
import { SealError } from "../../core/seal/errors.ts";
import { carry } from "../../core/seal/carrying.ts";
import { memberKeys, sign } from "../../core/seal/keys.ts";
import { unwrapSeed, wrapKey, wrapSeed } from "../../core/seal/wrap.ts";
import { keepOnDevice, keptOnDevice } from "../device.ts";
import { makePasskey, usePasskey } from "../passkey.ts";
import { resume, type Session } from "../session.ts";

const ground = new Client((url, init) => fetch(url, init));

/** The passkey opens no key here: it was made on another device. */
export class NoKey extends Error {}

export type Office = "clerk" | "auditor";

/** Makes an account of an office with a passkey and a new key. Throws ApiError and passkey errors. */
export async function signUp(kind: Office, name: string): Promise<Session> {
  const { account: id, options } = await account.beginPasskey(ground, "new");
  const { credential, secret } = await makePasskey(options, name);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const keys = await memberKeys(seed);
  const offer = { account: id, sign_pub: b64(keys.signing.public), age_recipient: keys.age.recipient, kind };
  const who = await account.makeAccountByPasskey(ground, {
    ...offer,
    credential: { ...credential },
    wrapped: secret ? b64(await wrapSeed(await wrapKey(secret), id, seed)) : null,
    label: null,
    device: null,
    signature: b64(sign(keys.signing, "account", jcs(offer))),
  });
  if (!secret) await keepOnDevice(id, seed);
  return resume(seed, who);
}

/** Signs in with a passkey of this device. Throws ApiError, passkey errors and NoKey. */
export async function signIn(): Promise<Session> {
  const { options } = await account.beginPasskeySignIn(ground);
  const { credential, secret } = await usePasskey(options);
  const who = await account.signInByPasskey(ground, { ...credential }, null);
  const wrapped = who.wrapped === null ? null : readB64(who.wrapped);
  try {
    const seed = wrapped && secret ? await unwrapSeed(await wrapKey(secret), who.account, wrapped) : await keptOnDevice(who.account);
    if (seed) return await resume(seed, who);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
  }
  throw new NoKey("no key");
}

/** Opens a locked page with a passkey of the same person; false: it is somebody else's. Throws ApiError and passkey errors. */
export async function unlock(session: Session): Promise<boolean> {
  if (!session.again) return true;
  const { options } = await account.beginPasskeySignIn(ground);
  const { credential } = await usePasskey(options);
  const who = await account.signInByPasskey(ground, { ...credential }, null);
  if (who.account !== (await session.whoami()).account) return false;
  await session.again(who);
  return true;
}

/** Adds a passkey of this device, or of one that the browser reaches. False where it carries no key: the key then stays on this device too.
 *  Throws ApiError and passkey errors. */
export async function addPasskey({ api, seed, keys }: Session, label: string): Promise<boolean> {
  const { account: id, options } = await account.beginPasskey(api, "add");
  const { credential, secret } = await makePasskey(options, label);
  await account.addPasskey(api, { credential: { ...credential }, label: null, ...(await carry(seed, keys, id, credential.id, secret)) });
  if (!secret) await keepOnDevice(id, seed);
  return secret !== null;
}
