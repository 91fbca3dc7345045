/** The calls by which people come into a household: invites, and the recovery sheet. */
import { type EpochWire, epochWire, type GiftWire, pending, type Pending } from "./calls.ts";
import type { Client } from "./client.ts";
import { bool, list, nullable, obj, type Read, str } from "./shape.ts";

/** An account and its public halves. */
export interface PublicHalves {
  account: string;
  sign_pub: string;
  age_recipient: string;
}
const halves = { account: str, sign_pub: str, age_recipient: str };

export const makeInvite = (api: Client, invite: string): Promise<{ invite: string; ends: string }> =>
  api.json("/v1/invites", obj({ invite: str, ends: str }), { method: "POST", json: { invite } });

export interface Invite {
  invite: string;
  household: string;
  ends: string;
  inviter: PublicHalves;
  answered: boolean;
}
export const readInvite = (api: Client, invite: string): Promise<Invite> =>
  api.json(`/v1/invites/${invite}`, obj<Invite>({ invite: str, household: str, ends: str, inviter: obj(halves), answered: bool }));

export const answerInvite = async (api: Client, invite: string, mac: string): Promise<void> => {
  await api.send(`/v1/invites/${invite}/answer`, { method: "PUT", json: { mac } });
};

export interface Answer extends PublicHalves {
  mac: string;
}
export const readAnswer = (api: Client, invite: string): Promise<Answer> => api.json(`/v1/invites/${invite}/answer`, obj<Answer>({ ...halves, mac: str }));

export const dropInvite = async (api: Client, invite: string): Promise<void> => {
  await api.send(`/v1/invites/${invite}`, { method: "DELETE" });
};

/** Gives a member keys from before they came. */
export const giveKeys = async (api: Client, account: string, keys: readonly GiftWire[]): Promise<void> => {
  await api.send(`/v1/households/mine/earlier/${account}`, { method: "PUT", json: { keys } });
};

/** Proves that the caller has the sheet. */
export interface SheetProof {
  sign_pub: string;
  challenge: string;
  signature: string;
}
export interface Recovered {
  household: string;
  cell: string;
  epochs: EpochWire[];
  pending: Pending | null;
}
const recovered: Read<Recovered> = obj<Recovered>({ household: str, cell: str, epochs: list(epochWire), pending: nullable(pending) });

export const findByRecovery = (api: Client, proof: SheetProof): Promise<Recovered> =>
  api.json("/v1/recovery/household", recovered, { method: "POST", json: proof });

export const putRecovery = (api: Client, body: SheetProof & { epoch: EpochWire }): Promise<Pending> =>
  api.json("/v1/households/mine/recovery", pending, { method: "POST", json: body });
