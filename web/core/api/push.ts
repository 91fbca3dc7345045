/** The calls about alerts. */
import { b64, type Bytes, unb64 } from "../seal/bytes.ts";
import type { Client } from "./client.ts";
import { list, obj, str } from "./shape.ts";

/** The key by which a browser's push service knows this town, base64url. */
export const pushKey = async (api: Client): Promise<string> => (await api.json("/v1/push/key", obj({ key: str }), { anonymous: true })).key;

/** A ticket for where this browser's push service wants its pushes. The server does not keep the address. */
export const pushTicket = async (api: Client, endpoint: string): Promise<string> =>
  (await api.json("/v1/push/tickets", obj({ ticket: str }), { method: "POST", json: { endpoint } })).ticket;

/** One's own behests by browser, sealed. */
export async function pushBehests(api: Client): Promise<Map<string, Bytes>> {
  const found = await api.json("/v1/push/behests", obj({ behests: list(obj({ behest: str, body: str })) }));
  return new Map(found.behests.map(({ behest, body }) => [behest, unb64(body)]));
}

export const putPushBehest = async (api: Client, device: string, body: Uint8Array): Promise<void> => {
  await api.send(`/v1/push/behests/${device}`, { method: "PUT", json: { body: b64(body) } });
};

export const dropPushBehest = async (api: Client, device: string): Promise<void> => {
  await api.send(`/v1/push/behests/${device}`, { method: "DELETE" });
};
