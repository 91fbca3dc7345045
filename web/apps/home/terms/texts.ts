/** What the server promises, as it gives it, held against the record and against what this person read.
 *
 *  In:      all versions from the server; the record's entries and their receipts; what this browser kept.
 *  Out:     for each text how it stands, and what was read, locked for this browser only.
 *  Holds:   a text is shown as in the record only if its bytes are those of an entry whose receipt was checked here; a
 *           version that was read is compared with this browser's own copy.
 *  Absent:  telling the server what was read.
 */
import { logFile } from "../../../core/api/calls.ts";
import type { Client } from "../../../core/api/client.ts";
import { list, nullable, num, obj, oneOf, str } from "../../../core/api/shape.ts";
import { hex, readUtf8, utf8 } from "../../../core/bytes.ts";
import { jcs } from "../../../core/jcs.ts";
import { parseLeaf } from "../../../core/proof/leaf.ts";
import { parseVkey } from "../../../core/proof/note.ts";
import { parseReceipt, verifyReceipt } from "../../../core/proof/receipt.ts";
import { openHere, wrapHere } from "../../../ui/device.ts";

export const NAMES = ["terms", "privacy", "partners"] as const;
export type Name = (typeof NAMES)[number];
export interface Text {
  readonly name: Name;
  readonly version: number;
  readonly body: string;
  readonly sha256: string;
  /** UTC day, 2026-11-22. */
  readonly effective: string;
  readonly index: number | null;
}
/** What this person read last of a text. */
export interface Read {
  readonly version: number;
  readonly body: string;
}
export type Kept = Partial<Record<Name, Read>>;
export type Proof = "in-record" | "waits" | "not-in-record" | "unknown";

const shape = obj<{ texts: Text[] }>({
  texts: list(obj<Text>({ name: oneOf(NAMES), version: num, body: str, sha256: str, effective: str, index: nullable(num) })),
});

export const textsOf = async (ground: Client): Promise<Text[]> => (await ground.json("/v1/texts", shape, { anonymous: true })).texts;

export type Standing =
  | { readonly kind: "new" | "read"; readonly text: Text }
  | { readonly kind: "changed"; readonly text: Text; readonly from: Read }
  /** The server shows another text in the place of the version that was read, or none. */
  | { readonly kind: "rewritten"; readonly text: Text | null; readonly from: Read };

/** How a text stands for somebody who read `from` of it; null if there is no such text and nothing was read. */
export function standing(name: Name, texts: readonly Text[], from: Read | undefined): Standing | null {
  const versions = texts.filter((one) => one.name === name).sort((a, b) => a.version - b.version);
  const text = versions.at(-1) ?? null;
  if (!from) return text && { kind: "new", text };
  const same = versions.find(({ version }) => version === from.version);
  if (!text || same?.body !== from.body) return { kind: "rewritten", text, from };
  return text.version === from.version ? { kind: "read", text } : { kind: "changed", text, from };
}

/** Whether a text is what its entry in the record says. Throws ApiError where the record cannot be asked. */
export async function prove(ground: Client, text: Text): Promise<Proof> {
  const digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text.body))));
  if (digest !== text.sha256) return "not-in-record";
  if (text.index === null) return "waits";
  const entries = obj<{ leaves: { index: number; leaf: string }[] }>({ leaves: list(obj({ index: num, leaf: str })) });
  const asked = await ground.json(`/v1/log/leaves?type=text&after=${text.index - 1}&limit=1`, entries, { anonymous: true });
  const entry = asked.leaves[0];
  if (!entry) return "waits";
  const leaf = parseLeaf(entry.leaf);
  const pub = { name: text.name, version: text.version, sha256: digest, effective: text.effective };
  if (leaf.kind !== "leaf" || leaf.type !== "text" || readUtf8(jcs(leaf.pub)) !== readUtf8(jcs(pub))) return "not-in-record";
  const key = parseVkey((readUtf8(await logFile(ground, "vkey")) ?? "").trim());
  const receipt = parseReceipt(await ground.text(`/v1/log/proof/${entry.index}`, { anonymous: true }));
  if (key.kind === "refused" || receipt.kind === "refused" || receipt.index !== entry.index) return "not-in-record";
  return verifyReceipt(utf8(entry.leaf), receipt, key).kind === "in-log" ? "in-record" : "not-in-record";
}

const PLACE = "fanlight.texts.";

/** What this person read here. Nothing, where nothing was kept or it cannot be opened. */
export async function keptOf(account: string): Promise<Kept> {
  const sealed = localStorage.getItem(PLACE + account);
  const plain = sealed === null ? null : await openHere(PLACE + account, sealed);
  try {
    const said = JSON.parse((plain && readUtf8(plain)) ?? "{}") as Record<string, unknown>;
    const read = obj<Read>({ version: num, body: str });
    return Object.fromEntries(NAMES.flatMap((name) => (said[name] === undefined ? [] : [[name, read(said[name], name)]])));
  } catch {
    return {}; // of another form: everything is shown as new
  }
}

/** Keeps that these texts were read, for good. */
export async function keepRead(account: string, texts: readonly Text[]): Promise<void> {
  const kept: Record<string, Read> = { ...(await keptOf(account)) };
  for (const { name, version, body } of texts) if (version >= (kept[name]?.version ?? 0)) kept[name] = { version, body };
  localStorage.setItem(PLACE + account, await wrapHere(PLACE + account, utf8(JSON.stringify(kept))));
}
