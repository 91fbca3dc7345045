/**
 * The program of the public pages: it checks the page it runs on, and may decide a request again.
 *
 * In:     the page (entries in `data.leaf-bytes`, facts in `[data-fact]`), the log's files under /log/.
 * Out:    the seal of five panes, a polite sentence, both versions to save where the record was rewritten.
 * Holds:  without it every page reads the same; it adds no fact, only whether the facts hold.
 */
import "./oversight.css";

import check from "../ui/icons/check-circle-fill.svg?raw";
import dashed from "../ui/icons/circle-dashed.svg?raw";
import download from "../ui/icons/download-simple.svg?raw";
import seal from "../ui/icons/seal-check.svg?raw";
import cross from "../ui/icons/x-circle-fill.svg?raw";
import { unb64 } from "../core/proof/bytes.ts";
import { attempt } from "../core/proof/result.ts";
import { offerToDecide } from "./again.ts";
import { runChecks, verdict, type Entry, type Pane, type Report, type Shown } from "./checks.ts";
import { recall, remember } from "./memory.ts";
import { offerToCheckAll } from "./whole.ts";

const ICONS = { holds: check, fails: cross, waiting: dashed, absent: dashed, unknown: dashed };
const GLASS = { holds: "lit", fails: "bad", waiting: "off", absent: "off", unknown: "off" };

/** An icon of ours, from its own file: never from the page or the network. */
function icon(svg: string): SVGElement {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  drawn.setAttribute("class", "i");
  drawn.setAttribute("aria-hidden", "true");
  return document.importNode(drawn, true) as unknown as SVGElement;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, words = "", className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = words;
  if (className) made.className = className;
  return made;
}

const flat = (text: string | null): string => (text ?? "").replace(/\s+/g, " ").trim();

function entriesOf(box: HTMLElement): Entry[] {
  return [...box.querySelectorAll<HTMLDataElement>("data.leaf-bytes")].map((data) => {
    const raw = attempt(() => unb64(data.value));
    return { index: Number(data.dataset["index"]), raw: raw instanceof Uint8Array ? raw : new Uint8Array() };
  });
}

function shownBy(box: HTMLElement): Shown {
  const facts = new Map<string, string>();
  for (const shown of document.querySelectorAll<HTMLElement>("[data-fact]")) {
    facts.set(shown.dataset["fact"] ?? "", flat(shown.textContent));
  }
  const decides = box.dataset["decides"];
  return {
    facts,
    decides: decides ? Number(decides) : null,
    json: document.getElementById("shown-entry")?.textContent ?? null,
    request: /\/requests\/([a-z2-7]{26})\/?$/.exec(location.pathname)?.[1] ?? null,
  };
}

async function getFile(path: string): Promise<Uint8Array> {
  const answer = await fetch(`/log/${path}`, { credentials: "omit", cache: path.startsWith("tile/") ? "default" : "no-cache" });
  if (!answer.ok) throw new TypeError(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

function draw(box: HTMLElement, panes: readonly Pane[]): void {
  box.querySelectorAll(".fan .p").forEach((pane, place) => {
    pane.setAttribute("class", `p ${GLASS[panes[place]?.state ?? "waiting"]}`);
  });
  const rows = panes.map(({ state, title, detail }) => {
    const row = element("li", "", state === "holds" ? "" : state === "fails" ? "bad" : "wait");
    const words = element("span", title);
    words.append(element("small", detail));
    row.append(icon(ICONS[state]), words);
    return row;
  });
  box.querySelector("#check-list")?.replaceChildren(...rows);
  const { tone, title, line } = verdict(panes);
  box.dataset["tone"] = tone;
  box.querySelector("#check-title")?.replaceChildren(title);
  const fan = box.querySelector(".fan");
  fan?.removeAttribute("aria-hidden");
  fan?.setAttribute("role", "img");
  fan?.setAttribute("aria-label", line);
}

function tell(box: HTMLElement, report: Report, seconds: number): void {
  const { tone, line } = verdict(report.panes);
  const how = box.querySelector("#check-how");
  if (how) {
    if (tone === "fails") how.setAttribute("role", "alert");
    how.textContent = `${line} Checked on your device in ${seconds.toFixed(1)} s.`.replace("hold Checked", "hold. Checked");
  }
  const more = box.querySelector("#check-more");
  const again = element("button", "", `btn full noprint${tone === "fails" ? "" : " go"}`);
  again.type = "button";
  again.append(icon(seal), "Check again");
  again.addEventListener("click", () => void run(box));
  const parts: Node[] = [];
  if (report.evidence) {
    parts.push(note("Kept:", "both signed versions, on your device. Together they are proof."));
    parts.push(note("To do:", "save them, and send them to a witness or a journalist. No account is needed."));
    parts.push(saveButton(report.evidence));
  } else if (tone === "fails") {
    parts.push(note("Kept:", "what this browser saw before."));
    parts.push(note("To do:", "save this page, and check it from another network with fanlight verify."));
  } else if (tone === "unknown") {
    parts.push(note("Kept:", "everything you see here; it is only not checked."));
    parts.push(note("To do:", "try again in a minute."));
  }
  const trust = element("p", "Without any trust in this page: ", "s dim");
  trust.append(element("code", "fanlight verify"), " or any C2SP log client.");
  more?.replaceChildren(...parts, again, offerToCheckAll(), trust);
}

function note(head: string, words: string): HTMLElement {
  const line = element("p", "", "s");
  line.append(element("b", head), ` ${words}`);
  return line;
}

function saveButton(evidence: readonly [string, string]): HTMLElement {
  const link = element("a", "", "btn full");
  const text = JSON.stringify({ before: evidence[0], now: evidence[1], site: location.origin }, null, 1);
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "two-versions-of-the-record.json";
  link.append(icon(download), "Save both versions");
  return link;
}

async function run(box: HTMLElement): Promise<void> {
  const began = performance.now();
  const today = new Date().toISOString().slice(0, 10);
  const how = box.querySelector("#check-how");
  if (how) how.textContent = "Checking. You can read on; the text does not wait.";
  const report = await runChecks(getFile, entriesOf(box), shownBy(box), recall(), today, (panes) => draw(box, panes));
  draw(box, report.panes);
  if (report.remember) remember(report.remember);
  tell(box, report, (performance.now() - began) / 1000);
}

const box = document.getElementById("check");
if (box) void run(box);
const decide = document.getElementById("decide-again");
if (decide && box) offerToDecide(decide, entriesOf(box));
