/**
 * Allowed and refused in each month under two ordinances, as bars and as a table of the same figures.
 *
 * In:     months with their counts, the two names.
 * Out:    a figure; each bar says itself in words, and the table says them all.
 * Holds:  what is allowed, refused or neither differs by pattern and by words, not by colour alone.
 */
import type { Told } from "../core/policy/replay.ts";
import { cell, drawn, element, heading, holding } from "./making.ts";
import { countWords, monthWords, OUTCOME_WORDS, OUTCOMES, type Month } from "./telling.ts";
import { number } from "./words.ts";

type Side = "before" | "after";
const LOOK: Record<Told, string> = { accepted: "b-allowed", refused: "b-refused", "cannot be told": "b-untold", "not governed": "b-untold" };

const sum = (counts: Record<Told, number>): number => OUTCOMES.reduce((all, told) => all + counts[told], 0);

function bar(counts: Record<Told, number>, most: number, words: string): SVGElement {
  let at = 0;
  const parts = OUTCOMES.filter((told) => counts[told] > 0).map((told) => {
    const wide = (100 * counts[told]) / most;
    const fill: Record<string, string> = told === "refused" ? { fill: "url(#hatch)" } : {};
    const made = drawn("rect", { class: LOOK[told], x: `${at.toFixed(2)}%`, y: "1", width: `${wide.toFixed(2)}%`, height: "12", ...fill });
    at += wide;
    return made;
  });
  return drawn("svg", { class: "bar two", role: "img", "aria-label": words }, ...parts);
}

function swatch(told: Told): HTMLElement {
  const fill: Record<string, string> = told === "refused" ? { fill: "url(#hatch)" } : {};
  const box = drawn("svg", { class: "swatch", "aria-hidden": "true" }, drawn("rect", { class: LOOK[told], x: "1", y: "1", width: "18", height: "12", ...fill }));
  return holding("span", "row swatches", box, told === "cannot be told" ? "neither: cannot be told, or not governed" : OUTCOME_WORDS[told].toLowerCase());
}

/** The bars with their legend, and the table. `names` are of the ordinance compared with, and of the one tried. */
export function monthly(months: readonly Month[], names: Record<Side, string>): HTMLElement {
  const most = Math.max(1, ...months.flatMap((one) => [sum(one.before), sum(one.after)]));
  const hatch = drawn("pattern", { id: "hatch", width: "7", height: "7", patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, drawn("rect", { class: "hatch", width: "4", height: "7" }));
  const rows = months.map((one) => {
    const name = monthWords(one.month);
    const sides = (["before", "after"] as const).map((side) => {
      const words = `${names[side]}: ${countWords(one[side])}`;
      return holding("div", "bar-side", bar(one[side], most, `${name}. ${words}`), element("span", words, "xs dim"));
    });
    return holding("div", "bar-month", element("h3", name), ...sides);
  });
  const legend = holding("p", "row wrap s", ...(["accepted", "refused", "cannot be told"] as const).map(swatch));
  return holding(
    "section",
    "card stack",
    element("h2", "Month by month"),
    drawn("svg", { class: "vh", "aria-hidden": "true" }, drawn("defs", {}, hatch)),
    legend,
    holding("div", "stack", ...rows),
    element("p", "A request counts in the month in which it was decided, as its own facts tell; an agreement in that of its first day.", "s dim"),
    holding("details", "", element("summary", "The same as a table"), tableOf(months, names)),
  );
}

function tableOf(months: readonly Month[], names: Record<Side, string>): HTMLTableElement {
  const lines = months.flatMap((one) =>
    (["before", "after"] as const).map((side) =>
      holding(
        "tr",
        "",
        cell("Month", "lead", monthWords(one.month)),
        cell("Under", "", names[side]),
        ...OUTCOMES.map((told) => cell(OUTCOME_WORDS[told], "r", number(one[side][told]))),
      ),
    ),
  );
  return holding("table", "cards", heading("Month", "Under", ...OUTCOMES.map((told) => OUTCOME_WORDS[told])), holding("tbody", "", ...lines));
}
