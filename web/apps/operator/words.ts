/** Every string of the operator app. */

/** What a page says of an office that the operator gives. */
export type OfficeText = Readonly<Record<"title" | "text" | "none" | "loading" | "slow" | "waits" | "entry" | "end" | "yes" | "no" | "ending", string>> & {
  readonly since: (day: string) => string;
  readonly over: (day: string) => string;
  readonly sure: (name: string) => string;
  readonly inviting: { readonly text: string; readonly nameHint: string };
};

const office = {
  slow: "This takes longer than usual. It goes on.",
  since: (day: string): string => `Since ${day}.`,
  over: (day: string): string => `Ended on ${day}.`,
  waits: "They count once the entry has its place in the record.",
  entry: "The entry in the record",
  yes: "End it",
  no: "Leave it as it is",
  ending: "Ending it",
};

export const words = {
  title: (page: string): string => `${page} · Fanlight for caretakers`,
  brand: "Operator",
  health: "Health",
  register: "Register",
  first: {
    place: "Administrators",
    title: "An agency's first administrator",
    text: "Only while an agency has an agreement in force and no administrator in office. From then on its administrator invites the others, and you cannot.",
    loading: "Fetching the agencies",
    slow: "This takes longer than usual. It goes on.",
    none: "No agency is admitted yet. The register is where one is.",
  },
  counsel: {
    title: "Counsel",
    text: "Warrants, orders and requests to preserve are decided by counsel, a person with a key of their own, and by nobody else: you cannot. Their key is in the public record before it counts, and each decision is signed with it.",
    none: "Nobody is counsel. What agencies hand in waits, and no household is told anything until somebody decides.",
    ...office,
    loading: "Fetching who is counsel",
    own: "The operator themself, as the record says.",
    other: "Another person than the operator.",
    end: "End what they do as counsel",
    sure: (name: string): string => `End what ${name} does as counsel?`,
    inviting: {
      text: "Counsel comes by a link that is good once, for 72 hours. They make keys of their own; you compare a code with them and sign. In a small town you may be your own counsel: say so, and the public record says it too.",
      nameHint: "The households that a document names read it with the reason. The public record has the key and no name.",
    },
  },
  moderators: {
    ...office,
    title: "Moderators",
    text: "Posts to neighbors are decided by moderators: people with keys of their own, and nobody else. You cannot, and you cannot read who wrote one. Their keys are in the public record before they count. Have two at least: an appeal is decided by another than the one it is against.",
    none: "Nobody moderates. A post that the rules stopped waits, and so does each report.",
    loading: "Fetching who moderates",
    end: "End what they do as a moderator",
    sure: (name: string): string => `End what ${name} does as a moderator?`,
    inviting: {
      text: "A moderator comes by a link that is good once, for 72 hours. They make keys of their own; you compare a code with them and sign.",
      nameHint: "You and the other moderators read it. The public record has the keys and no name.",
    },
  },
  loading: "Looking at the parts",
  signIn: {
    title: "Nobody is signed in here",
    text: "This tab holds no key. Your key stays on your own computer; there is no password to type.",
    demo: "In the demo town, open the front page and choose the caretaker.",
    front: "To the front page",
    other: "This key is not the caretaker's",
    otherText: "You are signed in, but only a caretaker sees this page.",
  },
  calm: "Running. Nothing to look at",
  look: (n: number): string => (n === 1 ? "Running. One thing to look at" : `Running. ${n} things to look at`),
  away: "The server does not answer",
  version: (town: string, version: string): string => `${town}, version ${version}`,
  looked: (s: number): string => (s < 2 ? "looked at just now" : `looked at ${s} s ago`),
  stale: (at: string): string => `What stands below was last heard at ${at}.`,
  table: "Parts and how they stand",
  part: "Part",
  now: "Now",
  states: { ok: "runs well", care: "needs a look", stop: "does not answer" },
  parts: {
    server: { name: "Server", ok: "Answers", stop: "Does not answer", now: (version: string): string => `version ${version}` },
    record: {
      name: "Public record",
      ok: "Nothing waiting",
      queued: (n: number): string => (n === 1 ? "1 entry waits to be sealed" : `${n} entries wait to be sealed`),
      now: (n: number): string => (n === 1 ? "1 entry" : `${n.toLocaleString("en-GB")} entries`),
    },
    witness: {
      name: "Witness",
      none: "No witness is set up: the record is not co-signed by anybody",
      away: "Does not sign now",
      ok: (who: string): string => who,
      now: (signed: number, size: number): string => `${signed.toLocaleString("en-GB")} of ${size.toLocaleString("en-GB")} co-signed`,
      runBy: (name: string, by: string): string => `${name}, run by ${by}`,
    },
    database: { name: "Database", ok: "Answers", now: (version: string): string => `PostgreSQL ${version}` },
    storage: {
      name: "Storage for clips",
      ok: "Space enough",
      low: "Nearly full",
      now: (free: string, total: string): string => `${free} free of ${total}`,
    },
  },
  troubles: {
    witness: { what: "The witness does not co-sign the record.", kept: "Entries are kept and published; requests that wait for a co-signed entry wait on.", todo: "Look whether the witness's process runs; its log lies in the folder witness of the home." },
    none: { what: "No witness is set up.", kept: "The record is kept and published.", todo: "Ask another organisation to run a witness; until then the record says that nobody co-signs it." },
    storage: { what: "The disk for clips is nearly full.", kept: "What is stored is safe; hubs keep new clips at home and upload later.", todo: "Add storage, or shorten how long clips are kept." },
  },
  texts: {
    title: "What this server promises",
    text: "Write the next version of a text. It enters the public record as it is published, and members are shown what changed.",
    names: { terms: "The terms", privacy: "What is done with data", partners: "What partners asked to build" },
    version: (n: number): string => (n === 0 ? "none yet" : `version ${n}`),
    hint: "A blank line begins a new paragraph. Change as little as needs be: people read the difference.",
    day: "Counts from",
    publish: "Publish",
    same: "Nothing is changed yet.",
    sure: "Publish this version for good?",
    difference: "What members will see",
    sureText: "It can be followed by another one, and never changed or taken back. People get a fortnight's notice.",
    now: "Publish it now",
    not: "Not yet",
    sending: "Publishing",
    done: (name: string, n: number): string => `${name}: version ${n} is published.`,
    doneText: "Everybody can read it, without an account.",
    see: "See it as members do",
  },
  unseen: "What you cannot see here",
  unseenText: "Frames, sounds, labels, camera places, who was asked, who declined. The server does not have them, so neither does a court order to you.",
  unseenList: [
    ["Nothing here opens a clip", "The server holds no code and no key that could; a test asks the running process."],
    ["Nothing here decides on a request", "The ordinance decides, and its decision is in the public record before anybody is asked."],
  ] as readonly (readonly [string, string])[],
  standing: "Nothing here can open a clip, see a label or find a camera. No setting changes that.",
  record: "Public record",
  tryAgain: "Look again",
  signOut: "Sign out",
};
