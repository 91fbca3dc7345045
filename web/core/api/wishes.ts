/** The calls about wishes. None carries a token: nobody learns who sends one, or who reads. */
import { b64, type Bytes, readB64 } from "../bytes.ts";
import type { Client } from "./client.ts";
import { list, obj, str } from "./shape.ts";

export interface WishRow {
  readonly wish: string;
  readonly sealed: Bytes;
}

export const cellRecipient = async (api: Client, cell: string): Promise<string> =>
  (await api.json(`/v1/cells/${cell}/recipient`, obj({ recipient: str }), { anonymous: true })).recipient;

export const sendWish = async (api: Client, cell: string, sealed: Uint8Array): Promise<void> => {
  await api.send("/v1/wishes", { method: "POST", json: { cell, sealed: b64(sealed) }, anonymous: true });
};

/** The wishes of a cell: one file, the same for everybody. */
export const cellWishes = async (api: Client, cell: string): Promise<WishRow[]> => {
  const { wishes } = await api.json(`/v1/cells/${cell}/wishes`, obj({ wishes: list(obj({ wish: str, sealed: str })) }), { anonymous: true });
  return wishes.flatMap(({ wish, sealed }) => {
    const bytes = readB64(sealed);
    return bytes ? [{ wish, sealed: bytes }] : [];
  });
};
