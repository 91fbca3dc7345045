/** Words: the recovery sheet, on paper and on the screen. The paper must be clear to somebody who never saw Fanlight. */
import { dateText } from "../../../ui/times.ts";
import { serverOrigin } from "../../../ui/server.ts";

export const sheet = {
  title: "Recovery sheet",
  makeTitle: "Print this, and keep it where you keep your passport",
  lead: "Only your household can open its pictures. That is true for us too: if you lose all your devices and this sheet,",
  gone: "the pictures are gone and nobody can bring them back.",
  print: "Print the sheet",
  byHand: "Without a printer, write the 24 words on paper by hand, in their order.",
  have: "I have it on paper",

  paper: {
    made: (date: Date) => `Made ${dateText(date)} · ${new URL(serverOrigin()).host}`,
    title: "Recovery sheet of your household",
    warn: "Whoever holds this sheet can open every picture of this household. Do not photograph it, and do not store it in a cloud.",
    code: "The key as a code to scan",
    words: "The key in 24 words",
    check: "The last word is a check: a slip of the pen is noticed.",
    phone: "If you lost your phone",
    phoneSteps: [
      "Somebody of your household can let you back in. Try that first.",
      "Or open Fanlight on a new device, choose “You have your recovery sheet”, and scan the code or type the words.",
      "Everybody in the household is told. Two nights later you are an owner again and see its pictures, unless an owner objects. Then print a new sheet.",
    ],
    tools: "If Fanlight no longer exists",
    toolsText: "Pictures and keys are in the open format age, version 1. With your copy of the files and the free program age (1.3 or later), anybody who knows computers can open them. Write this line into a file sheet.key:",
    toolsSteps: ["age -d -i sheet.key keys/7.age > house.key", "age -d -i house.key clips/CLIP.age > clip.mp4"],
    toolsHow: "The first command opens a key of the household (the number is that of the key the clip names), the second the clip. The program fanlight open takes the 24 words themselves.",
    where: "Where the copy of this sheet is",
    who: "Who should be told",
  },

  back: {
    title: "Now try the way back",
    text: "A sheet that was never tried is a guess. Hold the printed sheet before the camera, or type two of its words.",
    what: "the sheet",
    word: (n: number) => `Word number ${n}`,
    go: "These are the words",
    wrongWord: (n: number) => `Word ${n} is another one. Look at the sheet again.`,
    wrongCode: "This is the code of another sheet.",
    notSheet: "This is the code of something else.",
    again: "Show the sheet again",
  },

  try: {
    title: "Try your sheet",
    text: "Scan the sheet you keep, or type its words, to see whether it is still the right one. Nothing leaves this device.",
    right: "This is the sheet of your household. Put it back where it was.",
    wrong: "This is a recovery sheet, but not the one that counts now. A newer one was made since. Destroy this one.",
    field: "The 24 words",
    hint: "In their order, with spaces between them. Capitals do not matter.",
    go: "Try these words",
    bad: "These are not the words of a sheet: one of them is missing, misspelt or in another place.",
    badCode: "This is no code of a recovery sheet.",
  },

  anew: {
    title: "Make a new sheet",
    text: "When the old one is lost or somebody else saw it. From then on only the new sheet opens what is recorded; the old one still opens what was recorded before.",
    only: "An owner of your household can make a new sheet.",
    go: "Make a new sheet",
    saving: "Making it count",
    done: "The new sheet counts from now on. Destroy the old one.",
  },

  recover: {
    title: "Come back with the recovery sheet",
    text: "Scan the sheet or type its words. They stay on this device. Everybody in the household is told that the sheet was used.",
    go: "Open with these words",
    passkeyText: "The sheet is right. This device now gets a passkey of its own, so that the sheet can go back to where it is kept.",
    looking: "Looking for your household",
    none: {
      what: "No household on this server has this sheet.",
      kept: "Nothing was changed, and nobody was told.",
      todo: "Look whether it is the newest sheet, and whether this is the server it was made for.",
    },
    found: "Your household is found",
    foundText: (when: string) => `You become an owner on ${when} and see its pictures from then on, unless an owner objects before.`,
    told: "Every member is told at once. That is what protects you if a stranger finds the sheet.",
    begin: "Start again with this sheet",
    beginning: "Telling the household",
    open: "Open my household",
  },
};
