/** Words: the page of a tab that knows nobody. */

export const signIn = {
  title: "This tab does not know you yet",
  lead: "Your pictures open with a key that only your household holds. Bring yours to this tab in one of these ways.",
  demo: "Use a card of the demo",
  demoText: "The front page of this demo has cards of invented people. Choose the resident’s card.",
  demoLink: "Go to the front page",
  sheet: "Type your recovery sheet",
  sheetText: "The 17 groups on the sheet you wrote down or saved. They stay on this device.",
  sheetField: "Groups of your recovery sheet",
  sheetOpen: "Open with this sheet",
  sheetLength: (have: number) => `There are ${have} characters; a sheet has 68 in 17 groups of four.`,
  sheetSlip: "One of the groups is not as it was written. Compare them one by one.",
  begin: "Begin a household",
  beginText: "For a new home: makes your keys here, then connects a hub with your camera.",
  beginLink: "Begin",
};
