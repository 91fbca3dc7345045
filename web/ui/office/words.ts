/** Every string that the desks of offices share: the door, passkeys, texts that are carried by hand. */

/** What a door says of its own office. `demo`: where to go in the demo town; empty where nobody there holds it. */
export interface Door {
  readonly title: string;
  readonly lead: string;
  readonly newTitle: string;
  readonly newText: string;
  readonly demo: string;
}

/** What the frame of an office's app says. */
export interface OfficeWords {
  readonly page: (page: string) => string;
  readonly brand: string;
  readonly nav: string;
  readonly record: string;
  readonly signOut: string;
  readonly opening: string;
  readonly again: string;
  readonly standing: string;
  readonly you: (name: string) => string;
  readonly door: Readonly<Record<"title" | "text" | "ended" | "other" | "otherText" | "demo" | "front", string>>;
}

export const words = {
  loading: "Fetching",
  slow: "This takes longer than usual. It goes on.",
  tryAgain: "Try again",
  signIn: "Sign in with a passkey",
  asking: "Waiting for your passkey",
  name: "Your name",
  nameHint: "Your browser shows it beside the passkey. The server is not told.",
  make: "Make a passkey",
  nameless: "Write your name.",
  ended: "You were signed out, because a day went by or you signed out elsewhere.",
  front: "To the front page",
  closed: { what: "The passkey was not used.", kept: "Nothing was changed.", todo: "Press the button again, and say yes to your browser's question." },
  none: { what: "This browser has no passkeys here.", kept: "Nothing was changed.", todo: "Open this page over https in a current browser." },
  known: { what: "This device has that passkey already.", kept: "Nothing was changed.", todo: "Sign in with it." },
  noKey: { what: "This passkey opens no key on this device.", kept: "Nothing was changed.", todo: "Sign in on the device on which you made it." },
  lock: {
    title: "Locked",
    text: "Nothing was done here for 30 minutes. What you wrote is still on this page, hidden.",
    open: "Open with my passkey",
    goOn: "Go on",
    noPasskey: "You sign in with a key and have no passkey, so whoever sits here can go on. Close the tab when you leave.",
    other: { what: "This passkey is somebody else's.", kept: "The page stays locked.", todo: "Use the passkey with which you signed in here." },
  },
  copy: "Copy",
  copied: "Copied",
  passkeys: {
    title: "Your passkeys",
    one: (day: string): string => `Made on ${day}`,
    current: "used just now",
    here: "It carries no key: it works only on the device where it was made",
    none: "None: this is a demo sign-in.",
    add: "Make another passkey",
    adding: "Asking your device",
    added: "Made. It opens your desk wherever you have it.",
    addedHere: "Made. It carries no key, so it opens your desk on this device only.",
    remove: (day: string, current: boolean): string => `Remove the passkey made on ${day}${current ? ", used just now" : ""}`,
    removing: "Removing it",
    removed: "Removed. It opens nothing from now on.",
  },
};
