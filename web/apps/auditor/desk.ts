/** Who sits at the auditor's desk: whose key it is, as the record has it. */
import { listSessions } from "../../core/api/account.ts";
import { type Auditor, auditors, type Term, termOf } from "../../core/api/auditing.ts";
import { type AgencyRow, ground } from "../../core/api/register.ts";
import { b64 } from "../../core/bytes.ts";
import { today } from "../../core/register/statement.ts";
import type { Session } from "../../ui/session.ts";

/** `auditor`: the appointment that counts today, else the one that comes next, else the last that did; null: none names this key. */
export interface Desk {
  readonly session: Session;
  readonly auditor: Auditor | null;
  readonly term: Term | null;
  readonly agency: string;
  readonly agencies: readonly AgencyRow[];
}

const ORDER: readonly Term[] = ["in", "later", "over"];

/** Asks first whether the sign-in still counts: who audits whom is for everybody. Throws ApiError. */
export async function deskOf(session: Session): Promise<Desk> {
  await listSessions(session.api);
  const [all, { agencies }] = await Promise.all([auditors(session.api), ground(session.api)]);
  const key = b64(session.keys.signing.public);
  const mine = all.filter((one) => one.key === key).map((auditor) => ({ auditor, term: termOf(auditor, today()) }));
  const found = ORDER.map((term) => mine.find((one) => one.term === term)).find((one) => one !== undefined);
  const name = agencies.find(({ ori }) => ori === found?.auditor.agency)?.name;
  return { session, auditor: found?.auditor ?? null, term: found?.term ?? null, agency: name ?? found?.auditor.agency ?? "", agencies };
}
