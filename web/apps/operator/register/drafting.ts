/** A draft while it is written, and the ordinances that can decide on one. */
import type { Client } from "../../../core/api/client.ts";
import { type Agreement, agreementOf, agreements, type AgencyRow, type Clause, type DocumentIn, documentOf, type Draft, ground, type Summary } from "../../../core/api/register.ts";
import { list, obj, str } from "../../../core/api/shape.ts";
import { today } from "../../../core/register/statement.ts";

export interface Ordinance {
  readonly sha256: string;
  readonly title: string;
}
export interface Ground {
  readonly agencies: readonly AgencyRow[];
  readonly ordinances: readonly Ordinance[];
  readonly agreements: readonly Summary[];
  /** The draft of which this is another version. */
  readonly before: Agreement | null;
  readonly papers: readonly DocumentIn[];
}

const pack = obj({ meta: obj({ title: str }), clauses: list(obj({ actions: list(str) })) });
const parts = obj({ documents: list(obj({ sha256: str, parts: list(str) })) });

/** All that the form can choose from. Throws ApiError. */
export async function groundOf(api: Client, id: string | null): Promise<Ground> {
  const [{ agencies, packs }, all, before] = await Promise.all([ground(api), agreements(api), id === null ? null : agreementOf(api, id)]);
  const read = await Promise.all(packs.map(async (sha256) => ({ sha256, ...(await api.json(`/v1/packs/${sha256}`, pack)) })));
  const ordinances = read.filter(({ clauses }) => clauses.some(({ actions }) => actions.includes("agreement.approve"))).map(({ sha256, meta }) => ({ sha256, title: meta.title }));
  return { agencies, ordinances, agreements: all, before, papers: before ? await papersOf(api, before) : [] };
}

/** The papers of the last version, with their texts: earlier versions' are not taken along. */
async function papersOf(api: Client, before: Agreement): Promise<DocumentIn[]> {
  const named = new Map(parts(JSON.parse(before.papers_text), "papers").documents.map((one) => [one.sha256, one.parts]));
  const kept = before.documents.filter(({ sha256 }) => named.has(sha256));
  return Promise.all(
    kept.map(async ({ kind, title, author, day, sha256 }) => ({ kind, title, author, day, parts: named.get(sha256) ?? [], body: await documentOf(api, before.agreement, sha256) })),
  );
}

export const emptyClause = (): Clause => ({ kind: "data-sharing", words: "" });
export const emptyPaper = (): Required<DocumentIn> => ({ kind: "impact-report", title: "", author: "", day: today(), body: "", parts: [] });

/** Whether everything is filled in; whether it is right is the server's to say. */
export const isFilled = (draft: Draft): boolean =>
  [draft.agency, draft.pack, draft.from, draft.until].every(Boolean) &&
  draft.clauses.every(({ words }) => words.trim() !== "") &&
  draft.documents.every(({ title, author, day, body }) => [title, author, day, body].every((text) => text.trim() !== ""));
