/**
 * Decide a request again on this device, with the ordinance's own text.
 *
 * In:     the entry that decided it, the pack's bytes from /v1/packs/{sha256}.
 * Out:    a sentence: the same decision by the same clauses, or not.
 * Holds:  a pack is used only if its SHA-256 is the one the entry names. Cedar (4 MB) is fetched only on a press.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import type { Json } from "../core/jcs.ts";
import { hex } from "../core/proof/bytes.ts";
import { parseLeaf } from "../core/proof/leaf.ts";
import { refusing } from "../core/policy/decide.ts";
import type { Facts } from "../core/policy/shapes.ts";
import type { Entry } from "./checks.ts";

const SAME = "Decided again on your device: the same decision, by the same clauses.";

export function offerToDecide(place: HTMLElement, entries: readonly Entry[]): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn noprint";
  button.textContent = "Decide again on this device";
  const answer = document.createElement("p");
  answer.className = "s";
  answer.setAttribute("role", "status");
  button.addEventListener("click", () => {
    button.disabled = true;
    answer.textContent = "Fetching the ordinance and the engine that reads it.";
    void decideAgain(place.dataset["action"] ?? "", entries.find(({ index }) => index === Number(place.dataset["index"]))).then(
      (words) => {
        answer.textContent = words;
        button.disabled = false;
      },
    );
  });
  place.append(button, answer);
}

async function decideAgain(action: string, entry: Entry | undefined): Promise<string> {
  const leaf = entry ? parseLeaf(entry.raw) : null;
  if (leaf?.kind !== "leaf" || leaf.type !== "request") return "The entry on this page is no request. Nothing was decided.";
  const { decision, rules, facts } = leaf.pub;
  const sha = leaf.pub["pack"];
  if (typeof sha !== "string" || !isFacts(facts) || !Array.isArray(rules)) return "The entry has another form. Nothing was decided.";
  let pack: Uint8Array;
  try {
    const answer = await fetch(`/v1/packs/${sha}`, { credentials: "omit" });
    if (!answer.ok) throw new TypeError(String(answer.status));
    pack = new Uint8Array(await answer.arrayBuffer());
  } catch {
    return "The ordinance's text could not be fetched. Kept: the page as it is. To do: try again in a minute.";
  }
  if (hex(sha256(pack)) !== sha) return "The text that came is not the ordinance which the record names. It was not used. Keep this page.";
  const { decide, stop } = await import("../core/policy/worker.ts");
  const made = await decide(new TextDecoder().decode(pack), action, facts);
  stop();
  if (made.kind === "undecided") return `It could not be decided here: ${made.why}.`;
  const failing = refusing(made.decision);
  const same = made.decision.decision === decision && [...failing].sort().join() === [...(rules as string[])].sort().join();
  if (same) return SAME;
  const because = failing.length > 0 ? `, by ${failing.join(", ")}` : "";
  return `Decided again on your device, the ordinance says: ${made.decision.decision}${because}. The record says: ${String(decision)}. Keep this page.`;
}

function isFacts(value: Json | undefined): value is Facts {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one: Json) => ["boolean", "number", "string"].includes(typeof one));
}
