/** How an operation stands on a day, as its public page says it. */
import type { OperationRow } from "../api/operations.ts";

const DAY_MS = 86_400_000;
/** After its last day, what came of it is public or overdue (R29). */
const OUTCOME_DAYS = 90;

export type OperationState = "planned" | "running" | "due" | "overdue" | "told" | "off";

/** `today`: such as `2026-12-05`, in UTC. */
export function stateOn(row: OperationRow, today: string): OperationState {
  if (row.off) return "off";
  if (row.outcomes.length > 0) return "told";
  if (today < row.entry.starts) return "planned";
  if (today <= row.entry.ends) return "running";
  const due = new Date(Date.parse(row.entry.ends) + OUTCOME_DAYS * DAY_MS).toISOString().slice(0, 10);
  return today <= due ? "due" : "overdue";
}
