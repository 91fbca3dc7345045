/** Words: what the server promises, and how that changed since it was read. */
import { dateText } from "../../../ui/times.ts";

const day = (text: string): string => dateText(new Date(`${text}T12:00:00Z`));

export const terms = {
  title: "What this server promises",
  link: "What this server promises",
  linkText: "Terms, your data, what partners asked for",
  lead: "Every version stands in the public record. What you have read is kept in this browser and nowhere else.",
  names: { terms: "The terms", privacy: "What is done with your data", partners: "What partners asked to build" },
  version: (n: number) => `Version ${n}`,
  from: (text: string, ahead: boolean) => (ahead ? `Takes effect on ${day(text)}` : `In effect since ${day(text)}`),
  entry: (n: number) => `Entry ${n} of the public record`,
  changes: (n: number) => `What changed since version ${n}, which you read`,
  whole: "The text",
  wholeNow: "The whole text as it is now",
  until: (n: number) => `Until then version ${n} holds`,
  none: "This server says nothing about itself.",
  read: "I have read this",
  readText: "So that the next change is shown as a difference. Nobody is told.",
  kept: "Kept in this browser.",
  notKept: "This browser keeps nothing, so that all of it shows as new the next time.",
  rewritten: (n: number) => `This is not the text that you read here as version ${n}. A version may be followed by another one and never changed. Ask whoever runs this server why, and compare what stands below.`,
  gone: "You read a text here that the server does not show any more. Ask whoever runs it why.",
  proofs: {
    "in-record": "Checked: this text is the one in the public record.",
    waits: "Not in the public record yet: it was published a moment ago.",
    unknown: "The public record could not be asked now.",
    "not-in-record": "This is not the text in the public record. Do not rely on it, and ask whoever runs this server why.",
  },
  notes: {
    new: "You have not read what this server promises.",
    changed: "What this server promises has changed.",
    rewritten: "This server shows another text than the one you read.",
  },
  open: "Read it",
};
