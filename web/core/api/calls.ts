/** The calls of a household member and of anybody, as the contract of the HTTP API has them. */

import { Client, type Tagged } from "./client.ts";
import type { Division } from "../geo/cells.ts";
import { bool, list, nullable, num, obj, or, raw, type Read, str } from "./shape.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface SessionAnswer {
  token: string;
  account: string;
  kind: string;
  household: string | null;
  agency: string | null;
  roles: string[];
  /** When the token ends, RFC 3339. */
  expires: string | null;
  name: string | null;
}
export const sessionAnswer: Read<SessionAnswer> = obj<SessionAnswer>({
  token: str,
  account: str,
  kind: str,
  household: nullable(str),
  agency: nullable(str),
  roles: or(list(str), []),
  expires: nullable(str),
  name: nullable(str),
});

export interface EpochWire {
  statement: string;
  sig: string;
  sealed: string;
  /** The notes for members, guests and hubs; absent in the first version. */
  private?: string;
}
export const epochWire: Read<EpochWire> = (value, where) => {
  const { private: notes, ...rest } = obj({ statement: str, sig: str, sealed: str, private: nullable(str) })(value, where);
  return notes === null ? rest : { ...rest, private: notes };
};
/** A household key from before one came, sealed to one by an owner's device. */
export interface GiftWire {
  statement: string;
  sig: string;
  sealed: string;
}
/** A new beginning by the recovery sheet, which counts from `due` on unless an owner objects. */
export interface Pending {
  epoch: EpochWire;
  day: string;
  due: string;
}
export const pending: Read<Pending> = obj<Pending>({ epoch: epochWire, day: str, due: str });

export interface Household {
  household: string;
  cell: string;
  /** One's own. */
  role: string;
  pending: Pending | null;
  invites: { invite: string; day: string; answered: boolean }[];
  members: { account: string; age_recipient: string; sign_pub: string; role: string }[];
  hubs: { hub: string; sign_pub: string; age_recipient: string; signature: string | null }[];
  epochs: EpochWire[];
  /** One's own. */
  earlier: GiftWire[];
  /** To whom owners showed earlier pages; for owners and members. */
  words: Pick<GiftWire, "statement" | "sig">[];
}
export const household: Read<Household> = obj<Household>({
  household: str,
  cell: str,
  role: or(str, "owner"),
  pending: nullable(pending),
  invites: or(list(obj({ invite: str, day: str, answered: bool })), []),
  members: list(obj({ account: str, age_recipient: str, sign_pub: str, role: str })),
  hubs: list(obj({ hub: str, sign_pub: str, age_recipient: str, signature: nullable(str) })),
  epochs: list(epochWire),
  earlier: or(list(obj<GiftWire>({ statement: str, sig: str, sealed: str })), []),
  words: or(list(obj<Pick<GiftWire, "statement" | "sig">>({ statement: str, sig: str })), []),
});

export interface ClipRow {
  clip: string;
  card: string;
  sig: string;
}
export interface ClipPage {
  clips: ClipRow[];
  after: string | null;
}
const clips: Read<ClipPage> = obj<ClipPage>({
  clips: list(obj<ClipRow>({ clip: str, card: str, sig: str })),
  after: nullable(str),
});

export interface Town {
  name: string;
  demo: boolean;
  division: Division;
}

export interface CellFile {
  body: string;
  sig: string;
}
export interface CellRequest {
  request: string;
  leaf: string;
  index: number;
  proof: string[];
  key_leaf: string;
  key_index: number;
  key_proof: string[];
  sealed: string;
  /** What came after it had opened: an emergency's second signature, a reminder. */
  after: Standing[];
}
/** An entry with its place in the record. */
export interface Standing {
  leaf: string;
  index: number;
  proof: string[];
}
export interface CellBody {
  cell: string;
  pack: { id: string; sha256: string } & Record<string, unknown>;
  checkpoint: string;
  vkey: string;
  witness_vkeys: string;
  requests: CellRequest[];
  /** Emergencies that closed by themselves, for want of a second signature. */
  lapsed: Standing[];
}
const standing = obj<Standing>({ leaf: str, index: num, proof: list(str) });
const cellRequest: Read<CellRequest> = obj<CellRequest>({
  request: str,
  leaf: str,
  index: num,
  proof: list(str),
  key_leaf: str,
  key_index: num,
  key_proof: list(str),
  sealed: str,
  after: or(list(standing), []),
});
const packPart: Read<CellBody["pack"]> = (value, where) => ({
  ...(value as Record<string, unknown>),
  ...obj({ id: str, sha256: str })(value, where),
});
/** Reads the signed body of a cell file, once its signature holds. */
export const readCellBody: Read<CellBody> = obj<CellBody>({
  cell: str,
  pack: packPart,
  checkpoint: str,
  vkey: str,
  witness_vkeys: str,
  requests: list(cellRequest),
  lapsed: or(list(standing), []),
});

export const challenge = (api: Client, signPub: string): Promise<{ challenge: string }> =>
  api.json("/v1/sessions/challenge", obj({ challenge: str }), { method: "POST", json: { sign_pub: signPub }, anonymous: true });

export const openSession = (api: Client, body: { sign_pub: string; challenge: string; signature: string }): Promise<SessionAnswer> =>
  api.json("/v1/sessions", sessionAnswer, { method: "POST", json: body, anonymous: true });

export const makeAccount = (
  api: Client,
  body: { kind: "member"; sign_pub: string; age_recipient: string; signature: string },
): Promise<{ account: string }> => api.json("/v1/accounts", obj({ account: str }), { method: "POST", json: body, anonymous: true });

/** `another`: beside a household that one is of already. */
export const makeHousehold = (api: Client, cell: string, another = false): Promise<{ household: string }> =>
  api.json("/v1/households", obj({ household: str }), { method: "POST", json: another ? { cell, another } : { cell } });

export const myHousehold = (api: Client): Promise<Household> => api.json("/v1/households/mine", household);

export const admitHub = (
  api: Client,
  body: { sign_pub: string; age_recipient: string; signature: string },
): Promise<{ hub: string }> =>
  api.json("/v1/households/mine/hubs", obj({ hub: str }), { method: "POST", json: body });

export const putEpoch = async (api: Client, n: number, wire: EpochWire): Promise<void> => {
  await api.send(`/v1/households/mine/epochs/${n}`, { method: "PUT", json: wire });
};

export const hubStatus = (api: Client): Promise<Bytes> => api.bytes("/v1/hub/status");

/** One page of a UTC day's clips, in no telling order; `after` is what the page before gave. Null: as it was under `tag`. */
export const clipsOf = (api: Client, day: string, after: string | null, tag: string | null = null): Promise<Tagged<ClipPage> | null> =>
  api.jsonIfChanged(`/v1/clips?brief=true&day=${encodeURIComponent(day)}${after ? `&after=${encodeURIComponent(after)}` : ""}`, clips, tag);

/** The sealed manifest of a clip of that list. */
export const clipManifest = (api: Client, clip: string): Promise<Bytes> => api.bytes(`/v1/clips/${clip}/manifest`);

export const clipHeader = (api: Client, clip: string): Promise<Bytes> => api.bytes(`/v1/clips/${clip}/hdr`);

export const clipRange = (api: Client, clip: string, from: number, to: number, signal?: AbortSignal): Promise<Bytes> =>
  api.range(`/v1/clips/${clip}/pay`, from, to, signal);

export const removeClip = async (api: Client, clip: string): Promise<void> => {
  await api.send(`/v1/clips/${clip}`, { method: "DELETE" });
};

export const town = (api: Client): Promise<Town> =>
  api.json("/v1/town", obj<Town>({ name: or(str, ""), demo: (v) => v === true, division: or(obj<Division>({ cells: list(str), rest: str }), { cells: [], rest: "" }) }), {
    anonymous: true,
  });

/** The canonical text of an ordinance, by its SHA-256. The caller checks that it is that. */
export const pack = (api: Client, sha256: string): Promise<string> => api.text(`/v1/packs/${sha256}`, { anonymous: true });

export const mapLayer = (api: Client, layer: string): Promise<unknown> => api.json(`/v1/map/${layer}.geojson`, raw, { anonymous: true });

/** The cell's open requests: one file, the same for everybody, never one request by its id. */
export const cellRequests = (api: Client, cell: string): Promise<CellFile> =>
  api.json(`/v1/cells/${cell}/requests`, obj<CellFile>({ body: str, sig: str }), { anonymous: true });

/** A static file below the public log, the same for everybody. */
export const logFile = (api: Client, path: string): Promise<Bytes> => api.bytes(`/log/${path}`, { anonymous: true });

export const cellKey = (api: Client, cell: string): Promise<{ identity: string }> =>
  api.json(`/v1/cells/${cell}/key`, obj({ identity: str }));

const DROP_PART = 1024 * 1024;

/** Drops a disclosure with a case. No account and no token goes along: the token of the drop is the same for everybody.
 *  With `again`, what is there already from an attempt before is not sent a second time. */
export async function drop(
  api: Client,
  token: string,
  id: string,
  sealed: { hdr: Uint8Array; pay: Uint8Array; manifest: Uint8Array; root: string; manifestSha256: string; withdrawSha256: string; onwardCommit: string },
  progress: (share: number) => void,
  again = false,
): Promise<void> {
  const base = `/v1/drops/${token}/${id}`;
  const put = (path: string, bytes: Uint8Array) => api.send(path, { method: "PUT", bytes, anonymous: true });
  await put(`${base}/hdr`, sealed.hdr);
  await put(`${base}/manifest`, sealed.manifest);
  const there = again ? await api.send(`${base}/pay`, { method: "HEAD", anonymous: true }) : null;
  const from = Math.min(Number(there?.headers.get("Upload-Offset") ?? 0), sealed.pay.length);
  for (let offset = from; offset < sealed.pay.length; offset += DROP_PART) {
    await put(`${base}/pay?offset=${offset}`, sealed.pay.subarray(offset, offset + DROP_PART));
    progress(Math.min(1, (offset + DROP_PART) / sealed.pay.length));
  }
  await api.send(`${base}/done`, {
    method: "POST",
    json: { length: sealed.pay.length, root: sealed.root, manifest_sha256: sealed.manifestSha256, withdraw_sha256: sealed.withdrawSha256, onward_commit: sealed.onwardCommit },
    anonymous: true,
  });
}

/** Asks for a copy back by its own secret (hex), without an account. The day on which it is destroyed, or null if it was used or destroyed already. */
export const withdrawCopy = async (api: Client, disclosure: string, secret: string): Promise<string | null> =>
  (await api.json(`/v1/copies/${disclosure}/withdraw`, obj({ until: nullable(str) }), { method: "POST", json: { secret }, anonymous: true })).until;

/** Says who gave a copy, sealed to its case (base64), by the copy's own secret (hex), without an account. */
export const nameGiver = (api: Client, disclosure: string, secret: string, sealed: string): Promise<unknown> =>
  api.send(`/v1/copies/${disclosure}/name`, { method: "POST", json: { secret, sealed }, anonymous: true });
/** Takes back who gave a copy. */
export const unnameGiver = (api: Client, disclosure: string, secret: string): Promise<unknown> =>
  api.send(`/v1/copies/${disclosure}/unname`, { method: "POST", json: { secret }, anonymous: true });

/** The agency's answer to the note in a copy, sealed, in base64; empty if there is none. By the copy's own secret (hex), without an account. */
export const fetchAnswer = async (api: Client, disclosure: string, secret: string): Promise<string> =>
  (await api.json(`/v1/copies/${disclosure}/answer`, obj({ sealed: str, pad: str }), { method: "POST", json: { secret }, anonymous: true })).sealed;
