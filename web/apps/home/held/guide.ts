/** The page inside a person's export, in plain text: what each file is, and how it opens without Fanlight. It speaks to
 *  whoever opens the file, by the names of formats and programs, so it is no page of the app and uses their words. */
import { dateText } from "../../../ui/times.ts";

const words = {
  title: (date: Date) => `Your data from Fanlight, ${dateText(date)}`,
  text: [
    "account.json            what the server holds about you, as it told it",
    "household/              who is of the household, names and roles; book/ holds each list as an owner signed it",
    "keys/N.age              the household’s key number N, sealed to those who may open it (age, version 1)",
    "clips/DAY/*.mp4         films; any player shows them. The .json beside each is what your hub signed about it",
    "",
    "Every clip was opened and checked on your device before it was put in: who made it, its order, every piece.",
    "Nothing here needs Fanlight. JSON is text, MP4 is film, age is an open format (https://age-encryption.org).",
    "",
  ],
  keys: [
    "keys/mine.key opens keys/N.age, and keys/N.key opens clips that were sealed to key N:",
    "  age -d -i keys/mine.key keys/3.age > 3.key",
    "  age -d -i keys/3.key CLIP.age > clip.mp4",
    "Version 1.3 or later of the program age is needed. Keep this file like a house key.",
  ],
  noKeys: [
    "Your keys are not in this file. Sealed files open with your recovery sheet; the sheet says how:",
    "  age -d -i sheet.key keys/3.age > 3.key",
    "  age -d -i 3.key CLIP.age > clip.mp4",
  ],
  failed: "Left out, because they do not hold (day, number):",
};

export function guide(date: Date, failed: readonly string[], keys: boolean): string {
  const more = failed.length > 0 ? ["", words.failed, ...failed] : [];
  return [words.title(date), "", ...words.text, ...(keys ? words.keys : words.noKeys), ...more, ""].join("\n");
}
