/**
 * The evidence parts of a package: what two copies of one clip share, whoever each was made for.
 *
 * In:     SHA-256 of the files below items/; the hash that the export's entry in the log commits to.
 * Out:    one SHA-256 over all parts, in hex; a Check. Twin of fanlight.custody.parts.
 * Why:    docs/spec/evidence.md
 */
import { hex } from "../bytes.ts";
import type { Json } from "../jcs.ts";
import { sha256 } from "../seal/keys.ts";
import type { Evidence } from "./evidence.ts";
import { sums } from "./form.ts";
import type { Check } from "./verify.ts";

const NAME = "evidence parts";

/** The hash of evidence parts, given path -> SHA-256 of the files below items/. */
export const partsHash = (hashes: ReadonlyMap<string, string>): string => hex(sha256(sums(hashes)));

/** Null for an entry that says nothing of the parts. */
export function checkParts(evidence: Pick<Evidence, "items">, detail: Readonly<Record<string, Json>>): Check | null {
  if (!Object.hasOwn(detail, "parts") && !Object.hasOwn(detail, "equals")) return null;
  const found = partsHash(new Map(evidence.items.flatMap((item) => Object.entries(item.files))));
  if (detail["parts"] !== found) return { name: NAME, state: "fails", detail: "The log's entry names another hash of the parts under items/." };
  const first = detail["equals"];
  const said = typeof first === "string" ? ` The log's entry says that they equal those of package ${first}.` : "";
  return { name: NAME, state: "holds", detail: `SHA-256 ${found}.${said}` };
}
