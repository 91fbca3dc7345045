/** Wordings that requests begin with: every version is public. Answers are checked on arrival. */
import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "../../../core/bytes.ts";
import type { Client } from "../../../core/api/client.ts";
import { bool, list, nullable, num, obj, type Read, str } from "../../../core/api/shape.ts";
import { newId } from "../../../core/ids.ts";
import { jcs } from "../../../core/jcs.ts";
import { signAct } from "../../../core/seal/carrying.ts";
import type { Session } from "../../../ui/session.ts";

export interface Version {
  readonly template: string;
  readonly version: number;
  readonly name: string;
  readonly purpose: string;
  readonly words: string;
  /** No request is to begin with it any more. */
  readonly ended: boolean;
  readonly day: string;
  /** Its place in the public record, or null until it has one. */
  readonly index: number | null;
}
/** A wording with its versions, oldest first; there is at least one. */
export interface Template {
  readonly id: string;
  readonly latest: Version;
  readonly versions: readonly Version[];
}
const answer: Read<{ templates: readonly Version[] }> = obj<{ templates: readonly Version[] }>({
  templates: list(obj<Version>({ template: str, version: num, name: str, purpose: str, words: str, ended: bool, day: str, index: nullable(num) })),
});

/** Those in use first, each by name. */
export function together(versions: readonly Version[]): Template[] {
  const found = new Map<string, Version[]>();
  for (const one of versions) found.set(one.template, [...(found.get(one.template) ?? []), one]);
  return [...found]
    .map(([id, all]) => ({ id, versions: all, latest: all.at(-1) as Version }))
    .sort((a, b) => Number(a.latest.ended) - Number(b.latest.ended) || a.latest.name.localeCompare(b.latest.name));
}

/** Throws ApiError. */
export const templatesOf = async (api: Client, agency: string): Promise<Template[]> => together((await api.json(`/v1/agencies/${encodeURIComponent(agency)}/templates`, answer)).templates);

export interface Written {
  readonly name: string;
  readonly purpose: string;
  readonly words: string;
  readonly ended: boolean;
}

/** What the administrator signs: the hash of all that is sent but the signature. */
export const digestOf = (fields: Written & { readonly template: string; readonly version: number }): string => hex(sha256(jcs({ ...fields })));

/** Writes the next version, or the first of a new one. The administrator's own key signs. Throws ApiError. */
export async function write({ api, keys }: Session, own: string, before: Version | null, { name, purpose, words, ended }: Written): Promise<void> {
  const fields = { template: before?.template ?? newId(), version: (before?.version ?? 0) + 1, name, purpose, words, ended };
  await api.send("/v1/agency/templates", { method: "POST", json: { ...fields, signature: signAct(keys, own, "request-template", digestOf(fields)) } });
}
