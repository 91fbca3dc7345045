/**
 * The table of a simulation: differences first, filtered by the press of a chip or by words, some rows at a time.
 *
 * In:     a Replaying that is done, its counts, the names of the two sides.
 * Out:    a section; each row leads to its entry's public page.
 * Holds:  rows stay in the worker; the page has those that are shown.
 */
import type { Filter, Past } from "../core/policy/past.ts";
import type { Replaying } from "../core/policy/replaying.ts";
import type { Outcome } from "../core/policy/replay.ts";
import { turnedBy, type Row } from "../core/policy/simulate.ts";
import { button, cell, element, heading, holding } from "./making.ts";
import { OUTCOME_WORDS } from "./telling.ts";
import { day, number } from "./words.ts";

const SOME = 25;
const COLUMNS = ["Entry", "Agency", "Day", "Before", "Tried", "By the clause"] as const;
const ACTIONS: Record<string, string> = {
  "request.submit": "a request handed in",
  "request.open": "a request, signed by a second person or as an emergency",
  "agreement.approve": "an agreement coming into force",
};

function tag({ told, missing }: Outcome): HTMLElement {
  const made = element("span", OUTCOME_WORDS[told], `tag${told === "accepted" ? " ok" : told === "refused" ? " hatched" : ""}`);
  return told === "cannot be told" ? holding("span", "", made, element("span", ` no ${missing.join(", ")} on record`, "xs dim")) : made;
}

function lineOf(row: Row): HTMLTableRowElement {
  const { recorded: one, before, after } = row;
  const link = element("a", `Entry ${number(one.entry)}`);
  link.href = `/record/entries/${one.entry}`;
  const turned = turnedBy(row);
  const clauses = turned.length > 0 ? turned : after.rules;
  return holding(
    "tr",
    "",
    cell("Entry", "lead", link, element("span", `: ${ACTIONS[one.action] ?? one.action}`, "s dim")),
    cell("Agency", "", one.agency),
    cell("Day", "", one.day === null ? "not on record" : day(one.day)),
    cell("Before", "", tag(before)),
    cell("Tried", "", tag(after)),
    cell("By the clause", "", element("span", clauses.join(", "), "mono")),
  );
}

export function tableOf(replaying: Replaying, { tally }: Past): HTMLElement {
  const { outcomes } = tally;
  const untold = Object.entries(outcomes).reduce((all, [key, count]) => (key.includes("cannot be told") ? all + count : all), 0);
  const kinds: readonly (readonly [Filter["which"], string, number])[] = [
    ["all", "All", tally.decisions],
    ["turned", "Come out otherwise", tally.changed],
    ["allowed", "Now allowed", outcomes["refused > accepted"] ?? 0],
    ["refused", "Now refused", outcomes["accepted > refused"] ?? 0],
    ["untold", "Cannot be told", untold],
  ];
  let filter: Filter = { which: tally.changed > 0 ? "turned" : "all", words: "" };
  let shown = 0;
  let asked = 0;
  const body = element("tbody");
  const caption = element("caption");
  caption.setAttribute("role", "status");
  const more = button("Show more", "btn noprint", () => void show(false));
  const chips = kinds.map(([which, words, count]) => {
    const chip = button(`${words} (${number(count)})`, "chip", () => set({ ...filter, which }));
    chip.dataset["which"] = which;
    return chip;
  });
  const words = element("input", "", "in");
  words.id = "search";
  words.type = "search";
  words.addEventListener("input", () => set({ ...filter, words: words.value }));
  const label = element("label", "Entry, agency, day or clause");
  label.htmlFor = words.id;

  function set(to: Filter): void {
    filter = to;
    void show(true);
  }

  async function show(anew: boolean): Promise<void> {
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset["which"] === filter.which));
    const mine = (asked += 1);
    const first = anew ? 0 : shown;
    const picked = await replaying.rows(filter, first, SOME);
    if (mine !== asked) return; // another filter was chosen meanwhile
    if (anew) body.replaceChildren();
    body.append(...picked.rows.map(lineOf));
    shown = first + picked.rows.length;
    caption.textContent = picked.all === 0 ? "None." : `${number(shown)} of ${number(picked.all)}, those that come out otherwise first.`;
    more.hidden = shown >= picked.all;
  }

  void show(true);
  const group = holding("div", "chips", ...chips);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Which decisions");
  return holding(
    "section",
    "card stack",
    element("h2", "Decision by decision"),
    group,
    holding("div", "field narrow", label, words),
    holding("table", "cards", caption, heading(...COLUMNS), body),
    holding("p", "", more),
  );
}
