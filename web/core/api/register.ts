/** The calls of the register, as docs/spec/register.md has them. Reading needs no account. */
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, or, raw, type Read, str } from "./shape.ts";

export interface Vote {
  body: string;
  date: string;
  ayes: number;
  noes: number;
  reference: string;
}
export interface Summary {
  agreement: string;
  agency: string;
  agency_name: string;
  state: string;
  from: string;
  until: string;
  day: string | null;
  papers: string;
  pack: string;
  comment_until: string | null;
  renews: string | null;
  vote: Vote | null;
  demo: boolean;
}
export interface Rule {
  id: string;
  section: string;
  text: string;
  lawful_if: string;
  holds: boolean;
}
export interface Clause {
  kind: string;
  words: string;
}
export interface DocumentHead {
  kind: string;
  title: string;
  author: string;
  day: string;
  sha256: string;
}
export interface Step {
  state: string;
  day: string;
  brought: boolean;
  reason: string | null;
  comment_until: string | null;
  clerk: string | null;
  statement: string | null;
  signature: string | null;
  index: number | null;
}
export interface Agreement extends Summary {
  papers_text: string;
  renewal: string;
  exit_cost: string;
  clauses: Clause[];
  documents: DocumentHead[];
  steps: Step[];
  facts: Readonly<Record<string, unknown>> | null;
  decision: { decision: string; rules: Rule[] } | null;
  next: { state: string; by: string }[];
}
export interface Clerk {
  clerk: string;
  name: string;
  office: string;
  key: string;
  day: string;
  counts_from: string;
  ended: string | null;
  statement: string;
  document: string;
  index: number | null;
}
export interface Comment {
  comment: string;
  day: string;
  name: string | null;
  words: string | null;
  /** The rule by which it was removed. */
  removed: string | null;
}
export interface Comments {
  comments: Comment[];
  more: boolean;
  /** Zero bits that one's next comment needs. */
  work: number;
}
export interface Piece {
  agreement: string;
  agency: string;
  state: string;
  day: string;
  reason: string | null;
}
/** A document as it is handed in. */
export interface DocumentIn {
  kind: string;
  title: string;
  author: string;
  day: string;
  body: string;
  parts?: string[];
}
export interface Draft {
  agency: string;
  pack: string;
  from: string;
  until: string;
  renewal: string;
  exit_cost: string;
  clauses: Clause[];
  documents: DocumentIn[];
  renews: string | null;
}
export interface Appointment {
  account: string;
  statement: string;
  acceptance: string;
  document: string;
  handed_over_by: string | null;
  handover: string | null;
}
export interface AgencyRow {
  ori: string;
  name: string;
}
export interface Register {
  agencies: AgencyRow[];
  packs: string[];
}

const vote: Read<Vote> = obj<Vote>({ body: str, date: str, ayes: num, noes: num, reference: str });
const SUMMARY = {
  agreement: str,
  agency: str,
  agency_name: str,
  state: str,
  from: str,
  until: str,
  day: nullable(str),
  papers: str,
  pack: str,
  comment_until: nullable(str),
  renews: nullable(str),
  vote: nullable(vote),
  demo: or(bool, false),
};
const summary: Read<Summary> = obj<Summary>(SUMMARY);
const agreement: Read<Agreement> = obj<Agreement>({
  ...SUMMARY,
  papers_text: str,
  renewal: str,
  exit_cost: str,
  clauses: list(obj<Clause>({ kind: str, words: str })),
  documents: list(obj<DocumentHead>({ kind: str, title: str, author: str, day: str, sha256: str })),
  steps: list(
    obj<Step>({
      state: str,
      day: str,
      brought: bool,
      reason: nullable(str),
      comment_until: nullable(str),
      clerk: nullable(str),
      statement: nullable(str),
      signature: nullable(str),
      index: nullable(num),
    }),
  ),
  facts: nullable(raw as Read<Readonly<Record<string, unknown>>>),
  decision: nullable(
    obj<{ decision: string; rules: Rule[] }>({
      decision: str,
      rules: list(obj<Rule>({ id: str, section: str, text: str, lawful_if: or(str, ""), holds: bool })),
    }),
  ),
  next: list(obj<{ state: string; by: string }>({ state: str, by: str })),
});
const clerk: Read<Clerk> = obj<Clerk>({
  clerk: str,
  name: str,
  office: str,
  key: str,
  day: str,
  counts_from: str,
  ended: nullable(str),
  statement: str,
  document: str,
  index: nullable(num),
});
const comment: Read<Comment> = obj<Comment>({ comment: str, day: str, name: nullable(str), words: nullable(str), removed: nullable(str) });
const piece: Read<Piece> = obj<Piece>({ agreement: str, agency: str, state: str, day: str, reason: nullable(str) });

const ALL = "/v1/register/agreements";
const one = (id: string, act = ""): string => `${ALL}/${encodeURIComponent(id)}${act && `/${act}`}`;

export const agreements = async (api: Client): Promise<Summary[]> =>
  (await api.json(ALL, obj({ agreements: list(summary) }))).agreements;
export const agreementOf = (api: Client, id: string): Promise<Agreement> => api.json(one(id), agreement);
export const documentOf = (api: Client, id: string, sha256: string): Promise<string> =>
  api.text(`/v1/register/documents/${encodeURIComponent(id)}/${encodeURIComponent(sha256)}`);
export const clerks = async (api: Client): Promise<Clerk[]> => (await api.json("/v1/register/clerks", obj({ clerks: list(clerk) }))).clerks;
export const news = async (api: Client): Promise<Piece[]> => (await api.json("/v1/register/news", obj({ news: list(piece) }))).news;
export const rules = async (api: Client): Promise<Map<string, string>> => {
  const found = await api.json("/v1/register/rules", obj({ rules: list(obj({ rule: str, says: str })) }));
  return new Map(found.rules.map(({ rule, says }) => [rule, says]));
};
export const comments = (api: Client, id: string, after = ""): Promise<Comments> =>
  api.json(one(id, `comments?after=${encodeURIComponent(after)}`), obj<Comments>({ comments: list(comment), more: bool, work: num }));
export const addComment = async (api: Client, id: string, said: { name: string; words: string; work: string }): Promise<string> =>
  (await api.json(one(id, "comments"), obj({ comment: str }), { method: "POST", json: said })).comment;
export const removeComment = async (api: Client, id: string, rule: string): Promise<void> => {
  await api.send(`/v1/register/comments/${encodeURIComponent(id)}/remove`, { method: "POST", json: { rule } });
};

/** Agencies and ordinances that an agreement can name. */
export const ground = (api: Client): Promise<Register> =>
  api.json("/v1/town", obj<Register>({ agencies: list(obj<AgencyRow>({ ori: str, name: str })), packs: list(str) }));
export const draft = async (api: Client, body: Draft, id: string | null): Promise<string> =>
  (await api.json(id === null ? ALL : one(id), obj({ agreement: str }), { method: id === null ? "POST" : "PUT", json: body })).agreement;
export const publish = (api: Client, id: string, papers: string, until: string): Promise<Agreement> =>
  api.json(one(id, "publish"), agreement, { method: "POST", json: { papers, comment_until: until } });
export const addDocument = async (api: Client, id: string, body: DocumentIn): Promise<string> =>
  (await api.json(one(id, "documents"), obj({ sha256: str }), { method: "POST", json: body })).sha256;
export const signStatement = (api: Client, id: string, statement: string, signature: string): Promise<Agreement> =>
  api.json(one(id, "sign"), agreement, { method: "POST", json: { statement, signature } });
export const close = (api: Client, id: string, act: "withdraw" | "end" | "cancel", reason: string): Promise<Agreement> =>
  api.json(one(id, act), agreement, { method: "POST", json: { reason } });
export const cancelAll = async (api: Client, reason: string): Promise<string[]> =>
  (await api.json("/v1/register/cancel", obj({ cancelled: list(str) }), { method: "POST", json: { reason } })).cancelled;
export const appoint = (api: Client, body: Appointment): Promise<{ clerk: string; counts_from: string }> =>
  api.json("/v1/register/clerks", obj({ clerk: str, counts_from: str }), { method: "POST", json: body });
export const endClerk = async (api: Client, id: string, reason: string): Promise<void> => {
  await api.send(`/v1/register/clerks/${encodeURIComponent(id)}/end`, { method: "POST", json: { reason } });
};
