/** Words: coming into a household by an invitation. */
export const join = {
  title: "You were invited to a household",
  text: "Whoever invited you lets you in from their device. Before that, you both compare six digits, so that nobody can come between.",
  have: "You have a passkey here already?",
  signIn: "Sign in with it",
  none: "Open the link of an invitation on this device, or scan its code.",
  makeText: "Your own key opens the household’s pictures on this device. It is made here; the server learns no name and no email.",
  asking: "Asking for the invitation",
  gone: {
    what: "This invitation has ended.",
    kept: "Your passkey works, and nothing was changed.",
    todo: "Ask whoever sent it for a new one.",
  },
  taken: {
    what: "Somebody else answered this invitation before you.",
    kept: "Nothing was changed. Nobody is let in before the digits were compared.",
    todo: "Tell whoever sent it, and ask for a new one. Do not pass the link on.",
  },
  answer: "Answer the invitation",
  answering: "Answering",
  code: "Compare these six digits",
  codeText: "Call or meet whoever invited you, and read the digits to each other. If theirs are the same, they let you in and this page goes on by itself.",
  codeWarn: "Do not compare by the same chat that the link came in.",
  waiting: "Waiting to be let in",
  drop: "Take back my answer",
  already: "You are in this household already.",
  open: "Open the household",
};
