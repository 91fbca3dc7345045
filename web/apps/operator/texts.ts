/** What this server promises, as its operator writes the next version: the present ones, and when another may begin. */
import type { Client } from "../../core/api/client.ts";
import { list, num, obj, oneOf, type Read, str } from "../../core/api/shape.ts";

export const NAMES = ["terms", "privacy", "partners"] as const;
export type Name = (typeof NAMES)[number];
export const NOTICE_DAYS = 14;

export interface Text {
  readonly name: Name;
  readonly version: number;
  readonly body: string;
  /** UTC day, 2026-11-22. */
  readonly effective: string;
}
const text: Read<Text> = obj<Text>({ name: oneOf(NAMES), version: num, body: str, effective: str });

/** The newest version of each. Throws ApiError. */
export async function newest(api: Client): Promise<ReadonlyMap<Name, Text>> {
  const { texts } = await api.json("/v1/texts", obj<{ texts: Text[] }>({ texts: list(text) }));
  return newestOf(texts);
}

export function newestOf(texts: readonly Text[]): ReadonlyMap<Name, Text> {
  return new Map([...texts].sort((a, b) => a.version - b.version).map((one) => [one.name, one]));
}

/** Publish what was written against the version `after`, 0 for none. Throws ApiError: another one came meanwhile. */
export const publish = (api: Client, name: Name, body: string, effective: string, after: number): Promise<Text> =>
  api.json("/v1/texts", text, { method: "POST", json: { name, body, effective, after } });

/** The first day from which a version after `before` may count, as the server reckons it. */
export function earliest(before: Pick<Text, "effective"> | undefined, now: Date): string {
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  if (!before) return day(now.getTime());
  const noticed = day(now.getTime() + NOTICE_DAYS * 86_400_000);
  return noticed > before.effective ? noticed : before.effective;
}
