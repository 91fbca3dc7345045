/** The calls about links: a member makes, lists and takes back; whoever has a link asks and opens without an account. */
import { b64 } from "../bytes.ts";
import type { Client } from "./client.ts";
import { list, num, obj, oneOf, or, str } from "./shape.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const PART = 4 * 1024 * 1024;
export const LINK_STATES = ["coming", "open", "revoked", "expired", "spent"] as const;
export type LinkState = (typeof LINK_STATES)[number];
const KINDS = ["clip", "support"] as const;

export interface LinkRow {
  link: string;
  kind: (typeof KINDS)[number];
  state: LinkState;
  until: string;
  most: number;
  opened: number;
  own: string;
  minutes: number;
}
/** What whoever has a link is told; what is over says no more than why. */
export interface LinkTold {
  state: LinkState;
  kind: (typeof KINDS)[number];
  until: string;
  left: number;
  minutes: number;
  length: number;
  about: string;
}
export interface NewLink {
  readonly kind: (typeof KINDS)[number];
  readonly until: string;
  readonly most: number;
  readonly about: Uint8Array;
  readonly own: Uint8Array;
  readonly file: Uint8Array;
}

const row = obj<LinkRow>({ link: str, kind: oneOf(KINDS), state: oneOf(LINK_STATES), until: str, most: num, opened: num, own: str, minutes: or(num, 0) });
const told = obj<LinkTold>({
  state: oneOf(LINK_STATES),
  kind: oneOf(KINDS),
  until: or(str, ""),
  left: or(num, 0),
  minutes: or(num, 0),
  length: or(num, 0),
  about: or(str, ""),
});

export const myLinks = async (api: Client): Promise<LinkRow[]> => (await api.json("/v1/links", obj({ links: list(row) }))).links;

/** Sends a link whole; goes on where an earlier try broke off. Throws ApiError. */
export async function giveLink(api: Client, link: string, made: NewLink, progress: (share: number) => void): Promise<void> {
  const { file } = made;
  const wire = { kind: made.kind, until: made.until, most: made.most, length: file.length, about: b64(made.about), own: b64(made.own) };
  const { received } = await api.json(`/v1/links/${link}`, obj({ received: num }), { method: "PUT", json: wire });
  for (let offset = received; offset < file.length; offset += PART) {
    await api.send(`/v1/links/${link}/file?offset=${offset}`, { method: "PUT", bytes: file.subarray(offset, offset + PART) });
    progress(Math.min(1, (offset + PART) / file.length));
  }
  await api.send(`/v1/links/${link}/done`, { method: "POST" });
}

export const takeBack = async (api: Client, link: string): Promise<void> => {
  await api.send(`/v1/links/${link}`, { method: "DELETE" });
};

export const linkTold = (api: Client, link: string): Promise<LinkTold> => api.json(`/v1/links/${link}/about`, told, { anonymous: true });

/** The sealed file. This counts as one opening. */
export const openedLink = (api: Client, link: string): Promise<Bytes> => api.bytes(`/v1/links/${link}/open`, { method: "POST", anonymous: true });
