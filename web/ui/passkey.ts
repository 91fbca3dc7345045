/** Passkeys of this browser. The secret that a passkey derives stays in the page: what is posted never holds it.
 *
 *  In:      the server's options, with binary fields as base64url.
 *  Out:     the credential as the server wants it, and the 32 bytes that the passkey derived, or null without PRF.
 *  Holds:   `clientExtensionResults` of what is posted is empty.
 *  Source:  WebAuthn Level 3, sections 5 and 10.1.4 (prf).
 */
import type { Bytes } from "../core/bytes.ts";
import { PRF_SALT as SALT } from "../core/seal/prf.ts";
import { inApp, LOCAL } from "./server.ts";
import { fromUrl64, toUrl64 } from "../core/url64.ts";


export interface CredentialJson {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly authenticatorAttachment: string | null;
  readonly clientExtensionResults: Record<string, never>;
  readonly response: Readonly<Record<string, string | readonly string[]>>;
}

export interface Passkey {
  readonly credential: CredentialJson;
  /** 32 bytes that only this passkey gives, the same each time; null where browser or key cannot. */
  readonly secret: Bytes | null;
}

export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string | undefined; readonly name: string };
  readonly user: { readonly id: string };
  readonly pubKeyCredParams: readonly { readonly type: string; readonly alg: number }[];
  readonly excludeCredentials?: readonly { readonly id: string }[] | undefined;
}
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string | undefined;
}

/** The person closed the browser's question, or let it run out. */
export class PasskeyClosed extends Error {}
/** This device has that passkey already. */
export class PasskeyKnown extends Error {}
/** There are no passkeys here: an old browser, or an address without https. */
export class NoPasskeys extends Error {}

export const hasPasskeys = (): boolean => typeof PublicKeyCredential !== "undefined" && isSecureContext;

/** The host that a passkey is bound to: the server's, or this machine on the pages of `fanlight app`. */
const bound = (id: string | undefined): string | undefined => (inApp() ? LOCAL : id);

/** Makes a passkey. `name` is what the browser calls it; the server is not told. Throws the three errors above. */
export async function makePasskey(options: CreationOptions, name: string): Promise<Passkey> {
  const id = bound(options.rp.id);
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: fromUrl64(options.challenge),
        rp: { ...(id ? { id } : {}), name: options.rp.name },
        user: { id: fromUrl64(options.user.id), name, displayName: name },
        pubKeyCredParams: options.pubKeyCredParams.map(({ alg }) => ({ type: "public-key", alg })),
        excludeCredentials: (options.excludeCredentials ?? []).map(({ id }) => ({ type: "public-key", id: fromUrl64(id) })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
        extensions: { prf: { eval: { first: SALT } } },
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  const credential = posted(made, {
    clientDataJSON: toUrl64(response.clientDataJSON),
    attestationObject: toUrl64(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
  const prf = made.getClientExtensionResults().prf;
  let secret = asBytes(prf?.results?.first);
  // Many authenticators derive only when asked to sign: one more touch, by a question of our own that nobody else sees.
  if (!secret && prf?.enabled) secret = (await use({ challenge: toUrl64(crypto.getRandomValues(new Uint8Array(32))), rpId: id }, made.rawId)).secret;
  return { credential, secret };
}

/** Signs in with any passkey that this device has for this server. Throws the errors above. */
export const usePasskey = (options: RequestOptions): Promise<Passkey> => use(options, null);

async function use(options: RequestOptions, only: ArrayBuffer | null): Promise<Passkey> {
  const id = bound(options.rpId);
  const got = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: fromUrl64(options.challenge),
        ...(id ? { rpId: id } : {}),
        allowCredentials: only ? [{ type: "public-key", id: only }] : [],
        userVerification: "required",
        extensions: { prf: { eval: { first: SALT } } },
      },
    }),
  );
  const response = got.response as AuthenticatorAssertionResponse;
  const credential = posted(got, {
    clientDataJSON: toUrl64(response.clientDataJSON),
    authenticatorData: toUrl64(response.authenticatorData),
    signature: toUrl64(response.signature),
    ...(response.userHandle ? { userHandle: toUrl64(response.userHandle) } : {}),
  });
  return { credential, secret: asBytes(got.getClientExtensionResults().prf?.results?.first) };
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!hasPasskeys()) throw new NoPasskeys("no passkeys");
  try {
    const got = await ask();
    if (!got) throw new PasskeyClosed("nothing came");
    return got as PublicKeyCredential;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "InvalidStateError") throw new PasskeyKnown(error.name);
    if (error.name === "NotAllowedError" || error.name === "AbortError") throw new PasskeyClosed(error.name);
    if (error.name === "NotSupportedError" || error.name === "SecurityError") throw new NoPasskeys(error.name);
    throw error;
  }
}

const posted = (made: PublicKeyCredential, response: CredentialJson["response"]): CredentialJson => ({
  id: made.id,
  rawId: toUrl64(made.rawId),
  type: made.type,
  authenticatorAttachment: made.authenticatorAttachment,
  clientExtensionResults: {},
  response,
});

function asBytes(value: BufferSource | undefined): Bytes | null {
  if (!value) return null;
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return bytes.length === 32 ? (bytes.slice() as Bytes) : null;
}
