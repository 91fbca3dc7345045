/** Has a comment's work computed beside the page. */
import type { Task } from "./work.worker.ts";

/** Throws where the browser has no workers, or ends this one. Nothing asked for is the empty text, at once. */
export function worked(task: Task, tell: (tried: number) => void): Promise<string> {
  if (task.bits === 0) return Promise.resolve("");
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./work.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<{ tried?: number; work?: string }>) => {
      if (data.work === undefined) return tell(data.tried ?? 0);
      worker.terminate();
      resolve(data.work);
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error("work"));
    };
    worker.postMessage(task);
  });
}
