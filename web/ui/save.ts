/** Hands bytes to the browser as a file. */

const KEEP_MS = 60_000; // a slow disk reads the address a while after the click

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
