/**
 * Words that press residents, and personal data, found while an officer writes. Twin of fanlight.policy.wording,
 * reading the same public list. The server decides; this only says beforehand what it would find.
 */

import list from "../../../../src/fanlight/policy/data/pressing-words.json";

export interface Found {
  /** As the public list has it, or the name of a form of personal data. */
  readonly phrase: string;
  readonly why: string;
}

// Personal data has forms, not phrases.
const FORMS: readonly (readonly [string, RegExp])[] = [
  ["an e-mail address", /\S@\S+\.[\p{L}\p{N}_]/u],
  ["a telephone number", /(?<![\p{L}\p{N}_-])(?:\+\p{Nd}{8,15}|(?:\+?1[ .-]?)?\(?\p{Nd}{3}\)?[ .-]{0,2}\p{Nd}{3}[ .-]?\p{Nd}{4})(?![\p{L}\p{N}_-])/u],
  ["a social security number", /(?<!\p{Nd})\p{Nd}{3}-\p{Nd}\p{Nd}-\p{Nd}{4}(?!\p{Nd})/u],
  ["a web address", /https?:\/\/|(?<![\p{L}\p{N}_])www\./iu],
  [
    "a house number",
    /(?<![\p{L}\p{N}_])\p{Nd}{1,5}[a-z]?(?:-[\p{L}\p{N}_])?\s+(?:[\p{L}\p{N}_']+\s+){1,3}(?:st|street|ave|av|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|way|pl|place|ter|terrace)(?![\p{L}\p{N}_])/iu,
  ],
];
const BLOCK = /(?<![\p{L}\p{N}_])\p{Nd}{1,5}\s+block(?![\p{L}\p{N}_])/giu;

/** Each listed phrase and each form of personal data in `words`, in the list's order. */
export function findPhrases(words: string): Found[] {
  const plain = plainWords(words);
  const readable = words.normalize("NFKC").replace(BLOCK, "block");
  return [
    ...list.phrases.filter((row) => plain.includes(` ${row.phrase} `)),
    ...FORMS.filter(([, form]) => form.test(readable)).map(([phrase]) => ({ phrase, why: "personal data" })),
  ];
}

/** Lower-case words with one space between and around them; marks and invisible characters hide no phrase. */
function plainWords(words: string): string {
  const folded = words.normalize("NFKD").toLowerCase().replace(/\p{Mn}|\p{Cf}/gu, "").replaceAll("'", "");
  return ` ${(folded.match(/[\p{L}\p{N}_]+/gu) ?? []).join(" ")} `;
}
