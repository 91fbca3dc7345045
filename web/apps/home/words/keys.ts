/** Words: keys of the keyboard, on the sheet that the question mark opens. */

export const keys = {
  title: "Keys",
  open: "Keys of the keyboard",
  close: "Close",
  list: {
    title: "On the day’s list",
    keys: [
      ["J", "Next event down the list"],
      ["K", "Event above"],
      ["Enter", "Open the event"],
      ["[", "Day before"],
      ["]", "Day after"],
      ["T", "Today"],
      ["D", "Show or hide the days of the month"],
      ["1 to 5", "Only doorbell, people, parcels, vehicles or animals"],
      ["0", "Show all"],
      ["?", "This sheet"],
    ],
  },
  player: {
    title: "In a video",
    keys: [
      ["Space", "Play or pause"],
      ["← →", "Back or on by 5 seconds"],
      [", .", "Back or on by one picture"],
      ["< >", "Slower or faster"],
      ["Home", "To the start"],
      ["End", "To the end"],
      ["S", "Save this picture"],
      ["F", "Fill the screen"],
    ],
  },
  clip: {
    title: "On a clip’s page",
    keys: [
      ["J", "The clip before this one"],
      ["K", "The clip after this one"],
      ["Escape", "Back to the list"],
      ["?", "This sheet"],
    ],
  },
} satisfies Record<string, string | { title: string; keys: [string, string][] }>;
