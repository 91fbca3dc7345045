/** The calls about oneself: passkeys, sign-in, sessions, notices, leaving and deleting. Shapes as docs/ref/openapi has them. */
import { b64 } from "../bytes.ts";
import { type SessionAnswer, sessionAnswer } from "./calls.ts";
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, or, type Read, str } from "./shape.ts";

/** What a browser's passkey answered, without anything that the passkey derived. */
export type Credential = Readonly<Record<string, unknown>>;

export interface CreationOptions {
  challenge: string;
  rp: { id: string; name: string };
  user: { id: string };
  pubKeyCredParams: { type: string; alg: number }[];
  excludeCredentials: { id: string }[];
}
const creationOptions: Read<CreationOptions> = obj<CreationOptions>({
  challenge: str,
  rp: obj({ id: str, name: str }),
  user: obj({ id: str }),
  pubKeyCredParams: list(obj({ type: str, alg: num })),
  excludeCredentials: or(list(obj({ id: str })), []),
});
export interface RequestOptions {
  challenge: string;
  rpId: string;
}
const requestOptions: Read<RequestOptions> = obj<RequestOptions>({ challenge: str, rpId: str });

export interface Membership {
  household: string;
  role: string;
}
const membership: Read<Membership> = obj<Membership>({ household: str, role: str });

export interface PasskeySession extends SessionAnswer {
  households: Membership[];
  passkey: string;
  /** Null: this passkey derives nothing. */
  wrapped: string | null;
}
const passkeySession: Read<PasskeySession> = (value, where) => ({
  ...sessionAnswer(value, where),
  ...obj({ households: list(membership), passkey: str, wrapped: nullable(str) })(value, where),
});

/** For another device of one's own, by a code that carries `ticket`. */
export interface Ticket {
  readonly account: string;
  readonly ticket: string;
}
export const makeTicket = (api: Client): Promise<{ ticket: string; life_s: number }> =>
  api.json("/v1/passkeys/ticket", obj({ ticket: str, life_s: num }), { method: "POST" });
export const beginDevice = (api: Client, { account, ticket }: Ticket): Promise<{ account: string; options: CreationOptions }> =>
  api.json("/v1/passkeys/begin", obj({ account: str, options: creationOptions }), { method: "POST", json: { purpose: "device", account, ticket }, anonymous: true });
export const addDevice = (
  api: Client,
  body: Ticket & { credential: Credential; wrapped: string | null; label: string | null; device: string | null; signature: string },
): Promise<PasskeySession> => api.json("/v1/accounts/device", passkeySession, { method: "POST", json: body, anonymous: true });

export const beginPasskey = (api: Client, purpose: "new" | "add"): Promise<{ account: string; options: CreationOptions }> =>
  api.json("/v1/passkeys/begin", obj({ account: str, options: creationOptions }), { method: "POST", json: { purpose }, anonymous: purpose === "new" });

export const makeAccountByPasskey = (
  api: Client,
  body: {
    account: string;
    credential: Credential;
    sign_pub: string;
    age_recipient: string;
    wrapped: string | null;
    label: string | null;
    device: string | null;
    signature: string;
    kind?: "clerk" | "auditor";
  },
): Promise<PasskeySession> => api.json("/v1/accounts/passkey", passkeySession, { method: "POST", json: body, anonymous: true });

export const beginPasskeySignIn = (api: Client): Promise<{ options: RequestOptions }> =>
  api.json("/v1/sessions/passkey/begin", obj({ options: requestOptions }), { method: "POST", anonymous: true });

export const signInByPasskey = (api: Client, credential: Credential, device: string | null): Promise<PasskeySession> =>
  api.json("/v1/sessions/passkey", passkeySession, { method: "POST", json: { credential, device }, anonymous: true });

export interface PasskeyRow {
  passkey: string;
  /** UTC day on which it was made. */
  day: string;
  label: string | null;
  wrapped: boolean;
  current: boolean;
}
export const listPasskeys = async (api: Client): Promise<PasskeyRow[]> =>
  (
    await api.json(
      "/v1/passkeys",
      obj({ passkeys: list(obj<PasskeyRow>({ passkey: str, day: str, label: nullable(str), wrapped: bool, current: bool })) }),
    )
  ).passkeys;

export const addPasskey = (
  api: Client,
  body: { credential: Credential; wrapped: string | null; label: string | null; signature: string },
): Promise<{ passkey: string }> => api.json("/v1/passkeys", obj({ passkey: str }), { method: "POST", json: body });

export const removePasskey = async (api: Client, passkey: string, signature: string): Promise<void> => {
  await api.send(`/v1/passkeys/${passkey}`, { method: "DELETE", headers: signed(signature) });
};

export interface SessionRow {
  session: string;
  day: string;
  passkey: string | null;
  current: boolean;
}
export const listSessions = async (api: Client): Promise<SessionRow[]> =>
  (await api.json("/v1/sessions/mine", obj({ sessions: list(obj<SessionRow>({ session: str, day: str, passkey: nullable(str), current: bool })) })))
    .sessions;

/** `session`: an id, or `others` for all but this one. */
export const endSession = async (api: Client, session: string): Promise<void> => {
  await api.send(`/v1/sessions/${session}`, { method: "DELETE" });
};

export interface NoticeRow {
  notice: string;
  code: string;
  day: string;
  about: string | null;
  household: string | null;
}
export const listNotices = async (api: Client): Promise<NoticeRow[]> =>
  (
    await api.json(
      "/v1/account/notices",
      obj({ notices: list(obj<NoticeRow>({ notice: str, code: str, day: str, about: nullable(str), household: nullable(str) })) }),
    )
  ).notices;

export const dropNotices = async (api: Client, seen: readonly string[]): Promise<void> => {
  await api.send("/v1/account/notices", { method: "POST", json: { seen } });
};

export interface About {
  account: string;
  sign_pub: string;
  age_recipient: string;
  households: Membership[];
  passkeys: number;
  sessions: number;
  notices: number;
}
export const aboutAccount = (api: Client): Promise<About> =>
  api.json(
    "/v1/account",
    obj<About>({ account: str, sign_pub: str, age_recipient: str, households: list(membership), passkeys: num, sessions: num, notices: num }),
  );

export const deleteAccount = async (api: Client, signature: string): Promise<void> => {
  await api.send("/v1/account", { method: "DELETE", headers: signed(signature) });
};

export const leaveHousehold = async (api: Client): Promise<void> => {
  await api.send("/v1/account/leave", { method: "POST" });
};

/** The same, and leaves its hubs an owner's last word, sealed to them. */
export const endHousehold = async (api: Client, signature: string, farewell: Uint8Array | null): Promise<void> => {
  await api.send("/v1/households/mine/end", { method: "POST", json: { signature, farewell: farewell && b64(farewell) } });
};
export const deleteHousehold = async (api: Client, signature: string): Promise<void> => {
  await api.send("/v1/households/mine", { method: "DELETE", headers: signed(signature) });
};

/** Destroys the secret of an old household key, which no clip needs any more. `signature`: of the act `destroy-secret`. */
export const destroySecret = async (api: Client, n: number, signature: string): Promise<void> => {
  await api.send(`/v1/households/mine/epochs/${n}/secret`, { method: "DELETE", headers: signed(signature) });
};

const signed = (signature: string): Record<string, string> => ({ "Fanlight-Signature": signature });
