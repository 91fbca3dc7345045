/** Gives a pseudonym to everybody of the agency who waits for one, with the year's key that only this auditor can open. */
import { ApiError } from "../../core/api/client.ts";
import { givePseudonyms, keepKey, waitingFor, type WaitingYear } from "../../core/api/pseudonyms.ts";
import { nameAll, newKey, onNaming, openKey } from "../../core/auditing/pseudonyms.ts";
import { signed } from "../../core/auditing/statement.ts";
import { b64, type Bytes, readB64 } from "../../core/bytes.ts";
import type { Session } from "../../ui/session.ts";
import { words } from "./words.ts";

const KNOWN = "auditing.pseudonym_key_known";

/** How many people wait, each year counted on its own. Throws ApiError. */
export const howMany = async ({ api }: Session, agency: string): Promise<number> =>
  (await waitingFor(api, agency)).years.reduce((sum, { waiting }) => sum + waiting.length, 0);

/** Gives them; returns how many. Nobody's name is read for it. Throws ApiError. */
export async function giveAll(session: Session, agency: string): Promise<number> {
  let given = 0;
  const { auditor, years } = await waitingFor(session.api, agency);
  for (const one of years) {
    const names = nameAll(await keyOf(session, agency, one), agency, one.year, one.waiting, one.taken);
    if (names.size === 0) continue;
    const statement = onNaming(auditor, agency, one.year, names);
    given += await givePseudonyms(session.api, agency, statement, signed(session.keys.signing, statement));
  }
  return given;
}

async function keyOf(session: Session, agency: string, { year, key }: WaitingYear): Promise<Bytes> {
  if (key !== null) return opened(session, agency, year, key);
  const made = await newKey(session.keys, agency, year);
  try {
    await keepKey(session.api, agency, year, b64(made.sealed));
    return made.key;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== KNOWN) throw error;
    const now = (await waitingFor(session.api, agency)).years.find((one) => one.year === year); // another tab was first
    if (!now?.key) throw error;
    return opened(session, agency, year, now.key);
  }
}

async function opened(session: Session, agency: string, year: number, sealed: string): Promise<Bytes> {
  const found = await openKey(session.keys, agency, year, readB64(sealed) ?? new Uint8Array(0)).catch(() => null);
  if (!found) throw new ApiError("auditing.other_pseudonym_key", words.pseudonyms.otherKey, words.pseudonyms.otherKeyKept, words.pseudonyms.otherKeyDo, 409);
  return found;
}
