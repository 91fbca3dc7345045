/** Operations with residents, as docs/spec/operations.md has them. Reading needs no account. */
import type { Client } from "./client.ts";
import { list, nullable, num, obj, str } from "./shape.ts";

export interface Operation {
  operation: string;
  kind: string;
  place: string;
  plan: string;
  /** First and last day, `2026-12-05`. */
  starts: string;
  ends: string;
}
export interface Outcome {
  arrests: number;
  cited: number;
  stopped: number;
  recovered: number;
  words: string;
}
export interface OperationRow {
  entry: Operation & { agency: string };
  /** Hashes of the codes of homes that take part, as far as the record has them. */
  homes: string[];
  /** What came of it; the last one counts. */
  outcomes: Outcome[];
  off: { reason: string } | null;
}

const row = obj<OperationRow>({
  entry: obj<OperationRow["entry"]>({ operation: str, kind: str, place: str, plan: str, starts: str, ends: str, agency: str }),
  homes: list(str),
  outcomes: list(obj<Outcome>({ arrests: num, cited: num, stopped: num, recovered: num, words: str })),
  off: nullable(obj({ reason: str })),
});
const answer = obj<{ operations: OperationRow[] }>({ operations: list(row) });
const at = (id: string): string => `/v1/operations/${encodeURIComponent(id)}`;

export const operations = async (api: Client): Promise<OperationRow[]> => (await api.json("/v1/operations", answer)).operations;

export async function planOperation(api: Client, said: Operation): Promise<void> {
  await api.send("/v1/operations", { method: "POST", json: said });
}
export async function tellOutcome(api: Client, id: string, said: Outcome): Promise<void> {
  await api.send(`${at(id)}/outcome`, { method: "POST", json: said });
}
export async function callOff(api: Client, id: string, reason: string): Promise<void> {
  await api.send(`${at(id)}/off`, { method: "POST", json: { reason } });
}
/** `hash`: of the code that this home makes for it (core/operations/code.ts). */
export async function joinOperation(api: Client, id: string, hash: string): Promise<void> {
  await api.send(`${at(id)}/homes`, { method: "POST", json: { code_hash: hash } });
}
/** Without an account: the code itself shows which home it is. */
export async function leaveOperation(api: Client, id: string, code: string): Promise<void> {
  await api.send(`${at(id)}/homes/leave`, { method: "POST", json: { code } });
}
