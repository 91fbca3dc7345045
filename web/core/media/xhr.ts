/** The one way in which a browser says how much of a file has gone: `fetch` does not. */

import type { Sending } from "./media.ts";

/** Sends a file. Rejects with the signal's reason, or with a TypeError if nobody answers, as `fetch` does. */
export function byXhr({ url, headers, body, progress, signal }: Sending): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const call = new XMLHttpRequest();
    const stop = () => call.abort();
    const end = (then: () => void) => () => {
      signal?.removeEventListener("abort", stop);
      then();
    };
    call.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total > 0) progress(event.loaded / event.total);
    });
    call.addEventListener("load", end(() => resolve({ status: call.status, text: call.responseText })));
    call.addEventListener("error", end(() => reject(new TypeError("Nobody answers."))));
    call.addEventListener("abort", end(() => reject((signal?.reason as Error | undefined) ?? new TypeError("It was stopped."))));
    signal?.addEventListener("abort", stop);
    call.send(body);
  });
}
