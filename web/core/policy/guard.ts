/** Keeps outside Cedar text within what its recursive parser can bear. Twin of fanlight.policy.guard. */

const MAX_CHARACTERS = 64 * 1024;
const MAX_DEPTH = 16;
const MAX_TOKENS = 400; // of one statement, which ends with a semicolon
const TOKEN = /"(?:\\[^]|[^"\\])*"|\/\/[^\n]*|[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu;

/** Whether a text must not be handed to the Cedar parser. */
export function tooDeep(text: string): boolean {
  if (text.length > MAX_CHARACTERS && [...text.slice(0, 2 * MAX_CHARACTERS + 1)].length > MAX_CHARACTERS) return true;
  let depth = 0;
  let tokens = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith("//")) continue;
    tokens = token === ";" ? 0 : tokens + 1;
    if ("([{".includes(token)) depth += 1;
    else if (")]}".includes(token)) depth -= 1;
    if (depth > MAX_DEPTH || tokens > MAX_TOKENS) return true;
  }
  return false;
}
