/**
 * The page in every evidence package: shows what it is, plays the clips, and checks all that `fanlight verify` checks.
 *
 * In:     the facts that the package was made with; the zip, or the unpacked folder, that somebody chooses.
 * Out:    one line a check and a verdict, as `fanlight verify` prints them.
 * Holds:  it asks no network for anything: its content policy lets it reach none.
 * Absent: trust in this very page, which came with the package (words.limit).
 * Why:    docs/spec/evidence.md
 */

import { readUtf8 } from "../core/bytes.ts";
import { type Evidence, readEvidence } from "../core/evidence/evidence.ts";
import { giverPath, statement } from "../core/evidence/giver.ts";
import { BadPackage, Damaged, type PackageFiles, type Store, openFolder, openZip } from "../core/evidence/files.ts";
import { EVIDENCE } from "../core/evidence/form.ts";
import { readRoots } from "../core/evidence/stamp.ts";
import { type Check, type Trust, verifyPackage } from "../core/evidence/verify.ts";
import { parseWitnesses } from "../core/proof/cosignature.ts";
import { parseVkey } from "../core/proof/note.ts";
import { words as w } from "./words.ts";

type Facts = Pick<Evidence, keyof typeof w.facts> & { readonly items: readonly { readonly disclosure: string }[] };

function add<K extends keyof HTMLElementTagNameMap>(parent: Element, tag: K, words = "", more: Partial<HTMLElementTagNameMap[K]> = {}): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = words;
  Object.assign(made, more);
  return parent.appendChild(made);
}

const main = document.getElementById("main") as HTMLElement;
main.textContent = "";
add(main, "h1", w.title);
const said = add(main, "p", "", { id: "said" });
const facts = add(main, "dl", "", { id: "facts" });
const clips = add(main, "div", "", { id: "clips" });
add(main, "h2", w.check);
const box = add(main, "section", "", { className: "box" });
box.setAttribute("aria-label", w.check);
add(box, "p", w.checkText);
const zip = add(add(box, "label", w.zip), "input", "", { type: "file", id: "zip", accept: ".zip,application/zip" });
const folder = add(add(box, "label", w.folder), "input", "", { type: "file", id: "folder", webkitdirectory: true });
add(box, "p", w.drop);
const keys = add(box, "details");
add(keys, "summary", w.keys);
add(keys, "p", w.keysText);
const logKey = add(add(keys, "label", w.logKey), "textarea", "", { id: "log-key", rows: 2 });
const witnesses = add(add(keys, "label", w.witnesses), "textarea", "", { id: "witnesses", rows: 3 });
const authorities = add(add(keys, "label", w.authorities), "textarea", "", { id: "authorities", rows: 3 });
const again = add(keys, "button", w.again, { type: "button", disabled: true });
const verdict = add(main, "p", "", { id: "verdict" });
verdict.setAttribute("role", "status");
const results = add(main, "div", "", { id: "results", className: "scroll" });
const terms = add(main, "div", "", { id: "terms" });
const givers = add(main, "div", "", { id: "givers" });
const trail = add(main, "div", "", { id: "trail" });
add(main, "h2", w.limits);
const limits = add(main, "ul");
for (const limit of w.limit) add(limits, "li", limit);

let shown: string[] = []; // addresses of films that are given back when others are shown

/** `film` says where a clip's video is; null if it is nowhere. */
function show(from: Facts, text: string, film: (disclosure: string) => string | null): void {
  for (const url of shown) URL.revokeObjectURL(url);
  shown = [];
  said.textContent = text;
  facts.textContent = clips.textContent = "";
  for (const [name, word] of Object.entries(w.facts)) {
    add(facts, "dt", word);
    add(facts, "dd", String(from[name as keyof typeof w.facts] ?? w.noDate));
  }
  for (const { disclosure } of from.items) {
    add(clips, "h2", w.clip(disclosure)).title = disclosure;
    const src = film(disclosure);
    const note = add(clips, "p", w.noFilm, { hidden: src !== null });
    if (src === null) continue;
    if (src.startsWith("blob:")) shown.push(src);
    const video = add(clips, "video", "", { controls: true, src });
    video.setAttribute("aria-label", w.clip(disclosure));
    video.addEventListener("error", () => {
      note.hidden = false;
      video.remove();
    });
  }
}

/** What the page was made with; nothing where it stands alone. */
function own(): Facts | null {
  try {
    return JSON.parse(document.getElementById("package")?.textContent ?? "") as Facts;
  } catch {
    return null;
  }
}

function trusted(): Trust | null {
  const [key, listed, pem] = [logKey.value.trim(), witnesses.value.trim(), authorities.value.trim()];
  const log = key === "" ? null : parseVkey(key);
  const known = listed === "" ? null : parseWitnesses(listed);
  const roots = pem === "" ? undefined : readRoots(pem);
  if (log?.kind === "refused" || known?.kind === "refused" || roots === null) return null;
  return { log, witnesses: known?.all ?? null, authorities: roots ?? null };
}

let last: (() => Promise<PackageFiles> | PackageFiles) | null = null;
let turn = 0; // of what was chosen last: an earlier check that is still at work says no more

async function check(open: () => Promise<PackageFiles> | PackageFiles): Promise<void> {
  const mine = ++turn;
  last = open;
  again.disabled = false;
  const trust = trusted();
  results.textContent = terms.textContent = givers.textContent = trail.textContent = "";
  verdict.className = "verdict";
  verdict.textContent = trust === null ? w.badKeys : w.working;
  if (trust === null) return;
  try {
    const files = await open();
    const evidence = readEvidence(await files.read(EVIDENCE).catch(() => new Uint8Array()));
    show(evidence, w.checked, (disclosure) => address(files, `items/${disclosure}/clip.mp4`));
    const checks: Check[] = [];
    const rows = table(results, w.columns);
    for await (const one of verifyPackage(files, trust)) {
      if (mine !== turn) return;
      checks.push(one);
      row(rows, [w.states[one.state], one.name, one.detail]).className = one.state;
    }
    await showTerms(files, evidence.items.map(({ disclosure }) => disclosure));
    await showGivers(files, evidence.items.map(({ disclosure }) => disclosure));
    await showTrail(files);
    verdict.textContent = sumUp(checks);
  } catch (error) {
    if (mine !== turn) return;
    verdict.textContent = error instanceof BadPackage ? w.none(error.message) : w.unread;
    if (!(error instanceof BadPackage)) throw error;
  }
}

function sumUp(checks: readonly Check[]): string {
  if (checks.some(({ state }) => state === "fails")) return w.failed;
  return checks.some(({ state }) => state === "unknown") ? w.some : w.all(checks.filter(({ state }) => state === "holds").length, checks.filter(({ state }) => state === "absent").map(({ name }) => name));
}

function address(files: PackageFiles, name: string): string | null {
  const place = files.place(name);
  return place && URL.createObjectURL(new Blob([place.store.slice(place.first, place.end) as Blob], { type: "video/mp4" }));
}

/** What each household agreed to, as its manifest signs it; the checks have compared it with that. */
async function showTerms(files: PackageFiles, disclosures: readonly string[]): Promise<void> {
  for (const disclosure of disclosures) {
    const name = `items/${disclosure}/terms.txt`;
    if (files.place(name) === null) continue;
    if (terms.childElementCount === 0) {
      add(terms, "h2", w.terms);
      add(terms, "p", w.termsText);
    }
    add(terms, "h3", w.clip(disclosure)).title = disclosure;
    add(terms, "blockquote", (await text(files, name)) ?? w.noTerms);
  }
}

/** What the givers of clips say of themselves; the checks have compared it with who signed the clips. */
async function showGivers(files: PackageFiles, disclosures: readonly string[]): Promise<void> {
  for (const disclosure of disclosures) {
    const name = giverPath(disclosure);
    if (files.place(name) === null) continue;
    if (givers.childElementCount === 0) {
      add(givers, "h2", w.givers);
      add(givers, "p", w.giversText);
    }
    add(givers, "h3", w.clip(disclosure)).title = disclosure;
    const said = statement((await text(files, name)) ?? "");
    add(givers, "p", said ? [said.name, ...(said.reach ? [said.reach] : [])].join(", ") : w.noGiver);
    if (said) add(givers, "p", said.confirms ? w.confirms : w.silent);
  }
}

/** A file's text; null where it is damaged, as the checks have said. */
async function text(files: PackageFiles, name: string): Promise<string | null> {
  try {
    return readUtf8(await files.read(name));
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

async function showTrail(files: PackageFiles): Promise<void> {
  let entries: readonly { at: string; act: string; by: string }[];
  try {
    entries = (JSON.parse(readUtf8(await files.read("custody.json")) ?? "") as { entries: typeof entries }).entries;
    if (!Array.isArray(entries)) return;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Damaged) return; // the checks have said so
    throw error;
  }
  add(trail, "h2", w.custody);
  add(trail, "p", w.custodyText);
  const rows = table(add(trail, "div", "", { className: "scroll" }), w.custodyColumns);
  for (const one of entries) row(rows, [String(one?.at), String(one?.act), String(one?.by)]);
}

function table(parent: Element, columns: readonly string[]): HTMLTableSectionElement {
  const made = add(parent, "table");
  const head = add(add(made, "thead"), "tr");
  for (const column of columns) add(head, "th", column).scope = "col";
  return add(made, "tbody");
}

function row(rows: Element, cells: readonly string[]): HTMLTableRowElement {
  const made = add(rows, "tr");
  for (const cell of cells) add(made, "td", cell);
  return made;
}

zip.addEventListener("change", () => {
  const file = zip.files?.[0];
  if (file) void check(() => openZip(file));
});
again.addEventListener("click", () => {
  if (last) void check(last);
});
folder.addEventListener("change", () => {
  const files = [...(folder.files ?? [])].map((file): [string, Store] => [file.webkitRelativePath.replace(/^[^/]*\//, ""), file]);
  if (files.length > 0) void check(() => openFolder(new Map(files)));
});
for (const kind of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    box.classList.toggle("over", kind === "dragover");
    const file = kind === "drop" ? event.dataTransfer?.files[0] : undefined;
    if (file) void check(() => openZip(file));
  });
}

const made = own();
if (made) show(made, w.claimed, (disclosure) => `items/${disclosure}/clip.mp4`);
