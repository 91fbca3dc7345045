/** Strings of the part in which who gave a copy can say who they are. */

export const namingWords = {
  title: "Say who you are, if you wish",
  text: "Your copy came without a name, and that is enough. Nobody will ask you. If you want the people of this case to know whom it is from, you can say so here.",
  begin: "Say who I am",
  name: "Your name",
  reach: "How they reach you, if you like",
  confirms: "I would confirm where and how this was filmed",
  confirmsHint: "A lawyer of either side may then write to you, and a court may call you. Without it the picture is a lead and proves no place.",
  what: "Who can open the case reads it: officers, custodians, and a court, the prosecutor and the defence if they get the clip. It goes with the copy when that ends. You can take it back until the copy is used.",
  yes: "Tell them",
  no: "Leave it without a name",
  waits: "Write your name first.",
  telling: "Locking and sending",
  told: (name: string): string => `The people of this case can read that it is from ${name}.`,
  back: "Take it back",
  takingBack: "Taking it back",
} as const;
