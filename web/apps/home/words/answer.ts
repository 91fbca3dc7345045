/** Words: on which terms a copy is given, a note that goes with it, and the agency's one answer. Loaded with the pages that show them. */
import { ask } from "./ask.ts";

/** The terms as they are shown, given whether another agency may have the copy: signed into it, word for word. */
export const termsShown = (onward: boolean): readonly (readonly [title: string, text: string])[] => [
  [ask.keep, ask.keepText],
  [ask.who2, onward ? ask.who2Onward : ask.who2Text],
  [ask.recall, ask.recallText],
];

/** What is signed: whose request it is, that it could be refused, and the terms that are shown. */
export const termsText = (agency: string, caseNumber: string, free: string, onward: boolean): string =>
  [`${ask.titleNone(agency)}. ${ask.number(caseNumber)}.`, free, ...termsShown(onward).map(([title, text]) => `${title}: ${text}`)].join("\n");

export const answerWords = {
  termsSigned: "These words, and that you were free to refuse, are signed into the copy: whoever gets it reads on which terms you gave it.",
  onward: "May they hand it to one other local agency?",
  onwardNo: "No, to nobody else",
  onwardNoHint: "That agency can ask you itself.",
  onwardYes: "Yes, to one other local agency",
  onwardYesHint: "Under a key of its own and an end that is not later. It can pass it to nobody. Never to a federal or immigration agency. Nothing tells you if it happens; if you ask for your copy back, it goes there too.",
  note: "A note to the agency, if you like",
  noteHint: "It is locked into the copy, for those who can open the case. Nobody who runs Fanlight reads it. Your words can tell who you are: name nobody, unless you want to be known.",
  noteRoom: (left: number): string => `${Math.abs(left)} ${Math.abs(left) === 1 ? "character" : "characters"} ${left >= 0 ? "left" : "too many"}`,
  noteWaits: "Sharing waits until the note is short enough.",
  replyTitle: "Your note, and the agency’s answer",
  yourNote: "Your note",
  once: "The agency may answer once. Its words are held against the same public list as every request, so that they do not press you. You need not do anything with an answer.",
  look: "See whether it answered",
  looking: "Looking",
  lookHint: "Nothing looks by itself. When you do, no name goes with it, and an answer and none look the same on the line. Whoever watches your line could still guess that a copy came from here.",
  none: "There is no answer so far. There may never be one.",
  reply: "The agency’s answer",
  replyText: "It is kept on this device. Nobody else at home sees it.",
  shut: { what: "The answer does not open with this device’s key.", kept: "Your copy and your note are as they were.", todo: "Look again from the device that sent the copy." },
};
