/** What the caretaker's page says of the server's answer. Pure. */
import { nullable, num, obj, type Read, str } from "../../core/api/shape.ts";
import { parseWitnesses } from "../../core/proof/cosignature.ts";
import type { Trouble } from "../../ui/trouble.ts";
import { words } from "./words.ts";

export interface Health {
  readonly version: string;
  readonly database: { readonly state: string; readonly version: string };
  readonly log: { readonly size: number; readonly cosigned_size: number; readonly witness: string; readonly origin: string; readonly queued: number; readonly trouble: string | null };
  readonly witnesses: string;
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number };
}
export const health: Read<Health> = obj<Health>({
  version: str,
  database: obj<Health["database"]>({ state: str, version: str }),
  log: obj<Health["log"]>({ size: num, cosigned_size: num, witness: str, origin: str, queued: num, trouble: nullable(str) }),
  witnesses: str,
  disk: obj<Health["disk"]>({ free_bytes: num, total_bytes: num }),
});

export interface Part {
  readonly name: string;
  readonly state: "ok" | "care" | "stop";
  readonly detail: string;
  readonly now: string;
}
export interface Shown {
  readonly sentence: string;
  readonly parts: readonly Part[];
  readonly troubles: readonly Trouble[];
}

const GB = 1_000_000_000;
const LOW_SHARE = 0.1;
/** "42.1 GB". */
export const spaceText = (bytes: number): string => (bytes >= 1000 * GB ? `${(bytes / 1000 / GB).toFixed(1)} TB` : `${(bytes / GB).toFixed(1)} GB`);

export function shownOf(found: Health): Shown {
  const { log, disk, database } = found;
  const w = words.parts;
  const named = parseWitnesses(found.witnesses);
  const all = named.kind === "witnesses" ? named.all : [];
  const troubles: Trouble[] = [];
  if (log.witness === "none") troubles.push(words.troubles.none);
  else if (log.witness !== "cosigning") troubles.push(words.troubles.witness);
  const low = disk.total_bytes > 0 && disk.free_bytes / disk.total_bytes < LOW_SHARE;
  if (low) troubles.push(words.troubles.storage);
  const parts: Part[] = [
    { name: w.server.name, state: "ok", detail: w.server.ok, now: w.server.now(found.version) },
    { name: w.record.name, state: "ok", detail: log.queued > 0 ? w.record.queued(log.queued) : w.record.ok, now: w.record.now(log.size) },
    {
      name: w.witness.name,
      state: log.witness === "cosigning" ? "ok" : "care",
      detail: log.witness === "none" ? w.witness.none : log.witness === "cosigning" ? all.map(({ key, runBy }) => w.witness.runBy(key.name, runBy)).join("; ") : w.witness.away,
      now: w.witness.now(log.cosigned_size, log.size),
    },
    { name: w.database.name, state: "ok", detail: w.database.ok, now: w.database.now(database.version.split(" ")[0] ?? "") },
    { name: w.storage.name, state: low ? "care" : "ok", detail: low ? w.storage.low : w.storage.ok, now: w.storage.now(spaceText(disk.free_bytes), spaceText(disk.total_bytes)) },
  ];
  return { sentence: troubles.length === 0 ? words.calm : words.look(troubles.length), parts, troubles };
}

/** The same parts once the server has stopped answering: what it said last is stale. */
export const silent = (last: Shown | null): readonly Part[] =>
  (last?.parts ?? [{ name: words.parts.server.name, state: "ok" as const, detail: "", now: "" }]).map((part, i) => (i === 0 ? { ...part, state: "stop", detail: words.parts.server.stop } : part));
