/** Strings of the page on which a member makes a share for whoever helps them. */
import { many } from "../../../ui/many.ts";

export const support = {
  title: "Help from outside",
  lead: "Nobody can look into your Fanlight: not the caretaker of the server, not who wrote it. If you want help, you make a report here and give it to whom you choose, for an hour at most.",
  inIt: "What is in the report",
  inItText: "How your cameras and your hub are, versions and what this browser can do. No picture, no sound, no name of a camera or a person, no place, no time at which anybody came by.",
  read: "Read it before you give it away",
  clips: "Clips to go with it",
  clipsText: "Only what you add. To show a clip, make a copy of it and choose “for one hour (for support)” as its end; it can then be added here.",
  clipsNone: "No copy for support is open now.",
  clip: (title: string, minutes: number) => `${title}, ends in ${many(minutes, { one: "minute", other: "minutes" })}`,
  share: "Share it for an hour",
  sharing: "Locking and sending",
  name: "Report for support",
  shared: "The report is shared",
  sharedText: "It opens for an hour with this link. Everybody in your household sees under “All links of your household” that you made it, and can take it back.",
  begin: "Get help from outside",
};
