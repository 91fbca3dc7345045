/**
 * Answers of this folder: what was shown, or why not. Nothing here throws for outside bytes.
 *
 * Inside, a check stops by throwing Refusal; `attempt` turns it into an answer at the border.
 */

export type Why = "malformed" | "bad-signature" | "unproven";
export type Refused = { kind: "refused"; why: Why; detail: string };
export type Result<T> = T | Refused;

export class Refusal extends Error {
  readonly why: Why;
  constructor(why: Why, detail: string) {
    super(detail);
    this.why = why;
  }
}

export function malformed(detail: string): never {
  throw new Refusal("malformed", detail);
}

export function unproven(detail: string): never {
  throw new Refusal("unproven", detail);
}

export function badSignature(detail: string): never {
  throw new Refusal("bad-signature", detail);
}

/** Runs a check; a Refusal becomes an answer, any other error is our own and goes on. */
export function attempt<T>(check: () => T): Result<T> {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", why: error.why, detail: error.message };
    throw error;
  }
}
