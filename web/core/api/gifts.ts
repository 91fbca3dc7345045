/** What was given, and raffles, as docs/spec/gifts.md has them. Reading needs no account. */
import type { Client } from "./client.ts";
import { list, nullable, num, obj, type Read, str } from "./shape.ts";

export interface Party {
  role: string;
  name: string | null;
}
export interface Gift {
  gift: string;
  on: string;
  kind: string;
  what: string;
  donor: Party;
  recipient: Party;
  units: number;
  /** In the smallest unit of `currency`, as `paid` is. */
  list_price: number;
  paid: number;
  currency: string;
  minutes: number | null;
  terms: string;
  appropriation: string | null;
  vote: string | null;
  eligibility: string | null;
  agency: string | null;
  agreement: string | null;
}
export interface GiftRow {
  entry: Gift & { side: string };
  corrected_by: string | null;
  void: string | null;
}
export interface Randomness {
  who: string;
  what: string;
  at: string;
  form: string;
  length: number;
  most: number | null;
}
export interface Raffle {
  raffle: string;
  gift: string;
  prizes: number;
  eligibility: string;
  randomness: Randomness;
}
export interface RaffleRow {
  entry: Raffle & { side: string };
  closed: { tickets: string[] } | null;
  drawn: { randomness: string; winners: string[] } | null;
  void: { reason: string } | null;
}

const party = obj<Party>({ role: str, name: nullable(str) });
const gift: Read<GiftRow["entry"]> = obj({
  gift: str, on: str, kind: str, what: str, donor: party, recipient: party, units: num, list_price: num, paid: num, currency: str,
  minutes: nullable(num), terms: str, appropriation: nullable(str), vote: nullable(str), eligibility: nullable(str), agency: nullable(str), agreement: nullable(str), side: str,
});
const randomness = obj<Randomness>({ who: str, what: str, at: str, form: str, length: num, most: nullable(num) });
const raffle: Read<RaffleRow["entry"]> = obj({ raffle: str, gift: str, prizes: num, eligibility: str, randomness, side: str });
const answer = obj<{ gifts: GiftRow[]; raffles: RaffleRow[] }>({
  gifts: list(obj<GiftRow>({ entry: gift, corrected_by: nullable(str), void: nullable(str) })),
  raffles: list(
    obj<RaffleRow>({
      entry: raffle,
      closed: nullable(obj({ tickets: list(str) })),
      drawn: nullable(obj({ randomness: str, winners: list(str) })),
      void: nullable(obj({ reason: str })),
    }),
  ),
});

export const gifts = (api: Client): Promise<{ gifts: GiftRow[]; raffles: RaffleRow[] }> => api.json("/v1/gifts", answer);

export async function enterGift(api: Client, said: Gift, corrects: string | null): Promise<void> {
  await api.send("/v1/gifts", { method: "POST", json: { ...said, corrects, no_duty: true } });
}
export async function announceRaffle(api: Client, said: Raffle): Promise<void> {
  await api.send("/v1/raffles", { method: "POST", json: said });
}
export async function closeRaffle(api: Client, id: string, tickets: readonly string[]): Promise<void> {
  await api.send(`/v1/raffles/${encodeURIComponent(id)}/close`, { method: "POST", json: { tickets } });
}
/** `published`: as it stands where it was published. */
export async function drawRaffle(api: Client, id: string, published: string): Promise<void> {
  await api.send(`/v1/raffles/${encodeURIComponent(id)}/draw`, { method: "POST", json: { randomness: published } });
}
/** Takes a gift out of the count, or calls a raffle off. */
export async function voidOne(api: Client, what: "gifts" | "raffles", id: string, reason: string): Promise<void> {
  await api.send(`/v1/${what}/${encodeURIComponent(id)}/void`, { method: "POST", json: { reason } });
}
