/** Opens descriptions of clips beside the page, so that the page answers meanwhile. */
import { b64, utf8 } from "../../../core/bytes.ts";
import type { Household } from "../../../core/seal/clip.ts";
import { identityText } from "../../../core/seal/keys.ts";
import { type Opened, summarise } from "./summary.ts";

export type Ask = { readonly home: Household } | { readonly id: number; readonly clip: string; readonly manifestAge: Uint8Array };
export type Answer = { readonly id: number; readonly opened: Opened } | { readonly id: number; readonly failed: string };

let home: Household | null = null;
const scope = globalThis as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage: (answer: Answer, move: Transferable[]) => void };

let line: Promise<unknown> = rehearse().catch(() => undefined);

// One after the other: side by side, the first would be done no sooner than the last.
scope.onmessage = ({ data }) => {
  if ("home" in data) home = data.home;
  else {
    const by = home;
    if (by) line = line.then(() => answer(data.id, data.clip, data.manifestAge, by));
  }
};

/** Tries to open something invented while the keys are on their way: browsers take ten times as long the first time. */
async function rehearse(): Promise<void> {
  const some = (length: number): string => b64(crypto.getRandomValues(new Uint8Array(length))).replaceAll("=", "");
  const sealed = utf8(`age-encryption.org/v1\n-> mlkem768x25519 ${some(1120)}\n${some(32)}\n--- ${some(32)}\n`);
  const key = identityText(crypto.getRandomValues(new Uint8Array(32)));
  await summarise("", sealed, { household: "", hubKeys: new Map(), identities: new Map([[0, key]]) });
}

async function answer(id: number, clip: string, manifestAge: Uint8Array, by: Household): Promise<void> {
  try {
    const opened = await summarise(clip, manifestAge, by);
    scope.postMessage({ id, opened }, opened.kind === "opened" ? [opened.summary.thumb.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, failed: String(error) }, []);
  }
}
