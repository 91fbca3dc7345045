/**
 * The five checks of a public page, in the order of the seal's panes.
 *
 * In:     the entries a page was made from, what it shows of them, the log's files, the checkpoint this
 *         browser saw before.
 * Out:    five panes, each with its outcome in words; the checkpoint to remember.
 * Holds:  a pane lights only for what was computed here; a witness of the operator is named as one;
 *         a record that is no continuation of the remembered one is never remembered.
 * Absent: the document and storage (verify.ts).
 */
import { parseJcs } from "../core/jcs.ts";
import { asText } from "../core/proof/bytes.ts";
import { openCheckpoint, type Checkpoint } from "../core/proof/checkpoint.ts";
import { isOperatorsOwn, parseWitnesses, type Cosigned, type Witness } from "../core/proof/cosignature.ts";
import { parseLeaf } from "../core/proof/leaf.ts";
import { changesFor, cosignedAfter, handedOver } from "../core/proof/handover.ts";
import { hashLeaf, verifyConsistency, verifyInclusion } from "../core/proof/merkle.ts";
import { parseVkey, type VerifierKey } from "../core/proof/note.ts";
import { attempt, Refusal, type Refused } from "../core/proof/result.ts";
import { Tree, type GetFile } from "../core/proof/tree.ts";
import { band, day, factsOfRequest, number } from "./words.ts";

/** `absent`: there is nothing to check yet, and the words say why. `unknown`: it could not be fetched. */
export type State = "waiting" | "holds" | "absent" | "fails" | "unknown";
export type Pane = { readonly state: State; readonly title: string; readonly detail: string };
export type Entry = { readonly index: number; readonly raw: Uint8Array };
/**
 * What a page shows: fact -> words of the request entry `decides`, an entry's JSON where it is shown whole,
 * and the request that its address names, so that no other request can stand under that address.
 */
export type Shown = {
  readonly facts: ReadonlyMap<string, string>;
  readonly decides: number | null;
  readonly json: string | null;
  readonly request: string | null;
};
export type Memory = { readonly note: string; readonly vkey: string; readonly day: string };
export type Report = {
  readonly panes: readonly Pane[];
  readonly remember: Memory | null;
  /** Both signed versions, where the record was rewritten: together they are proof. */
  readonly evidence: readonly [string, string] | null;
};

const WAITING: readonly Pane[] = [
  { state: "waiting", title: "The record is signed by the town", detail: "" },
  { state: "waiting", title: "The entry is in it, as shown here", detail: "" },
  { state: "waiting", title: "A first witness saw the same record", detail: "" },
  { state: "waiting", title: "A second witness saw the same record", detail: "" },
  { state: "waiting", title: "Nothing was rewritten since you last looked", detail: "" },
];

/** Runs the checks; `progress` gets the panes each time one of them is decided. Never rejects for outside bytes. */
export async function runChecks(
  get: GetFile,
  entries: readonly Entry[],
  shown: Shown,
  before: Memory | null,
  today: string,
  progress: (panes: readonly Pane[]) => void,
): Promise<Report> {
  const panes = [...WAITING];
  const set = (place: number, state: State, title: string, detail: string): void => {
    panes[place] = { state, title, detail };
    progress([...panes]);
  };
  const rest = (from: number, state: State, detail: string): Report => {
    panes.forEach((pane, place) => {
      if (place >= from) panes[place] = { ...pane, state, detail };
    });
    progress([...panes]);
    return { panes, remember: null, evidence: null };
  };

  let vkey: string, note: string, list: string;
  try {
    [vkey, note, list] = (await Promise.all(["vkey", "checkpoint", "witness.vkeys"].map(async (path) => asText(await get(path))))) as [string, string, string];
  } catch (error) {
    if (error instanceof Refusal) return rest(0, "fails", "The record's files are not text.");
    return rest(0, "unknown", "The record could not be fetched.");
  }
  const key = parseVkey(vkey.trim());
  const checkpoint = key.kind === "refused" ? key : openCheckpoint(note, key);
  if (key.kind === "refused" || checkpoint.kind === "refused") {
    set(0, "fails", "The town's signature does not hold", sentence(checkpoint as Refused));
    return rest(1, "absent", "Not looked at: what is not signed is not believed.");
  }
  const known = before && parseVkey(before.vkey);
  const changed = before !== null && before.vkey !== vkey.trim();
  if (changed && !(known?.kind === "key" && (await handedOver(get, known, key)))) {
    set(0, "fails", "Signed by another key than before", `On ${day(before.day)} this record was signed by another key.`);
  } else {
    const since = before ? `, ${changed ? "which the key known to this browser handed over to" : "known to this browser"} since ${day(before.day)}` : "";
    set(0, "holds", "The record is signed by the town", `Key of ${checkpoint.origin}${since}`);
  }

  const tree = new Tree(checkpoint.head.size, get);
  set(1, ...(await inclusion(tree, checkpoint, entries, shown)));
  for (const [place, pane] of (await witnesses(checkpoint, list, get)).entries()) set(2 + place, ...pane);
  const kept = await continuation(tree, checkpoint, known?.kind === "key" && panes[0]?.state === "holds" ? known : key, before);
  set(4, ...kept.pane);
  const remember = panes[0]?.state === "holds" && kept.continues ? { note, vkey: vkey.trim(), day: today } : null;
  const rewritten = kept.pane[0] === "fails" && before;
  return { panes, remember, evidence: rewritten ? [before.note, note] : null };
}

type Outcome = [State, string, string];

async function inclusion(tree: Tree, at: Checkpoint, entries: readonly Entry[], shown: Shown): Promise<Outcome> {
  const names = entries.map(({ index }) => number(index)).join(", ");
  const one = entries.length === 1;
  let hashes = 0;
  for (const { index, raw } of entries) {
    let path: Uint8Array[];
    try {
      path = await tree.inclusion(index);
    } catch (error) {
      if (!(error instanceof Refusal)) return ["unknown", `Entry ${number(index)} could not be looked up`, "A piece of the record could not be fetched."];
      return ["fails", `Entry ${number(index)} is not in the record`, `It has ${number(at.head.size)} entries.`];
    }
    const proven = verifyInclusion(hashLeaf(raw), index, path, at.head);
    if (proven.kind === "refused") return ["fails", `Entry ${number(index)} is not what this page shows`, sentence(proven)];
    hashes += path.length;
  }
  const wrong = differs(entries, shown);
  if (wrong) return ["fails", "This page shows something else than the record", wrong];
  return ["holds", `${one ? "Entry" : "Entries"} ${names} ${one ? "is" : "are"} in it, as shown here`, `${hashes} hashes, from entry to root`];
}

/** Says what a page shows otherwise than its entries, or null if nothing. */
export function differs(entries: readonly Entry[], shown: Shown): string | null {
  const expected = new Map<string, string>();
  for (const { index, raw } of entries) {
    const leaf = parseLeaf(raw);
    if (leaf.kind !== "leaf") continue;
    if (shown.request !== null && leaf.pub["request"] !== shown.request) return `Entry ${number(index)} is of another request.`;
    if (leaf.type === "request" && index === shown.decides) {
      for (const [name, words] of Object.entries(factsOfRequest(leaf.pub) ?? {})) expected.set(name, words);
    }
    const [name, by] = [leaf.pub["pseudonym"], leaf.pub["by"]];
    if (leaf.type === "pseudonym" && typeof name === "string") expected.set(by === "officer" ? "asked_by" : "signed_by", name);
    const told = leaf.pub["band"];
    if (leaf.type === "request-closed" && typeof told === "string") expected.set("band", band(told));
  }
  for (const [name, words] of shown.facts) {
    if (expected.get(name) !== words) return `“${words}” does not stand in it (${name}).`;
  }
  const [entry] = entries;
  if (shown.json !== null && entry) {
    const same = attempt(() => {
      const told = JSON.stringify(sorted(JSON.parse(shown.json ?? "")));
      return { kind: "same" as const, same: told === JSON.stringify(sorted(parseJcs(asText(entry.raw)))) };
    });
    if (same.kind !== "same" || !same.same) return "The entry is not shown as it stands.";
  }
  return null;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]));
}

/** The two witness panes: outsiders first, the operator's own only where there is no outsider. */
async function witnesses(at: Checkpoint, list: string, get: GetFile): Promise<[Outcome, Outcome]> {
  const listed = parseWitnesses(list);
  if (listed.kind === "refused") {
    const bad: Outcome = ["fails", "The list of witnesses cannot be read", sentence(listed)];
    return [bad, ["absent", "No second witness", "Not looked at"]];
  }
  const changes = await changesFor(get, at.note, listed.all);
  const found = listed.all.map((witness) => ({ witness, result: cosignedAfter(at.note, witness, changes) }));
  const forged = found.find(({ result }) => result.kind === "refused");
  const held = found.flatMap(({ result }) => (result.kind === "cosigned" ? [result] : []));
  held.sort((a, b) => Number(isOperatorsOwn(a.witness)) - Number(isOperatorsOwn(b.witness)));
  const silent = listed.all.filter((witness) => !held.some((one) => one.witness === witness));
  const panes = [0, 1].map((place): Outcome => {
    const cosigned = held[place];
    if (cosigned) return ["holds", ...seen(cosigned)];
    if (forged && place === held.length) return ["fails", "A witness's signature does not hold", runBy(forged.witness)];
    const missing = silent[place - held.length];
    const which = place === 0 ? "witness" : "second witness";
    if (missing) return ["absent", `No ${which} has signed this state yet`, runBy(missing)];
    return ["absent", `There is no ${which}`, place === 0 ? "This record is unwitnessed" : "The town has not named one"];
  });
  return panes as [Outcome, Outcome];
}

function seen({ witness, time_s }: Cosigned): [string, string] {
  const title = isOperatorsOwn(witness) ? "The operator's own witness saw the same record" : `${witness.runBy} saw the same record`;
  return [title, `${witness.key.name}, ${isOperatorsOwn(witness) ? "no outsider, " : ""}on ${day(new Date(time_s * 1000).toISOString())}`];
}

const runBy = (witness: Witness): string => (witness.runBy ? `Run by ${witness.runBy}` : "Nobody says who runs it");

async function continuation(
  tree: Tree,
  at: Checkpoint,
  key: VerifierKey,
  before: Memory | null,
): Promise<{ pane: Outcome; continues: boolean }> {
  if (!before) {
    const pane: Outcome = ["absent", "This browser has not looked before", "It remembers this record from now on"];
    return { pane, continues: true };
  }
  const old = openCheckpoint(before.note, key);
  if (old.kind === "refused") {
    const pane: Outcome = ["fails", "Not a continuation of what you saw", `On ${day(before.day)} it was another record.`];
    return { pane, continues: false };
  }
  const sizes = `${number(old.head.size)} entries on ${day(before.day)}, ${number(at.head.size)} now`;
  if (old.head.size > at.head.size) {
    return { pane: ["fails", "The record is shorter than what you saw", sizes], continues: false };
  }
  let path: Uint8Array[];
  try {
    path = await tree.consistency(old.head.size);
  } catch (error) {
    if (!(error instanceof Refusal)) return { pane: ["unknown", "Whether anything was rewritten is not known", "A piece of the record could not be fetched."], continues: false };
    return { pane: ["fails", "Not a continuation of what you saw", sizes], continues: false };
  }
  const proven = verifyConsistency(old.head, at.head, path);
  if (proven.kind === "refused") return { pane: ["fails", "Not a continuation of what you saw", sizes], continues: false };
  return { pane: ["holds", "Nothing was rewritten since you last looked", sizes], continues: true };
}

const sentence = (refused: Refused): string => `${refused.detail.charAt(0).toUpperCase()}${refused.detail.slice(1)}.`;

/** What all five panes together say: a heading, how it was checked, and how grave it is. */
export function verdict(panes: readonly Pane[]): { tone: "holds" | "care" | "fails" | "unknown"; title: string; line: string } {
  const held = panes.filter(({ state }) => state === "holds").length;
  const count = `${held} of 5 checks hold`;
  const place = panes.findIndex(({ state }) => state === "fails");
  if (place >= 0) {
    const titles = ["The record is not signed as it should be", "This page and the record differ", "A witness's signature is wrong", "A witness's signature is wrong", "The record was rewritten"];
    return { tone: "fails", title: titles[place] ?? "", line: count };
  }
  if (panes.some(({ state }) => state === "unknown")) {
    return { tone: "unknown", title: "Could not be checked", line: `${count}. The rest of the record could not be fetched.` };
  }
  if (panes.some(({ state }) => state === "waiting")) {
    return { tone: "unknown", title: "Checking the record", line: `${held} of 5. You can read on; the text does not wait.` };
  }
  const witnessed = panes.slice(2, 4).filter(({ state }) => state === "holds");
  const outsiders = witnessed.filter(({ title }) => !title.startsWith("The operator's own"));
  if (outsiders.length === 2) return { tone: "holds", title: "It stands in the record", line: count };
  const why =
    outsiders.length === 1 ? "Only one outsider has seen it." : witnessed.length ? "Checked, but by the operator's own witness." : "Unwitnessed: no outsider has seen it.";
  return { tone: "care", title: "It stands in the record", line: `${count}. ${why}` };
}
