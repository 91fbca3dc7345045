/** A footage request, checked on this device before anything about it is believed.
 *
 *  In:      the cell file (the same bytes for everybody of the cell), the cell's key, what was last seen of the record.
 *  Out:     the requests that are for this cell, each with what was checked and whether all of it holds.
 *  Holds:   sharing is possible only where every check holds: the file is signed by the record's key, request and case key
 *           stand in a co-signed record, what is told is what was committed, and the ordinance accepts it again here, on facts that are true of it.
 *  Absent:  the network (the caller fetches), and whether a clip matches (the hub finds that at home).
 */
import { type CellBody, type CellFile, type CellRequest, readCellBody } from "../../../core/api/calls.ts";
import { list, num, obj, raw, str } from "../../../core/api/shape.ts";
import { areaM2, outline } from "../../../core/geo/polygon.ts";
import { type Json, parseJcs } from "../../../core/jcs.ts";
import type { Decided, Rule } from "../../../core/policy/decide.ts";
import type { Facts } from "../../../core/policy/shapes.ts";
import { unb64 as hashText } from "../../../core/proof/bytes.ts";
import { openCheckpoint, type Checkpoint } from "../../../core/proof/checkpoint.ts";
import { isOperatorsOwn, parseWitnesses, type Cosigned } from "../../../core/proof/cosignature.ts";
import { changesFor, cosigners, handedOver } from "../../../core/proof/handover.ts";
import { checkOpening, parseLeaf, type Leaf, type Opening } from "../../../core/proof/leaf.ts";
import { hashLeaf, type TreeHead, verifyConsistency, verifyInclusion } from "../../../core/proof/merkle.ts";
import { parseVkey } from "../../../core/proof/note.ts";
import { Refusal, type Refused } from "../../../core/proof/result.ts";
import { type GetFile, Tree } from "../../../core/proof/tree.ts";
import { openAge } from "../../../core/seal/age.ts";
import { b64, hex, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { sha256, verify } from "../../../core/seal/keys.ts";
import type { Pin } from "./answers.ts";

/** What is checked of a request, in the order it is shown. */
export const ASK_CHECKS = ["record", "request", "case-key", "witness", "words", "rules"] as const;
export type AskCheck = (typeof ASK_CHECKS)[number];
export type CheckState = "holds" | "fails" | "unknown";

/** What a request says to the residents of its cell. */
export interface Told {
  agency_name: string;
  outline: [number, number][];
  start: string;
  end: string;
  case_number: string;
  words: string;
  offence: string;
  drop: string;
}

export interface Ask {
  readonly request: string;
  /** Who asks: the agency's identifier (ORI), as it stands in the record. */
  readonly agency: string;
  readonly checks: Readonly<Record<AskCheck, CheckState>>;
  /** Every check holds. */
  readonly sound: boolean;
  /** Null where the sealed part could not be opened. */
  readonly told: Told | null;
  readonly caseKey: string;
  readonly emergency: boolean;
  readonly cosigned: boolean;
  /** The day on which the agency reminded of it, as it may once. */
  readonly reminded: string | null;
  readonly areaM2: number;
  readonly purpose: string;
  readonly rules: readonly Rule[];
  /** Place of the request in the public record. */
  readonly index: number;
}

export interface Cell {
  readonly asks: readonly Ask[];
  /** Who co-signed the record; `own` says that the operator runs it. */
  readonly witnesses: readonly { name: string; runBy: string; own: boolean }[];
  readonly size: number;
  /** Emergencies of the area that closed by themselves, because no second person signed in time. */
  readonly lapsed: readonly string[];
  /** What to remember of the record. */
  readonly pin: Pin;
}

export interface Means {
  readonly cell: string;
  readonly identity: string;
  /** What was last seen of the record on this device. */
  readonly seen: Pin | null;
  /** A file below the log. Asked only for tiles, where the record has another size than was last seen. */
  readonly file: GetFile;
  /** The canonical text of the pack of that hash. */
  readonly pack: (sha256: string) => Promise<string>;
  readonly decide: (pack: string, action: string, facts: Facts) => Promise<Decided>;
}

/** Why a whole cell file counts for nothing. */
export class CellRefused extends Error {
  constructor(readonly why: "signature" | "cell" | "record" | "other-record" | "rewritten") {
    super(why);
  }
}

const told = obj<Told & { openings: Opening[] }>({
  agency_name: str,
  outline: (value, where) => list(list(num))(value, where).map(([lon = 0, lat = 0]) => [lon, lat]),
  start: str,
  end: str,
  case_number: str,
  words: str,
  offence: str,
  drop: str,
  openings: list(obj<Opening>({ field: str, salt: str, value: raw as (value: unknown) => Json })),
});
const OPENED = ["outline", "start", "end", "case_number", "words", "offence"] as const;

/** Checks a cell file and all its requests. Throws CellRefused where the file as a whole does not hold, and what `file` throws. */
export async function readCell(file: CellFile, means: Means): Promise<Cell> {
  const { body, checkpoint, logKey } = openBody(file, means);
  if (means.seen && means.seen.vkey !== body.vkey && !(await handedOn(means.seen.vkey, body.vkey, means.file))) throw new CellRefused("other-record");
  const seenBy = await witnessesOf(body, checkpoint, means.file);
  const pin = await pinned(means, body.vkey, checkpoint);
  const packText = await means.pack(body.pack.sha256).catch(() => null);
  const pack = packText !== null && hex(sha256(utf8(packText))) === body.pack.sha256 ? packText : null;
  const asks: Ask[] = [];
  for (const entry of body.requests) {
    const ask = await readAsk(entry, body, checkpoint, seenBy, pack, means);
    if (ask) asks.push(ask);
  }
  const witnesses = seenBy.map(({ witness }) => ({
    name: witness.key.name,
    runBy: witness.runBy,
    own: isOperatorsOwn(witness) || hex(witness.key.publicKey) === hex(logKey),
  }));
  const lapsed = body.lapsed
    .filter((one) => stands(one.leaf, one.index, one.proof, checkpoint))
    .map((one) => kindOf(parseLeaf(one.leaf), "request-closed")?.pub)
    .flatMap((pub) => (pub?.["reason"] === "no second signature" && typeof pub["request"] === "string" ? [pub["request"]] : []));
  return { asks, witnesses, size: checkpoint.head.size, lapsed, pin };
}

function openBody(file: CellFile, means: Means): { body: CellBody; checkpoint: Checkpoint; logKey: Uint8Array } {
  let body: CellBody;
  try {
    body = readCellBody(parseJcs(file.body), "cell file");
  } catch {
    throw new CellRefused("signature");
  }
  const key = parseVkey(body.vkey);
  if (key.kind !== "key") throw new CellRefused("record");
  try {
    verify(key.publicKey, "cell", utf8(file.body), unb64(file.sig));
  } catch {
    throw new CellRefused("signature");
  }
  if (body.cell !== means.cell) throw new CellRefused("cell");
  const checkpoint = openCheckpoint(body.checkpoint, key);
  if (checkpoint.kind !== "checkpoint") throw new CellRefused("record");
  return { body, checkpoint, logKey: key.publicKey };
}

/** Whether the key last seen handed over to the one that signs now. */
async function handedOn(seen: string, now: string, file: GetFile): Promise<boolean> {
  const [from, to] = [parseVkey(seen), parseVkey(now)];
  return from.kind === "key" && to.kind === "key" && handedOver(file, from, to);
}

async function witnessesOf(body: CellBody, checkpoint: Checkpoint, file: GetFile): Promise<Cosigned[]> {
  const listed = parseWitnesses(body.witness_vkeys);
  if (listed.kind !== "witnesses") throw new CellRefused("record");
  const seen = cosigners(checkpoint.note, listed.all, await changesFor(file, checkpoint.note, listed.all));
  if (seen.kind !== "cosigners") throw new CellRefused("record");
  return seen.all;
}

/** A record that is neither a continuation nor a beginning of the one last seen was rewritten. An older one is only older: files are cached. */
async function pinned({ seen, file }: Means, vkey: string, { head }: Checkpoint): Promise<Pin> {
  const pin = { vkey, size: head.size, root: b64(head.root) };
  if (!seen) return pin;
  const older = seen.size > head.size;
  if (!(await continues(seen, head, older, file))) throw new CellRefused("rewritten");
  return older ? seen : pin;
}

async function continues(seen: Pin, now: TreeHead, older: boolean, file: GetFile): Promise<boolean> {
  try {
    const before = { size: seen.size, root: hashText(seen.root) };
    const [from, to] = older ? [now, before] : [before, now];
    return verifyConsistency(from, to, await new Tree(to.size, file).consistency(from.size)).kind === "proven";
  } catch (error) {
    if (error instanceof Refusal) return false; // a tile that is none
    throw error;
  }
}

async function readAsk(
  entry: CellRequest,
  body: CellBody,
  checkpoint: Checkpoint,
  seenBy: readonly Cosigned[],
  pack: string | null,
  means: Means,
): Promise<Ask | null> {
  const leaf = kindOf(parseLeaf(entry.leaf), "request");
  const keyLeaf = kindOf(parseLeaf(entry.key_leaf), "case-key");
  const pub = leaf?.pub ?? {};
  const caseKey = String(keyLeaf?.pub["key"] ?? "");
  const keyHash = hex(sha256(utf8(caseKey)));
  const keyFits =
    caseKey.startsWith("age1pq1") &&
    pub["key_sha256"] === keyHash &&
    keyLeaf?.pub["key_sha256"] === keyHash &&
    keyLeaf?.pub["agency"] === pub["agency"];
  const opened = await openSealed(entry, means.identity);
  // A protected request stands in every cell's file; where it is not about this cell, it opens to nobody.
  if (!opened && pub["protected"] === true) return null;
  const { state: rulesState, rules } = await decideAgain(pub, body, pack, means);
  const facts = (pub["facts"] ?? {}) as Record<string, Json>;
  // What came later counts where it stands in the record and is about this request.
  const after = entry.after
    .filter((one) => stands(one.leaf, one.index, one.proof, checkpoint))
    .flatMap((one) => {
      const read = parseLeaf(one.leaf);
      return read.kind === "leaf" && read.pub["request"] === entry.request ? [read] : [];
    });
  const state = (holds: boolean): CheckState => (holds ? "holds" : "fails");
  const checks: Record<AskCheck, CheckState> = {
    record: "holds", // the file's signature and the record's own; without them nothing of it was read
    request: state(leaf !== null && pub["request"] === entry.request && stands(entry.leaf, entry.index, entry.proof, checkpoint)),
    "case-key": state(keyFits && stands(entry.key_leaf, entry.key_index, entry.key_proof, checkpoint)),
    witness: state(seenBy.length > 0),
    words: opened ? state(committed(entry.leaf, opened)) : "unknown",
    rules: opened && !factsFit(facts, opened) ? "fails" : rulesState,
  };
  return {
    request: entry.request,
    agency: typeof pub["agency"] === "string" ? pub["agency"] : "",
    checks,
    sound: ASK_CHECKS.every((check) => checks[check] === "holds"),
    told: opened,
    caseKey,
    emergency: pub["emergency"] === true,
    cosigned: facts["second_signature"] === true || after.some(({ type, pub }) => type === "request" && pub["decision"] === "accepted" && pub["second_signature"] === true),
    reminded: after.flatMap(({ type, pub }) => (type === "request-reminder" && typeof pub["day"] === "string" ? [pub["day"]] : []))[0] ?? null,
    areaM2: typeof pub["area_m2"] === "number" ? pub["area_m2"] : 0,
    purpose: typeof pub["purpose"] === "string" ? pub["purpose"] : "",
    rules,
    index: entry.index,
  };
}

function kindOf(read: Leaf | Refused, type: string): Leaf | null {
  return read.kind === "leaf" && read.type === type ? read : null;
}

function stands(leaf: string, index: number, proof: readonly string[], { head }: Checkpoint): boolean {
  try {
    return verifyInclusion(hashLeaf(utf8(leaf)), index, proof.map(unb64), head).kind === "proven";
  } catch {
    return false; // a proof that is no base64
  }
}

async function openSealed(entry: CellRequest, identity: string): Promise<(Told & { openings: Opening[] }) | null> {
  try {
    return told(parseJcs(text(await openAge(unb64(entry.sealed), [identity]))), "request");
  } catch {
    return null;
  }
}

/** Whether all that is told is exactly what the record committed to. */
function committed(leaf: string, opened: Told & { openings: Opening[] }): boolean {
  return OPENED.every((field) => {
    const opening = opened.openings.find((one) => one.field === field);
    return opening !== undefined && same(opening.value, opened[field]) && checkOpening(leaf, opening).kind === "proven";
  });
}

/** Whether the facts that the ordinance was asked about are true of what is told, as far as they show here. */
function factsFit(facts: Record<string, Json>, told: Told): boolean {
  const length = (Date.parse(told.end) - Date.parse(told.start)) / 60_000;
  const drawn = outline(told.outline);
  if (drawn.kind !== "outline" || Math.abs(Number(facts["area_m2"]) - areaM2(drawn.corners)) > 1) return false;
  if (!joinedHolds(facts)) return false;
  return facts["window_min"] === length && facts["has_case_number"] === (told.case_number !== "");
}

/** Whether what the facts say of a sweep is no less than of its request alone. Twin of fanlight.model.request; older ones have none. */
function joinedHolds(facts: Record<string, Json>): boolean {
  const pairs = [["area_m2", "joined_area_m2", 1], ["window_min", "joined_window_min", 0]] as const;
  return pairs.every(([alone, joined, rounding]) => {
    const [own, whole] = [facts[alone], facts[joined]];
    return whole === undefined || (typeof own === "number" && typeof whole === "number" && whole >= own - rounding);
  });
}

const same = (one: Json, two: Json): boolean => JSON.stringify(one) === JSON.stringify(two);

async function decideAgain(
  pub: Leaf["pub"],
  body: CellBody,
  pack: string | null,
  means: Means,
): Promise<{ state: CheckState; rules: readonly Rule[] }> {
  if (pack === null) return { state: "unknown", rules: [] };
  if (pub["pack"] !== body.pack.sha256 || pub["decision"] !== "accepted") return { state: "fails", rules: [] };
  const decided = await means.decide(pack, "request.open", pub["facts"] as unknown as Facts);
  if (decided.kind !== "decided") return { state: "unknown", rules: [] };
  return { state: decided.decision.decision === "accepted" ? "holds" : "fails", rules: decided.decision.rules };
}
