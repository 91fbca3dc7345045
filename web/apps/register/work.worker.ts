// Computes a comment's work beside the page, which stays usable meanwhile.
import { workFor } from "../../core/register/work.ts";

export interface Task {
  readonly agreement: string;
  readonly words: string;
  readonly bits: number;
}

self.onmessage = ({ data }: MessageEvent<Task>): void => {
  const work = workFor(data.agreement, data.words, data.bits, (tried) => self.postMessage({ tried }));
  self.postMessage({ work });
};
