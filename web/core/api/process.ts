/** Legal process: what an agency's person or counsel hands in, what counsel decides, what a household is shown. */
import { b64 } from "../bytes.ts";
import type { Signed } from "../process/signing.ts";
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, oneOf, type Read, record, str } from "./shape.ts";

type Bytes = Uint8Array<ArrayBuffer>;
export const KINDS = ["warrant", "order", "subpoena", "preservation"] as const;
export const LEVELS = ["federal", "state", "county", "municipal", "none"] as const;
export const GAGS = ["none", "order", "letter"] as const;
export const WHATS = ["contents", "clip_list", "account_records"] as const;
export const DECISIONS = ["accepted", "narrowed", "rejected"] as const;
export type Kind = (typeof KINDS)[number];
export type What = (typeof WHATS)[number];
export type Decision = (typeof DECISIONS)[number];

export interface Scope {
  readonly accounts: readonly string[];
  readonly what: readonly What[];
  /** UTC days, 2026-11-22. */
  readonly start: string;
  readonly end: string;
  readonly area: string;
}
export interface Said {
  readonly kind: Kind;
  readonly court: string;
  readonly court_level: (typeof LEVELS)[number];
  readonly docket: string;
  readonly signed_by: string;
  readonly issued: string;
  readonly return_by: string;
  readonly gag: (typeof GAGS)[number];
  readonly gag_until: string | null;
  readonly scope: Scope;
  /** The preservation request that this one renews. */
  readonly renews: string | null;
  readonly came: string;
}
export interface Check {
  readonly id: string;
  readonly holds: boolean;
  readonly found: string;
  readonly cites: readonly { readonly law: string; readonly section: string; readonly read: string }[];
}
export interface Served {
  readonly process: string;
  readonly received: string;
  readonly form: Said;
  readonly sha256: string;
  readonly checks: readonly Check[];
  readonly decision: Decision | null;
  readonly decided: string | null;
  readonly reason: string | null;
  readonly scope: Scope | null;
  readonly quiet_until: string | null;
  /** Of an accepted preservation request: the last day on which it stands. */
  readonly until: string | null;
}
export interface Waiting extends Served {
  readonly agency: string;
  readonly objections: readonly { readonly account: string; readonly words: string }[];
  readonly overdue: boolean;
  readonly packets: readonly { readonly packet: string; readonly made: string; readonly sha256: string }[];
}
export interface Told {
  readonly process: string;
  readonly kind: Kind;
  readonly court: string;
  readonly docket: string;
  readonly signed_by: string;
  readonly received: string;
  readonly decided: string | null;
  readonly decision: Decision;
  readonly reason: string | null;
  readonly what: readonly What[];
  readonly start: string;
  readonly end: string;
  readonly account: string;
  readonly quiet_until: string | null;
  readonly sha256: string;
  readonly until: string | null;
  /** How many clips that the household no longer has lie at the operator for it. */
  readonly aside: number;
  readonly objection: string | null;
}

const scope: Read<Scope> = obj<Scope>({ accounts: list(str), what: list(oneOf(WHATS)), start: str, end: str, area: str });
const said: Read<Said> = obj<Said>({
  kind: oneOf(KINDS),
  court: str,
  court_level: oneOf(LEVELS),
  docket: str,
  signed_by: str,
  issued: str,
  return_by: str,
  gag: oneOf(GAGS),
  gag_until: nullable(str),
  scope,
  renews: nullable(str),
  came: str,
});
const check: Read<Check> = obj<Check>({ id: str, holds: bool, found: str, cites: list(obj<Check["cites"][number]>({ law: str, section: str, read: str })) });
const SERVED = {
  process: str,
  received: str,
  form: said,
  sha256: str,
  checks: list(check),
  decision: nullable(oneOf(DECISIONS)),
  decided: nullable(str),
  reason: nullable(str),
  scope: nullable(scope),
  quiet_until: nullable(str),
  until: nullable(str),
};
const served: Read<Served> = obj<Served>(SERVED);
const waiting: Read<Waiting> = obj<Waiting>({
  ...SERVED,
  agency: str,
  objections: list(obj<Waiting["objections"][number]>({ account: str, words: str })),
  overdue: bool,
  packets: list(obj<Waiting["packets"][number]>({ packet: str, made: str, sha256: str })),
});
const told: Read<Told> = obj<Told>({
  process: str,
  kind: oneOf(KINDS),
  court: str,
  docket: str,
  signed_by: str,
  received: str,
  decided: nullable(str),
  decision: oneOf(DECISIONS),
  reason: nullable(str),
  what: list(oneOf(WHATS)),
  start: str,
  end: str,
  account: str,
  quiet_until: nullable(str),
  sha256: str,
  until: nullable(str),
  aside: num,
  objection: nullable(str),
});
export type Exists = Readonly<Record<string, readonly string[]>>;
const exists: Read<Exists> = (value, where) => Object.fromEntries(Object.entries(record(value, where)).map(([name, columns]) => [name, list(str)(columns, `${where}.${name}`)]));

/** What rows there are of a household at all, as the packet has it. */
export const existsOf = (packet: Packet): Exists => exists(packet.content["exists"], "exists");

export type Desk = "agency" | "counsel";
const at = (process: string, part: string): string => `/v1/counsel/process/${process}/${part}`;

/** Hands a document in. Throws ApiError. */
export const handIn = (api: Client, desk: Desk, form: Said, document: Bytes): Promise<Served> =>
  api.json(`/v1/${desk}/process`, served, { method: "POST", json: { ...form, document: b64(document) } });
export const servedBy = async (api: Client): Promise<readonly Served[]> => (await api.json("/v1/agency/process", obj<{ process: Served[] }>({ process: list(served) }))).process;
export interface Queue {
  readonly process: readonly Waiting[];
  readonly exists: Exists;
}
export const queue = (api: Client): Promise<Queue> => api.json("/v1/counsel/process", obj<Queue>({ process: list(waiting), exists }));
export const counselDocument = (api: Client, process: string): Promise<Bytes> => api.bytes(at(process, "document"));
export const decide = (api: Client, process: string, json: { decision: Decision; reason: string; scope: Scope | null } & Signed): Promise<Served> =>
  api.json(at(process, "decision"), served, { method: "POST", json });
export const renewGag = (api: Client, process: string, json: { until: string; court: string; docket: string; ordered: string; signature: string }): Promise<Served> =>
  api.json(at(process, "renewal"), served, { method: "POST", json });
export interface Packet {
  readonly packet: string;
  readonly sha256: string;
  readonly content: Record<string, unknown>;
}
/** The hash of the packet that would go out now. */
export const weigh = async (api: Client, process: string): Promise<string> => (await api.json(at(process, "packet"), obj<{ sha256: string }>({ sha256: str }))).sha256;
export const pack = (api: Client, process: string, json: { sha256: string } & Signed): Promise<Packet> =>
  api.json(at(process, "packet"), obj<Packet>({ packet: str, sha256: str, content: record }), { method: "POST", json });
export const sealedClip = (api: Client, process: string, clip: string): Promise<Bytes> => api.bytes(at(process, `clips/${clip}`));
export interface Rows {
  readonly made: string;
  readonly accounts: readonly {
    readonly account: string;
    readonly records: Record<string, unknown> | null;
    /** `manifest`: SHA-256 of the sealed manifest. */
    readonly clips: readonly { readonly id: string; readonly day: string; readonly length: number; readonly manifest: string }[];
  }[];
}
/** The rows of a packet as somebody reads them; what lies beside them is in the file. */
export function rowsOf(packet: Packet): Rows {
  const missing = <T,>(read: Read<T>, none: T): Read<T> => (value, where) => (value === undefined ? none : read(value, where));
  const sealed = obj<{ sha256: string }>({ sha256: str });
  const clip = obj<Rows["accounts"][number]["clips"][number]>({ id: str, day: str, length: num, manifest: (value, where) => sealed(value, where).sha256 });
  const account = obj<Rows["accounts"][number]>({ account: str, records: missing<Record<string, unknown> | null>(record, null), clips: missing(list(clip), []) });
  return obj<Rows>({ made: str, accounts: list(account) })(packet.content, "packet");
}
/** The clips that a packet lists: number and length of the ciphertext. */
export function clipsOf(packet: Packet): readonly { readonly id: string; readonly length: number }[] {
  const read = obj<{ clips: { id: string; length: number }[] }>({ clips: (value, where) => (value === undefined ? [] : list(obj<{ id: string; length: number }>({ id: str, length: num }))(value, where)) });
  return list(read)(packet.content["accounts"], "accounts").flatMap((one) => one.clips);
}

export const toldOf = async (api: Client): Promise<readonly Told[]> => (await api.json("/v1/process", obj<{ process: Told[] }>({ process: list(told) }))).process;
export const ownDocument = (api: Client, process: string): Promise<Bytes> => api.bytes(`/v1/process/${process}/document`);
export const object = async (api: Client, process: string, words: string): Promise<string> =>
  (await api.json(`/v1/process/${process}/objection`, obj<{ objection: string }>({ objection: str }), { method: "POST", json: { words } })).objection;
