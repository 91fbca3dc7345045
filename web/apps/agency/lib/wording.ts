/**
 * Words that press residents, personal data, records and victims' data, found while an officer writes. Twin of
 * fanlight.policy.wording, reading the same public lists. The server decides; this says beforehand what it would find.
 */

import alike from "../../../../src/fanlight/policy/data/look-alikes.json";
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

// What nobody sees, spaces that may be no gap to the eye, and what stands within words as they are written.
const UNSEEN = /[\p{Cf}\p{Cn}\p{Co}\p{Me}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]/gu;
const BETWEEN = /(?![\p{Me}\p{Mn}\u00ad])[\p{Cf}\p{Cn}\p{Co}\u115f\u1160\u2800\u3164\uffa0\u2006\u2008\u2009\u200a\u202f\u205f]/gu;
const TURNS = /[\u202a\u202b\u202d\u202e\u2066-\u2068]/u;
const LETTERS: Readonly<Record<string, string>> = alike.letters;

/** Each pressing phrase and each form of personal data in `words`, in the list's order. */
export function findPhrases(words: string): Found[] {
  const readable = words.replace(UNSEEN, "").normalize("NFKC").replace(BLOCK, "block");
  const turned = TURNS.test(words) ? [{ phrase: "a character that turns the line round", why: "hides what is written" }] : [];
  return [...listed(pressing.phrases, words), ...turned, ...FORMS.filter(([, form]) => form.test(readable)).map(([phrase]) => ({ phrase, why: "personal data" }))];
}

/** Each phrase in `words` that passes on a criminal-justice record or tells of a victim. */
export const findRecords = (words: string): Found[] => listed(records.phrases, words);

function listed(phrases: readonly Found[], words: string): Found[] {
  const readings = ["", " "].map((between) => plainWords(words, between));
  // Where a list says "#", any number stands in the words.
  const counted = readings.map((plain) => plain.replace(/(?<= )\p{Nd}+(?= )/gu, "#"));
  return phrases.filter(({ phrase }) => (phrase.includes("#") ? counted : readings).some((plain) => plain.includes(` ${phrase} `)));
}

/**
 * Lower-case words with one space between and around them, read at a glance: marks and look-alikes hide no phrase. What
 * nobody sees may part words or stand within one: `between` is put in its place.
 */
function plainWords(words: string, between: string): string {
  const folded = words.replace(BETWEEN, between).normalize("NFKD").replace(UNSEEN, "");
  const plain = Array.from(folded, (one) => LETTERS[one] ?? one).join("").toLowerCase().replace(/['\u2019]/gu, "");
  return ` ${(plain.match(/[\p{L}\p{N}_]+/gu) ?? []).join(" ")} `;
}
