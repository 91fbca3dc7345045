/** Words: alerts of what dispatch reports near a home. */
import { many } from "../../../ui/many.ts";

export const near = {
  title: "What dispatch reports near you",
  text: "Only of kinds in which somebody near may have to do something now, such as a fire or a gas leak. It comes minutes after the call, and nobody has confirmed it by then.",
  why: "Your hub reads the town’s list, as every hub does, and compares at home. The server is not told that you asked, nor for which part of town.",
  on: "Tell this browser",
  coming: "Looking for what dispatch reports here",
  noSource: "No dispatch centre reports to this town yet. Your choice is kept for when one does.",
  where: "Where",
  home: "Around your home",
  town: "The whole town",
  read: (name: string) => `${name}, as you read it in Neighbours`,
  before: "The part you chose before",
  kinds: "What",
  common: (n: number, months: number) => (months === 0 ? "" : n === 0 ? "none in the last 12 months" : `${many(n, { one: "report", other: "reports" })} in the last 12 months`),
  none: "Choose at least one kind, or switch this off.",
  through: "In quiet hours too",
};
