/** Who sits at the clerk's desk, and what waits for them. */
import { listSessions } from "../../core/api/account.ts";
import { type Agreement, type Clerk, clerks, type Summary } from "../../core/api/register.ts";
import { b64 } from "../../core/bytes.ts";
import { today } from "../../core/register/statement.ts";
import type { Session } from "../../ui/session.ts";

/** Whose key it is, as the register has it; null: nobody appointed it. The latest appointment of a key counts. */
export interface Desk {
  readonly session: Session;
  readonly clerk: Clerk | null;
  readonly all: readonly Clerk[];
}

/** Asks first whether the sign-in still counts: the register itself is for everybody. Throws ApiError. */
export async function deskOf(session: Session): Promise<Desk> {
  await listSessions(session.api);
  const all = await clerks(session.api);
  const key = b64(session.keys.signing.public);
  return { session, clerk: all.findLast((one) => one.key === key) ?? null, all };
}

export type Standing = "none" | "later" | "over" | "in";
export function standingOf(clerk: Clerk | null, day: string = today()): Standing {
  if (!clerk) return "none";
  if (clerk.ended !== null && clerk.ended <= day) return "over";
  return clerk.counts_from > day ? "later" : "in";
}

export type Act = "hearing" | "vote" | "force";
const NEXT: Readonly<Record<string, Act>> = { published: "hearing", hearing: "vote", voted: "force" };
/** What an agreement waits for from the clerk, or null. */
export const waitsFor = (state: string): Act | null => NEXT[state] ?? null;

/** The statement of the vote that carried an agreement; empty where none did. */
export const voteOf = (shown: Agreement): string => shown.steps.findLast(({ state }) => state === "voted")?.statement ?? "";

export const OVER: ReadonlySet<string> = new Set(["rejected", "withdrawn", "ended", "cancelled", "expired", "suspended"]);
export const isOver = ({ state }: Pick<Summary, "state">): boolean => OVER.has(state);
