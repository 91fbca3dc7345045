/** How somebody comes to a running agency: a one-time link, keys of their own, a code that both sides compare. docs/design/people.md
 *
 *  Holds:   the secret stands in the address' fragment and in the body of two calls; a hash of it is all that is kept.
 */
import * as account from "../../core/api/account.ts";
import { Client } from "../../core/api/client.ts";
import { list, nullable, obj, type Read, str } from "../../core/api/shape.ts";
import { b64, type Bytes, concat, hex, utf8 } from "../../core/bytes.ts";
import { jcs } from "../../core/jcs.ts";
import { newId } from "../../core/register/statement.ts";
import { signAct } from "../../core/seal/carrying.ts";
import { memberKeys, sha256, sign } from "../../core/seal/keys.ts";
import { wrapKey, wrapSeed } from "../../core/seal/wrap.ts";
import { readUrl64, toUrl64 } from "../../core/url64.ts";
import { keepOnDevice } from "../device.ts";
import { makePasskey } from "../passkey.ts";
import type { Session } from "../session.ts";

const OPEN = "/v1/agency/invitations";
const ONE = "/v1/agency/invitation";
const SECRET_BYTES = 32;
const ground = new Client((url, init) => fetch(url, init));

export interface Invited {
  readonly invitation: string;
  readonly agency: string;
  readonly name: string;
  readonly role: string;
}
export interface Keys {
  readonly account: string;
  readonly sign_pub: string;
  readonly age_recipient: string;
}
export interface Open extends Invited {
  readonly ends: string;
  /** Null until somebody answered. */
  readonly keys: Keys | null;
}
export interface Shown extends Invited {
  readonly agency_name: string;
  readonly ends: string;
}
const common = { invitation: str, agency: str, name: str, role: str, ends: str };
const open: Read<Open> = (value, where) => {
  const { account: who, sign_pub, age_recipient, ...said } = obj({ ...common, account: nullable(str), sign_pub: nullable(str), age_recipient: nullable(str) })(value, where);
  return { ...said, keys: who !== null && sign_pub !== null && age_recipient !== null ? { account: who, sign_pub, age_recipient } : null };
};
const shown: Read<Shown> = obj<Shown>({ ...common, agency_name: str });

const digest = (fields: Readonly<Record<string, string>>): Bytes => sha256(jcs(fields));
const keysDigest = ({ invitation, agency, name, role }: Invited, { account: who, sign_pub, age_recipient }: Keys): Bytes =>
  digest({ account: who, age_recipient, agency, invitation, name, role, sign_pub });

/** What both sides read to each other: 24 digits of the hash of who comes, as what, with which keys. */
export function codeOf(of: Invited, keys: Keys): string {
  const number = BigInt(`0x${hex(keysDigest(of, keys))}`) % 10n ** 24n;
  return (number.toString().padStart(24, "0").match(/.{4}/g) ?? []).join(" ");
}

export const secretHash = (secret: Bytes): Bytes => sha256(concat([utf8("fanlight/agency-invitation/v1\n"), secret]));
export const linkOf = (origin: string, secret: Bytes, app = "agency"): string => `${origin}/${app}/#/join/${toUrl64(secret)}`;

/** The kind of account that an invitation makes. */
const kindOf = ({ agency, role }: Invited): string => (agency ? "officer" : role === "moderator" ? role : "counsel");

/** The secret of a link's last part, or null. */
export function readSecret(part: string): Bytes | null {
  const secret = readUrl64(part);
  return secret?.length === SECRET_BYTES ? secret : null;
}

export const invitations = async ({ api }: Session): Promise<readonly Open[]> => (await api.json(OPEN, obj({ invitations: list(open) }))).invitations;

/** Invites somebody; returns the secret of the link, which is kept nowhere. Throws ApiError. */
export async function invite({ api, keys }: Session, own: string, agency: string, name: string, role: string): Promise<Bytes> {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const said = { agency, invitation: newId(), name, role, secret_hash: b64(secretHash(secret)) };
  await api.send(OPEN, { method: "POST", json: { ...said, signature: signAct(keys, own, "person-invite", hex(digest(said))) } });
  return secret;
}

/** Signs that these keys are theirs, whose code was compared. Throws ApiError. */
export async function confirm({ api, keys }: Session, own: string, of: Invited, theirs: Keys): Promise<void> {
  const signature = signAct(keys, own, "person-confirm", hex(keysDigest(of, theirs)));
  await api.send(`${OPEN}/${of.invitation}/confirm`, { method: "POST", json: { signature } });
}

export async function takeBack({ api }: Session, invitation: string): Promise<void> {
  await api.send(`${OPEN}/${invitation}/take-back`, { method: "POST" });
}

export const read = (secret: Bytes): Promise<Shown> => ground.json(ONE, shown, { method: "POST", json: { secret: b64(secret) }, anonymous: true });

/** Makes keys and a passkey and hands in their public halves; returns these. Throws ApiError and passkey errors. */
export async function answer(secret: Bytes, of: Invited): Promise<Keys> {
  const { account: id, options } = await account.beginPasskey(ground, "new");
  const passkey = await makePasskey(options, of.name);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const made = await memberKeys(seed);
  const keys = { account: id, sign_pub: b64(made.signing.public), age_recipient: made.age.recipient };
  if (!passkey.secret) await keepOnDevice(id, seed);
  await ground.send(`${ONE}/answer`, {
    method: "POST",
    anonymous: true,
    json: {
      ...keys,
      secret: b64(secret),
      credential: { ...passkey.credential },
      wrapped: passkey.secret ? b64(await wrapSeed(await wrapKey(passkey.secret), id, seed)) : null,
      signature: b64(sign(made.signing, "account", jcs({ ...keys, kind: kindOf(of), invitation: of.invitation }))),
    },
  });
  return keys;
}
