/** What moderators call: what waits, decisions, authors for a reason, bars, what was decided. docs/spec/neighbors.md */
import { type Bytes, readB64 } from "../bytes.ts";
import type { Client } from "./client.ts";
import { type Flag, type Post, post } from "./posts.ts";
import { BadAnswer, bool, list, nullable, num, obj, oneOf, or, type Read, str } from "./shape.ts";

export interface Report {
  readonly rule: string;
  readonly text: string;
  /** Somebody without an account, who says that they are in it. */
  readonly outside: boolean;
}
export const KINDS = ["post", "comment", "report", "appeal"] as const;
export type Kind = (typeof KINDS)[number];
export interface Item {
  readonly item: string;
  readonly kind: Kind;
  /** A full hour. */
  readonly since: string;
  /** It waited more than 24 hours. */
  readonly late: boolean;
  readonly flags: readonly Flag[];
  readonly reports: readonly Report[];
  readonly appeal: string | null;
  readonly removed: { readonly rule: string; readonly reason: string } | null;
  readonly post: Post;
  readonly comment: { readonly comment: string; readonly text: string } | null;
  /** An appeal against one's own decision, which somebody else has to decide. */
  readonly own: boolean;
}
export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly words: string;
  readonly why: string;
}
export interface Bar {
  readonly bar: string;
  readonly account: string;
  readonly until: string;
  readonly rule: string;
  readonly reason: string;
}
export interface Done {
  readonly id: string;
  readonly day: string;
  readonly act: string;
  readonly rule: string | null;
  readonly reason: string;
  readonly kind: string;
  readonly of: string;
  readonly own: boolean;
}
/** What the law makes an operator report: removed under N-9 and kept until a day. */
export interface Kept {
  readonly item: string;
  readonly kind: "post" | "comment";
  readonly removed: string;
  readonly until: string;
  readonly reason: string;
  readonly post: Post;
  readonly comment: string | null;
  readonly handed: { readonly day: string; readonly said: string } | null;
}
export interface HandedOver {
  readonly to: string;
  readonly number: string;
  readonly day: string;
}
export interface DonePage {
  readonly done: readonly Done[];
  readonly next: number | null;
}
/** What a decision is about. */
export interface Of {
  readonly kind: "post" | "comment";
  readonly id: string;
}
export type Act = "show" | "remove" | "confirm" | "join";
export interface Decision {
  readonly act: Act;
  readonly rule: string;
  readonly reason: string;
  readonly into: string;
}
export interface Because {
  readonly rule: string;
  readonly reason: string;
}

const base64: Read<Bytes> = (value, where) => {
  const bytes = readB64(str(value, where));
  if (bytes === null) throw new BadAnswer(`${where} is no base64`);
  return bytes;
};
const because = { rule: str, reason: str };
const item: Read<Item> = obj<Item>({
  item: str,
  kind: oneOf(KINDS),
  since: str,
  late: bool,
  flags: list(obj<Flag>({ rule: str, words: list(str), what: str })),
  reports: list(obj<Report>({ rule: str, text: str, outside: bool })),
  appeal: nullable(str),
  removed: nullable(obj<Because>(because)),
  post,
  comment: nullable(obj<{ comment: string; text: string }>({ comment: str, text: str })),
  own: bool,
});
const bar: Read<Bar> = obj<Bar>({ bar: str, account: str, until: str, ...because });
const done: Read<Done> = obj<Done>({ id: str, day: str, act: str, rule: nullable(str), reason: str, kind: str, of: str, own: bool });
const kept: Read<Kept> = obj<Kept>({
  item: str,
  kind: oneOf(["post", "comment"]),
  removed: str,
  until: str,
  reason: str,
  post,
  comment: nullable(str),
  handed: nullable(obj<{ day: string; said: string }>({ day: str, said: str })),
});
const AT = "/v1/moderation";
const pathOf = ({ kind, id }: Of): string => `${AT}/${kind}s/${id}`;
const anonymous = { anonymous: true } as const;

export const queue = async (api: Client): Promise<readonly Item[]> => (await api.json(`${AT}/queue`, obj<{ items: Item[] }>({ items: list(item) }))).items;
export const rules = async (api: Client): Promise<readonly Rule[]> =>
  (await api.json("/v1/post-rules", obj<{ rules: Rule[] }>({ rules: list(obj<Rule>({ id: str, name: or(str, ""), words: str, why: str })) }), anonymous)).rules;
export const decide = (api: Client, of: Of, decision: Decision): Promise<unknown> => api.send(`${pathOf(of)}/decide`, { method: "POST", json: { ...decision } });
export const decideAppeal = (api: Client, id: string, decision: Because & { readonly act: "uphold" | "overturn" }): Promise<unknown> =>
  api.send(`${AT}/appeals/${id}/decide`, { method: "POST", json: { ...decision } });
/** Who wrote it, sealed to the moderators; the look is in the record before this answers. */
export const sealedAuthor = async (api: Client, of: Of, why: Because): Promise<Bytes> =>
  (await api.json(`${pathOf(of)}/author`, obj<{ sealed: Bytes }>({ sealed: base64 }), { method: "POST", json: { ...why } })).sealed;
/** A ticket with which the place of media shows what is held. */
export const seeTicket = async (api: Client, media: string): Promise<string> => (await api.json(`${AT}/media/${media}/see`, obj<{ ticket: string }>({ ticket: str }), { method: "POST" })).ticket;
export const bars = async (api: Client): Promise<readonly Bar[]> => (await api.json(`${AT}/bars`, obj<{ bars: Bar[] }>({ bars: list(bar) }))).bars;
export const addBar = (api: Client, account: string, days: number, why: Because): Promise<unknown> => api.send(`${AT}/bars`, { method: "POST", json: { account, days, ...why } });
export const endBar = (api: Client, id: string, reason: string): Promise<unknown> => api.send(`${AT}/bars/${id}/end`, { method: "POST", json: { reason } });
/** What was decided, latest first; `before` is the `next` of the page before. */
export const decided = (api: Client, before: number | null): Promise<DonePage> =>
  api.json(`${AT}/done${before === null ? "" : `?before=${before}`}`, obj<DonePage>({ done: list(done), next: nullable(num) }));
export const keptByLaw = async (api: Client): Promise<readonly Kept[]> => (await api.json(`${AT}/law`, obj<{ kept: Kept[] }>({ kept: list(kept) }))).kept;
/** Enters that something was reported to whom the law names. */
export const handedOver = (api: Client, item: string, said: HandedOver): Promise<unknown> => api.send(`${AT}/law/${item}/handed-over`, { method: "POST", json: { ...said } });
