/** The page inside a person's export, in plain text: what each file is, and how it opens without Fanlight. It speaks to
 *  whoever opens the file, by the names of formats and programs, so it is no page of the app and uses their words. */
import { dateText } from "../../../ui/times.ts";
import script from "./open.mjs?raw";

const PACKAGES = "npm install age-encryption @scure/bip39 @scure/base @noble/hashes";
/** Opening locked clips with the sheet alone, by hand: steps, and the text that the third one names. */
export const STEPS = [
  "Unpack the file. In it are the folders keys and clips.",
  "Write the 24 words of the sheet, in their order, into a file words.txt beside those folders.",
  "Save the text below as open.mjs beside them.",
  `With the free program Node.js, run ${PACKAGES}`,
  "Then run node open.mjs. It puts a film beside each locked clip.",
];
export const SCRIPT = script;

const words = {
  title: (date: Date) => `Your data from Fanlight, ${dateText(date)}`,
  parts: (number: number, last: boolean) =>
    number === 1 && last
      ? "This file is all of it."
      : `This is file ${number}${last ? ", the last one" : "; more follow"}. Each opens by itself; the first has everything but the clips of the others.`,
  text: [
    "account.json                 what the server holds about you, as it told it",
    "household/household.json     who is of the household, by number and role; its area, hubs and open invitations",
    "household/names.json         names, guests and marked cameras, which the server cannot read",
    "household/book/N.json        each list of the household as an owner signed it; .sig.txt beside it, and .notes.age, its notes sealed to you",
    "household/keeping.json       for how many days clips are kept, and what they take up",
    "household/links.json         the links that were given out, and what is in them",
    "household/hub-status.age     the last word of your hub, sealed to the household’s newest key",
    "alerts/*.age                 what you chose for the alerts of each browser, sealed to your hub and you",
    "keys/N.age                   the household’s key number N, sealed to those who may open it (age, version 1)",
    "CLIPS",
    "clips/DAY/*note.txt          what a member wrote on the film of that name",
    "clips/DAY/as-listed.json     the day’s clips as the server lists them: number, card, signature, and whether you keep it",
    "",
    "What the server made up to keep its lists even is left out: it is noise, and shows nothing.",
    "Every clip was opened and checked on your device before it was put in: who made it, its order, every piece.",
    "Nothing here needs Fanlight. JSON is text, MP4 is film, age is an open format (https://age-encryption.org).",
    "",
  ],
  keys: [
    "keys/mine.key opens keys/N.age, and keys/N.key opens what was sealed to key N (here N is NEWEST):",
    "  age -d -i keys/mine.key keys/NEWEST.age > opened.key",
    "  age -d -i opened.key household/hub-status.age",
    "  age -d -i keys/mine.key household/book/NEWEST.notes.age",
    "Version 1.3 or later of the program age is needed. Keep this file like a house key.",
  ],
  noKeys: [
    "Your keys are not in this file. Sealed files open with your recovery sheet; the sheet says how to make sheet.key:",
    "  age -d -i sheet.key keys/NEWEST.age > opened.key",
    "  age -d -i opened.key household/hub-status.age",
    "Version 1.3 or later of the program age is needed.",
  ],
  films: "clips/DAY/*.mp4              films; any player shows them. The .json beside each is what your hub signed about it",
  locked: "clips/*.age                  films, sealed to the household’s keys as the server keeps them, or if kept for long to you and the sheet (age, version 1)",
  script: ["", "With the 24 words of the recovery sheet, all clips at once:", ...STEPS.map((step, i) => `  ${i + 1}. ${step}`), "-".repeat(80), script],
  failed: "Left out, because they do not open or do not hold, such as those from before you came (day, number):",
};

export interface Told {
  readonly failed: readonly string[];
  readonly keys: boolean;
  readonly locked: boolean;
  readonly number: number;
  readonly last: boolean;
  /** Number of the newest key; null without a household. */
  readonly newest: number | null;
}

export function guide(date: Date, { failed, keys, locked, number, last, newest }: Told): string {
  const more = failed.length > 0 ? ["", words.failed, ...failed] : [];
  const how = newest === null || number > 1 ? [] : (keys ? words.keys : words.noKeys).map((line) => line.replaceAll("NEWEST", String(newest)));
  const text = words.text.map((line) => (line === "CLIPS" ? (locked ? words.locked : words.films) : line));
  return [words.title(date), words.parts(number, last), "", ...text, ...how, ...more, ...(locked ? words.script : []), ""].join("\n");
}
