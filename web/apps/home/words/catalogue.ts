/** Every string of the home app: one file a page, one line here for each. Whole sentences, British spelling, plain words.
 *  A page's words travel with the page, so they weigh nothing before it. */
export { alerts } from "./alerts.ts";
export { ask } from "./ask.ts";
export { begin } from "./begin.ts";
export { clip } from "./clip.ts";
export { devices } from "./devices.ts";
export { held } from "./held.ts";
export { house } from "./house.ts";
export { join } from "./join.ts";
export { live } from "./live.ts";
export { keys } from "./keys.ts";
export { near } from "./near.ts";
export { neighbours } from "./neighbours.ts";
export { nav } from "./nav.ts";
export { operations } from "./operations.ts";
export { people } from "./people.ts";
export { process } from "./process.ts";
export { requests } from "./requests.ts";
export { share } from "./share.ts";
export { sheet } from "./sheet.ts";
export { signIn } from "./sign-in.ts";
export { support } from "./support.ts";
export { terms } from "./terms.ts";
export { today } from "./today.ts";
export { wishes } from "./wishes.ts";
export { together } from "./together.ts";

export const title = "Fanlight";
export const starting = "Opening your household on this device";
export const back = (to: string): string => `Back to ${to}`;
export const pageAgain = "Try now";
export const pageComing = "Opening the page";
export const pageAway = {
  what: "This page could not be fetched.",
  kept: "Everything you see and set is as it was.",
  todo: "Look whether you are online, then try again.",
};
