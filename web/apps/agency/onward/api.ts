/** The calls about copies that go from one agency to another. Answers are checked on arrival. */
import type { Client } from "../../../core/api/client.ts";
import { bool, list, nullable, num, obj, or, type Read, str } from "../../../core/api/shape.ts";
import type { Opening } from "../../../core/evidence/package.ts";
import type { Json } from "../../../core/jcs.ts";
import type { Proof } from "../lib/api.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type State = "offered" | "accepted" | "handed" | "declined" | "withdrawn" | "destroyed";
interface Common {
  readonly onward: string;
  readonly ground: string;
  readonly until: string;
  readonly offered: string;
  readonly state: State;
  readonly gone: string | null;
  readonly why: string | null;
}
/** What this agency offered. */
export interface Offered extends Common {
  readonly disclosure: string;
  readonly request: string;
  readonly to: string;
  readonly to_name: string;
  /** The other agency's, once it accepted. */
  readonly key: string | null;
  readonly key_receipt: Proof | null;
  readonly key_opening: readonly Opening[] | null;
}
/** What this agency was offered. */
export interface Received extends Common {
  readonly from: string;
  readonly from_name: string;
  readonly wanted_back: boolean;
  readonly key_sealed: string | null;
  readonly holders: readonly string[];
  readonly trail: readonly { readonly at: string; readonly act: string; readonly by: string }[];
}
export interface Onward {
  readonly offered: readonly Offered[];
  readonly received: readonly Received[];
  /** Those that a copy could be handed to. */
  readonly agencies: readonly { readonly ori: string; readonly name: string }[];
}
export interface Copy {
  readonly hdr: string;
  readonly manifest: string;
  readonly key: string;
  readonly disclosure: string;
  readonly length: number;
}

const state: Read<State> = (value, where) => str(value, where) as State;
const common = { onward: str, ground: str, until: str, offered: str, state, gone: nullable(str), why: nullable(str) } as const;
const opening: Read<Opening> = obj<Opening>({ field: str, salt: str, value: (value) => value as Json });
const proof: Read<Proof> = obj<Proof>({ leaf: str, index: num, receipt: str });
const offered: Read<Offered> = obj<Offered>({ ...common, disclosure: str, request: str, to: str, to_name: str, key: nullable(str), key_receipt: nullable(proof), key_opening: nullable(list(opening)) });
const received: Read<Received> = obj<Received>({
  ...common,
  from: str,
  from_name: str,
  wanted_back: or(bool, false),
  key_sealed: nullable(str),
  holders: list(str),
  trail: list(obj<Received["trail"][number]>({ at: str, act: str, by: str })),
});
const onward: Read<Onward> = obj<Onward>({ offered: list(offered), received: list(received), agencies: list(obj<Onward["agencies"][number]>({ ori: str, name: str })) });
const copy: Read<Copy> = obj<Copy>({ hdr: str, manifest: str, key: str, disclosure: str, length: num });

export const listOnward = (api: Client): Promise<Onward> => api.json("/v1/agency/onward", onward);
export const copyOf = (api: Client, id: string): Promise<Copy> => api.json(`/v1/agency/onward/${id}/copy`, copy);
export const rangeOf = (api: Client, id: string, from: number, to: number): Promise<Bytes> => api.range(`/v1/agency/onward/${id}/pay`, from, to);

const post = async (api: Client, path: string, json?: unknown): Promise<void> => {
  await api.send(`/v1/agency/${path}`, { method: "POST", ...(json === undefined ? {} : { json }) });
};
export const offer = (api: Client, disclosure: string, wire: Readonly<Record<string, string>>): Promise<void> => post(api, `disclosures/${disclosure}/onward`, wire);
export const accept = (api: Client, id: string, wire: unknown): Promise<void> => post(api, `onward/${id}/accept`, wire);
export const decline = (api: Client, id: string): Promise<void> => post(api, `onward/${id}/decline`);
export const hand = (api: Client, id: string, wire: unknown): Promise<void> => post(api, `onward/${id}/hand`, wire);
export const takeBack = async (api: Client, id: string): Promise<void> => {
  await api.send(`/v1/agency/onward/${id}`, { method: "DELETE" });
};
