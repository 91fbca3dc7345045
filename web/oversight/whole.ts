/**
 * Offers to check the whole record on this device: every entry, every tile, the root.
 *
 * In:     a press; the log's files under /log/.
 * Out:    a sentence while it goes on, and one when it is done.
 * Holds:  nothing is fetched before the press; the check runs in a worker, and the page stays as it is.
 */
import type { Whole } from "../core/proof/whole.ts";
import type { Answer, Question } from "./whole.worker.ts";
import { number } from "./words.ts";

/** What came of it, in words. */
export function told(found: Whole, seconds: number): string {
  switch (found.kind) {
    case "whole":
      return `All ${number(found.size)} entries, every tile and the root hold. Checked on your device in ${seconds.toFixed(1)} s. ${found.witnesses}`;
    case "fails":
      return `This record does not hold: ${found.what} (${found.where}). Keep this page, and check it from another network with fanlight verify.`;
    case "unknown":
      return `Not all of it could be fetched: ${found.where} is missing. Kept: the page as it is. To do: try again in a minute; if it stays so, tell a witness.`;
  }
}

export function offerToCheckAll(): HTMLElement {
  const place = document.createElement("div");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn full noprint";
  button.textContent = "Check the whole record here";
  const answer = document.createElement("p");
  answer.className = "s";
  answer.setAttribute("role", "status");
  button.addEventListener("click", () => {
    button.disabled = true;
    answer.textContent = "Fetching every entry. You can read on.";
    const began = performance.now();
    const worker = new Worker(new URL("./whole.worker.ts", import.meta.url), { type: "module" });
    const end = (words: string): void => {
      answer.textContent = words;
      button.disabled = false;
      worker.terminate();
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>): void => {
      if (data.kind === "progress") answer.textContent = `${number(data.done)} of ${number(data.all)} entries hold so far.`;
      else end(told(data.found, (performance.now() - began) / 1000));
    };
    worker.onerror = () => end("It could not be checked here. Kept: the page as it is. To do: use fanlight verify.");
    worker.postMessage({ base: new URL("/log/", location.href).href, vkey: null } satisfies Question);
  });
  place.append(button, answer);
  return place;
}
