/**
 * Words that press residents, personal data, records and victims' data, found while an officer writes. Twin of
 * fanlight.policy.wording, reading the same public lists. The server decides; this says beforehand what it would find.
 */

import pressing from "../../../../src/fanlight/policy/data/pressing-words.json";
import records from "../../../../src/fanlight/policy/data/record-words.json";

export interface Found {
  /** As the public list has it, or the name of a form of personal data. */
  readonly phrase: string;
  readonly why: string;
}

// Personal data has forms, not phrases.
const FORMS: readonly (readonly [string, RegExp])[] = [
  ["an e-mail address", /\S@\S+\.[\p{L}\p{N}_]/u],
  [
    "a telephone number",
    /\+\p{Nd}(?:[ .()-]{0,2}\p{Nd}){7,14}|(?<![\p{L}\p{N}_-])(?:1[ .-]?)?\(?\p{Nd}{3}\)?[ .-]{0,2}\p{Nd}{3}[ .-]?\p{Nd}{4}(?![\p{L}\p{N}_-])/u,
  ],
  ["a social security number", /(?<!\p{Nd})\p{Nd}{3}-\p{Nd}\p{Nd}-\p{Nd}{4}(?!\p{Nd})/u],
  ["a web address", /https?:\/\/|(?<![\p{L}\p{N}_])www\./iu],
  [
    "a house number",
    /(?<![\p{L}\p{N}_])\p{Nd}{1,5}[a-z]?(?:-[\p{L}\p{N}_])?\s+(?:[\p{L}\p{N}_']+\s+){1,3}(?:st|street|ave|av|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|way|pl|place|ter|terrace)(?![\p{L}\p{N}_])/iu,
  ],
];
const BLOCK = /(?<![\p{L}\p{N}_])\p{Nd}{1,5}\s+block(?![\p{L}\p{N}_])/giu;

/** Each pressing phrase and each form of personal data in `words`, in the list's order. */
export function findPhrases(words: string): Found[] {
  const readable = words.normalize("NFKC").replace(BLOCK, "block");
  return [...listed(pressing.phrases, words), ...FORMS.filter(([, form]) => form.test(readable)).map(([phrase]) => ({ phrase, why: "personal data" }))];
}

/** Each phrase in `words` that passes on a criminal-justice record or tells of a victim. */
export const findRecords = (words: string): Found[] => listed(records.phrases, words);

function listed(phrases: readonly Found[], words: string): Found[] {
  const plain = plainWords(words);
  // Where a list says "#", any number stands in the words.
  const counted = plain.replace(/(?<= )\p{Nd}+(?= )/gu, "#");
  return phrases.filter(({ phrase }) => (phrase.includes("#") ? counted : plain).includes(` ${phrase} `));
}

/** Lower-case words with one space between and around them; marks and invisible characters hide no phrase. */
function plainWords(words: string): string {
  const folded = words.normalize("NFKD").toLowerCase().replace(/\p{Mn}|\p{Cf}|['\u2019]/gu, "");
  return ` ${(folded.match(/[\p{L}\p{N}_]+/gu) ?? []).join(" ")} `;
}
