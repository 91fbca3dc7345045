/** Words: the frame around every page. */
import { many } from "../../../ui/many.ts";

export const nav = {
  main: "Main",
  today: "Today",
  live: "Live",
  watching: (count: number) => many(count, { one: "watching", other: "watching" }),
  neighbours: "Neighbours",
  requests: "Requests",
  house: "House",
  waiting: (count: number) => many(count, { one: "waiting", other: "waiting" }),
  news: (count: number) => many(count, { one: "thing happened", other: "things happened" }),
  hubRunning: "Hub at home, running",
  hubQuiet: "Hub not heard from",
  hubNone: "No hub yet",
  members: (count: number) => many(count, { one: "member", other: "members" }),
};
