/** The page of a package that goes into a paper file. Twin of fanlight.custody.print_page, to the byte. */

import { type Bytes, utf8 } from "../bytes.ts";
import { type Json, jcsText } from "../jcs.ts";
import type { Listed } from "./case-graph.ts";

const NO_DAY = "no day was named";
const ESCAPED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const plain = (text: string): string => text.replace(/[&<>"]/g, (letter) => ESCAPED[letter] ?? letter);
const value = (one: Json): string => (typeof one === "string" ? one : jcsText(one));

/** `template` has `{{name}}` where something goes; `about` is of evidence.json. */
export function printPage(
  template: string,
  about: Readonly<Record<string, string | null>>,
  files: readonly Listed[],
  asked: readonly { readonly field: string; readonly value: Json }[],
  custody: readonly { readonly at: string; readonly act: string; readonly by: string }[],
  agreed: readonly (readonly [disclosure: string, terms: string])[] = [],
  drafted: readonly string[] = [],
): Bytes {
  const rows: Readonly<Record<string, string>> = {
    asked: asked.map((one) => `<tr><th scope="row">${plain(one.field)}</th><td>${plain(value(one.value))}</td></tr>\n`).join(""),
    files: files.map(({ path, size, sha256 }) => `<tr><td>${plain(path)}</td><td>${size}</td><td class="sum">${sha256}</td></tr>\n`).join(""),
    custody: custody.map(({ at, act, by }) => `<tr><td>${plain(at)}</td><td>${plain(act)}</td><td>${plain(by)}</td></tr>\n`).join(""),
    agreed: agreedRows(agreed),
    certificate: drafted.length > 0 ? `${DRAFTED} ${drafted.join(", ")}.` : LEADS,
  };
  return utf8(template.replace(/\{\{([a-z_]+)\}\}/g, (_all, name: string) => rows[name] ?? plain(about[name] ?? NO_DAY)));
}

const LEADS =
  "No certificate under Federal Rule of Evidence 902(13) or (14) is drafted here. These clips are from households that are not named:\nnobody can certify the system that recorded them, and each is a lead until its owner comes forward.";
const DRAFTED = "certificate.html beside this page has unsigned drafts of certificates under Federal Rule of Evidence 902(13) and (14) for the clips whose giver said who they are:";
const AGREED = "What the household agreed to";
const AGREED_TEXT = "The words it was shown, signed within the clip's manifest; terms.txt beside the clip has them too.";
function agreedRows(agreed: readonly (readonly [string, string])[]): string {
  if (agreed.length === 0) return "";
  const rows = agreed.map(([clip, terms]) => `<tr><th scope="row">${plain(clip)}</th><td style="white-space: pre-wrap">${plain(terms)}</td></tr>\n`).join("");
  return `<h2>${AGREED}</h2>\n<p>${AGREED_TEXT}</p>\n<table>\n${rows}</table>\n`;
}
