/** Words of taking a hub out of the household. */
export const hubs = {
  title: "Hubs of your household",
  name: (n: number, of: number) => (of === 1 ? "Your hub" : `Hub ${n}`),
  key: (short: string) => `Its key begins with ${short}`,
  out: "Take it out",
  outOf: (name: string) => `Take it out: ${name}`,
  sure: (name: string) => `Take ${name === "Your hub" ? "your hub" : name} out of the household?`,
  sureText:
    "From then on nothing that it sends is taken, and everybody in the household is told. It goes on recording at home. What it sent stays. If the box was stolen, change your cameras’ passwords too.",
  now: "Take it out now",
  not: "Keep it",
  busy: "Taking it out",
  done: "The hub is taken out.",
  again: "All right",
  doneText: "It can be let in again by a new code.",
} as const;
