/** Texts that are handed out to be said by others, each version, as docs/design/speech.md has them. Reading needs no account. */
import type { Client } from "./client.ts";
import { list, num, obj, str } from "./shape.ts";

export interface SpeechVersion {
  text: string;
  version: number;
  kind: string;
  title: string;
  author: string;
  side: string;
  body: string;
  day: string;
}

const answer = obj<{ texts: SpeechVersion[] }>({
  texts: list(obj<SpeechVersion>({ text: str, version: num, kind: str, title: str, author: str, side: str, body: str, day: str })),
});

/** The latest version of each text, by title. */
export async function texts(api: Client): Promise<SpeechVersion[]> {
  const { texts: all } = await api.json("/v1/speech", answer);
  return [...new Map(all.map((one) => [one.text, one])).values()];
}

export async function enterText(api: Client, said: Omit<SpeechVersion, "side" | "day">): Promise<void> {
  await api.send("/v1/speech", { method: "POST", json: said });
}
