/** The whole log of an agency, each line checked here. */
import { logPart } from "../../core/api/auditing.ts";
import { checkPart, type Line } from "../../core/auditing/lines.ts";
import type { Session } from "../../ui/session.ts";

export interface WholeLog {
  /** In the order of the record. */
  readonly lines: readonly Line[];
  readonly size: number;
  readonly witnesses: string;
  /** Why the record's signature does not hold; empty where it does. */
  readonly refused: string;
}

/** All parts. Throws ApiError. */
export async function wholeLog(session: Session, agency: string): Promise<WholeLog> {
  const lines: Line[] = [];
  let [size, witnesses, refused] = [0, "", ""];
  for (let after: number | null = -1; after !== null; ) {
    const part = await logPart(session.api, agency, after);
    const found = checkPart(part);
    if (found.kind === "refused") refused = found.detail;
    else {
      lines.push(...found.checked.lines);
      ({ size, witnesses } = found.checked);
    }
    after = part.next;
  }
  return { lines, size, witnesses, refused };
}
