/** Words: legal process on this household, in plain language. Not advice, and it says so. */
import type { Decision, Kind, What } from "../../../core/api/process.ts";
import { dateText } from "../../../ui/times.ts";

const day = (text: string): string => dateText(new Date(`${text}T12:00:00Z`));

export const process = {
  title: "Legal process about your household",
  link: "Warrants, orders, subpoenas and requests to keep that named it",
  account: "Your account number. Only by this number can a court's document reach your household.",
  loading: "Fetching what was served on your household",
  again: "Try again",
  none: "Nothing was served on your household.",
  noneText: "No warrant, order or subpoena has named it that you may be told of today.",
  note: (count: number): string => (count === 1 ? "A court document named your household." : `${count} court documents named your household.`),
  open: "Read it and your rights",
  kinds: { warrant: "A warrant", order: "A court's order", subpoena: "A subpoena", preservation: "A request to keep what exists" } satisfies Record<Kind, string>,
  decisions: {
    accepted: "The operator's counsel accepted it.",
    narrowed: "The operator's counsel accepted less than was asked.",
    rejected: "The operator's counsel rejected it. Nothing was handed out.",
  } satisfies Record<Decision, string>,
  whats: { contents: "your locked clips, which the operator cannot open", clip_list: "a list of your clips: the day and size of each", account_records: "your account number and the area your home is counted in" } satisfies Record<What, string>,
  preserved: {
    accepted: "The operator's counsel accepted it. Nothing was handed out.",
    narrowed: "The operator's counsel accepted less than was asked. Nothing was handed out.",
    rejected: "The operator's counsel rejected it. Nothing is held for it.",
  } satisfies Record<Decision, string>,
  until: (end: string): string => `It ends after ${day(end)}, by itself. You may delete clips as ever: they are gone for you at once. Of these days, the locked copy stays at the operator until then and is removed on the day after. It is not shown or handed to anybody because of this request.`,
  over: (end: string): string => `It ended after ${day(end)}. What was held only for it is removed.`,
  aside: (count: number): string => (count === 1 ? "One clip that you deleted, or whose days were over, lies there for it now." : `${count} clips that you deleted, or whose days were over, lie there for it now.`),
  from: (court: string, docket: string): string => `${court || "No court named"}, ${docket ? `docket ${docket}` : "no docket number"}`,
  dates: (received: string, decided: string | null): string => `Handed in on ${day(received)}${decided ? `, decided on ${day(decided)}` : ""}`,
  late: (until: string): string => `A court kept the operator from telling you until ${day(until)}.`,
  about: (start: string, end: string): string => `It is about ${day(start)} to ${day(end)} and reaches:`,
  reason: "Counsel's reason",
  document: "Download the document",
  documentText: "As it was handed in. Send it to your own lawyer, if you have one.",
  rights: "What you may do",
  rightsList: [
    "You may do nothing. Nobody notes whether you read this.",
    "You may ask a lawyer of your own. Many towns have free legal aid; a public library can tell you where.",
    "You may ask the court that issued it to undo it or make it narrower. Only a court can; the number above is what it needs.",
    "You may object here. The operator's counsel reads it; it stops nothing by itself.",
    "You do not have to unlock or hand over anything because of this page. If a paper is handed to you in person, that paper says what it asks of you; show it to a lawyer.",
  ],
  advice: "This is no legal advice. It says what happened here and what exists.",
  sealed: "The operator has no key to your footage. What it handed out, if anything, is locked.",
  object: "What you have against it",
  objectHint: "Once, at most 2,000 letters. The operator's counsel reads it and may quote it to a court.",
  send: "Object",
  sending: "Recording",
  objected: "Your household objected:",
};
