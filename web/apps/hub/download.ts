/** Files to the reader's own device. What comes from the hub needs its key, so a plain link cannot fetch it. */

/** Hands a text or bytes to the browser as a file. */
export function give(body: BlobPart, name: string, type: string): void {
  handOver(new Blob([body], { type }), name);
}

/** Reads an answer to its end, telling how much came, and hands it over as a file. */
export async function download(answer: Response, name: string, oncount: (bytes: number) => void): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  if (answer.body) {
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
      parts.push(part);
      oncount((count += part.length));
    }
  }
  handOver(new Blob(parts, { type: answer.headers.get("Content-Type") ?? "application/octet-stream" }), name);
}

function handOver(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be reading it
}
