/** Plain names of the figures and words that ordinances decide on. What is not named here is shown by its own name. */
type Named = { readonly name: string; readonly unit: string };

const NAMES: { readonly [fact: string]: Named } = {
  advisory_days: { name: "Since an advisory body was asked", unit: "days" },
  age_days: { name: "Age of the copy", unit: "days" },
  area_m2: { name: "Area", unit: "square metres" },
  ayes: { name: "Votes for", unit: "" },
  comment_days: { name: "Time to comment", unit: "days" },
  community_meetings: { name: "Meetings with residents", unit: "" },
  days_in_use: { name: "In use for", unit: "days" },
  days_late: { name: "Late by", unit: "days" },
  days_since_contact: { name: "Since last contact", unit: "days" },
  emergency_days: { name: "Since the emergency began", unit: "days" },
  extension_days: { name: "Extension", unit: "days" },
  hours_since_end: { name: "Since the end of the time asked about", unit: "hours" },
  joined_area_m2: { name: "Area together with what it adjoins", unit: "square metres" },
  joined_window_min: { name: "Time asked about together with what it adjoins", unit: "minutes" },
  keep_days: { name: "The other agency keeps it", unit: "days" },
  noes: { name: "Votes against", unit: "" },
  number_in_case: { name: "Requests in one case", unit: "" },
  policy_days: { name: "The policy’s time to keep", unit: "days" },
  published_days: { name: "Public before the vote", unit: "days" },
  return_days: { name: "Until it is returned or destroyed", unit: "days" },
  term_days: { name: "Term", unit: "days" },
  window_min: { name: "Time asked about", unit: "minutes" },
};

const SIGNS: { readonly [is: string]: string } = {
  "<": "less than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
  "==": "exactly",
  "!=": "anything but",
};

/** `Area, more than (square metres)`. */
export function figureLabel(fact: string, is: string): string {
  const { name, unit } = NAMES[fact] ?? { name: fact, unit: "" };
  return `${name}: ${SIGNS[is] ?? is}${unit === "" ? "" : ` (${unit})`}`;
}

const DECISIONS: { readonly [action: string]: string } = {
  "agreement.approve": "an agreement comes into force",
  "agreement.renew": "an agreement runs for another term",
  "biometric.collect": "a body’s identifier is taken",
  "biometric.disclose": "a body’s identifier is passed on",
  "biometric.keep": "a body’s identifier is kept",
  "copy.keep": "an agency keeps a copy",
  "disclosure.export": "a copy leaves Fanlight",
  "disclosure.onward": "a copy is handed to another agency",
  "face.use": "faces are recognised",
  "footage.receive": "an agency takes what a resident gives",
  "gift.accept": "an agency takes a gift",
  "report.yearly": "a yearly report is filed",
  "request.open": "a request becomes visible to residents",
  "request.submit": "an officer hands a request in",
  "technology.use": "an agency uses a technology",
};

export const decisionName = (action: string): string => DECISIONS[action] ?? action;
