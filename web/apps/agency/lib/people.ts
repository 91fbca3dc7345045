/** An agency's people and what was changed among them. Answers are checked on arrival. */
import type { Client } from "../../../core/api/client.ts";
import { list, nullable, num, obj, type Read, str } from "../../../core/api/shape.ts";
import { signAct } from "../../../core/seal/carrying.ts";
import type { Session } from "../../../ui/session.ts";

export interface Someone {
  readonly account: string;
  readonly name: string;
  readonly role: string;
  /** The day on which they were deactivated, or null. */
  readonly ended: string | null;
}
export interface Change {
  readonly name: string;
  /** Before; null: came by an invitation. */
  readonly role: string | null;
  /** Null: deactivated. */
  readonly made: string | null;
  /** Null: the operator, who made the first administrator. */
  readonly by: string | null;
  readonly day: string;
  /** Its place in the public record, or null until it has one. */
  readonly index: number | null;
}
export interface Staff {
  readonly people: readonly Someone[];
  readonly changes: readonly Change[];
}
const staff: Read<Staff> = obj<Staff>({
  people: list(obj<Someone>({ account: str, name: str, role: str, ended: nullable(str) })),
  changes: list(obj<Change>({ name: str, role: nullable(str), made: nullable(str), by: nullable(str), day: str, index: nullable(num) })),
});

export const ROLES = ["officer", "supervisor", "custodian", "administrator"] as const;
export const ADMINISTRATOR = "administrator";

export const staffOf = (api: Client): Promise<Staff> => api.json("/v1/agency/people", staff);

/** Lets somebody act in another role. The administrator's own key signs. Throws ApiError. */
export async function changeRole({ api, keys }: Session, own: string, person: string, role: string): Promise<void> {
  const signature = signAct(keys, own, "person-role", `${person}/${role}`);
  await api.send(`/v1/agency/people/${person}/role`, { method: "POST", json: { role, signature } });
}

/** Ends what somebody does for the agency, at once. Throws ApiError. */
export async function deactivate({ api, keys }: Session, own: string, person: string): Promise<void> {
  await api.send(`/v1/agency/people/${person}/deactivate`, { method: "POST", json: { signature: signAct(keys, own, "person-deactivate", person) } });
}
