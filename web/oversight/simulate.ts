/**
 * The page on which another ordinance is tried on this record.
 *
 * In:     the form that the server laid out, the ordinances' texts as one file, the log's files under /log/.
 * Out:    sentences, a chart, a table, the file of all rows; or the one thing that went wrong.
 * Holds:  everything is computed here: neither a choice nor a pack leaves the device. It can be cancelled at any time.
 */
import { openPack, type Opened } from "../core/policy/opened.ts";
import { replayRecord, type Found, type Replaying } from "../core/policy/replaying.ts";
import type { Past } from "../core/policy/past.ts";
import type { Chosen } from "../core/policy/simulate.ts";
import { save } from "../ui/save.ts";
import { monthly } from "./chart.ts";
import { button, element, holding } from "./making.ts";
import { recall } from "./memory.ts";
import { tableOf } from "./rows.ts";
import { command, DECIDED, monthsOf, told, trouble, turning } from "./telling.ts";
import { number } from "./words.ts";

type Offer = { readonly title: string; readonly sha256: string; readonly name: string; readonly text: string };

const OWN = "own";
const OWN_NAME = "your-pack.json";
const at = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

let offers: readonly Offer[] = [];
let own: Opened | null = null;
let running: Replaying | null = null;
let began = 0;

async function fetchOffers(): Promise<boolean> {
  if (offers.length > 0) return true;
  try {
    const answer = await fetch("/record/ordinances/packs.json", { credentials: "omit" });
    if (!answer.ok) return false;
    offers = ((await answer.json()) as { packs: Offer[] }).packs;
    return true;
  } catch {
    return false;
  }
}

async function readOwn(files: FileList | null): Promise<void> {
  const chosen = await Promise.all([...(files ?? [])].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  own = chosen.length > 0 ? openPack(chosen) : null;
  say("own-trouble", own?.kind === "bad-pack" ? `This is no pack: ${own.why}.` : "");
}

function say(id: string, words: string): void {
  at(id).textContent = words;
  at(id).hidden = words === "";
}

/** What stands in the form, or null with the reason said beside the field. */
function asked(): { pack: Offer; against: Offer | null; chosen: Chosen } | null {
  const value = (id: string): string | null => at<HTMLInputElement | HTMLSelectElement>(id).value || null;
  const chosen = { agency: value("agency"), first: value("first"), last: value("last") };
  const backwards = chosen.first !== null && chosen.last !== null && chosen.first > chosen.last;
  at("last").setAttribute("aria-invalid", String(backwards));
  say("days-trouble", backwards ? "The last day lies before the first." : "");
  if (backwards) return null;
  const offered = (sha: string | null): Offer | null => offers.find(({ sha256 }) => sha256 === sha) ?? null;
  const against = offered(value("against"));
  if (value("try") !== OWN) {
    const pack = offered(value("try"));
    return pack === null ? null : { pack, against, chosen };
  }
  if (own?.kind !== "text") {
    if (own === null) say("own-trouble", "Choose the pack's file first.");
    at("own").focus();
    return null;
  }
  return { pack: { title: "your pack", sha256: "", name: OWN_NAME, text: own.text }, against, chosen };
}

async function start(): Promise<void> {
  running?.end();
  at("trouble").replaceChildren();
  at("outcome").replaceChildren();
  if (!(await fetchOffers())) return fail({ kind: "no-packs" });
  const question = asked();
  if (question === null) return;
  const { pack, against, chosen } = question;
  began = performance.now();
  busy(true);
  at("how-far").textContent = "Fetching the engine and the record. You can read on.";
  const mine = replayRecord(new URL("/log/", location.href).href, recall()?.vkey ?? null, { pack: pack.text, against: against?.text ?? null, chosen }, (done, all, decisions) => {
    const bar = at<HTMLProgressElement>("bar");
    bar.value = done / Math.max(1, all);
    at("how-far").textContent = `${number(done)} of ${number(all)} entries read and checked, ${number(decisions)} of them decided again.`;
  });
  running = mine;
  const found = await mine.done;
  if (running !== mine) return; // cancelled, or another one was started
  busy(false);
  if (found.kind !== "past") return fail(found);
  const seconds = (performance.now() - began) / 1000;
  at("how-far").textContent = `Done: all ${number(found.size)} entries were read and checked in ${seconds.toFixed(1)} s.`;
  show(mine, found, command(new URL("/log", location.href).href, pack.name, against?.name ?? null, chosen));
}

function cancel(): void {
  const ended = running;
  running = null;
  ended?.end();
  busy(false);
  at("how-far").textContent = "Cancelled. Nothing was kept.";
  at("start").focus();
}

function busy(is: boolean): void {
  at("running").hidden = at("cancel").hidden = !is;
  at<HTMLProgressElement>("bar").removeAttribute("value");
  at<HTMLButtonElement>("start").disabled = is;
  if (is) at("cancel").focus();
}

function fail(found: Exclude<Found, Past> | { kind: "no-packs" }): void {
  const { what, kept, todo } = trouble(found);
  at("how-far").textContent = "";
  const line = (head: string, words: string): HTMLElement => holding("p", "s", element("b", head), ` ${words}`);
  const note = holding("div", "note stop", holding("div", "", element("p", what), line("Kept:", kept), line("To do:", todo)));
  note.setAttribute("role", "alert");
  at("trouble").replaceChildren(note);
  at("start").focus();
}

function show(replaying: Replaying, found: Past, line: string): void {
  const { title, sentences } = told(found);
  const parts: Node[] = [holding("section", "card stack", element("h2", title), ...sentences.map((words) => element("p", words)), element("p", found.witnesses, "s dim"))];
  if (found.tally.decisions > 0) {
    parts.push(clauses(found), monthly(monthsOf(found.tally), { before: found.against?.title ?? capital(DECIDED), after: found.pack.title }), tableOf(replaying, found), file(replaying, line));
  }
  at("outcome").replaceChildren(...parts);
  at("outcome").focus();
}

function clauses(found: Past): HTMLElement {
  const lines = turning(found).map(({ id, section, asks, count }) =>
    holding("li", "", element("b", number(count)), ` by ${section ? `${section}, ` : ""}`, element("span", id, "mono"), element("small", asks ? ` Lawful if: ${asks}` : "", "dim")),
  );
  return holding("section", "card stack", element("h2", "By which clause"), lines.length > 0 ? holding("ul", "stack-s", ...lines) : element("p", "No decision turns, so no clause turns one.", "dim"));
}

function file(replaying: Replaying, line: string): HTMLElement {
  const code = element("pre", line, "leaf");
  code.tabIndex = 0;
  const press = button("Save every decision (CSV)", "btn noprint", () => void replaying.csv().then((made) => save(made, "simulation.csv")));
  return holding("section", "card stack", element("h2", "As a file"), holding("p", "", press), element("p", "The same file, byte for byte, without any trust in this page:", "s"), code);
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const form = document.getElementById("simulate");
if (form) {
  const unscripted = at("without-script");
  unscripted.remove();
  form.hidden = false;
  const choose = at<HTMLSelectElement>("try");
  const changed = (): void => {
    at("own-field").hidden = choose.value !== OWN;
  };
  choose.addEventListener("change", changed);
  changed();
  at<HTMLInputElement>("own").addEventListener("change", (event) => void readOwn((event.target as HTMLInputElement).files));
  at("cancel").addEventListener("click", cancel);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void start();
  });
}
