/** Every string of the home app, one file a page in `words/`. Whole sentences, British spelling, plain words.
 *  A translation is another value of `Words`: the compiler names what it lacks. */
import { ask } from "./words/ask.ts";
import { begin } from "./words/begin.ts";
import { clip } from "./words/clip.ts";
import { house } from "./words/house.ts";
import { nav } from "./words/nav.ts";
import { requests } from "./words/requests.ts";
import { signIn } from "./words/sign-in.ts";
import { today } from "./words/today.ts";

const english = {
  title: "Fanlight",
  starting: "Opening your household on this device",
  pageComing: "Opening the page",
  pageAway: {
    what: "This page could not be fetched.",
    kept: "Everything you see and set is as it was.",
    todo: "Look whether you are online, then try again.",
  },
  back: (to: string) => `Back to ${to}`,
  nav,
  signIn,
  begin,
  today,
  clip,
  requests,
  ask,
  house,
};

/** The shape of the catalogue. */
export type Words = typeof english;

export const words: Words = english;
