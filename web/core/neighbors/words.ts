/** What the form says to who writes a post, from what was read. Plain words, and no accusation. */

import { type ByCategory, NEEDED, type Reading } from "./posts";

/** A question of the form: why it asks, and what helps. */
export interface Question {
  readonly ask: string;
  readonly why: string;
  readonly helps: string;
}

const quoted = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(", ");
const all = (looks: ByCategory): string[] => Object.values(looks).flat();

/** The questions of the form, in the order in which they are asked; none where the post can go as it is. */
export function questions(reading: Reading): Question[] {
  return reading.ask.map((ask) => (ask === "behaviour" ? aboutDeeds(reading) : aboutLooks(reading)));
}

function aboutDeeds({ looks, origins, idle }: Reading): Question {
  const seen = [...origins, ...all(looks)];
  const there = idle.length > 0 ? ` It also says ${quoted(idle)}: many people do or seem so.` : "";
  return {
    ask: "What did they do?",
    why: `Your post tells how somebody looks (${quoted(seen)}), and not yet what happened.${there}`,
    helps: "Neighbors can help with what was done: a handle that was tried, a parcel that was taken, somebody who was hurt or asked for help. If nothing happened, you can post without the description.",
  };
}

function aboutLooks({ origins, counted }: Reading): Question {
  const told = all(counted);
  const has = told.length > 0 ? `and beside it ${quoted(told)}` : "and nothing beside it";
  return {
    ask: "What else would tell them apart?",
    why: `Your post says ${quoted(origins)}, ${has}. That fits many people, and most of them did nothing.`,
    helps: `With ${String(NEEDED)} other things the right person is found more easily: about what age, height or build, hair or beard, each piece of clothing, something carried, a vehicle by colour and make. If you did not see more, you can leave that word out.`,
  };
}
